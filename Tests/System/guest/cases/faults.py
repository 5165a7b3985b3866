"""A driver that fails."""
import time

import vivid
from checks import expect, seconds, wait
from watch import Watch

# The longest wait before another attempt is four seconds; the rest is for an emulated processor.
LONGEST_RETURN = 6
# Every outage is told of.
AT_ONCE = ["--grace", "0"]


def streaming_fails(folder):
    """Taking a picture fails with EIO, and so does every one after it."""
    vivid.load()
    with Watch(folder, *vivid.SMALL, *AT_ONCE) as watch:
        watch.wait_for_samples()
        return "back after " + seconds(comes_back(watch, vivid.press("inject_fatal_streaming_error"), 1))


def calls_fail(folder):
    """A call fails once: the one that gives a buffer back, and two that are made when it is opened again."""
    vivid.load()
    measured = []
    with Watch(folder, *vivid.SMALL, *AT_ONCE) as watch:
        watch.wait_for_samples()
        for number, call in enumerate(["qbuf", "reqbufs", "streamon"], 1):
            moment = vivid.press(f"inject_vidioc_{call}_error")
            if call != "qbuf":
                vivid.press("inject_fatal_streaming_error")
            measured.append(f"{call} {seconds(comes_back(watch, moment, number, failures=1 if call == 'qbuf' else 2))}")
    return "back after " + ", ".join(measured)


def comes_back(watch, moment, number, failures=1):
    """Waits until it gives pictures again after so many failures. Returns the seconds since a moment."""
    longest = failures * LONGEST_RETURN
    duration = watch.wait_for_return(number, since=moment, within=longest + 5)
    expect(duration <= longest, f"it was back only after {seconds(duration)}")
    return duration


def pictures_get_lost(folder):
    """Half of the pictures are dropped by the driver: the rest is looked at, and nothing is connected anew."""
    vivid.load()
    with Watch(folder, *vivid.SMALL) as watch:
        watch.wait_for_samples()
        vivid.set_control("percentage_of_dropped_buffers", 50)
        moment = time.monotonic()
        time.sleep(12)
        samples = watch.wait_for_samples(2, after=moment)
        missed, rate = watch.count("corrupt"), watch.count("fps")
        expect(watch.count("reconnects") == 0, "it connected again")
        expect(not watch.events("source_lost"), "it was said to be lost")
    expect(missed >= 10, f"only {missed:.0f} pictures were found to be missing")
    expect(2.5 <= rate <= 8, f"{rate} pictures in a second, and not about 5")
    return f"{rate:.1f} fps of 10, {missed:.0f} missing, {len(samples)} samples, no reconnect"


def pictures_are_damaged(folder):
    """The driver says that a picture is damaged: it is left out and counted, and nothing is connected anew."""
    vivid.load()
    with Watch(folder, *vivid.SMALL) as watch:
        watch.wait_for_samples()
        before = watch.count("corrupt")
        for number in range(1, 4):
            vivid.press("inject_v4l2_buf_flag_error")
            wait(lambda: watch.count("corrupt") >= before + number, 10, f"{number} damaged pictures are counted")
        watch.wait_for_samples(2, after=time.monotonic())
        expect(watch.count("reconnects") == 0, "it connected again")
        damaged = watch.count("corrupt") - before
    return f"{damaged:.0f} left out, no reconnect"
