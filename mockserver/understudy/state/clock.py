"""What time it is for one client: the instant of its data, and the seconds that pass."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, Self, TypeAlias

Mode: TypeAlias = Literal["standing", "running", "frozen"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that can be set, advanced and frozen.

    A `standing` clock shows `instant`, in microseconds since 1970, and does not move by itself,
    so that data is the same at any time of day; seconds pass all the same, for what is limited
    by them. A `running` one moves with the time of day since `since`. While it is `frozen`,
    nothing passes. `ahead` is how many seconds have been added to those of the time of day; of
    a frozen clock, all that have passed.
    """

    instant: int
    mode: Mode = "standing"
    ahead: float = 0.0
    since: float = 0.0

    @classmethod
    def at(cls, instant: datetime) -> Self:
        """Return a clock that stands at an instant."""
        return cls((instant - _EPOCH) // timedelta(microseconds=1))

    def now(self) -> int:
        """Return the instant that is shown, in microseconds since 1970."""
        if self.mode != "running":
            return self.instant
        return self.instant + round((time.time() - self.since) * _MICROSECONDS)

    def passed(self) -> float:
        """Return seconds that pass, counted from anywhere."""
        return self.ahead if self.mode == "frozen" else time.time() + self.ahead

    def advanced(self, seconds: float) -> Self:
        """Return this clock so many seconds later."""
        later = self.instant + round(seconds * _MICROSECONDS)
        return replace(self, instant=later, ahead=self.ahead + seconds)

    def put(self, mode: Mode) -> Self:
        """Return this clock in another mode, at the same time."""
        passed = self.passed()
        ahead = passed if mode == "frozen" else passed - time.time()
        return replace(self, instant=self.now(), mode=mode, ahead=ahead, since=time.time())
