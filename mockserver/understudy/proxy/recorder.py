"""Write a recording while it grows: after every exchange the file is a whole HTTP Archive.

An entry goes over the end of the file together with a new end, in one write, so that whoever
stops the process, and however, leaves a file that can be read.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from understudy.archive.recording import Record, archive_head, entry
from understudy.archive.redact import Redaction
from understudy.codec import dumps
from understudy.errors import StartError

_END = b"\n]}}\n"
_START = b'{"log":' + dumps(archive_head())[:-1] + b',"entries":['
_KNOWN = _START.partition(b',"creator"')[0]


class Recorder:
    """Appends records, secrets taken out, to the archive at `path`."""

    def __init__(self, path: Path, redaction: Redaction, say: Callable[[str], None]) -> None:
        self._path = path
        self._redaction = redaction
        self._say = say
        self._file = -1
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            self._offset, self._empty = self._opened()
        except OSError as error:
            raise StartError(f"{path} cannot be recorded to: {error.strerror}") from error

    def record(self, record: Record) -> None:
        """Append one exchange. A file that cannot be written to any more ends the recording."""
        if self._file < 0:
            return
        written = dumps(entry(self._redaction.record(record)))
        start = b"\n" if self._empty else b",\n"
        try:
            self._write(start + written + _END)
        except OSError as error:
            self._say(f"the recording has ended: {self._path}: {error.strerror}")
            self._restore()
            self.close()
            return
        self._offset += len(start) + len(written)
        self._empty = False

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _opened(self) -> tuple[int, bool]:
        """Return where the next entry goes, and whether it is the first."""
        size = os.fstat(self._file).st_size
        if size == 0:
            os.pwrite(self._file, _START + _END, 0)
            return len(_START), True
        head = os.pread(self._file, len(_KNOWN), 0)
        tail = os.pread(self._file, len(_END) + 1, max(0, size - len(_END) - 1))
        if head != _KNOWN or not tail.endswith(_END):
            self.close()
            raise StartError(
                f"{self._path} is there and is no recording of this command; name another file"
            )
        return size - len(_END), tail.startswith(b"[")

    def _write(self, data: bytes) -> None:
        done = 0
        while done < len(data):
            done += os.pwrite(self._file, data[done:], self._offset + done)

    def _restore(self) -> None:
        """Take back what was written of an entry that did not fit."""
        try:
            os.ftruncate(self._file, self._offset)
            os.pwrite(self._file, _END, self._offset)
        except OSError as error:
            self._say(f"{self._path} is cut short: {error.strerror}")
