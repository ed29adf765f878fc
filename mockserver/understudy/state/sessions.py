"""All sessions of a server: the sum of the records in one log.

A client that names a session which is not there begins it, as a copy of the initial world.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from understudy.codec import dumps, loads
from understudy.config import Settings
from understudy.state.clock import Clock
from understudy.state.log import Log, MemoryLog, open_log
from understudy.state.session import FullError, Session, Setting
from understudy.state.store import Store
from understudy.types import Json

MOST = 10_000
"""How many members of one collection are kept, and how many sessions."""

LONG = 10_000
"""How many records a log has before it is made shorter, if it can be."""

IDLE = 3600.0
"""After how many seconds without a request a session makes room for another."""

IDLE_IN_DATABASE = 7 * 24 * 3600.0
"""The same for sessions that are there to be found again another day."""

_OFTEN = 60.0
_TOLD = 8
"""How often within that time those who share the log are told that a session is in use."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Sessions:
    """The sessions by their names; the one without a name is that of everybody else.

    `most` members of one collection are kept, and as many sessions; with `forgets`, nothing that
    clients create is. A log of more than `long` records is made shorter where that can be done.
    """

    def __init__(
        self,
        setting: Setting,
        log: Log | None = None,
        *,
        initial: Store | None = None,
        most: int = MOST,
        forgets: bool = False,
        idle: float = IDLE,
        long: int = LONG,
    ) -> None:
        self.most = most
        self.forgets = forgets
        self._idle = idle
        self._log = log or MemoryLog()
        self._initial = (initial or Store(), setting)
        self._depth = 0
        self._expired = time.monotonic()
        self.default = Session("", self, self._initial)
        self._named: dict[str, Session] = {}
        self._former: dict[str, Session] = {}
        self._records = 0
        self._least = self._long = long
        self._catch_up()

    def find(self, name: str = "") -> Session:
        """Return the session of this name as it is now; one that is not there begins.

        Raises FullError where there are too many, ValueError for what is no name.
        """
        self._catch_up()
        if not name:
            return self.default
        session = self._named.get(name) or self._begun(name)
        if time.monotonic() - session.used > self._idle / _TOLD:
            with self.writing():
                self.write(name, "used")
        return self._of(name)

    def known(self, name: str) -> Session | None:
        """Return the session of this name, or None where it is not there."""
        self._catch_up()
        return self._named.get(name) if name else self.default

    def names(self) -> tuple[str, ...]:
        """Return the names of all sessions but that of everybody else."""
        self._catch_up()
        return tuple(self._named)

    def remove(self, name: str) -> None:
        """Forget a session."""
        with self.writing():
            self.write(name, "remove")

    def reset(self) -> None:
        """Forget everything in every session."""
        with self.writing():
            for name in ("", *self._named):
                self.write(name, "reset")

    def compact(self) -> None:
        """Let the log hold what there is, and no longer how it came about."""
        with self.writing():
            self._records = 0
            self._log.compact(self._shortened)
            self._catch_up()
            self._long = max(self._least, 2 * self._records)

    def close(self) -> None:
        """Let go of the log."""
        self._log.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let nobody else write for the time of a block, which begins with the latest state."""
        if self._depth:  # within such a block
            yield
            return
        with self._log.locked():
            self._depth += 1
            try:
                self._catch_up()
                if self._records > self._long:
                    self.compact()
                yield
            finally:
                self._depth -= 1

    def write(self, session: str, *record: Json) -> None:
        """Keep a record of a session, and apply it."""
        self._log.append(dumps([session, *record]))
        self._catch_up()

    def _catch_up(self) -> None:
        for record in self._log.unread():
            self._records += 1
            name, kind, *arguments = loads(record)
            if kind == "remove":
                self._named.pop(name, None)
            elif kind == "anew":
                self._start_over()
            else:
                session = self._of(name)
                session.used = time.monotonic()  # by whichever process
                session.apply(kind, arguments)

    def _of(self, name: str) -> Session:
        if not name:
            return self.default
        if name not in self._named:
            former = self._former.pop(name, None)
            new = former or Session(name, self, self._initial, time.monotonic())
            self._named[name] = new
        return self._named[name]

    def _start_over(self) -> None:
        """Forget everything, as the log tells it anew; who holds a session goes on with it."""
        self._records = 0
        self._former, self._named = self._named, {}
        for session in (self.default, *self._former.values()):
            session.forget()

    def _shortened(self) -> list[bytes]:
        sessions = (self.default, *self._named.values())
        return [dumps([one.name, *record]) for one in sessions for record in one.records()]

    def _begun(self, name: str) -> Session:
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"{name[:80]!r} is no name of a session: letters, digits, dot, hyphen and "
                "underscore, 64 at most"
            )
        with self.writing():
            self._expire()
            if name not in self._named:
                self.write(name, "begin")
        return self._named[name]

    def _expire(self) -> None:
        """Forget the sessions that nobody used for long, looked for once in a while."""
        now = time.monotonic()
        if now - self._expired > _OFTEN or len(self._named) >= self.most:
            self._expired = now
            for name, session in [*self._named.items()]:
                if now - session.used > self._idle * (1 + 1 / _TOLD):
                    self.write(name, "remove")
        if len(self._named) >= self.most:
            raise FullError


def open_sessions(settings: Settings) -> Sessions:
    """Return the sessions of a server with these settings."""
    setting = Setting(settings.seed, Clock.at(settings.now), settings.scenarios)
    idle = IDLE_IN_DATABASE if "://" in settings.store else IDLE
    log = open_log(settings.store)
    return Sessions(setting, log, forgets=settings.stateless, idle=idle)
