"""The package, as a service in a machine with a camera. Each case begins with what the one before it has left."""
import os
import sys

import vivid
from checks import Failure, expect, seconds
from watch import HOST

sys.path.append(os.path.join(HOST, "Service"))
import report
from container import Container
from service import CLIP, Service
from steps import MODEL, Steps

# The driver and the network have little to do, for the processor is emulated: it is twenty times slower than others.
FPS, CAMERA_FPS, PATIENCE, CLIP_SECONDS = 0.1, 0.05, 4, "6.5"
CAMERA = f"  camera: {{address: {vivid.NODE}, fps: {CAMERA_FPS}, camera: {{size: 320x180, rate: 10}}}}\n"


class Here(Container):
    """This machine, to those who otherwise look into a container."""

    def __init__(self):
        pass

    def path(self, path):
        return path

    def enter(self):
        return []


class CameraService(Service):
    """Watches the camera, besides what else it is to watch."""

    def configure(self, *sources, more=CAMERA):
        super().configure(*sources, more=more)


class MachineSteps(Steps):
    # As long as systemd waits. It finishes what it is looking at, at several seconds for a picture.
    LONGEST_STOP = 10

    def add_clip(self):
        """With few and small pictures, so that playing it is next to nothing, and of a length that makes each picture
        that is looked at another one."""
        self.container.must(
            "ffmpeg", "-loglevel", "error", "-y", "-i", os.path.join(HOST, "clip.mp4"), "-t", CLIP_SECONDS,
            "-vf", "fps=2,scale=320:-2", "-preset", "ultrafast", CLIP)

    def import_model(self):
        self.container.put(os.path.join(HOST, os.path.basename(MODEL)), MODEL)

    def it_says_that_it_is_ready(self):
        """There is no camera yet, and the kernel does not even know what a camera is."""
        vivid.remove("videodev")
        self.service.configure("clip")
        return super().it_says_that_it_is_ready()

    def a_camera_that_comes_later_is_watched(self):
        pid = self.service.pid
        vivid.load()
        return f"pictures after {seconds(self.wait_for_camera())}{self.expect_same(pid)}"

    def a_camera_that_is_unplugged_comes_back(self):
        pid, before = self.service.pid, self.losses()
        vivid.unplug()
        lost = self.service.wait("source_lost", 15, lambda: self.losses() > before)
        vivid.plug()
        back = self.wait_for_camera()
        return f"lost after {seconds(lost)}, pictures {seconds(back)} after its return{self.expect_same(pid)}"

    def wait_for_camera(self):
        """Waits for pictures of it. Returns after how many seconds they came."""
        before = len(self.service.samples("camera"))
        return self.service.wait("pictures of the camera", 20, lambda: len(self.service.samples("camera")) > before)

    def losses(self):
        return sum(event["type"] == "source_lost" and event["source"] == "camera" for event in self.service.events())

    def expect_same(self, pid):
        self.require(self.service.pid == pid, "the service was started anew")
        return ", the same process"


def case(step, running=True):
    """A case of a step; `running`: it begins with a service that runs."""
    def run(folder):
        try:
            expect(not running or steps.service.show("ActiveState") == "active", "the service does not run")
            return step()
        except report.Failure as failure:
            raise Failure(str(failure))
        finally:
            with open(os.path.join(folder, "journal.log"), "w") as file:
                file.write(steps.container.run("journalctl", "--unit", "lookout", "--lines", "200").stdout)
    run.__name__ = step.__name__
    return run


steps = MachineSteps(CameraService(Here(), FPS, PATIENCE), os.path.join(HOST, "lookout.deb"), None)
CASES = [
    case(steps.installing_it_starts_nothing, running=False),
    case(steps.it_says_that_it_is_ready, running=False),
    case(steps.a_camera_that_comes_later_is_watched),
    case(steps.the_sandbox_is_tight),
    case(steps.events_are_in_the_log_and_on_the_socket),
    case(steps.metrics_are_there),
    case(steps.a_source_is_added_and_the_other_has_no_gap),
    case(steps.a_wrong_configuration_is_refused),
    case(steps.a_camera_that_is_unplugged_comes_back),
    case(steps.rotating_the_log_loses_no_event),
    case(steps.a_hang_is_ended_by_the_watchdog),
    case(steps.after_a_kill_the_numbers_go_on),
    case(steps.it_stops_in_time),
    case(steps.purging_it_leaves_nothing, running=False),
]
