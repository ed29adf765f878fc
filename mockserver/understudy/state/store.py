"""What clients have created: an append-only list for each parent of each resource.

With a file, all workers of one server see each other's creations: whoever adds a record appends
a line under a lock, and everybody reads the lines they have not seen yet. Nothing is fsynced:
the file lives as long as its server.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from understudy.codec import dumps, loads
from understudy.types import Json, JsonObject

_RESET = b"null\n"


class Store:
    """Created members by resource and parent, oldest first."""

    def __init__(self, path: str = "") -> None:
        self._created: dict[tuple[str, str, Json], list[JsonObject]] = {}
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
        """Remember and return what `make` returns for the ordinal, from 1, of this creation."""
        with self._lock():
            self._catch_up()
            value = make(len(self.created(contract, resource, parent)) + 1)
            self._record(dumps([contract, resource, parent, value]) + b"\n")
        return value

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
            return
        contract, resource, parent, value = record
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
