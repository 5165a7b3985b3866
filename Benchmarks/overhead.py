#!/usr/bin/env python3
"""Measures the service: memory with one camera, and CPU time without any.

    overhead.py [--seconds 60] [--libraries] [--json FILE] [PROGRAM…]

Runs `lookout run` three times, each with its own configuration and everything else by default:

    file    one source: a recording of 1280x720 at 25 frames/s that is played like a camera, `fps: 5`
    rtsp    the same recording by RTSP, from GStreamer's server
    idle    no source

Memory is what the kernel calls resident (/proc/PID/smaps), at its highest from one second after READY=1. It includes unchanged pages
of files, such as the program and its libraries, which other programs share. The size of the model is that of the tensors in its
file: the packed weights, which stay resident, have as many bytes and a few for padding. The workspace of each worker is not counted
as model.
"""

import argparse
import collections
import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time

import clips
import processes

MODEL = os.path.join(processes.ROOT, "Models", "efficientnet-lite0.safetensors")
RTSP_SERVER = os.path.join(processes.ROOT, "Tests", "FaultTests", "Peers", "rtsp-server.py")


def model_bytes():
    """Returns the size of the tensors in the model's file."""
    with open(MODEL, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    return max(entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__")


@contextlib.contextmanager
def service(program, sources):
    """Starts the service and waits until it is ready."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(os.path.join(folder, "notify"))
        manager.settimeout(60)
        path = os.path.join(folder, "lookout.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"model: {MODEL}\nstate: {folder}\nevents:\n  log: {{path: {folder}/events.jsonl}}\n"
                       f"  socket: {{path: {folder}/events.sock}}\n{sources}\n")
        environment = dict(os.environ, NOTIFY_SOCKET=os.path.join(folder, "notify"))
        with open(os.path.join(folder, "errors"), "wb") as errors, \
                processes.running([program, "run", path], env=environment, stderr=errors) as process:
            while "READY=1" not in manager.recv(4096).decode():
                pass
            yield process.pid
            if process.poll() is not None:
                sys.exit(f"lookout has ended with the status {process.returncode}")


def memory(pid):
    """Returns the resident memory of a process in kilobytes: the total, and by mapping."""
    parts = collections.Counter()
    name = None
    with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="replace") as smaps:
        for line in smaps:
            words = line.split()
            if "-" in words[0] and not words[0].endswith(":"):
                name = words[5] if len(words) > 5 else "anonymous"
            elif words[0] == "Rss:":
                size = int(words[1])
            elif words[0] == "Anonymous:":
                own = int(words[1])
                parts["own memory" if name in ("anonymous", "[heap]") else "stack" if name.startswith("[stack")
                      else f"changed: {os.path.basename(name)}"] += own
                parts[os.path.basename(name)] += size - own
    parts = collections.Counter({name: size for name, size in parts.items() if size > 0})
    return sum(parts.values()), parts


def highest_memory(pid, seconds):
    """Returns the same at its highest."""
    highest = (0, None)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(1)
        highest = max(highest, memory(pid), key=lambda result: result[0])
    return highest


def watched(program, name, address, seconds, shows_libraries):
    """Measures one source."""
    with service(program, f"sources: {{camera: {{address: \"{address}\", fps: 5}}}}") as pid:
        before = processes.cpu_seconds(pid)
        total, parts = highest_memory(pid, seconds)
        load = (processes.cpu_seconds(pid) - before) / seconds
    model = model_bytes() / 1024
    groups = {"own": 0, "changed": 0, "files": 0}
    for part, size in parts.items():
        groups["own" if part in ("own memory", "stack") else "changed" if part.startswith("changed") else "files"] += size
    print(f"{name:5} {total / 1024:6.1f} MB resident: {model / 1024:.1f} MB of model, {(total - model) / 1024:.1f} MB beyond it "
          f"({(groups['own'] - model) / 1024:.1f} of its own, {groups['changed'] / 1024:.1f} of libraries' data, "
          f"{groups['files'] / 1024:.1f} read from files); {100 * load:.1f} % of a core")
    if shows_libraries:
        for part, size in parts.most_common(40):
            print(f"      {size:7} kB  {part}")
    return {"resident_kB": total, "model_kB": round(model), "beyond_model_kB": round(total - model), "load": load,
            "parts_kB": dict(parts)}


def idle(program, seconds):
    """Measures the service without a source: it waits for signals and feeds the watchdog."""
    with service(program, "") as pid:
        time.sleep(5)
        before = processes.cpu_seconds(pid)
        start = time.monotonic()
        time.sleep(seconds)
        load = (processes.cpu_seconds(pid) - before) / (time.monotonic() - start)
        total, parts = memory(pid)
    print(f"idle  {100 * load:.3f} % of a core in {seconds} s; {total / 1024:.1f} MB resident")
    return {"load": load, "seconds": seconds, "resident_kB": total, "parts_kB": dict(parts)}


def measured(program, seconds, shows_libraries):
    """Runs all three cases."""
    print(program)
    clip = clips.moving(rate=25)
    results = {"file": watched(program, "file", f"file:{clip}?loop", seconds, shows_libraries)}
    port = processes.free_port()
    # GStreamer's server prints a message when SIGINT ends it.
    with processes.running(["/usr/bin/python3", RTSP_SERVER, str(port), clip], stderr=subprocess.DEVNULL):
        processes.wait_for_listener(port)
        # The recording is one minute long.
        results["rtsp"] = watched(program, "rtsp", f"rtsp://127.0.0.1:{port}/live", min(50, seconds), shows_libraries)
    results["idle"] = idle(program, seconds)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=int, default=60, help="for each of the three cases")
    parser.add_argument("--libraries", action="store_true", help="show the memory of each mapping")
    parser.add_argument("--json", help="output file for the result")
    parser.add_argument("programs", nargs="*", default=[processes.LOOKOUT], metavar="PROGRAM", help="programs to measure")
    options = parser.parse_args()
    results = {program: measured(program, options.seconds, options.libraries) for program in options.programs}
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
