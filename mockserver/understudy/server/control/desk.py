"""What the control API shows and changes: the parts of one running server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from understudy.codec import dumps
from understudy.exchange import Reply, Request
from understudy.respond.problems import MEDIA_TYPE, Fault, problem
from understudy.respond.service import Service
from understudy.server.control.history import History
from understudy.server.control.holding import Holding
from understudy.server.control.reading import Served
from understudy.server.metrics import Metrics
from understudy.state.session import Session
from understudy.state.sessions import Sessions
from understudy.types import Json


class Scenario(NamedTuple):
    """A scenario that can be switched on, and the contract that it is of."""

    contract: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of one running server."""

    sessions: Sessions
    history: History
    metrics: Metrics
    served: Sequence[Served]
    holding: Holding
    scenarios: Callable[[], Sequence[Scenario]]
    problems: Callable[[], Sequence[str]]
    services: Mapping[str, Service]
    exported: Callable[[Session], bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """One valid request to the control API; `named` is the session that it names, or empty."""

    request: Request
    named: str

    @property
    def body(self) -> Json:
        """Return the decoded body."""
        return self.request.body

    def session(self, desk: Desk) -> Session:
        """Return the session that is meant; one that is not there begins."""
        return desk.sessions.find(self.named)


def answer(value: Json) -> Reply:
    """Return a value as the reply."""
    return Reply(200, dumps(value))


def refused(status: int, detail: str) -> Reply:
    """Return problem details."""
    return Reply(status, dumps(problem(Fault(status, detail))), (), MEDIA_TYPE)


DONE = Reply(204, b"", (), "")
