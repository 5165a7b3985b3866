"""Processes that are measured, and their figures from the kernel."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOOKOUT = os.environ.get("LOOKOUT", os.path.join(ROOT, ".build", "release", "lookout"))


def free_port():
    """Returns a port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, **options):
    """Runs a program, and ends it in any case."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        stop(process)


def stop(process, seconds=10):
    """Ends a program with SIGINT, or else with SIGKILL."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def camera(clip):
    """Runs a network camera that repeats a clip. Yields its address."""
    port = free_port()
    server = os.path.join(ROOT, "Benchmarks", "mpegts_server.py")
    with running(["python3", server, str(port), clip]):
        wait_for_listener(port)
        yield f"tcp://127.0.0.1:{port}"


def wait_for_listener(port, seconds=10):
    """Waits until a port of loopback is listened on, without connecting to it."""
    wanted = f"0100007F:{port:04X} 00000000:0000 0A"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with open("/proc/net/tcp", encoding="ascii") as table:
            if wanted in table.read():
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on port {port}")


def resident_kilobytes(pid):
    """Returns the resident memory of a process, and the anonymous part of it."""
    values = {}
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        for line in status:
            key, _, value = line.partition(":")
            if key in ("VmRSS", "RssAnon"):
                values[key] = int(value.split()[0])
    return values["VmRSS"], values["RssAnon"]


def cpu_seconds(pid):
    """Returns the CPU time of a running process, in user and system mode."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_seconds():
    """Returns the CPU time of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
