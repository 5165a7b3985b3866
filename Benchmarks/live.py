#!/usr/bin/env python3
"""Measures the latency from frame to event record, and the CPU time of watching.

    live.py [--seconds 60] [--photo Media/coffee.png] [--model NAME] [--detector NAME] [--json FILE]

latency   One camera of 1280x720 at 30 frames/s; every frame is sampled. The latency of a record begins with the time stamp
          of its frame, mapped to the clock by the frames that came soonest. It ends when this script has read the
          record. It includes decoding, scaling, inference, event detection, the sink and a pipe, and the time by
          which the frame was later than others. Percentiles over all records.

cpu       One camera of 1920x1080 at 25 frames/s, a scene without motion but with noise, two samples/s, with the motion
          gate. CPU time of `lookout watch`, and of `ffmpeg -skip_frame noref -i … -f null -`, which only decodes.
          Both read the same stream at the same time, each through a connection of its own, for the same number of
          seconds. With and without B-frames in the stream (without them, there is nothing to skip).

objects   The same with a detector, one camera of 1280x720 at 25 frames/s, five samples/s, motion gate and crops: a scene
          without motion, and one in which something passes all the time. Needs the detector (`make demo` fetches it).
"""

import argparse
import datetime
import json
import os
import subprocess
import time

import clips
import processes


def percentile(values, part):
    rank = max(1, -(-len(values) * part // 100))
    return sorted(values)[int(rank) - 1]


def seconds_of(text):
    """Returns an ISO 8601 time as seconds since 1970."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def read_latencies(process, warm_up, seconds):
    """Returns the latencies of the records between two times, in milliseconds."""
    latencies = []
    start = time.monotonic()
    for line in process.stdout:
        now, elapsed = time.time(), time.monotonic() - start
        if elapsed > seconds:
            break
        if elapsed > warm_up:
            latencies.append(1000 * (now - seconds_of(json.loads(line)["time"])))
    return latencies


def latency(seconds, model):
    """Returns percentiles of the latency from frame to record."""
    with processes.camera(clips.moving()) as address:
        command = [processes.LOOKOUT, "watch", "--model", model, "--fps", "all", "--no-motion", "--samples", "-",
                   "--events", "/dev/null", f"camera={address}"]
        with processes.running(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            values = read_latencies(process, 3, seconds + 3)
    return {"lines_per_second": round(len(values) / seconds, 2), "p50_ms": round(percentile(values, 50), 1),
            "p99_ms": round(percentile(values, 99), 1), "max_ms": round(max(values), 1)}


def cpu_of_both(address, seconds, options):
    """Returns the CPU seconds of lookout and of ffmpeg, which run at the same time."""
    watch = [processes.LOOKOUT, "watch", *options, "--events", "/dev/null", f"camera={address}"]
    decode = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-skip_frame", "noref", "-i", address,
              "-map", "0:v", "-f", "null", "-"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with processes.running(watch, **quiet) as first, processes.running(decode, **quiet) as second:
        time.sleep(3)  # The start is not part of the measurement.
        before = [processes.cpu_seconds(p.pid) for p in (first, second)]
        time.sleep(seconds)
        after = [processes.cpu_seconds(p.pid) for p in (first, second)]
    used = [b - a for a, b in zip(before, after)]
    return {"lookout_percent": round(100 * used[0] / seconds, 1), "ffmpeg_percent": round(100 * used[1] / seconds, 1),
            "ratio": round(used[0] / used[1], 3)}


def cpu(seconds, photo):
    results = {}
    for b_frames in (2, 0):
        with processes.camera(clips.still(photo, b_frames=b_frames)) as address:
            results[f"{b_frames} B-frames in a row"] = cpu_of_both(address, seconds, ["--fps", "2"])
    return results


def objects(seconds, photo, model):
    """Returns the CPU time with a detector; nothing if there is none."""
    known = subprocess.run([processes.LOOKOUT, "model", "info", model], capture_output=True, check=False)
    if known.returncode != 0:
        print(f"objects  left out: there is no model {model}; `lookout model fetch {model}` fetches it")
        return {}
    size = "1280x720"
    scenes = {"a still scene": clips.still(photo, size=size), "something passes": clips.passing(photo, size=size)}
    results = {}
    for name, clip in scenes.items():
        with processes.camera(clip) as address:
            results[name] = cpu_of_both(address, seconds, ["--fps", "5", "--model", model])
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--photo", default=os.path.join(processes.ROOT, "Media", "coffee.png"))
    parser.add_argument("--model", default="efficientnet-lite0")
    parser.add_argument("--detector", default="person-vehicle-bike")
    parser.add_argument("--json", help="output file for the result")
    options = parser.parse_args()
    results = {"latency": latency(options.seconds, options.model), "cpu": cpu(options.seconds, options.photo),
               "objects": objects(options.seconds, options.photo, options.detector)}
    print("latency  " + "  ".join(f"{key} {value}" for key, value in results["latency"].items()))
    for kind in ("cpu", "objects"):
        for name, result in results[kind].items():
            print(f"{kind:8} {name:24} lookout {result['lookout_percent']:5.1f} %  "
                  f"ffmpeg {result['ffmpeg_percent']:5.1f} %  ratio {result['ratio']:.3f}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
