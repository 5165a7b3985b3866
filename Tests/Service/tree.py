"""A small Debian for the container: made once, kept in the cache for as long as the recipe is the same."""
import glob
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

# What the machine with the real camera is made by, too.
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "System"))
from packages import environment, mirror, output_of, release

# systemd and what the package's test wants, and the libraries that the package depends on.
PACKAGES = ["systemd-sysv", "udev", "dbus", "logrotate"]
LIBRARIES = ["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev", "libv4l-dev", "libsqlite3-dev"]


def cache():
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(home, "lookout-service-test")


def libraries():
    """What programs need that were built with the -dev packages, as libavcodec59."""
    stems = tuple(package.removesuffix("-dev") for package in LIBRARIES)
    lines = output_of("apt-cache", "depends", "--no-recommends", "--no-suggests", *LIBRARIES).splitlines()
    names = {line.split(":", 1)[-1].strip() for line in lines}
    return sorted(name for name in names if name.startswith(stems) and not name.endswith("-dev") and "-extra" not in name)


def tree():
    """The folder of the Debian. Makes it if it is not there."""
    packages = PACKAGES + libraries()
    key = hashlib.sha256(" ".join([release(), *packages]).encode()).hexdigest()[:16]
    folder = os.path.join(cache(), "tree-" + key)
    if not os.path.isdir(folder):
        with tempfile.TemporaryDirectory(dir=cache(), prefix="making-") as work:
            make(os.path.join(work, "tree"), packages, os.path.join(work, "log"))
            # In one step, so that a tree that is there is whole.
            os.rename(os.path.join(work, "tree"), folder)
        for other in glob.glob(os.path.join(cache(), "tree-*")):
            if other != folder:
                shutil.rmtree(other)
    return folder


def make(folder, packages, log):
    print("     making a Debian", flush=True)
    command = ["debootstrap", "--variant=minbase", "--include=" + ",".join(packages), release(), folder, mirror()]
    with open(log, "w") as file:
        status = subprocess.run(command, stdout=file, stderr=file, env=environment()).returncode
    if status != 0:
        with open(log) as file:
            raise SystemExit("debootstrap failed:\n" + "".join(file.readlines()[-20:]))
    # Without one, systemd takes each start for the first, and sets up all sorts of things.
    with open(os.path.join(folder, "etc/machine-id"), "w") as file:
        file.write("0123456789abcdef0123456789abcdef\n")
