"""Serve what files say now: build the application anew when one of them changes.

Files are looked at a few times a second, which works on every file system, in containers too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from starlette.types import Receive, Scope, Send

from understudy.contract.model import Contract
from understudy.errors import Problem, UnderstudyError
from understudy.server.app import Application
from understudy.server.kept import Kept

_SECONDS = 0.3

Load: TypeAlias = Callable[[], list[Contract]]
Build: TypeAlias = Callable[[list[Contract], Kept | None], Application]
_State: TypeAlias = dict[Path, tuple[int, int, int] | None]


class Watched:
    """An ASGI application that follows its files; what clients created is kept.

    What cannot be loaded, or served, changes nothing: the last good one goes on, and `say` is
    told why. `build` makes an application of contracts, and of what the one before it kept.
    """

    def __init__(self, load: Load, build: Build, say: Callable[[str], None]) -> None:
        self._load = load
        self._build = build
        self._say = say
        contracts = load()
        self._files = _state(_files(contracts))
        self.application = build(contracts, None)
        self._stopped = threading.Event()
        threading.Thread(target=self._watch, name="understudy-watch", daemon=True).start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection from the application as it is now."""
        await self.application(scope, receive, send)

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """Return the contracts that are served now."""
        return self.application.contracts

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with them."""
        return self.application.problems

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def look(self) -> None:
        """Load and build anew if a file has changed since the last look."""
        now = _state(self._files)
        changed = sorted(path.name for path in now if now[path] != self._files[path])
        if not changed:
            return
        self._files = now
        try:
            contracts = self._load()
            self.application = self._build(contracts, self.application.kept)
        except Exception as error:
            told = error if isinstance(error, UnderstudyError) else repr(error)
            self._say(f"{told}\n{', '.join(changed)} changed; the last good contract goes on")
            return
        self._files = _state(_files(contracts)) | {p: now[p] for p in now}
        self._say(f"{', '.join(changed)} changed; serving what is there now")

    def _watch(self) -> None:
        while not self._stopped.wait(_SECONDS):
            self.look()


def _files(contracts: Iterable[Contract]) -> set[Path]:
    """Return every file that decides about `contracts`, those included that may yet appear."""
    return {path for contract in contracts for path in contract.files}


def _state(paths: Iterable[Path]) -> _State:
    return {path: _stat(path) for path in paths}


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
