"""How the server is, as the control API tells it."""

from __future__ import annotations

from collections.abc import Mapping

from understudy.exchange import Reply
from understudy.server.control.desk import Asked, Desk, answer
from understudy.server.metrics import exposition
from understudy.version import __version__


def health(_desk: Desk, _asked: Asked) -> Reply:
    """Return that the server lives."""
    return answer({"status": "ok", "version": __version__})


def readiness(desk: Desk, _asked: Asked) -> Reply:
    """Return which contracts are served, and what is wrong with them."""
    contracts = [one.contract.name for one in desk.served]
    return answer({"status": "ready", "contracts": contracts, "problems": [*desk.problems()]})


async def metrics(desk: Desk, _asked: Asked) -> Reply:
    """Return counts and times for Prometheus."""
    names = {one.prefix: one.contract.name for one in desk.served}
    await desk.history.journal.settled()
    told = exposition(desk.metrics, names, lambda: _gauges(desk))
    return Reply(200, told, (), "text/plain; version=0.0.4; charset=utf-8")


def _gauges(desk: Desk) -> Mapping[str, float]:
    entries = desk.history.journal.since({})
    return {
        "sessions": len(desk.sessions.names()),
        "journal_entries": len(entries),
        "workers": len({one.worker for one in entries}),
    }
