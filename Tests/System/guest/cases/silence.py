"""A stream that blocks for ever: it is open and without an error, but no picture comes."""
import os
import signal
import time

import vivid
from checks import expect, seconds, wait
from watch import Watch

TIMEOUT, GRACE = 4, 2
# The longest wait before another attempt is four seconds; the rest is for an emulated processor.
LONGEST_RETURN = TIMEOUT + 4 + 4


def the_stream_blocks(folder):
    vivid.load()
    with Watch(folder, *vivid.SMALL, "--read-timeout", str(TIMEOUT), "--grace", str(GRACE)) as watch:
        watch.wait_for_samples()
        block()
        begin = time.monotonic()
        reason = watch.wait_for_event("source_lost", 1, within=TIMEOUT + GRACE + 2)["reason"]
        lost = time.monotonic() - begin
        # It opens without an error, and blocks, again and again.
        time.sleep(2.5 * TIMEOUT)
        expect(len(watch.events("source_lost")) == 1, "it was said to be lost more than once")
        expect(not watch.samples(after=begin + 1), "there are pictures of a stream that blocks")
        back = time.monotonic()
        vivid.set_control("percentage_of_dropped_buffers", 0)
        duration = watch.wait_for_return(1, since=back, within=LONGEST_RETURN + 5)
    expect(duration <= LONGEST_RETURN, f"it was back only after {seconds(duration)}")
    return f"lost after {seconds(lost)} ({reason}), back after {seconds(duration)}"


def block():
    """The driver takes pictures, and gives none."""
    vivid.set_control("percentage_of_dropped_buffers", 100)


def stopped_while_blocked(folder):
    """Waiting for a picture that never comes does not keep the program from ending."""
    vivid.load()
    block()
    measured = []
    for number in [signal.SIGTERM, signal.SIGINT]:
        watch = Watch(os.path.join(folder, number.name), *vivid.SMALL, "--read-timeout", "60")
        try:
            wait(lambda: watch.has_open(vivid.NODE), 20, "the camera is open")
            time.sleep(3)
            expect(watch.has_open(vivid.NODE), "it gave the camera up")
            expect(watch.count("sampled") == 0, "there are pictures of a stream that blocks")
            duration = watch.stop(number)
        finally:
            watch.process.kill()
        expect(duration <= 5, f"{number.name}: it took {seconds(duration)}")
        measured.append(f"{number.name} {seconds(duration)}")
    return "ended after " + ", ".join(measured)
