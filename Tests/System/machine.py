"""A machine with a kernel of its own, emulated: it needs no privileges, and nothing of what is on this one."""
import os
import signal
import subprocess


class Machine:
    """Runs `start` of a folder, which it sees as /mnt/host, and switches itself off."""

    def __init__(self, image, share, console):
        """`console`: the file that gets what the machine says."""
        self.process = subprocess.Popen(
            self.command(image, share), stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT,
            start_new_session=True, preexec_fn=hurry)

    @staticmethod
    def command(image, share):
        # Nehalem starts sooner than the newest processor, and is one for which the program has no fast kernels.
        return [
            "qemu-system-x86_64", "-accel", "tcg", "-cpu", "Nehalem", "-smp", "1", "-m", "1024",
            "-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio",
            "-kernel", os.path.join(image, "vmlinux"), "-initrd", os.path.join(image, "initrd"),
            # The processor's own clock is measured when Linux starts, and wrongly if something else runs just then.
            "-append", "console=ttyS0 quiet systemd.show_status=false clocksource=hpet tsc=unstable",
            # Whatever is written to the disk is forgotten.
            "-drive", f"file={image}/root.ext4,format=raw,if=virtio,snapshot=on",
            "-virtfs", f"local,path={share},mount_tag=host,security_model=none,multidevs=remap",
        ]

    def is_running(self):
        return self.process.poll() is None

    def stop(self):
        if self.is_running():
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def hurry():
    """Asks for the processor before others, if that is allowed: the machine's clock is the real one, and what it
    does late because others were first would look like the program's fault."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -10)
        # Where Linux shares processors among sessions first, and among their processes then.
        with open("/proc/self/autogroup", "w") as file:
            file.write("-10")
    except OSError:
        pass
