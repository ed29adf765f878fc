"""Where records are kept in order, so that whoever shares a log agrees on what has happened.

A record is one line of JSON, and only ever added.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from understudy.errors import StateError

ANEW = b'["","anew"]'
"""The record at which whoever reads forgets everything that was read before."""


class Log(Protocol):
    """A sequence of records that only grows."""

    def unread(self) -> Sequence[bytes]:
        """Return the records that were not returned before, this process's own among them.

        With ANEW begins what takes the place of all that was returned before.
        """

    def append(self, record: bytes) -> None:
        """Add a record. When this returns, it outlives the process."""

    def compact(self, records: Callable[[], Sequence[bytes]]) -> None:
        """Replace all records, of which none is unread, by fewer that come to the same.

        To be used within a block of `locked`. A log that ends with its server need not do it.
        """

    def locked(self) -> AbstractContextManager[None]:
        """Keep everybody else from adding records for the time of a block."""

    def close(self) -> None:
        """Let go of what the log is kept in."""


def open_log(place: str) -> Log:
    """Return the log that is kept at the URL of a database, in a file, or, without a place, here.

    Raises StartError for a database that cannot be used.
    """
    if "://" in place:
        from understudy.state.database import DatabaseLog  # slow to import

        return DatabaseLog(place)
    return FileLog(place) if place else MemoryLog()


class MemoryLog:
    """The records of one process, which are forgotten as soon as they were read."""

    def __init__(self) -> None:
        self._unread: list[bytes] = []

    def unread(self) -> Sequence[bytes]:
        """Return the records that were not returned before."""
        if not self._unread:
            return ()
        found, self._unread = self._unread, []
        return found

    def append(self, record: bytes) -> None:
        """Add a record."""
        self._unread.append(record)

    def compact(self, records: Callable[[], Sequence[bytes]]) -> None:
        """Do nothing: what was read is gone already."""

    def locked(self) -> AbstractContextManager[None]:
        """Do nothing: there is nobody else."""
        return nullcontext()

    def close(self) -> None:
        """Do nothing."""


class FileLog:
    """Records in a file that the workers of one server share.

    Nothing is fsynced: what was written outlives a process, and the file lives as long as its
    server.
    """

    def __init__(self, path: str) -> None:
        self._file = open(path, "a+b", buffering=0)  # noqa: SIM115 - until it is closed
        self._seen = 0

    def unread(self) -> Sequence[bytes]:
        """Return the records that were not returned before; one still being written waits."""
        size = os.fstat(self._file.fileno()).st_size
        if size == self._seen:
            return ()
        unread = os.pread(self._file.fileno(), size - self._seen, self._seen)
        whole = unread.rfind(b"\n") + 1
        self._seen += whole
        return unread[:whole].split(b"\n")[:-1]

    def append(self, record: bytes) -> None:
        """Add a record, whole or not at all. To be used within a block of `locked`."""
        line, end = record + b"\n", os.fstat(self._file.fileno()).st_size
        try:
            if self._file.write(line) == len(line):
                return
        except OSError as error:
            raise StateError(f"no record can be written: {error.strerror}") from error
        os.ftruncate(self._file.fileno(), end)
        raise StateError("no space is left for a record")

    def compact(self, records: Callable[[], Sequence[bytes]]) -> None:
        """Do nothing: the file ends with its server."""

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep everybody else from adding records for the time of a block."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
