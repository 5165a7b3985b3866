"""The service in the container: what it is told, and what it writes."""
import glob
import json
import os
import socket
import time

from report import Failure

CONFIGURATION = "/etc/lookout/lookout.yaml"
EVENTS = "/var/log/lookout/events.jsonl"
SAMPLES = "/var/log/lookout/samples.jsonl"
SOCKET = "/run/lookout/events.sock"
CLIP = "/srv/clip.mp4"
METRICS = "/run/lookout/metrics.sock"
# Thresholds so low that something is always seen, and something else every moment.
SETTINGS = """
groups: /usr/share/lookout/groups/imagenet.yaml
events:
  samples: {samples}
metrics:
  listen: unix:{metrics}
defaults:
  fps: {fps}
  motion: off
  enter: 0.1
  hold: 0s
  clear_after: 500ms
sources:
"""


class Service:
    def __init__(self, container, fps=4, patience=1):
        """`fps`: how many pictures of each source are looked at in a second. `patience`: how many times longer it is
        waited for things than on a machine that is in no way slow."""
        self.container = container
        self.fps = fps
        self.patience = patience
        # How often it ended without having time to write down how far it had got.
        self.crashes = 0

    def configure(self, *sources, more=""):
        """Watches a clip, again and again, by several names."""
        settings = SETTINGS.format(samples=SAMPLES, metrics=METRICS, fps=self.fps)
        lines = "".join(f"  {name}: file:{CLIP}?loop\n" for name in sources)
        self.container.write(CONFIGURATION, settings + lines + more)

    def systemctl(self, *arguments):
        return self.container.must("systemctl", *arguments, timeout=150)

    def show(self, name):
        return self.systemctl("show", "--property", name, "--value", "lookout").strip()

    @property
    def pid(self):
        return int(self.show("MainPID"))

    def signal(self, name):
        self.systemctl("kill", "--kill-whom=main", "--signal=" + name, "lookout")

    def journal(self):
        """What the service itself has said, a line each."""
        return self.container.must("journalctl", "--unit", "lookout", "_COMM=lookout", "--output", "cat").splitlines()

    def lines(self, path):
        """The objects in a log, with those in what it was called before it was rotated."""
        found = []
        for file in sorted(glob.glob(self.container.path(path) + ".[0-9]*"), reverse=True) + [self.container.path(path)]:
            if os.path.exists(file):
                with open(file) as lines:
                    found += [json.loads(line) for line in lines if line.endswith("\n")]
        return found

    def events(self):
        return self.lines(EVENTS)

    def samples(self, source, since=""):
        """What was seen in the pictures of a source; `since`: a time as they have it."""
        return [line for line in self.lines(SAMPLES) if line["source"] == source and line["time"] >= since]

    def wait(self, what, seconds, condition):
        """Waits for something. Returns after how many seconds it came."""
        start, seconds = time.monotonic(), seconds * self.patience
        while time.monotonic() - start < seconds:
            if condition():
                return time.monotonic() - start
            time.sleep(0.1 * self.patience)
        raise Failure(f"{what}: not within {seconds} s")

    def wait_for_events(self, count=5, seconds=60):
        """Waits for more events."""
        before = len(self.events())
        self.wait(f"{count} more events", seconds, lambda: len(self.events()) >= before + count)

    def check_numbers(self):
        """Every event has the number behind that of the one before it, or a higher one after a crash; returns the last."""
        numbers = [event["seq"] for event in self.events()]
        jumps = [(earlier, later) for earlier, later in zip(numbers, numbers[1:]) if later != earlier + 1]
        if len(jumps) > self.crashes or any(later < earlier for earlier, later in jumps):
            raise Failure("".join(f"event {later} comes after event {earlier}. " for earlier, later in jumps))
        return numbers[-1]

    def longest_pause(self, source, since):
        """The longest time between two samples of a source, in seconds of its own time stamps."""
        times = [sample["media"] for sample in self.samples(source, since)]
        return max((later - earlier for earlier, later in zip(times, times[1:])), default=0)

    def connect(self, path):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(20 * self.patience)
        connection.connect(self.container.path(path))
        return connection

    def read_socket(self, count):
        """The next so many lines that programs get."""
        with self.connect(SOCKET) as connection:
            file = connection.makefile()
            return [json.loads(file.readline()) for _ in range(count)]

    def ask(self, page):
        """What is answered over HTTP: status and text."""
        with self.connect(METRICS) as connection:
            connection.sendall(f"GET {page} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
        head, _, text = answer.partition("\r\n\r\n")
        return int(head.split()[1]), text
