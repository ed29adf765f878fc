"""The forms of entries of the journal: JSON, HTTP Archive, curl."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from understudy.archive.curl import curl
from understudy.archive.recording import Record, archive_head, entry
from understudy.codec import loads
from understudy.server.control.reading import Seen
from understudy.types import Json, JsonObject


def as_json(seen: Seen) -> JsonObject:
    """Return an entry as JSON, without secrets."""
    entry = seen.entry
    if entry.event:
        return head(seen)
    shown, operation = seen.shown, seen.operation
    sent = shown.exchange.sent
    told: JsonObject = {
        **head(seen),
        "milliseconds": round(entry.seconds * 1000, 3),
        "session": entry.session,
        "contract": seen.contract,
        "operation": operation.id if operation else "",
        "rule": entry.rule,
        "request": {
            "method": sent.method,
            "target": sent.target,
            "headers": _fields(sent.headers),
            "body": _body(sent.body, sent.header("content-type"), shown.request_size),
        },
        "findings": [one.as_json() for one in seen.findings],
    }
    if entry.status:
        told["response"] = _response(shown)
    return told


def head(seen: Seen) -> JsonObject:
    """Return which entry this is, and when it began; of an event, all there is to it."""
    entry = seen.entry
    told: JsonObject = {
        "worker": entry.worker,
        "number": entry.number,
        "started": datetime.fromtimestamp(entry.started, UTC).isoformat(timespec="microseconds"),
    }
    return {**told, "event": entry.event} if entry.event else told


def har(entries: Iterable[Seen]) -> JsonObject:
    """Return exchanges as an HTTP Archive, without secrets; those without an answer too."""
    listed = [_har_entry(one) for one in entries if not one.entry.event]
    return {"log": {**archive_head(), "entries": listed}}


def as_curl(entries: Sequence[Seen]) -> str:
    """Return commands for bash that send the requests again, without secrets."""
    shown = (one.shown for one in entries if not one.entry.event)
    commands = (
        f"{_note(one)}{curl(one.exchange, one.origin, {})}\n" for one in shown
    )  # fmt: skip
    return "\n".join(commands)


def _har_entry(seen: Seen) -> JsonObject:
    told: JsonObject = {**entry(seen.shown), "_session": seen.entry.session}
    return {**told, "_rule": seen.entry.rule} if seen.entry.rule else told


def _note(record: Record) -> str:
    size = record.request_size
    return "" if size is None else f"# of the {size} bytes of this body only these were kept\n"


def _response(shown: Record) -> JsonObject:
    reply = shown.exchange.reply
    kind = [("content-type", reply.media_type)] if reply.media_type else []
    return {
        "status": reply.status,
        "headers": _fields([*kind, *reply.headers]),
        "body": _body(reply.body, reply.media_type, shown.reply_size),
    }


def _fields(fields: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in fields]


def _body(raw: bytes, kind: str, missing: int | None) -> JsonObject:
    """Return a body: as JSON where it is some, else as text, else in Base64; and its size."""
    told: JsonObject = {"size": len(raw) if missing is None else missing}
    if missing is not None:
        told["cut"] = True
    if not raw:
        return told
    if "json" in kind.lower() and missing is None:
        try:
            return {**told, "json": loads(raw)}
        except ValueError:
            pass
    try:
        return {**told, "text": raw.decode()}
    except UnicodeDecodeError:
        return {**told, "base64": b64encode(raw).decode()}
