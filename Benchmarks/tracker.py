"""Compares the tracker with SORT, ByteTrack and norfair: HOTA, IDF1 and ID switches.

Needs ../shared/detect/bench and: pip install trackeval scipy numpy 'supervision==0.25.1' norfair
Usage: python3 Benchmarks/tracker.py [--own] [PROGRAM]

The peers report tracks online: from the frame on in which they are sure of them. So does the row "lookout, online". The row
"lookout" has the frames before as well, as events of a recording have.
--own leaves out the peers.
"""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = ROOT.parent / "shared/detect/bench"
FPS = 5


def tracks(program, detections, options):
    """Returns the tracks by frame: number and edges in pixels."""
    command = [program, "bench", "track", "--width", "768", "--height", "432", "--fps", str(FPS), *options, detections]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = {}
    for line in output.splitlines():
        frame, number, x, y, width, height = (float(field) for field in line.split(",")[:6])
        result.setdefault(int(frame), []).append((int(number), x, y, x + width, y + height))
    return result


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--own"]
    program = arguments[0] if arguments else ROOT / ".build/release/lookout"
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(BENCH))
    import bench

    rows = []
    for detections in sorted((BENCH / "data").glob("*.det.txt")):
        clip, kind = detections.name.split(".")[:2]
        truth = BENCH / f"data/{clip}.gt.txt"
        rows.append(f"{clip}.{kind}={detections},{truth},{FPS}")
        given, found = bench.load(truth), bench.load(detections)
        for name, options in [("lookout, online", ["--online"]), ("lookout", [])]:
            own = tracks(program, detections, options)
            score = bench.score(given, own, max(list(given) + list(found)))
            print(
                f"| {clip}.{kind} | {name} | IDF1 {score[1] * 100:.1f} | HOTA {score[2] * 100:.1f} "
                f"| ID sw {score[3]} |", flush=True)
    if "--own" not in sys.argv:
        subprocess.run([sys.executable, BENCH / "bench.py", *rows], cwd=BENCH, check=True)


if __name__ == "__main__":
    main()
