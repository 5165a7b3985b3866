"""The package itself, before it is installed."""
import os
import subprocess

from report import Failure

# Without these, it is not whole.
FILES = [
    "/usr/bin/lookout", "/lib/systemd/system/lookout.service",
    "/etc/lookout/lookout.yaml", "/etc/logrotate.d/lookout", "/usr/share/lookout/groups/imagenet.yaml",
    "/usr/share/man/man1/lookout.1.gz", "/usr/share/man/man5/lookout.yaml.5.gz",
    "/usr/share/bash-completion/completions/lookout", "/usr/share/zsh/vendor-completions/_lookout",
    "/usr/share/fish/vendor_completions.d/lookout.fish",
    "/usr/share/doc/lookout/copyright", "/usr/share/doc/lookout/changelog.gz",
]


def check(path, results):
    def the_package_is_whole():
        listing = output_of("dpkg-deb", "--contents", path)
        names = {line.split()[5].removeprefix(".") for line in listing.splitlines()}
        missing = [file for file in FILES if file not in names]
        if missing:
            raise Failure("it has no " + ", ".join(missing))
        size = os.path.getsize(path) / 1e6
        depends = output_of("dpkg-deb", "--field", path, "Depends").strip()
        return f"{size:.1f} MB; depends on {depends}"

    def lintian_finds_no_errors():
        result = subprocess.run(
            ["lintian", "--allow-root", "--fail-on", "error", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode != 0:
            raise Failure(result.stdout.strip()[-1000:])
        return f"{sum(line.startswith('W:') for line in result.stdout.splitlines())} warnings"

    results.run(the_package_is_whole)
    results.run(lintian_finds_no_errors)


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
