"""What clients asked and what they were answered: the last exchanges, as they went over the wire.

To keep one costs next to nothing: it is packed into one object; whoever reads it unpacks, decodes,
judges and takes secrets out.
"""

from __future__ import annotations

import asyncio
import marshal
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple, Protocol, TypeAlias

MOST = 10_000
"""How many entries are kept."""
MOST_BYTES = 64 << 20
"""How many bytes the entries that are kept take, at most."""
BODY_LIMIT = 64 << 10
"""How many bytes of a body are kept."""

NOT_READ = -1
"""The size of a body that nobody had to read."""

_FORMAT = 2
"""Of marshal: the last that does not look for what is there twice, which takes as long again."""

Fields: TypeAlias = Sequence[tuple[bytes, bytes]]
Seen: TypeAlias = Mapping[int, int]
"""The number of the last entry of each worker that a reader has had."""


class Entry(NamedTuple):
    """One exchange, or an `event` in the life of the server, which has no request.

    The entries of a `worker` are numbered from 1, without a gap. `size` and `reply_size` are the
    lengths of the bodies, of which only the beginning may be kept. `status` is 0 where nothing
    was answered, and `whole` tells whether the answer came to its end. `ended` is a reading of
    the monotonic clock, by which the entries of several workers are in order.
    """

    worker: int
    number: int
    ended: float
    started: float
    seconds: float
    session: str = ""
    rule: str = ""
    method: str = ""
    path: bytes = b""
    query: bytes = b""
    fields: Fields = ()
    size: int = 0
    status: int = 0
    reply_fields: Fields = ()
    reply_size: int = 0
    whole: bool = True
    event: str = ""
    body: bytes = b""
    reply: bytes = b""

    @property
    def target(self) -> str:
        """Return path and query as they were sent, without the prefix of a session."""
        path = self.path.decode("latin-1")
        return f"{path}?{self.query.decode('latin-1')}" if self.query else path


Raw: TypeAlias = tuple[Any, ...]
"""An entry as a plain tuple of plain values, but for its bodies, which are the last."""


Packed: TypeAlias = tuple[bytes, bytes, bytes]
"""An entry in a form that takes little room: all of it but its bodies, and these."""


class Journal(Protocol):
    """A bounded number of entries, the last ones, of all workers of a server."""

    worker: int
    number: int
    """The number of the last entry of this worker."""

    def add(self, entry: Raw, body: bytes = b"", reply: bytes = b"") -> None:
        """Keep an entry, which has the last number, with the bodies of request and response."""

    def since(self, seen: Seen) -> list[Entry]:
        """Return the entries that are kept and that a reader has not had, in their order."""

    def clear(self, session: str | None = None) -> None:
        """Forget the entries of one session, or all."""

    async def settled(self) -> None:
        """Wait until whatever was answered by any worker can be read."""

    async def changed(self, seconds: float) -> None:
        """Wait until there may be something new, at most `seconds`."""

    def close(self) -> None:
        """Let go of what the journal holds."""


class MemoryJournal:
    """The journal of a server that is one process."""

    worker = 1

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._ring: deque[Packed] = deque()
        self._cleared = Cleared()
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self.number = 0
        self._waiting = Waiting()

    def add(self, entry: Raw, body: bytes = b"", reply: bytes = b"") -> None:
        """Keep an entry; the oldest make room."""
        ring, packed = self._ring, pack(entry, body, reply)
        ring.append(packed)
        self._bytes += size(packed)
        while len(ring) > self._most or self._bytes > self._most_bytes:
            self._bytes -= size(ring.popleft())
        if self._waiting.some:
            self._waiting.wake()

    def since(self, seen: Seen) -> list[Entry]:
        """Return the entries that are kept and that a reader has not had, in their order."""
        last = seen.get(self.worker, 0)
        if last >= self.number:
            return []
        newest_first = islice(reversed(self._ring.copy()), self.number - last)
        found = [unpack(one) for one in newest_first][::-1]
        return [one for one in found if one.number > last and self._cleared.leaves(one, one.number)]

    def clear(self, session: str | None = None) -> None:
        """Forget the entries of one session, or all."""
        kept = self.number - len(self._ring)
        self._cleared.clear(session, self.number, kept)

    async def settled(self) -> None:
        """Return at once: what was added can be read."""

    async def changed(self, seconds: float) -> None:
        """Wait until there is something new, at most `seconds`."""
        await self._waiting.wait(seconds)

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


class Cleared:
    """Up to where sessions were cleared; None stands for all of them.

    What was cleared leaves the journal in its time, and until then is not shown.
    """

    def __init__(self) -> None:
        self._until: dict[str | None, float] = {}

    def clear(self, session: str | None, until: float, before: float) -> None:
        """Show nothing up to a place; up to `before`, nothing is there any more."""
        found = {key: at for key, at in self._until.items() if at > before}
        found[session] = max(until, found.get(session, until))
        self._until = found

    def leaves(self, entry: Entry, at: float) -> bool:
        """Tell whether an entry at a place is still to be shown."""
        until = self._until
        return not until or (at > until.get(None, -1) and at > until.get(entry.session, -1))


class Waiting:
    """Those who wait for a next entry; `some` tells whether anybody does."""

    def __init__(self) -> None:
        self.some: set[asyncio.Future[None]] = set()

    def wake(self) -> None:
        """Let everybody go on."""
        for one in self.some:
            if not one.done():
                one.set_result(None)

    async def wait(self, seconds: float) -> None:
        """Wait to be woken, at most `seconds`."""
        future = asyncio.get_running_loop().create_future()
        self.some.add(future)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(future, seconds)
        finally:
            self.some.discard(future)


def note(journal: Journal, event: str) -> None:
    """Keep an event in the life of the server, such as the restart of a worker."""
    journal.number += 1
    now = time.monotonic()
    journal.add(Entry(journal.worker, journal.number, now, time.time(), 0.0, event=event)[:-2])


def pack(entry: Raw, body: bytes, reply: bytes) -> Packed:
    """Return an entry in a form that takes little room."""
    return marshal.dumps(entry, _FORMAT), body, reply


def unpack(packed: Packed) -> Entry:
    """Return what was packed."""
    entry, body, reply = packed
    return Entry._make((*marshal.loads(entry), body, reply))  # noqa: S302 - of this server's own


def size(packed: Packed) -> int:
    """Return how many bytes an entry takes."""
    entry, body, reply = packed
    return len(entry) + len(body) + len(reply)


def after(seen: Seen, entries: Sequence[Entry]) -> dict[int, int]:
    """Return what a reader has had after `entries`."""
    found = dict(seen)
    for entry in entries:
        found[entry.worker] = max(found.get(entry.worker, 0), entry.number)
    return found
