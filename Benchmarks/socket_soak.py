#!/usr/bin/env python3
"""Checks that no reader loses an event when many read, and many do not.

    socket_soak.py [--seconds 120] [--rate 200] [--readers 150] [--dead 50] [--json FILE]

`lookout bench events` writes made-up events to a log and a socket. Of the socket's readers, most read all they can; the rest
never read. One of those who read disconnects and reconnects every second, with `since`.

Fails unless every reader and the log got every event once and in order. Of 1000 events, 999 must be handed over within 20 ms (a
thread that the system stops meanwhile takes longer). Memory is the service's own, read twice a second.
"""

import argparse
import json
import os
import re
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time

import processes

SEQUENCE = re.compile(rb'^\{"v":1,"seq":(\d+),"time":"[^"]*","type":"(\w+)"')


class Reader:
    """Reader that checks that nothing is missing."""

    def __init__(self, path, since=0):
        self.path, self.last, self.rest, self.faults, self.gaps = path, since, b"", 0, 0
        self.connect()

    def connect(self):
        self.rest = b""
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(self.path)
        self.socket.sendall(b'{"since":%d}\n' % self.last)
        self.socket.setblocking(False)

    def read(self):
        """Reads what is available. Returns whether the connection is still open."""
        try:
            data = self.socket.recv(1 << 18)
        except BlockingIOError:
            return True
        if not data:
            return False
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            found = SEQUENCE.match(line)
            if not found or found[2] == b"gap":
                self.gaps += 1
                continue
            number = int(found[1])
            self.faults += number != self.last + 1
            self.last = number
        return True


class Crowd(threading.Thread):
    """All readers, and one that reconnects again and again."""

    def __init__(self, path, count, seconds):
        super().__init__(daemon=True)
        self.readers = [Reader(path) for _ in range(count)]
        self.restless = Reader(path)
        self.reconnections = 0
        # A reader that is disconnected when the service ends has missed the end.
        self.last_change = time.monotonic() + seconds - 5

    def run(self):
        selector = selectors.DefaultSelector()
        for reader in self.readers + [self.restless]:
            selector.register(reader.socket, selectors.EVENT_READ, reader)
        next_change = time.monotonic() + 1
        while selector.get_map():
            for key, _ in selector.select(0.1):
                if not key.data.read():
                    selector.unregister(key.fileobj)
            if next_change < time.monotonic() < self.last_change and self.restless.socket in selector.get_map():
                next_change += 1
                selector.unregister(self.restless.socket)
                self.restless.socket.close()
                try:
                    self.restless.connect()
                except OSError:
                    continue
                self.reconnections += 1
                selector.register(self.restless.socket, selectors.EVENT_READ, self.restless)


def measure(arguments, folder):
    path = os.path.join(folder, "events.sock")
    log = os.path.join(folder, "events.jsonl")
    command = [
        processes.LOOKOUT, "bench", "events", "--log", log, "--socket", path, "--state", os.path.join(folder, "state"),
        "--rate", str(arguments.rate), "--seconds", str(arguments.seconds),
    ]
    with processes.running(command, stdout=subprocess.PIPE) as service:
        assert service.stdout.readline() == b"READY\n"
        before, _ = processes.resident_kilobytes(service.pid)
        dead = [socket.socket(socket.AF_UNIX) for _ in range(arguments.dead)]
        for one in dead:
            one.connect(path)
        crowd = Crowd(path, arguments.readers, arguments.seconds)
        crowd.start()
        memory, cpu = [], 0.0
        start = time.monotonic()
        while time.monotonic() - start < arguments.seconds - 1:
            time.sleep(0.5)
            memory.append(processes.resident_kilobytes(service.pid)[0])
            cpu = processes.cpu_seconds(service.pid)
        report = json.loads(service.stdout.readline())
        service.wait()
        crowd.join(10)
    everyone = crowd.readers + [crowd.restless]
    with open(log, "rb") as file:
        logged = [int(SEQUENCE.match(line)[1]) for line in file]
    return {
        "events": report["lines"],
        "readers": len(crowd.readers),
        "readers_without_a_fault": sum(r.last == report["lines"] and not r.faults and not r.gaps for r in crowd.readers),
        "restless_without_a_fault": crowd.restless.last == report["lines"] and not crowd.restless.faults,
        "restless_faults": crowd.restless.faults,
        "reconnections": crowd.reconnections,
        "gaps": sum(r.gaps for r in everyone),
        "log_is_whole": logged == list(range(1, report["lines"] + 1)),
        "cut_off": report["cut_off"],
        "add_ms_median": report["add_ms_median"],
        "add_ms_999_of_1000": report["add_ms_999"],
        "add_ms_longest": report["add_ms_longest"],
        "cpu_percent": round(100 * cpu / arguments.seconds, 1),
        "resident_kb_before": before,
        "resident_kb_after_half": max(memory[: max(1, len(memory) // 2)]),
        "resident_kb_highest": max(memory),
        "resident_kb_at_the_end": memory[-1],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--readers", type=int, default=150)
    parser.add_argument("--dead", type=int, default=50)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(arguments, folder)
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):28} {value}")
    if arguments.json:
        with open(arguments.json, "w", encoding="ascii") as file:
            json.dump(figures, file, indent=2)
    is_good = (
        figures["readers_without_a_fault"] == figures["readers"] and figures["restless_without_a_fault"]
        and figures["log_is_whole"] and figures["gaps"] == 0 and figures["add_ms_999_of_1000"] < 20
    )
    print("passed" if is_good else "FAILED")
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
