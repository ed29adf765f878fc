"""The workers that share a folder: which live, how many entries each has made, and who follows."""

from __future__ import annotations

import fcntl
import mmap
import struct
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

_ENDED = 8
_COUNT = struct.Struct("=Q")


def join(folder: Path, written: Callable[[int], int]) -> tuple[int, Count, list[str]]:
    """Return the number of a new worker, its count, and what is to be told of those that ended.

    `written` returns the number of the last entry of a worker that can be read.
    """
    with _locked(folder):
        number = 1 + max(map(_number, _counts(folder)), default=0)
        path = folder / f"{number:06d}.new"
        count = Count(path, own=True)
        path.rename(path.with_suffix(".count"))
        return number, count, list(_buried(folder, written))


def alive(folder: Path) -> Iterator[tuple[int, int]]:
    """Yield the numbers of the workers that live, and how many entries each has made."""
    for path in sorted(folder.glob("*.count")):
        with suppress(FileNotFoundError), closing(Count(path)) as count:  # it may just be buried
            if count.lives():
                yield _number(path), count.get()


class Count:
    """How many entries a worker has made, in memory that all workers see.

    The file is locked for as long as its worker lives.
    """

    def __init__(self, path: Path, *, own: bool = False) -> None:
        self._file = open(path, "a+b" if own else "r+b", buffering=0)  # noqa: SIM115
        if own:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            self._file.write(bytes(_COUNT.size))
        self._memory = mmap.mmap(self._file.fileno(), _COUNT.size)
        self._view = memoryview(self._memory).cast("Q")

    def set(self, count: int) -> None:
        """Say how many entries there are."""
        self._view[0] = count

    def get(self) -> int:
        """Return how many entries there are."""
        return self._view[0]

    def lives(self) -> bool:
        """Tell whether the worker lives: another process, or this one, holds the lock."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(self._file, fcntl.LOCK_UN)
        return False

    def close(self) -> None:
        """Let go of the file, as at the end of the worker."""
        self._view.release()
        self._memory.close()
        self._file.close()


def _buried(folder: Path, written: Callable[[int], int]) -> Iterator[str]:
    """Yield what is to be told of each worker that has ended and that nobody told of yet."""
    for path in sorted(folder.glob("*.count")):
        with closing(Count(path)) as count:
            if count.lives():
                continue
            lost = max(0, count.get() - written(_number(path)))
            yield f"worker {_number(path)}, which ended; {lost} of its entries were lost"
        path.rename(path.with_suffix(".ended"))
    for path in sorted(folder.glob("*.ended"))[:-_ENDED]:
        for segment in folder.glob(f"{path.stem}-*.journal"):
            segment.unlink(missing_ok=True)


def _counts(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in (".count", ".ended"))


def _number(path: Path) -> int:
    return int(path.name[:6])


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with open(folder / "lock", "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
