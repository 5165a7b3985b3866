"""Runs the cases, one after the other, and writes a line of JSON for each as soon as it is known."""
import json
import os
import subprocess
import sys
import time
import traceback

from cases import clip, faults, formats, listing, outages, service, silence
from checks import Failure
from watch import HOST, PROGRAM

CASES = [
    listing.cameras_are_listed,
    formats.formats_are_captured,
    outages.unplugged_five_times,
    faults.streaming_fails,
    faults.calls_fail,
    faults.pictures_get_lost,
    faults.pictures_are_damaged,
    silence.the_stream_blocks,
    silence.stopped_while_blocked,
    clip.a_clip_is_classified,
    *service.CASES,
]
RESULTS = os.path.join(HOST, "results")


def main():
    wanted = sys.argv[1:]
    cases = [case for case in CASES if not wanted or is_one_of(case, wanted)]
    report(machine=machine(), cases=[title(case) for case in cases])
    for case in cases:
        folder = os.path.join(RESULTS, case.__name__)
        os.makedirs(folder, exist_ok=True)
        begin = time.monotonic()
        passed, text = run(case, folder)
        report(case=title(case), folder=case.__name__, passed=passed, text=text, seconds=time.monotonic() - begin)
    report(over=True)


def is_one_of(case, names):
    return case.__name__ in names or case.__module__.split(".")[-1] in names


def run(case, folder):
    try:
        return True, case(folder)
    except Failure as failure:
        return False, str(failure)
    except Exception as error:  # the next case may well pass
        with open(os.path.join(folder, "traceback.log"), "w") as file:
            traceback.print_exc(file=file)
        return False, f"{type(error).__name__}: {error}"


def title(case):
    return case.__name__.replace("_", " ")


def machine():
    with open("/proc/uptime") as file:
        uptime = float(file.read().split()[0])
    return f"Linux {os.uname().release}, started in {uptime:.0f} s; {picture_time():.1f} s for a picture"


def picture_time():
    """What the network needs for a picture, which tells whether the host has something else to do."""
    photo = [PROGRAM, "classify", os.path.join(HOST, "photo.png")]
    times = []
    for photos in [photo, photo + photo[-1:] * 2]:
        begin = time.monotonic()
        subprocess.run(photos, check=True, stdout=subprocess.DEVNULL)
        times.append(time.monotonic() - begin)
    return (times[1] - times[0]) / 2


def report(**fields):
    with open(os.path.join(RESULTS, "results.jsonl"), "a") as file:
        file.write(json.dumps(fields) + "\n")


main()
