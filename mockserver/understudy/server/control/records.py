"""The journal as the control API has it: lists, archives, counts, waits, proofs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from understudy.exchange import Reply
from understudy.server.control.desk import DONE, Asked, Desk, answer
from understudy.server.control.forms import as_curl, as_json, har
from understudy.server.control.history import Times
from understudy.server.control.pattern import Pattern, pattern
from understudy.server.control.reading import Seen
from understudy.types import Json, JsonObject

_FILTERS = ("contract", "operation", "method", "target", "status", "rule")
_LAST = 100


def filters(asked: Asked) -> Pattern:
    """Return the pattern that the query of a request describes."""
    query = asked.request.query
    return pattern(_of_session(asked, {key: query[key] for key in _FILTERS if key in query}))


async def list_journal(desk: Desk, asked: Asked) -> Reply:
    """Return the last entries; events too, where nothing is filtered."""
    wanted = filters(asked)
    found = await desk.history.find(wanted, events=not wanted.plain)
    return await _entries(found, asked.request.query.get("last", _LAST))


async def archive_journal(desk: Desk, asked: Asked) -> Reply:
    """Return the last exchanges as an HTTP Archive."""
    return answer(har(await _last(desk, asked)))


async def commands_of_journal(desk: Desk, asked: Asked) -> Reply:
    """Return the last exchanges as curl commands."""
    told = as_curl(await _last(desk, asked))
    return Reply(200, told.encode("utf-8", "replace"), (), "text/plain; charset=utf-8")


def clear_journal(desk: Desk, asked: Asked) -> Reply:
    """Forget the exchanges of a session, or all."""
    unnamed = asked.request.query.get("unnamed")
    desk.history.journal.clear("" if unnamed else asked.named or None)
    return DONE


async def find_exchanges(desk: Desk, asked: Asked) -> Reply:
    """Return the exchanges that a pattern means."""
    found = await desk.history.find(_pattern(asked))
    return await _entries(found, asked.body.get("last", _LAST))


async def count_exchanges(desk: Desk, asked: Asked) -> Reply:
    """Return how many exchanges a pattern means."""
    return answer({"count": len(await desk.history.find(_pattern(asked)))})


async def wait_for_exchanges(desk: Desk, asked: Asked) -> Reply:
    """Return the exchanges that a pattern means when there are enough, or time is over."""
    count, seconds = asked.body.get("count", 1), asked.body.get("seconds", 5)
    found = await desk.history.wait(_pattern(asked), count, seconds)
    entries = await _told(found[-_LAST:])
    return answer({"holds": len(found) >= count, "count": len(found), "entries": entries})


async def verify(desk: Desk, asked: Asked) -> Reply:
    """Return whether there were as many exchanges as there must be."""
    told = asked.body
    times = Times(told.get("times"), told.get("at_least"), told.get("at_most"))
    verdict = await desk.history.verify(_pattern(asked), times)
    return answer(verdict.as_json())


def _pattern(asked: Asked) -> Pattern:
    return pattern(_of_session(asked, asked.body.get("pattern", {})))


def _of_session(asked: Asked, said: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return what is said with the session that the request names; a pattern may name another."""
    return {"session": asked.named, **said} if asked.named else said


async def _last(desk: Desk, asked: Asked) -> list[Seen]:
    found = await desk.history.find(filters(asked))
    last = asked.request.query.get("last", _LAST)
    return found[-last:] if last else []


async def _entries(found: list[Seen], last: int) -> Reply:
    shown = found[-last:] if last else []
    return answer({"count": len(found), "entries": await _told(shown)})


async def _told(shown: Sequence[Seen]) -> list[JsonObject]:
    """Return entries as JSON; judging each takes a while, in which others are answered too."""
    told = []
    for one in shown:
        told.append(as_json(one))
        await asyncio.sleep(0)
    return told
