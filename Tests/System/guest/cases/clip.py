"""A real clip, played as a camera."""
import json
import os
import subprocess

import vivid
from checks import expect, wait
from watch import HOST, Watch

NODE = "/dev/video30"


def a_clip_is_classified(folder):
    """The same labels are seen as in the file."""
    vivid.unload()
    subprocess.run(["modprobe", "v4l2loopback", "video_nr=30", "card_label=FileCam", "exclusive_caps=1"], check=True)
    with open(os.path.join(HOST, "clip.json")) as file:
        plan = json.load(file)
    wanted = set(plan["groups"])
    with open(os.path.join(folder, "player.log"), "wb") as log, player(plan, log) as playing:
        try:
            wait(is_camera, 30, "the player has begun")
            groups = watch_clip(folder, plan, wanted)
        finally:
            playing.kill()
    expect(wanted <= set(groups), f"{list(groups)} began, but of the file it is {sorted(wanted)}")
    return ", ".join(f"{group}: {label}" for group, label in groups.items()) + f", {plan['slower']} times slower"


def player(plan, log):
    """Plays the clip slowly: emulated, the network needs two seconds and a half for a picture."""
    command = ["ffmpeg", "-loglevel", "warning", "-threads", "1", "-readrate", str(1 / plan["slower"]),
               "-i", os.path.join(HOST, "clip.mp4"), "-t", str(plan["seconds"]),
               "-f", "v4l2", "-pix_fmt", "yuyv422", NODE]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def is_camera():
    """Whether the device gives pictures: with exclusive_caps, it does when somebody plays."""
    output = subprocess.run(["v4l2-ctl", "-d", NODE, "--get-fmt-video"], stdout=subprocess.PIPE, text=True).stdout
    return "YUYV" in output


def watch_clip(folder, plan, wanted):
    """What began to be seen, until everything did that should or the clip was over: groups with their labels."""
    slower = plan["slower"]
    arguments = ["--groups", os.path.join(HOST, "groups.yaml"), "--fps", str(plan["fps"] / slower),
                 "--hold", str(plan["hold"] * slower), "--clear-after", str(plan["gone"] * slower)]
    with Watch(folder, *arguments, source="film=" + NODE) as watch:
        groups = lambda: {event.get("group", event["label"]): event["label"] for event in watch.events("start")}
        wait(lambda: wanted <= set(groups()) or watch.events("source_lost"), plan["seconds"] * slower + 30,
             f"{sorted(wanted)} begin")
        return groups()
