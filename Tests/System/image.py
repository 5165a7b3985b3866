"""The machine's disk, kernel and initial RAM disk: made once, and kept for as long as the recipe is the same."""
import glob
import hashlib
import lzma
import os
import shutil
import subprocess
import tempfile

import packages

HERE = os.path.dirname(os.path.abspath(__file__))

# The program wants FFmpeg's and libv4l's libraries, which the two tools of theirs bring along; its service wants dbus
# and logrotate.
PROGRAMS = ["systemd-sysv", "udev", "dbus", "kmod", "v4l-utils", "ffmpeg", "python3", "logrotate"]
# What is needed before the disk can be read.
BOOT_MODULES = ["virtio_pci", "virtio_blk", "crc32c_generic", "ext4"]
RECIPE = ["image.py", "packages.py", "machine/init", "machine/lookout-system-test.service"]


def cache():
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(home, "lookout-system-test")


def key():
    """Changes when anything changes that the image is made from, other than Debian's own updates."""
    digest = hashlib.sha256(packages.release().encode())
    for name in RECIPE:
        with open(os.path.join(HERE, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:16]


def image():
    """The folder with `vmlinux`, `initrd` and `root.ext4`. Makes it if it is not there."""
    folder = os.path.join(cache(), "image-" + key())
    if not os.path.isdir(folder):
        if os.geteuid() != 0:
            raise SystemExit("The image has to be made as root, once: debootstrap wants to be root.")
        os.makedirs(cache(), exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache(), prefix="making-") as work:
            make(work)
            # In one step, so that an image that is there is whole.
            os.rename(os.path.join(work, "image"), folder)
        remove_others(folder)
    return folder


def remove_others(kept):
    for other in glob.glob(os.path.join(cache(), "image-*")):
        if other != kept:
            shutil.rmtree(other)


def make(work):
    tree, scratch, result = (os.path.join(work, name) for name in ("tree", "packages", "image"))
    os.mkdir(result)
    say("Debian's programs")
    make_tree(tree, work)
    say("the kernel")
    version = add_kernel(tree, scratch)
    say("the driver that plays files as cameras")
    add_loopback(tree, version, os.path.join(work, "headers"), scratch)
    subprocess.run(["depmod", "-b", tree, version], check=True)
    say("the disk")
    write_kernel(os.path.join(tree, "boot", "vmlinuz-" + version), os.path.join(result, "vmlinux"))
    write_initrd(tree, version, os.path.join(work, "initrd"), scratch, os.path.join(result, "initrd"))
    shutil.rmtree(os.path.join(tree, "boot"))
    write_disk(tree, os.path.join(result, "root.ext4"))


def say(what):
    print(f"     making {what}", flush=True)


def make_tree(tree, work):
    """A small Debian, which starts what the host gives it."""
    log = os.path.join(work, "debootstrap.log")
    command = ["debootstrap", "--variant=minbase", "--include=" + ",".join(PROGRAMS), packages.release(), tree,
               packages.mirror()]
    with open(log, "w") as file:
        status = subprocess.run(command, stdout=file, stderr=file, env=packages.environment()).returncode
    if status != 0:
        with open(log) as file:
            raise SystemExit("debootstrap failed:\n" + "".join(file.readlines()[-20:]))
    for ballast in ["var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/locale"]:
        shutil.rmtree(os.path.join(tree, ballast))
    unit = "lookout-system-test.service"
    units = os.path.join(tree, "etc/systemd/system")
    shutil.copy(os.path.join(HERE, "machine", unit), units)
    wants = os.path.join(units, "multi-user.target.wants")
    os.makedirs(wants, exist_ok=True)
    os.symlink("../" + unit, os.path.join(wants, unit))
    # Without one, systemd takes this for the first boot, and sets up all sorts of things.
    write(os.path.join(tree, "etc/machine-id"), "0123456789abcdef0123456789abcdef\n")
    write(os.path.join(tree, "etc/fstab"), "")


def add_kernel(tree, scratch):
    """Debian's kernel of the day, with all its modules. Returns its version."""
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    name = one(n for n in packages.dependencies("linux-image-amd64") if n.startswith("linux-image-"))
    unpacked = os.path.join(scratch, "..", "kernel")
    packages.unpack([name], unpacked, scratch)
    version = name.removeprefix("linux-image-")
    # Newer releases put modules below /usr, and have a link where they were.
    modules = one(glob.glob(f"{unpacked}/lib/modules/*") + glob.glob(f"{unpacked}/usr/lib/modules/*"))
    shutil.copytree(modules, os.path.join(tree, "lib/modules", version), symlinks=True)
    shutil.copytree(os.path.join(unpacked, "boot"), os.path.join(tree, "boot"), dirs_exist_ok=True)
    return version


def one(names):
    """The only one there is."""
    names = list(names)
    if len(names) != 1:
        raise SystemExit(f"there should be one of {names}")
    return names[0]


def add_loopback(tree, version, headers, scratch):
    """Builds v4l2loopback for the machine's kernel, on this machine."""
    own = "linux-headers-" + version
    needed = [n for n in packages.dependencies(own) if n.startswith(("linux-headers-", "linux-kbuild-"))]
    packages.unpack([own, "v4l2loopback-dkms", *needed], headers, scratch)
    source = one(glob.glob(os.path.join(headers, "usr/src/v4l2loopback-*")))
    build = os.path.join(headers, "usr/src", own)
    make_relative(headers)
    log = subprocess.run(
        ["make", "-C", build, "M=" + source, "modules"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if log.returncode != 0:
        raise SystemExit("v4l2loopback cannot be built:\n" + log.stdout[-3000:])
    extra = os.path.join(tree, "lib/modules", version, "extra")
    os.makedirs(extra, exist_ok=True)
    shutil.copy(os.path.join(source, "v4l2loopback.ko"), extra)


def make_relative(headers):
    """Debian's headers find each other at /usr, and not where they were unpacked."""
    root = os.path.abspath(headers)
    sources = os.path.join(root, "usr/src")
    for folder in os.listdir(sources):
        makefile = os.path.join(sources, folder, "Makefile")
        if folder.startswith("linux-headers-") and os.path.exists(makefile):
            with open(makefile) as file:
                text = file.read()
            write(makefile, text.replace(" /usr/src/", f" {sources}/"))
        for link in ("scripts", "tools"):
            path = os.path.join(sources, folder, link)
            if os.path.islink(path) and os.readlink(path).startswith("/"):
                target = root + os.readlink(path)
                os.remove(path)
                os.symlink(target, path)


def write_kernel(compressed, path):
    """The kernel as it is in memory: emulated, unpacking itself would take it ten seconds."""
    with open(compressed, "rb") as file:
        data = file.read()
    start = data.find(b"\xfd7zXZ\x00")
    if start < 0:
        raise SystemExit(f"{compressed} is not compressed with xz")
    with open(path, "wb") as file:
        file.write(lzma.LZMADecompressor().decompress(data[start:]))


def write_initrd(tree, version, folder, scratch, path):
    """Just enough to find the disk: busybox, the disk's modules, and a script."""
    packages.unpack(["busybox-static"], os.path.join(folder, "../busybox"), scratch)
    os.makedirs(os.path.join(folder, "bin"))
    shutil.copy(os.path.join(folder, "../busybox/bin/busybox"), os.path.join(folder, "bin/busybox"))
    shutil.copy(os.path.join(HERE, "machine/init"), os.path.join(folder, "init"))
    os.chmod(os.path.join(folder, "init"), 0o755)
    for name in ("dev", "proc", "root", "modules"):
        os.mkdir(os.path.join(folder, name))
    order = boot_modules(tree, version)
    for module in order:
        shutil.copy(module, os.path.join(folder, "modules"))
    write(os.path.join(folder, "modules/order"), "".join(os.path.basename(m) + "\n" for m in order))
    names = "\n".join(os.path.relpath(os.path.join(base, name), folder)
                      for base, folders, files in os.walk(folder) for name in folders + files)
    with open(path, "wb") as file:
        subprocess.run(
            ["cpio", "--quiet", "-o", "-H", "newc"], input=names.encode(), stdout=file, cwd=folder, check=True)


def boot_modules(tree, version):
    """The files of the modules that the disk needs, each after those that it needs itself."""
    files = []
    for module in BOOT_MODULES:
        text = packages.output_of("modprobe", "-d", tree, "-S", version, "--show-depends", module)
        found = [line.split()[1] for line in text.splitlines() if line.startswith("insmod")]
        files += [file for file in found if file not in files]
    return files


def write_disk(tree, path):
    # Room for what the programs write; snapshots keep it as it is.
    size = int(packages.output_of("du", "-sm", tree).split()[0]) + 256
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", tree, path, f"{size}M"], check=True, stdout=subprocess.DEVNULL)


def write(path, text):
    with open(path, "w") as file:
        file.write(text)
