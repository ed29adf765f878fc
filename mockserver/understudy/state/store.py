"""What clients have created, changed and deleted, by resource and parent; records only grow.

With a file, all workers of one server see each other's creations: whoever adds a record appends
a line under a lock, and everybody reads the lines they have not seen yet. Nothing is fsynced:
the file lives as long as its server.
"""

from __future__ import annotations

import fcntl
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import IO, TypeAlias

from understudy.codec import dumps, loads
from understudy.types import Json, JsonObject

_RESET = b"null\n"


MOST = 10_000
"""How many members of one collection are kept."""

Change: TypeAlias = Callable[[int, "Changes"], "tuple[str, JsonObject | None] | None"]
"""Returns id and value of what the n-th change, from 1, makes of what was changed so far."""

Changes: TypeAlias = Mapping[str, "JsonObject | None"]
"""Members by their ids as text, those first changed first; None for what was deleted."""

_NO_CHANGES: Changes = MappingProxyType({})


class FullError(Exception):
    """A collection has as many members as are kept."""


class Store:
    """What one server remembers: `most` members of one collection; with `forgets`, nothing."""

    def __init__(self, path: str = "", *, most: int = MOST, forgets: bool = False) -> None:
        self._created: dict[tuple[str, str, Json], list[JsonObject]] = {}
        self._changed: dict[tuple[str, str, str], dict[str, JsonObject | None]] = {}
        self._ordinals: Counter[tuple[str, str, str]] = Counter()
        self._most = most
        self._forgets = forgets
        self._file: IO[bytes] | None = open(path, "a+b", buffering=0) if path else None  # noqa: SIM115
        self._seen = 0

    def created(self, contract: str, resource: str, parent: Json) -> Sequence[JsonObject]:
        """Return what was created for `parent`, oldest first.

        It is the same object until the next reset, and only grows.
        """
        self._catch_up()
        return self._created.get((contract, resource, parent), ())

    def add(
        self, contract: str, resource: str, parent: Json, make: Callable[[int], JsonObject]
    ) -> JsonObject:
        """Remember and return what `make` returns for the ordinal, from 1, of this creation.

        Raises FullError for one more member than are kept.
        """
        with self._lock():
            self._catch_up()
            ordinal = len(self.created(contract, resource, parent)) + 1
            value = make(ordinal)
            if not self._forgets:
                self._hold(ordinal)
                self._record(dumps([contract, resource, parent, value]) + b"\n")
        return value

    def changes(self, contract: str, resource: str, parent: str) -> Changes:
        """Return what was changed of the members that `parent` has."""
        self._catch_up()
        return self._changed.get((contract, resource, parent), _NO_CHANGES)

    def change(self, contract: str, resource: str, parent: str, make: Change) -> None:
        """Remember the member that `make` returns, or that it is gone; None changes nothing.

        Raises FullError for one more member than are kept.
        """
        place = contract, resource, parent
        with self._lock():
            known = self.changes(*place)
            changed = make(self._ordinals[place] + 1, known)
            if changed is None or self._forgets:
                return
            if changed[0] not in known:
                self._hold(len(known) + 1)
            self._record(dumps([*place, *changed]) + b"\n")

    def _hold(self, count: int) -> None:
        if count > self._most:
            raise FullError

    def reset(self) -> None:
        """Forget everything that was created."""
        with self._lock():
            self._catch_up()
            self._record(_RESET)

    def close(self) -> None:
        """Let go of the file, if there is one."""
        if self._file is not None:
            self._file.close()

    def _record(self, line: bytes) -> None:
        if self._file is None:
            self._apply(line)
            return
        self._file.write(line)
        self._catch_up()

    def _catch_up(self) -> None:
        """Apply the records that other processes appended since the last look."""
        if self._file is None:
            return
        size = os.fstat(self._file.fileno()).st_size
        if size == self._seen:
            return
        unread = os.pread(self._file.fileno(), size - self._seen, self._seen)
        whole = unread.rfind(b"\n") + 1
        self._seen += whole
        for line in unread[:whole].splitlines():
            self._apply(line)

    def _apply(self, line: bytes) -> None:
        record = loads(line)
        if record is None:
            self._created.clear()
            self._changed.clear()
            self._ordinals.clear()
            return
        contract, resource, parent, *id_, value = record
        if id_:
            self._changed.setdefault((contract, resource, parent), {})[id_[0]] = value
            self._ordinals[contract, resource, parent] += 1
            return
        self._created.setdefault((contract, resource, parent), []).append(value)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        if self._file is None:
            yield
            return
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
