"""Count requests in windows of time: so many in so many seconds, from the first of them.

Windows are numbered, and each has a tally of its own, so that all workers agree on how many
requests came into it, even where two of them open it at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from understudy.respond.problems import Headers
from understudy.scenario.memory import Memory
from understudy.scenario.model import Limit


@dataclass(frozen=True, slots=True)
class Window:
    """How many requests came in the current window, this one included, and what is left of it."""

    used: int
    left: float


def counted(limit: Limit, key: str, memory: Memory) -> Window:
    """Return the window into which the request counts that comes now."""
    now = memory.seconds()
    number, _, began = memory.state(key).partition(" ")
    start = float(began) if began else -math.inf
    if not start <= now < start + limit.seconds:
        number, start = str(int(number or 0) + 1), now
        memory.enter(key, f"{number} {start!r}")
    return Window(memory.tally(f"{key} {number}"), start + limit.seconds - now)


def fields_of(limit: Limit, remaining: int, left: float, now: int) -> Headers:
    """Return the header fields that say how many requests remain, and how long.

    `left` is in seconds, `now` in microseconds since 1970. Whole seconds are told, and never too
    few.
    """
    wait = max(math.ceil(left), 1)
    reset = math.ceil(now / 1e6 + left) if limit.epoch else wait
    told = (
        (limit.limit, str(limit.requests)),
        (limit.remaining, str(remaining)),
        (limit.reset, str(reset)),
    )
    return tuple(pair for pair in told if pair[0])


def retry_after(left: float) -> Headers:
    """Return the field that says when to come again (RFC 9110, section 10.2.3)."""
    return (("Retry-After", str(max(math.ceil(left), 1))),)
