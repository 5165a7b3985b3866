"""Pictures in every format that matters."""
import os
import time

import vivid
from checks import expect, wait
from watch import Watch

RATE = 10
# Emulated, the network needs two seconds and a half for a picture.
SAMPLING = 0.25
# How far scores may be apart: half the colours are rounded away in YUYV, three quarters in NV12. With red and
# blue exchanged, they are apart by 0.09.
TOLERANCE = 0.03


def formats_are_captured(folder):
    """The same picture in three formats gives the same scores, and pictures come as fast as they should."""
    seen = {}
    measured = []
    for format in ["YUYV", "NV12", "RGB3"]:
        vivid.load()
        seen[format], rate, interval = capture(os.path.join(folder, format), format)
        measured.append(f"{format} {rate:.1f} fps, a sample every {interval:.1f} s, {shown(seen[format])}")
    for format in ["NV12", "RGB3"]:
        compare(seen["YUYV"], seen[format], format)
    return "; ".join(measured)


def capture(folder, format):
    """The scores of the colour bars, the pictures that came in a second, and the seconds between samples."""
    arguments = ["--camera-format", format, "--camera-size", "640x360", "--camera-rate", str(RATE),
                 "--fps", str(SAMPLING), "--control", "test_pattern=100% Colorbar", "--control", "osd_text_mode=None"]
    with Watch(folder, *arguments) as watch:
        bars = watch.wait_for_samples()[0]["scores"]
        # Pictures that are all the same are looked at once. With the time in them, they differ.
        vivid.set_control("osd_text_mode", 0)
        watch.wait_for_samples(2)
        rate = watch.count("fps")
        interval = sampling_interval(watch)
    expect(abs(rate - RATE) <= 0.2 * RATE, f"{format}: {rate} pictures in a second, and not {RATE}")
    expect(abs(interval * SAMPLING - 1) < 0.2,
           f"{format}: a sample every {interval:.2f} s, and not every {1 / SAMPLING} s")
    return bars, rate, interval


def sampling_interval(watch):
    """The seconds between two pictures that were taken to be looked at."""
    moments = []
    for _ in range(4):
        before = watch.count("sampled")
        wait(lambda: watch.count("sampled") > before, 20, "another picture is sampled")
        moments.append(time.monotonic())
    return (moments[-1] - moments[0]) / (len(moments) - 1)


def compare(one, other, format):
    expect(one[0]["label"] == other[0]["label"], f"YUYV looks like {shown(one)}, but {format} like {shown(other)}")
    scores = {entry["label"]: entry["score"] for entry in other}
    for entry in one[:3]:
        difference = abs(entry["score"] - scores.get(entry["label"], 0))
        expect(difference <= TOLERANCE, f"YUYV looks like {shown(one)}, but {format} like {shown(other)}")


def shown(scores):
    return ", ".join(f"{entry['label']} {entry['score']:.3f}" for entry in scores[:3])
