"""What this machine's apt knows: where Debian's packages come from, and how to get single ones."""
import os
import subprocess


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def release():
    """The name of this machine's release: the camera's machine has the same, or the program would not run there."""
    with open("/etc/os-release") as file:
        facts = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
    return facts["VERSION_CODENAME"].strip('"')


def mirror():
    """The address that this machine's own packages come from."""
    targets = output_of(
        "apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages")
    for line in targets.splitlines():
        address, name, component = line.rsplit(" ", 2)
        if (name, component) == (release(), "main"):
            return address
    raise SystemExit(f"apt has no source for {release()} main")


def environment():
    """The environment with the proxy that apt uses, if it uses one: debootstrap does not ask apt."""
    proxy = output_of("apt-config", "shell", "proxy", "Acquire::http::Proxy").partition("'")[2].rpartition("'")[0]
    return {**os.environ, "http_proxy": proxy} if proxy else dict(os.environ)


def dependencies(package):
    """The names of the packages that one depends on directly."""
    lines = output_of("apt-cache", "depends", "--no-recommends", "--no-suggests", package).splitlines()
    return [line.split(":", 1)[1].strip() for line in lines if line.strip().startswith("Depends:")]


def unpack(names, folder, scratch):
    """Downloads packages and unpacks them into a folder, without installing anything."""
    os.makedirs(scratch, exist_ok=True)
    os.makedirs(folder, exist_ok=True)
    # apt's own unprivileged user may not be allowed to write there, and apt says so at length.
    subprocess.run(
        ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", *names], check=True, cwd=scratch)
    for name in sorted(os.listdir(scratch)):
        subprocess.run(["dpkg-deb", "--extract", os.path.join(scratch, name), folder], check=True)
        os.remove(os.path.join(scratch, name))
