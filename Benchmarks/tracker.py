"""Compares the tracker with SORT, ByteTrack and norfair: HOTA, IDF1 and ID switches.

Needs ../shared/detect/bench and: pip install trackeval scipy numpy 'supervision==0.25.1' norfair
Usage: python3 Benchmarks/tracker.py [PROGRAM]
"""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = ROOT.parent / "shared/detect/bench"
FPS = 5


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else ROOT / ".build/release/lookout"
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(BENCH))
    import bench

    rows = []
    for detections in sorted((BENCH / "data").glob("*.det.txt")):
        clip, kind = detections.name.split(".")[:2]
        truth = BENCH / f"data/{clip}.gt.txt"
        rows.append(f"{clip}.{kind}={detections},{truth},{FPS}")
        command = [program, "bench", "track", "--width", "768", "--height", "432", "--fps", str(FPS), detections]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        tracks = {}
        for line in output.splitlines():
            frame, number, x, y, width, height = (float(field) for field in line.split(",")[:6])
            tracks.setdefault(int(frame), []).append((int(number), x, y, x + width, y + height))
        given, found = bench.load(truth), bench.load(detections)
        score = bench.score(given, tracks, max(list(given) + list(found)))
        print(f"| {clip}.{kind} | lookout | IDF1 {score[1] * 100:.1f} | HOTA {score[2] * 100:.1f} | ID sw {score[3]} |")
    subprocess.run([sys.executable, BENCH / "bench.py", *rows], cwd=BENCH, check=True)


if __name__ == "__main__":
    main()
