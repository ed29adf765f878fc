"""The journal at a glance: an entry in one line, one entry in full, findings of those asked for.

A line costs next to nothing, so that ten thousand of them can be shown. To judge an exchange takes
its time: it is done for those entries that somebody looks at, and others are served in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

from understudy.archive.curl import curl
from understudy.archive.redact import REDACTED
from understudy.exchange import Reply
from understudy.server.control.desk import Asked, Desk, answer, refused
from understudy.server.control.forms import as_json, head
from understudy.server.control.pattern import pattern
from understudy.server.control.reading import Seen, parameters_of
from understudy.types import Json, JsonObject

_LAST = 100


def as_line(seen: Seen) -> JsonObject:
    """Return an entry without header fields, bodies and findings, and without secrets."""
    entry = seen.entry
    told: JsonObject = head(seen)
    if entry.event:
        return told
    operation = seen.operation
    return {
        **told,
        "milliseconds": round(entry.seconds * 1000, 3),
        "session": entry.session,
        "contract": seen.contract,
        "operation": operation.id if operation else "",
        "rule": entry.rule,
        "method": entry.method,
        "target": seen.reader.redaction.target(seen.record),
        "status": entry.status,
        "size": entry.reply_size,
    }


async def list_lines(desk: Desk, asked: Asked) -> Reply:
    """Return the last entries before one, each in a line; without one, the last of all."""
    query = asked.request.query
    wanted = pattern({"session": asked.named} if asked.named else {})
    found = await desk.history.find(wanted, events=not asked.named)
    count, last = len(found), query.get("last", _LAST)
    if "before" in query:
        places = [index for index, one in enumerate(found) if id_of(one) == query["before"]]
        found = found[: places[0]] if places else []
    shown = found[-last:] if last else []
    return answer({"count": count, "lines": [as_line(one) for one in shown]})


async def read_entry(desk: Desk, asked: Asked) -> Reply:
    """Return one entry, what its parameters mean, and its curl command."""
    wanted = asked.request.path["entry"]
    found = (await _entries(desk)).get(wanted)
    if found is None:
        return refused(404, f"There is no entry {wanted} any more")
    if found.entry.event:
        return answer(as_json(found))
    shown = found.shown
    return answer({
        **as_json(found),
        "valid": _valid(found),
        "curl": curl(shown.exchange, shown.origin, {}),
    })  # fmt: skip


async def find_findings(desk: Desk, asked: Asked) -> Reply:
    """Return what is wrong with each of some exchanges; those that are gone are left out."""
    entries = await _entries(desk)
    told: list[Json] = []
    for id_ in asked.body["entries"]:
        if id_ in entries:
            told.append({"entry": id_, "findings": [x.as_json() for x in entries[id_].findings]})
            await asyncio.sleep(0)
    return answer({"entries": told})


def id_of(seen: Seen) -> str:
    """Return the name of an entry, as the stream gives it."""
    return f"{seen.entry.worker}-{seen.entry.number}"


async def _entries(desk: Desk) -> Mapping[str, Seen]:
    await desk.history.journal.settled()
    found = (desk.history.reader.seen(one) for one in desk.history.journal.since({}))
    return {id_of(one): one for one in found}


def _valid(seen: Seen) -> JsonObject:
    """Return the decoded parameters and the body that are valid and no secrets."""
    understood = seen.understood_shown
    if understood is None:
        return {}
    invalid = {one.path[:2] for one in understood.invalid}
    told: JsonObject = {
        place: dict(_kept(place, values, invalid))
        for place, values in parameters_of(understood).items()
    }
    if understood.request.body is not None and not any(place[0] == "body" for place in invalid):
        told["body"] = understood.request.body
    return told


def _kept(
    place: str, values: Mapping[str, Json], invalid: set[tuple[str | int, ...]]
) -> Iterator[tuple[str, Json]]:
    for name, value in values.items():
        if (place, name) not in invalid and (place,) not in invalid and value != REDACTED:
            yield name, value
