"""What `lookout cameras` says."""
import json
import subprocess

import vivid
from checks import expect
from watch import PROGRAM


def cameras_are_listed(folder):
    vivid.load()
    output = subprocess.run([PROGRAM, "cameras", "--json"], check=True, stdout=subprocess.PIPE, text=True).stdout
    cameras = [json.loads(line) for line in output.splitlines()]
    expect([camera["device"] for camera in cameras] == [vivid.NODE], f"it lists {output}")
    camera = cameras[0]
    expect(camera["card"] == "vivid", f"its name is {camera['card']}")
    formats = {format["format"]: format["sizes"] for format in camera["formats"]}
    for wanted in ["YUYV", "NV12", "RGB3"]:
        expect(wanted in formats, f"{wanted} is not among {list(formats)}")
    sizes = [(size["width"], size["height"]) for size in formats["YUYV"]]
    expect((640, 360) in sizes, f"640x360 is not among {sizes}")
    return f"{camera['card']}, {len(formats)} formats, {len(sizes)} sizes"
