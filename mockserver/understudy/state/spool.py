"""The journal of a server with several processes: each writes a file, and all read all of them.

A worker writes what it has every 20 ms, in one write, and says in shared memory how much there is,
so that a reader knows what to wait for. Files are bounded. A worker that is killed loses what it
has not written yet; the one that takes its place tells so.
"""

from __future__ import annotations

import asyncio
import logging
import marshal
import os
import struct
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Self

from understudy.state.journal import (
    MOST,
    MOST_BYTES,
    Cleared,
    Entry,
    Packed,
    Raw,
    Seen,
    Waiting,
    note,
    pack,
    size,
    unpack,
)
from understudy.state.workers import alive, join

_logger = logging.getLogger("understudy")
_EVERY = 0.02
_PATIENCE = 2.0
_LATE = 60.0
"""How many seconds after it ended an entry may still be written."""
_SEGMENTS = 4
_CLEARED = 0
"""The number of what is no entry, but says that all before it are forgotten."""
_LENGTH = struct.Struct(">I")


class SharedJournal:
    """The journal of one worker among those that share `folder`, which only they may enter.

    `saves` is called before each write, for what else is to be there when the entries are.
    """

    def __init__(
        self,
        folder: Path,
        most: int = MOST,
        most_bytes: int = MOST_BYTES,
        saves: Callable[[], None] = lambda: None,
    ) -> None:
        self._folder = folder
        self._saves = saves
        self._pending: list[Packed] = []
        self._pending_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._waiting = Waiting()
        self._merged = _Merged(folder, most, most_bytes)
        self.worker, self._count, ended = join(folder, lambda one: _written(folder, one))
        self.number = 0
        self._spool = _Spool(folder, self.worker, most, most_bytes)
        for one in ended:
            note(self, f"worker {self.worker} has taken the place of {one}")

    def add(self, entry: Raw, body: bytes = b"", reply: bytes = b"") -> None:
        """Keep an entry; it is written a little later, with those that come until then."""
        packed = pack(entry, body, reply)
        self._pending.append(packed)
        self._count.set(self.number)
        self._pending_bytes += size(packed)
        if self._timer is None or self._pending_bytes > 1 << 20:
            self._plan()

    def since(self, seen: Seen) -> list[Entry]:
        """Return the entries that are kept and that a reader has not had, in their order."""
        self.flush()
        self._merged.catch_up()
        return self._merged.known(seen)

    def clear(self, session: str | None = None) -> None:
        """Forget the entries of one session, or all, in all workers."""
        now = time.monotonic()
        told = "" if session is None else "session"
        cleared = Entry(self.worker, _CLEARED, now, 0, 0, session or "", event=told)[:-2]
        self.flush()
        self._write([pack(cleared, b"", b"")], 0)

    async def settled(self) -> None:
        """Wait until what every worker that lives has said to have can be read."""
        self.flush()
        deadline = time.monotonic() + _PATIENCE
        wanted = {n: count for n, count in alive(self._folder) if n != self.worker}
        while True:
            self._merged.catch_up()
            had = self._merged.had
            if all(had.get(n, 0) >= count for n, count in wanted.items()):
                return
            if time.monotonic() > deadline:
                return
            await asyncio.sleep(_EVERY / 4)

    async def changed(self, seconds: float) -> None:
        """Wait until there may be something new, here or in another worker."""
        await self._waiting.wait(min(seconds, _EVERY))

    def flush(self) -> None:
        """Write what is pending."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._pending:
            pending, self._pending, self._pending_bytes = self._pending, [], 0
            self._write(pending, len(pending))

    def close(self) -> None:
        """Write what is pending, and say that nothing more will come."""
        self.flush()
        self._spool.close()
        self._count.close()
        self._merged.close()

    def _write(self, packed: list[Packed], entries: int) -> None:
        """Write what is packed, of which so many are entries that the files are bounded by."""
        try:
            self._saves()
            self._spool.write(packed, entries)
        except OSError as error:
            _logger.warning("%d entries of the journal are lost: %s", entries, error)
        self._waiting.wake()

    def _plan(self) -> None:
        """Write soon; at once where there is much, or no loop that would come back."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
            return
        if self._pending_bytes > 1 << 20:
            self.flush()
        else:
            self._timer = loop.call_later(_EVERY, self.flush)


class _Spool:
    """The files of one worker: a new one is begun in time, and the oldest goes."""

    def __init__(self, folder: Path, worker: int, most: int, most_bytes: int) -> None:
        self._folder, self._worker = folder, worker
        self._most = max(1, most // _SEGMENTS)
        self._most_bytes = most_bytes // _SEGMENTS
        self._segment = 0
        self._begin()

    def write(self, packed: list[Packed], entries: int) -> None:
        """Write one batch, which has so many entries."""
        data = marshal.dumps(packed)
        frame = _LENGTH.pack(len(data)) + data
        if os.write(self._file, frame) < len(frame):
            os.close(self._file)
            self._begin()  # of the other file, nothing can be read from here on
            raise OSError("no space is left for them")
        self._entries += entries
        self._bytes += len(data)
        if self._entries >= self._most or self._bytes >= self._most_bytes:
            os.close(self._file)
            self._begin()

    def close(self) -> None:
        os.close(self._file)

    def _begin(self) -> None:
        self._segment += 1
        self._entries = self._bytes = 0
        path = self._path(self._segment)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._path(self._segment - _SEGMENTS - 1).unlink(missing_ok=True)

    def _path(self, segment: int) -> Path:
        return self._folder / f"{self._worker:06d}-{segment:09d}.journal"


class _Placed(NamedTuple):
    """An entry that is packed, with what its place among all entries depends on."""

    ended: float
    worker: int
    number: int
    packed: Packed

    @classmethod
    def of(cls, packed: Packed) -> Self:
        entry = unpack(packed)
        return cls(entry.ended, entry.worker, entry.number, packed)


class _Merged:
    """The entries of all files, in the order in which they ended."""

    def __init__(self, folder: Path, most: int, most_bytes: int) -> None:
        self._folder, self._most, self._most_bytes = folder, most, most_bytes
        self._read: dict[str, int] = {}
        self._cleared = Cleared()
        self._bytes = 0
        self.entries: deque[_Placed] = deque()
        self.had: dict[int, int] = {}

    def catch_up(self) -> None:
        """Take in what was written since the last time."""
        found: list[_Placed] = []
        names = sorted(path.name for path in self._folder.glob("*.journal"))
        for name in names:
            found += self._unread(name)
        self._read = {name: self._read.get(name, 0) for name in names}
        found.sort()
        for one in found:
            self.had[one.worker] = max(self.had.get(one.worker, 0), one.number)
            if one.number == _CLEARED:
                self._clear(unpack(one.packed))
            else:
                self._add(one)
        while len(self.entries) > self._most or self._bytes > self._most_bytes:
            self._bytes -= size(self.entries.popleft().packed)

    def known(self, seen: Seen) -> list[Entry]:
        """Return the entries that a reader has not had."""
        new = (unpack(one.packed) for one in self.entries if one.number > seen.get(one.worker, 0))
        return [one for one in new if self._cleared.leaves(one, one.ended)]

    def close(self) -> None:
        self.entries.clear()

    def _add(self, one: _Placed) -> None:
        """Put an entry where it belongs, which is near the end."""
        entries, later = self.entries, []
        while entries and entries[-1] > one:
            later.append(entries.pop())
        entries.append(one)
        entries.extend(reversed(later))
        self._bytes += size(one.packed)

    def _clear(self, one: Entry) -> None:
        session = one.session if one.event else None
        self._cleared.clear(session, one.ended, one.ended - _LATE)

    def _unread(self, name: str) -> Iterator[_Placed]:
        """Yield the entries of whole batches in a file that were not read yet."""
        at = self._read.get(name, 0)
        try:
            with open(self._folder / name, "rb") as file:
                file.seek(at)
                data = file.read()
        except FileNotFoundError:  # its worker has just begun a new one
            return
        start = 0
        while len(data) >= start + _LENGTH.size:
            end = start + _LENGTH.size + _LENGTH.unpack_from(data, start)[0]
            if end > len(data):
                break
            batch: list[Packed] = marshal.loads(data[start + _LENGTH.size : end])  # noqa: S302 - only workers of this server may enter the folder
            yield from map(_Placed.of, batch)
            start = end
        self._read[name] = at + start


def _written(folder: Path, worker: int) -> int:
    """Return the number of the last entry that a worker has written."""
    merged = _Merged(folder, MOST, MOST_BYTES)
    merged.catch_up()
    return merged.had.get(worker, 0)
