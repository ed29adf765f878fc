"""The journal and the sessions of a server in this process, for tests that are written in Python.

Patterns are said as to the control API: `operation="getThread", query={"limit": 2}`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from understudy.server.control.forms import as_curl, as_json, har
from understudy.server.control.history import History, Times
from understudy.server.control.pattern import Pattern, pattern
from understudy.server.control.reading import Seen
from understudy.server.whose import HEADER
from understudy.state.session import Session
from understudy.types import Json, JsonObject

_PAUSE = 0.005


@dataclass(frozen=True, slots=True)
class Records:
    """What clients asked and were answered; with a session, those who were in it."""

    _history: History
    _session: str | None = None

    def entries(self, **wanted: Json) -> list[JsonObject]:
        """Return the exchanges that are meant, as the control API has them, oldest first."""
        return [as_json(one) for one in self._found(wanted)]

    def count(self, **wanted: Json) -> int:
        """Return how many exchanges are meant."""
        return len(self._found(wanted))

    def wait(self, count: int = 1, *, seconds: float = 5.0, **wanted: Json) -> list[JsonObject]:
        """Return the exchanges that are meant once there are `count`.

        Raises AssertionError, with the nearest misses, if time is over before that.
        """
        deadline = time.monotonic() + seconds
        meant = self._pattern(wanted)
        while len(found := self._history.known(meant)) < count:
            if time.monotonic() > deadline:
                raise AssertionError(str(self._history.verdict(meant, Times(at_least=count))))
            time.sleep(_PAUSE)
        return [as_json(one) for one in found]

    def verify(
        self,
        *,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        **wanted: Json,
    ) -> None:
        """Raise AssertionError, with the nearest misses, unless there were so many exchanges.

        Without a number, there must be at least one.
        """
        times_ = Times(times, at_least, at_most)
        verdict = self._history.verdict(self._pattern(wanted), times_)
        if not verdict.holds:
            raise AssertionError(str(verdict))

    def har(self, **wanted: Json) -> JsonObject:
        """Return the exchanges that are meant as an HTTP Archive."""
        return har(self._found(wanted))

    def curl(self, **wanted: Json) -> str:
        """Return the exchanges that are meant as curl commands for bash."""
        return as_curl(self._found(wanted))

    def clear(self) -> None:
        """Forget all exchanges, or those of the session."""
        self._history.journal.clear(self._session)

    def _found(self, wanted: JsonObject) -> list[Seen]:
        return self._history.known(self._pattern(wanted))

    def _pattern(self, wanted: JsonObject) -> Pattern:
        return pattern(wanted if self._session is None else {"session": self._session, **wanted})


@dataclass(frozen=True, slots=True)
class MockSession:
    """One client's world on a running server: `url` and `headers` lead into it."""

    url: str
    state: Session
    journal: Records
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the name of the session."""
        return self.state.name

    def reset(self) -> None:
        """Become what the session was when it began, with an empty journal."""
        self.state.reset()
        self.journal.clear()

    def seed(self, seed: int) -> None:
        """Show the generated world of another seed."""
        self.state.reseed(seed)

    def scenarios(self, *names: str) -> None:
        """Let just these scenarios be on."""
        self.state.switch(names)

    def advance(self, seconds: float) -> None:
        """Put the clock forward."""
        self.state.advance(seconds)

    def freeze(self) -> None:
        """Let nothing pass until the clock is put forward."""
        self.state.put_clock("frozen")


def session_of(url: str, session: Session, history: History) -> MockSession:
    """Return a session as tests use it; `url` is that of the server."""
    headers = {HEADER: session.name} if session.name else {}
    address = f"{url}/~{session.name}" if session.name else url
    return MockSession(address, session, Records(history, session.name), headers)
