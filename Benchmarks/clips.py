"""Clips for benchmarks. ffmpeg makes each once; they stay in a cache folder."""

import os
import subprocess

FOLDER = os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "lookout-benchmarks")


def made(name, arguments):
    """Returns the path of a clip, and makes the clip if it does not exist."""
    os.makedirs(FOLDER, exist_ok=True)
    path = os.path.join(FOLDER, name)
    if not os.path.exists(path):
        stem, ending = os.path.splitext(path)
        unfinished = f"{stem}.part{ending}"
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments, unfinished], check=True)
        os.rename(unfinished, path)
    return path


def moving(size="1280x720", rate=30, seconds=60):
    """Motion in the whole frame, encoded as by a camera: no B-frames, one key frame per second."""
    return made(f"moving-{size}-{rate}-{seconds}.mp4", [
        "-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}",
        "-vf", "noise=alls=6:allf=t", "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency",
        "-b:v", "4M", "-g", str(rate), "-pix_fmt", "yuv420p"])


def still(photo, size="1920x1080", rate=25, seconds=60, b_frames=2):
    """A scene without motion, with sensor noise."""
    width, height = size.split("x")
    return made(f"still-{size}-{rate}-{seconds}-b{b_frames}.mp4", [
        "-loop", "1", "-framerate", str(rate), "-i", photo, "-t", str(seconds),
        "-vf", f"scale={width}:{height},noise=alls=5:allf=t", "-c:v", "libx264", "-preset", "veryfast",
        "-b:v", "4M", "-bf", str(b_frames), "-g", str(2 * rate), "-pix_fmt", "yuv420p"])


def passing(photo, size="1280x720", rate=25, seconds=60):
    """The scene of `still`, in front of which the photo itself passes, small, again and again."""
    width, height = size.split("x")
    return made(f"passing-{size}-{rate}-{seconds}.mp4", [
        "-loop", "1", "-framerate", str(rate), "-i", photo, "-loop", "1", "-framerate", str(rate), "-i", photo,
        "-t", str(seconds), "-filter_complex",
        f"[0]scale={width}:{height}[scene];[1]scale=90:180[thing];"
        f"[scene][thing]overlay=x='mod(t*120,{width})':y={int(height) // 3},noise=alls=5:allf=t",
        "-c:v", "libx264", "-preset", "veryfast", "-b:v", "4M", "-bf", "2", "-g", str(2 * rate), "-pix_fmt", "yuv420p"])
