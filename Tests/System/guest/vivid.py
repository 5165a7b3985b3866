"""The kernel's virtual camera."""
import os
import subprocess
import time

from checks import wait

NODE = "/dev/video0"
DRIVER = "/sys/bus/platform/drivers/vivid/"
# Options of `lookout watch` that give the driver and the network little to do, for the processor is emulated.
SMALL = ["--fps", "0.25", "--camera-size", "320x180", "--camera-rate", "10"]


def load():
    """One webcam, which has just been made: nothing is left of what was set before."""
    subprocess.run(["modprobe", "-r", "vivid"], check=True)
    subprocess.run(["modprobe", "vivid", "n_devs=1", "node_types=0x1", "num_inputs=1", "input_types=0"], check=True)
    wait(lambda: os.path.exists(NODE), 10, "the camera's node is there")


def unload():
    subprocess.run(["modprobe", "-r", "vivid"], check=True)


def remove(module):
    """Unloads a module of the kernel, if it is there, and before it those that use it."""
    folder = f"/sys/module/{module}"
    for user in os.listdir(folder + "/holders") if os.path.exists(folder) else []:
        remove(user)
    if os.path.exists(folder):
        subprocess.run(["rmmod", module], check=True)


def set_control(name, value):
    subprocess.run(["v4l2-ctl", "-d", NODE, "-c", f"{name}={value}"], check=True)


def press(button):
    """Makes the driver fail once, in the way of which the button has the name. Returns when that was."""
    moment = time.monotonic()
    set_control(button, 1)
    return moment


def unplug():
    tell("unbind")
    wait(lambda: not os.path.exists(NODE), 5, "the camera's node is gone")


def plug():
    """Returns when the node was there again."""
    tell("bind")
    wait(lambda: os.path.exists(NODE), 5, "the camera's node is back")
    return time.monotonic()


def tell(what):
    with open(DRIVER + what, "w") as file:
        file.write("vivid.0")
