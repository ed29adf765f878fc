"""What passed through a proxy as a value, and its form in an HTTP Archive (HAR 1.2)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import unquote_plus

from understudy.exchange import Exchange, Reply, Sent
from understudy.types import Json, JsonObject
from understudy.version import __version__

NOT_KEPT = "the body was too long to be kept, did not end, or is coded in a way not known here"


@dataclass(frozen=True, slots=True)
class Record:
    """One exchange with the service at `origin`; the target is path and query below it.

    Bodies are without content codings. Those that were not kept are empty, and said to have
    been `request_size` or `reply_size` bytes long, which is None for the others.
    """

    exchange: Exchange
    origin: str
    started: datetime
    request_size: int | None = None
    reply_size: int | None = None


def archive_head() -> JsonObject:
    """Return the log of an archive without its entries."""
    return {"version": "1.2", "creator": {"name": "understudy", "version": __version__}}


def entry(record: Record) -> JsonObject:
    """Return a record as an entry of an archive (HAR 1.2, "entries")."""
    exchange = record.exchange
    milliseconds = round(exchange.seconds * 1000, 3)
    return {
        "startedDateTime": record.started.isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": _request(exchange.sent, record.origin, record.request_size),
        "response": _response(exchange.reply, record.reply_size),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    }


def _request(sent: Sent, origin: str, missing: int | None) -> JsonObject:
    found: JsonObject = {
        "method": sent.method,
        "url": f"{origin}{sent.target}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _fields(sent.headers),
        "queryString": _query(sent.query),
        "headersSize": -1,
        "bodySize": len(sent.body) if missing is None else missing,
    }
    kind = sent.header("content-type")
    if missing is not None:
        found["postData"] = {"mimeType": kind, "params": [], "comment": NOT_KEPT}
    elif sent.body:
        found["postData"] = {"mimeType": kind, **_text(sent.body)}
    return found


def _response(reply: Reply, missing: int | None) -> JsonObject:
    size = len(reply.body) if missing is None else missing
    content: JsonObject = {"size": size, "mimeType": reply.media_type}
    content |= _text(reply.body) if missing is None else {"comment": NOT_KEPT}
    kind = [("content-type", reply.media_type)] if reply.media_type else []
    return {
        "status": reply.status,
        "statusText": _phrase(reply.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _fields([*kind, *reply.headers]),
        "content": content,
        "redirectURL": reply.header("location") or "",
        "headersSize": -1,
        "bodySize": size,
    }


def _fields(fields: Sequence[tuple[str, str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in fields]


def _query(query: str) -> list[Json]:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return [{"name": unquote_plus(name), "value": unquote_plus(value)} for name, _, value in pairs]


def _text(body: bytes) -> JsonObject:
    """Return a body as text, or as base64 where it is none."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": b64encode(body).decode(), "encoding": "base64"}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
