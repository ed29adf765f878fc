"""A tiny contract, and exchanges with an API of it as values, without any server."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from understudy import load_contract
from understudy.checks.case import Rules
from understudy.checks.credentials import Credentials
from understudy.checks.every import judge
from understudy.checks.promise import Finding
from understudy.contract.meaning.infer import meaning
from understudy.exchange import Exchange, Reply, Sent

NOTES = load_contract(Path(__file__).parent / "notes.yaml")
CREDENTIALS = Credentials(
    {"token": "Bearer good", "key": "good-key"}, second={"token": "Bearer other"}
)
RULES = Rules(NOTES, meaning(NOTES), CREDENTIALS, max_seconds=1)
MANY, ONE, LABELS = "/owners/1/notes", "/owners/1/notes/7", "/labels"
GOOD = (("Authorization", "Bearer good"),)
KEY = (("X-Key", "good-key"),)
JSON, PROBLEM = "application/json", "application/problem+json"
PAGED = (("X-Page", "1"),)


def at(day: int) -> str:
    """Return the time of a day."""
    return f"2026-01-{day:02}T00:00:00Z"


def note(number: int, **changes: Any) -> dict[str, Any]:
    """Return note `number` of owner 1, the older the lower."""
    return {
        "id": number,
        "owner_id": 1,
        "title": f"Note {number}",
        "colour": "red",
        "created_at": at(number),
        "updated_at": at(number),
        **changes,
    }


def page(*items: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {"items": items, "total": len(items), "limit": 3, "offset": 0, **changes}


def reply(status: int, value: Any = ..., headers: Any = (), media_type: str | None = None) -> Reply:
    """Return a reply with `value` as JSON; text and bytes stand as they are."""
    if value is ... and status >= 400:
        value = {"title": "No", "status": status}
    if value is ...:
        return Reply(status, b"", headers, media_type or "")
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    default = PROBLEM if status >= 400 else JSON
    return Reply(status, raw, headers, default if media_type is None else media_type)


def get(target: str, answer: Reply, headers: Any = GOOD, seconds: float = 0.1) -> Exchange:
    return Exchange(Sent("GET", target, headers), answer, seconds)


def listed(
    *items: Mapping[str, Any], query: str = "", headers: Any = PAGED, **changes: Any
) -> Exchange:
    """Return a list of notes that was answered with these items."""
    target = f"{MANY}?{query}" if query else MANY
    return get(target, reply(200, page(*items, **changes), headers))


def read(value: Any, **changes: Any) -> Exchange:
    return get(ONE, reply(200, value, **changes))


def posted(
    body: Any, answer: Reply, *, media_type: str = JSON, headers: Any = GOOD, target: str = MANY
) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = (*headers, ("Content-Type", media_type)) if media_type else headers
    return Exchange(Sent("POST", target, fields, raw), answer, 0.1)


def asked(method: str, target: str, answer: Reply, headers: Any = GOOD) -> Exchange:
    return Exchange(Sent(method, target, headers), answer, 0.1)


def judged(exchange: Exchange, promise: str) -> list[Finding | None]:
    """Return what is said of one promise: a finding for each time it is broken, None if kept."""
    return [one.finding for one in judge(RULES.case(exchange)) if one.promise.id == promise]


def broken(exchange: Exchange) -> list[str]:
    """Return every promise that an exchange breaks, with subject and keyword, and what came."""
    return [
        f"{' | '.join(part for part in (one.promise.id, one.subject, one.keyword) if part)}: "
        f"{one.got}"
        for outcome in judge(RULES.case(exchange))
        if (one := outcome.finding) is not None
    ]


def promises(lines: Iterable[str]) -> set[str]:
    """Return the ids of the promises that lines of `broken` are about."""
    return {line.partition(":")[0].partition(" ")[0] for line in lines}
