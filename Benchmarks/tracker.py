"""Compares the tracker with SORT, ByteTrack and norfair: HOTA, IDF1 and ID switches, and times it with 20 objects.

All trackers run online: a track counts from the frame on in which it is reported. The rows "from the first detection" add
the frames before, which only a file has. Each set runs at 5 frames per second, and with each second frame at 2.5.

Needs ../shared/detect/bench and: pip install trackeval scipy numpy 'supervision==0.25.1' norfair
Usage: python3 Benchmarks/tracker.py [PROGRAM]
"""

import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = ROOT.parent / "shared/detect/bench"
FPS = 5
SIZE = ["--width", "768", "--height", "432"]


def track(program, detections, fps, *options):
    command = [program, "bench", "track", *SIZE, "--fps", str(fps), *options, detections]
    return subprocess.run(command, check=True, capture_output=True, text=True)


def every(step, source, folder):
    """Writes each step-th frame of MOT text into the folder."""
    lines = []
    for line in source.read_text().splitlines():
        frame, rest = line.split(",", 1)
        if (int(frame) - 1) % step == 0:
            lines.append(f"{(int(frame) - 1) // step + 1},{rest}\n")
    target = folder / f"{step}.{source.name}"
    target.write_text("".join(lines))
    return target


def compare(bench, program, folder, step):
    """Prints rows of the tracker, and returns arguments of bench.py for the others."""
    rows = []
    for source in sorted((BENCH / "data").glob("*.det.txt")):
        clip, kind = source.name.split(".")[:2]
        name, fps = f"{clip}.{kind} {FPS / step:g} fps", FPS / step
        detections = every(step, source, folder)
        truth = every(step, BENCH / f"data/{clip}.gt.txt", folder)
        rows.append(f"{name}={detections},{truth},{fps}")
        given, found = bench.load(truth), bench.load(detections)
        for label, options in [("lookout", []), ("lookout from the first detection", ["--from-first-detection"])]:
            tracks = {}
            for line in track(program, detections, fps, *options).stdout.splitlines():
                frame, number, x, y, width, height = (float(field) for field in line.split(",")[:6])
                tracks.setdefault(int(frame), []).append((int(number), x, y, x + width, y + height))
            score = bench.score(given, tracks, max([*given, *found]))
            scores = f"IDF1 {score[1] * 100:.1f} | HOTA {score[2] * 100:.1f} | ID sw {score[3]}"
            print(f"| {name} | {label} | {scores} |", flush=True)
    return rows


def time(program, folder):
    """Prints the time of a frame with 20 objects that walk to and fro, in four rows."""
    lines = []
    for frame in range(1, 3001):
        for number in range(20):
            x = 40 + abs((frame * (2 + number % 5) + 67 * number) % 1200 - 600)
            lines.append(f"{frame},-1,{x},{20 + 100 * (number // 5)},40,80,0.8\n")
    detections = folder / "twenty.txt"
    detections.write_text("".join(lines))
    print("20 objects:", track(program, detections, FPS, "--time").stderr.strip(), flush=True)


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else ROOT / ".build/release/lookout"
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(BENCH))
    import bench

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        rows = [row for step in (1, 2) for row in compare(bench, program, folder, step)]
        subprocess.run([sys.executable, BENCH / "bench.py", *rows], cwd=BENCH, check=True)
        time(program, folder)


if __name__ == "__main__":
    main()
