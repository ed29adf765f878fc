"""The two cores of a run, and whether anybody else is working on them.

It reads the kernel's counters (Linux), and refuses to guess whose work it was.
"""

import os
import time
from pathlib import Path
from typing import NamedTuple

LOOK_SECONDS = 0.25
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PATIENCE_SECONDS = 10
QUIET = 0.2
"""The share of a look that a core may be busy and still count as quiet."""


class Cores(NamedTuple):
    """The core of the server and the core of the load generator."""

    server: int
    load: int


def wait_until_quiet(cores: Cores) -> None:
    """Return when both cores are quiet, or when patience ends."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not are_quiet(cores) and time.monotonic() < end:
        pass


def are_quiet(cores: Cores) -> bool:
    """Look at the cores for a moment in which nothing of ours is working."""
    before = [_busy_ticks(core) for core in cores]
    time.sleep(LOOK_SECONDS)
    after = [_busy_ticks(core) for core in cores]
    limit = QUIET * LOOK_SECONDS * TICKS_PER_SECOND
    return all(now - then <= limit for then, now in zip(before, after, strict=True))


def _busy_ticks(core: int) -> int:
    """Read the user, nice and system time of a core (proc(5), /proc/stat)."""
    lines = Path("/proc/stat").read_text("ascii").splitlines()
    counters = next(line.split() for line in lines if line.startswith(f"cpu{core} "))
    return sum(int(ticks) for ticks in counters[1:4])
