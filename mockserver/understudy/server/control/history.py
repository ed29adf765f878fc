"""What clients did, asked of the journal: which exchanges, how many, wait for them, prove them."""

from __future__ import annotations

import time
from asyncio import to_thread
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from understudy.server.control.pattern import Miss, Pattern
from understudy.server.control.reading import Reader, Seen
from understudy.state.journal import Entry, Journal, after
from understudy.types import JsonObject

_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Near:
    """An exchange that is nearly one of those that were meant, and why it is none."""

    seen: Seen
    misses: tuple[Miss, ...]

    def __str__(self) -> str:
        """Return the exchange and its misses as lines."""
        sent = self.seen.shown.exchange.sent
        lines = (f"  {miss}" for miss in self.misses)
        return "\n".join((f"{sent.method} {sent.target} -> {self.seen.entry.status}", *lines))


@dataclass(frozen=True, slots=True)
class Times:
    """How many exchanges there must be; without a bound, at least one."""

    times: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    @property
    def bounds(self) -> tuple[int, int | None]:
        """Return the least and the most."""
        if self.times is not None:
            return self.times, self.times
        least = 1 if self.at_most is None else 0
        return (least if self.at_least is None else self.at_least), self.at_most

    def allow(self, count: int) -> bool:
        """Tell whether so many are right."""
        least, most = self.bounds
        return least <= count and (most is None or count <= most)

    def __str__(self) -> str:
        """Return the bounds in words."""
        least, most = self.bounds
        if least == most:
            return f"exactly {least}"
        if most is None:
            return f"at least {least}"
        return f"at most {most}" if not least else f"from {least} to {most}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether there were as many exchanges as there must be, and if not, which nearly were."""

    expected: Times
    count: int
    nearest: tuple[Near, ...] = ()

    @property
    def holds(self) -> bool:
        """Tell whether the count is right."""
        return self.expected.allow(self.count)

    def as_json(self) -> JsonObject:
        """Return the verdict as JSON."""
        return {
            "holds": self.holds,
            "expected": str(self.expected),
            "count": self.count,
            "nearest": [
                {
                    "worker": one.seen.entry.worker,
                    "number": one.seen.entry.number,
                    "request": f"{one.seen.entry.method} {one.seen.shown.exchange.sent.target}",
                    "misses": [miss.as_json() for miss in one.misses],
                }
                for one in self.nearest
            ],
        }

    def __str__(self) -> str:
        """Return the verdict as lines."""
        found = f"expected {self.expected}, found {self.count}"
        return "\n".join((found, *map(str, self.nearest)))


class History:
    """Asks the journal of one server.

    To judge a full journal takes seconds, which a thread does, so that others are served.
    """

    def __init__(self, journal: Journal, reader: Reader) -> None:
        self.journal = journal
        self.reader = reader

    async def find(self, wanted: Pattern, *, events: bool = False) -> list[Seen]:
        """Return the exchanges that are meant, of all workers; with `events`, those as well."""
        await self.journal.settled()
        return await to_thread(self._of, self.journal.since({}), wanted, events=events)

    def known(self, wanted: Pattern, *, events: bool = False) -> list[Seen]:
        """Return the exchanges that are meant, of those that can be read now."""
        return self._of(self.journal.since({}), wanted, events=events)

    async def wait(self, wanted: Pattern, count: int, seconds: float) -> list[Seen]:
        """Return the exchanges that are meant when there are `count`, or when time is over."""
        deadline = time.monotonic() + seconds
        await self.journal.settled()
        entries = self.journal.since({})
        found, had = await to_thread(self._of, entries, wanted), after({}, entries)
        while True:
            new, had = self._matching(wanted, had)
            found += new
            left = deadline - time.monotonic()
            if len(found) >= count or left <= 0:
                return found
            await self.journal.changed(left)

    async def follow(
        self, wanted: Pattern, last: tuple[int, int] | None = None
    ) -> AsyncIterator[list[Seen]]:
        """Yield what is meant as it comes, events too; an empty list for a while without any.

        With `last`, worker and number of an entry, first what came after it.
        """
        await self.journal.settled()
        entries = self.journal.since({})
        had = after({}, entries)
        if last is not None:
            known = [(one.worker, one.number) for one in entries]
            rest = entries[known.index(last) + 1 :] if last in known else entries
            yield await to_thread(self._of, rest, wanted, events=True)
        while True:
            new, had = self._matching(wanted, had, events=True)
            yield new
            await self.journal.changed(1.0)

    async def verify(self, wanted: Pattern, expected: Times) -> Verdict:
        """Return whether there were as many exchanges as `expected`."""
        await self.journal.settled()
        return await to_thread(self._judged, self.journal.since({}), wanted, expected)

    def verdict(self, wanted: Pattern, expected: Times) -> Verdict:
        """Return whether there are as many exchanges as `expected`, of those read now."""
        return self._judged(self.journal.since({}), wanted, expected)

    def _judged(self, entries: Sequence[Entry], wanted: Pattern, expected: Times) -> Verdict:
        others: list[Seen] = []
        count = 0
        for entry in entries:
            if wanted.concerns(entry):
                seen = self.reader.seen(entry)
                if wanted.matches(seen):
                    count += 1
                else:
                    others.append(seen)
        nearest = () if expected.allow(count) else _nearest(wanted, others)
        return Verdict(expected, count, nearest)

    def _matching(
        self, wanted: Pattern, had: dict[int, int], *, events: bool = False
    ) -> tuple[list[Seen], dict[int, int]]:
        entries = self.journal.since(had)
        return self._of(entries, wanted, events=events), after(had, entries)

    def _of(self, entries: Sequence[Entry], wanted: Pattern, *, events: bool = False) -> list[Seen]:
        seen = map(self.reader.seen, entries)
        return [one for one in seen if (events and one.entry.event) or wanted.matches(one)]


def _nearest(wanted: Pattern, others: Sequence[Seen]) -> tuple[Near, ...]:
    """Return the exchanges with the fewest misses, the latest of equals first."""
    near = [Near(one, tuple(wanted.misses(one))) for one in reversed(others)]
    return tuple(sorted(near, key=lambda one: len(one.misses))[:_NEAREST])
