"""A command of a story, in a process of its own, and what it says."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

_SERVING = ("serve", "proxy", "replay")
_ADDRESS = " at http://"
_SECONDS = 30


class Command:
    """A running command: its address where it serves, and the lines that it said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._said: list[str] = []
        self._heard = 0
        self._ended = False
        self._news = threading.Condition()
        self.reading = threading.Thread(target=self._listen)

    def url(self) -> str:
        """Return where it serves, when it does."""
        found = self._hear(_ADDRESS)
        assert found is not None, f"it does not serve, it says {self._said}"
        return re.findall(r" at (http://[^/]+)", self._said[found])[0]

    def misheard(self, lines: list[str]) -> Iterator[str]:
        """Yield those of `lines` that it does not say, in this order, after what was heard."""
        for line in lines:
            found = self._hear(line, self._heard)
            if found is None:
                yield f"expected to hear {line!r}, heard {self._said[self._heard :]}"
                continue
            self._heard = found + 1

    def _hear(self, text: str, start: int = 0) -> int | None:
        """Return the number of the first line from `start` that holds `text`; wait for it."""

        def found() -> int | None:
            lines = range(start, len(self._said))
            return next((number for number in lines if text in self._said[number]), None)

        with self._news:
            self._news.wait_for(lambda: self._ended or found() is not None, _SECONDS)
        return found()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self._said.append(line.rstrip("\n"))
                self._news.notify()
        with self._news:
            self._ended = True
            self._news.notify()


@contextmanager
def running(line: str, folder: Path) -> Iterator[Command]:
    """Run a command line of `understudy` in `folder`, and end it."""
    written, _, given = line.strip().partition(" < ")
    name, *words = shlex.split(written)
    assert name == "understudy"
    serves = words[0] in _SERVING
    arguments = [sys.executable, "-m", name, *words, *["--port", "0"] * serves]
    with (
        (folder / given).open("rb") if given else nullcontext(subprocess.DEVNULL) as stdin,
        subprocess.Popen(
            arguments, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            cwd=folder, text=True,
        ) as process,
    ):  # fmt: skip
        command = Command(process)
        command.reading.start()
        try:
            yield command
        finally:
            if serves:
                process.send_signal(signal.SIGINT)
            process.wait(_SECONDS)
            command.reading.join()
