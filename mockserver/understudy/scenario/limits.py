"""Count requests in windows of time: so many in so many seconds, from the first of them.

A window is kept in the session, so that all workers agree on it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from understudy.respond.problems import Headers
from understudy.scenario.model import Limit
from understudy.state.session import Session


@dataclass(frozen=True, slots=True)
class Window:
    """How many requests came in a window, how many remain, and when it ends.

    `left` are the seconds to go, `end` is on the clock of the session's seconds, which are those
    since 1970.
    """

    used: int
    remaining: int
    left: float
    end: float


def counted(limit: Limit, key: str, session: Session) -> Window:
    """Return the window into which the request counts that comes now."""
    with session.alone():
        now = session.seconds()
        began, _, count = session.state(key).partition(" ")
        start, used = (float(began), int(count)) if began else (-math.inf, 0)
        if not start <= now < start + limit.seconds:
            start, used = now, 0
        session.enter(key, f"{start!r} {used + 1}")
    return window(limit, used + 1, now, start + limit.seconds)


def window(limit: Limit, used: int, now: float, end: float) -> Window:
    """Return a window into which so many requests came by now."""
    return Window(used, max(limit.requests - used, 0), end - now, end)


def fields_of(limit: Limit, said: Window) -> Headers:
    """Return the header fields that say how many requests remain, and until when.

    Whole seconds are told, and never too few.
    """
    reset = math.ceil(said.end) if limit.epoch else _whole(said.left)
    told = (
        (limit.limit, str(limit.requests)),
        (limit.remaining, str(said.remaining)),
        (limit.reset, str(reset)),
    )
    return tuple(pair for pair in told if pair[0])


def retry_after(said: Window) -> Headers:
    """Return the field that says when to come again (RFC 9110, section 10.2.3)."""
    return (("Retry-After", str(_whole(said.left))),)


def _whole(seconds: float) -> int:
    return max(math.ceil(seconds), 1)
