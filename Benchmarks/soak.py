#!/usr/bin/env python3
"""Measures whether memory grows while cameras are away, and while one is watched for long.

    soak.py [--away-seconds 600] [--healthy-seconds 1800] [--json FILE]

Runs `lookout watch` twice at the same time. The resident memory of each is read twice a second:

    away      two cameras that cannot be reached: one on a port where nobody listens, one that accepts every
              connection and closes it. Each is tried about twenty times a second, instead of every few seconds.
    healthy   one camera of 1280x720 at 25 frames/s, two samples/s.

Growth is the highest value of the last tenth of the time, minus that of a reference: for `away` the first ten
seconds, for `healthy` the first minute.
"""

import argparse
import json
import socket
import subprocess
import threading
import time

import clips
import processes


class HangingUp:
    """A camera that accepts every connection and closes it. Counts connections."""

    def __init__(self):
        self.count = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            self.count += 1
            connection.close()


def failed_connections():
    """Returns the number of connections that this machine has refused so far."""
    with open("/proc/net/snmp", encoding="ascii") as table:
        names, values = [line.split() for line in table if line.startswith("Tcp:")]
    return int(dict(zip(names, values))["AttemptFails"])


def watch(arguments):
    return [processes.LOOKOUT, "watch", "--events", "/dev/null", *arguments]


class Memory:
    """Resident memory of a process over time, in kilobytes."""

    def __init__(self, process, seconds, reference):
        self.process, self.seconds, self.reference = process, seconds, reference
        self.values = []
        self.start = time.monotonic()

    @property
    def elapsed(self):
        return time.monotonic() - self.start

    def read(self):
        if self.process.poll() is not None:
            raise SystemExit(f"lookout has ended with the status {self.process.returncode}; {self.process.args}")
        if self.elapsed <= self.seconds:
            self.values.append((self.elapsed, *processes.resident_kilobytes(self.process.pid)))

    def highest(self, column, first, last):
        return max(row[column] for row in self.values if first <= row[0] <= last)

    def result(self):
        end = self.values[-1][0]
        before = self.highest(1, 0, self.reference)
        after = self.highest(1, end * 0.9, end)
        return {"seconds": round(end), "reference_kB": before, "end_kB": after, "growth_kB": after - before,
                "growth_of_own_kB": self.highest(2, end * 0.9, end) - self.highest(2, 0, self.reference)}


def measure(away_seconds, healthy_seconds):
    hanging = HangingUp()
    quiet = {"stderr": subprocess.DEVNULL}
    refused_before = failed_connections()
    away = watch(["--retry", "0.05", "--longest-retry", "0.05", f"refuses=tcp://127.0.0.1:{processes.free_port()}",
                  f"hangs-up=tcp://127.0.0.1:{hanging.port}"])
    with processes.camera(clips.moving(rate=25)) as address, processes.running(away, **quiet) as first, \
            processes.running(watch([f"camera={address}"]), **quiet) as second:
        runs = {"away": Memory(first, away_seconds, 10), "healthy": Memory(second, healthy_seconds, 60)}
        attempts = {}
        while any(run.elapsed <= run.seconds for run in runs.values()):
            time.sleep(0.5)
            for run in runs.values():
                run.read()
            if runs["away"].elapsed <= away_seconds:
                attempts = {"refused": failed_connections() - refused_before, "hung_up": hanging.count}
    results = {name: run.result() for name, run in runs.items()}
    results["away"]["attempts"] = attempts
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--away-seconds", type=float, default=600)
    parser.add_argument("--healthy-seconds", type=float, default=1800)
    parser.add_argument("--json", help="output file for the result")
    options = parser.parse_args()
    results = measure(options.away_seconds, options.healthy_seconds)
    for name, result in results.items():
        print(f"{name:8} {result['seconds']:5} s  {result['reference_kB'] / 1024:7.1f} MB at first  "
              f"{result['growth_kB'] / 1024:+6.2f} MB at the end  "
              f"({result['growth_of_own_kB'] / 1024:+.2f} MB of its own)  {result.get('attempts', '')}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
