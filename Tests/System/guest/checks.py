"""What cases say with."""
import time


class Failure(Exception):
    """A case did not pass; the text says why."""


def expect(truth, why):
    if not truth:
        raise Failure(why)


def wait(condition, seconds, what):
    """Waits until something is so. Returns what `condition` gave, and fails when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        expect(time.monotonic() < deadline, f"waited {seconds} s in vain until {what}")
        time.sleep(0.05)


def seconds(value):
    return f"{value:.1f} s"
