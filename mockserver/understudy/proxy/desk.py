"""How a proxy is set up: what every request that passes through needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from understudy.archive.recording import Record
from understudy.config import BODY_LIMIT
from understudy.proxy.inspection import Inspector
from understudy.proxy.stand_in import StandIn
from understudy.proxy.upstream import Upstream

LIMIT = 10 * BODY_LIMIT


@dataclass(frozen=True, slots=True)
class Options:
    """How strict a proxy is, and when the stand-in answers instead.

    With `errors`, what the contract does not allow is answered with a problem; `requests` says
    what becomes of invalid requests: off, warn or on. `missing` are the statuses by which the
    service says that it has not got an operation; 404 says so of paths without parameters only,
    unless it is among `surely_missing`. Bodies of up to `limit` bytes are looked at.
    """

    errors: bool = False
    requests: str = "warn"
    missing: frozenset[int] = frozenset({404, 405, 501})
    surely_missing: frozenset[int] = frozenset()
    limit: int = LIMIT


@dataclass(frozen=True, slots=True)
class Desk:
    """What every request needs: the contract, the service, and who is told what came of it."""

    inspector: Inspector
    upstream: Upstream
    options: Options
    stand_in: StandIn | None = None
    record: Callable[[Record], None] | None = None
    say: Callable[[str], None] = lambda _line: None
