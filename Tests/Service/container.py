"""A container with systemd in it, which forgets everything when it ends."""
import os
import shutil
import subprocess
import time

from report import Failure


class Container:
    def __init__(self, tree, work):
        self.tree = tree
        self.work = work
        self.disk = os.path.join(work, "disk")

    def __enter__(self):
        self.clear()
        for name in ("changes", "scratch", "disk"):
            os.makedirs(os.path.join(self.work, name))
        # What is written goes beside the tree.
        layers = f"lowerdir={self.tree},upperdir={self.work}/changes,workdir={self.work}/scratch"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, self.disk], check=True)
        self.console = open(os.path.join(self.work, "console.log"), "wb")
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--boot", "--directory", self.disk, "--register=no", "--keep-unit",
             "--machine=lookout-test", "--console=pipe"],
            env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
            stdin=subprocess.DEVNULL, stdout=self.console, stderr=subprocess.STDOUT)
        self.wait_for_systemd()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.console.close()
        self.clear()

    def clear(self):
        """Takes away what this run, or one that was killed, has left."""
        subprocess.run(["umount", "--lazy", self.disk], stderr=subprocess.DEVNULL)
        for name in ("changes", "scratch", "disk"):
            shutil.rmtree(os.path.join(self.work, name), ignore_errors=True)

    def wait_for_systemd(self):
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            if self.leader() and self.run("systemctl", "is-system-running", "--wait").stdout.strip() in ("running", "degraded"):
                return
            time.sleep(0.2)
        raise SystemExit(f"the container does not start; see {self.console.name}")

    def leader(self):
        """The number of the container's systemd, as this machine counts."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
            children = file.read().split()
        return int(children[0]) if children else None

    def path(self, path):
        """A file of the container, as this machine sees it; also those in the container's memory."""
        return f"/proc/{self.leader()}/root{path}"

    def enter(self):
        """What a command begins with that is to run in the container."""
        return ["nsenter", "--target", str(self.leader()), "--mount", "--uts", "--ipc", "--pid", "--cgroup", "--"]

    def run(self, *command, timeout=60):
        """Runs a command, and returns what came of it."""
        return subprocess.run(
            self.enter() + ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8",
                     *command],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, timeout=timeout)

    def must(self, *command, timeout=60):
        """Runs a command that has to succeed, and returns what it says."""
        result = self.run(*command, timeout=timeout)
        if result.returncode != 0:
            raise Failure(f"{' '.join(command)}: status {result.returncode}: {result.stdout.strip()[-300:]}")
        return result.stdout

    def put(self, source, path, mode=0o644):
        """Copies a file of this machine into the container."""
        target = self.path(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(source, target)
        os.chmod(target, mode)

    def write(self, path, text):
        target = self.path(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w") as file:
            file.write(text)

    def read(self, path):
        with open(self.path(path), errors="replace") as file:
            return file.read()

    def exists(self, path):
        return os.path.lexists(self.path(path))
