"""`lookout watch`, as somebody sees it who looks at its files, its terminal and its entries in /proc."""
import datetime
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time

from checks import expect, wait

HOST = "/mnt/host"
PROGRAM = os.path.join(HOST, "lookout")


class Watch:
    """A running `lookout watch`. Ends with the `with` block, in which it has to go on running."""

    def __init__(self, folder, *arguments, source="/dev/video0"):
        os.makedirs(folder, exist_ok=True)
        self.samples_path = os.path.join(folder, "samples.jsonl")
        self.events_path = os.path.join(folder, "events.jsonl")
        command = [PROGRAM, "watch", "--no-motion", "--events", self.events_path, "--samples", self.samples_path,
                   *arguments, source]
        self.terminal = Terminal(os.path.join(folder, "terminal.log"))
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.terminal.end)
        self.terminal.start()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.expect_running()
            self.stop(signal.SIGTERM)
        elif self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self, number):
        """Sends a signal. Returns the seconds that it took to end, which has to be in order."""
        begin = time.monotonic()
        self.process.send_signal(number)
        # It finishes what it is looking at.
        wait(lambda: self.process.poll() is not None, 60, "the program ends")
        expect(self.process.returncode == 0, f"it ended with status {self.process.returncode}")
        return time.monotonic() - begin

    def expect_running(self):
        expect(self.process.poll() is None, f"the program ended by itself, with status {self.process.returncode}")

    # What it writes

    def samples(self, after=0):
        """Those of pictures that were taken after a moment of the monotonic clock, which is a camera's `media`."""
        return [sample for sample in lines(self.samples_path) if sample["media"] > after]

    def events(self, kind):
        return [event for event in lines(self.events_path) if event["type"] == kind]

    def wait_for_samples(self, count=1, after=0, within=60):
        """The first samples of pictures that were taken after a moment."""
        def found():
            self.expect_running()
            samples = self.samples(after)
            return samples if len(samples) >= count else None
        return wait(found, within, f"{count} more samples are there")

    def wait_for_event(self, kind, count, within):
        return wait(lambda: self.events(kind)[count - 1:], within, f"there is {kind} number {count}")[0]

    def wait_for_return(self, number, since, within):
        """Waits until the source was found for so many times, once for each time that it was lost, and is looked at.

        Returns the seconds from a moment to the first picture. When that has been looked at depends on how fast
        the network is, and that depends on what else this machine's host has to do.
        """
        found = moment_of(self.wait_for_event("source_found", number, within))
        self.wait_for_samples(after=found)
        for kind in ["source_lost", "source_found"]:
            expect(len(self.events(kind)) == number, f"there is more than one {kind}")
        return found - since

    # How it is doing

    def count(self, what):
        """A number of the status line, as `sampled`, `corrupt`, `reconnects` and `fps`."""
        found = re.findall(r"([\d.]+) (\w+)", self.terminal.status)
        return next((float(number) for number, word in found if word == what), 0)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def has_open(self, path):
        folder = f"/proc/{self.process.pid}/fd"
        return any(link(os.path.join(folder, name)) == path for name in os.listdir(folder))

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def memory(self):
        """What it has in memory, in MB."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:")) / 1024


class Terminal:
    """Makes the program believe that somebody is looking, so that it shows how it is doing."""

    def __init__(self, log):
        self.begin, self.end = pty.openpty()
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 250, 0, 0))
        self.log = open(log, "wb")
        self.text = ""

    def start(self):
        os.close(self.end)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            while part := os.read(self.begin, 4096):
                self.log.write(part)
                self.log.flush()
                self.text = (self.text + part.decode(errors="replace"))[-4096:]
        except OSError:
            pass  # this is how a terminal ends
        os.close(self.begin)

    @property
    def status(self):
        """The status line that was drawn last."""
        drawn = re.findall(r"\x1b\[\?7l(.*?)\x1b\[\?7h", self.text, re.DOTALL)
        return drawn[-1] if drawn else ""


def lines(path):
    """The objects of a file of JSON lines, of which the last may be half written."""
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return [json.loads(line) for line in file if line.endswith("\n")]


def moment_of(event):
    """When something happened, on the monotonic clock."""
    calendar = datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp()
    return calendar - time.time() + time.monotonic()


def link(path):
    try:
        return os.readlink(path)
    except OSError:
        return None
