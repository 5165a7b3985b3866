"""A camera that is unplugged and plugged in again."""
import time

import vivid
from checks import expect, seconds, wait
from watch import Watch

OUTAGES = 5
LONGEST_RETURN = 5
# A connection that held for so long makes up for the failures before it: the next wait is a short one again.
SETTLED = 10
# Whatever the allocator keeps back is far less.
MOST_MEMORY = 4


def unplugged_five_times(folder):
    vivid.load()
    with Watch(folder, *vivid.SMALL, "--grace", "1") as watch:
        watch.wait_for_samples(3)
        before = (watch.descriptors(), watch.threads(), watch.memory())
        returns = [outage(watch, number) for number in range(1, OUTAGES + 1)]
        wait(lambda: watch.descriptors() <= before[0], 20, f"it has {before[0]} open files as before")
        wait(lambda: watch.threads() <= before[1], 20, f"it has {before[1]} threads as before")
        growth = watch.memory() - before[2]
        measured = f"{watch.descriptors()} open files and {watch.threads()} threads as before"
    expect(growth < MOST_MEMORY, f"it has {growth:.1f} MB more in memory than before")
    return f"back after {', '.join(map(seconds, returns))}; {measured}; {before[2]:.0f} {growth:+.1f} MB"


def outage(watch, number):
    """One of several. Returns the seconds from the node's return to the first picture."""
    vivid.unplug()
    watch.wait_for_event("source_lost", number, within=5)
    returned = vivid.plug()
    duration = watch.wait_for_return(number, since=returned, within=LONGEST_RETURN + 5)
    expect(duration <= LONGEST_RETURN, f"outage {number}: it was back only after {seconds(duration)}")
    wait(lambda: time.monotonic() - returned - duration > SETTLED, 15, "the connection has held for a while")
    return duration
