"""Entries of the journal as they come, as server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from starlette.types import Receive, Send

from understudy.codec import dumps
from understudy.server.control.desk import Asked, Desk
from understudy.server.control.reading import Seen
from understudy.server.control.records import filters
from understudy.types import JsonObject

_ALIVE = 15.0
_PAUSE = 0.02
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
]


async def follow(
    desk: Desk,
    asked: Asked,
    receive: Receive,
    send: Send,
    form: Callable[[Seen], JsonObject],
) -> None:
    """Send entries in a form until the client goes, or as long as it asks for."""
    wanted, seconds = filters(asked), asked.request.query.get("seconds")
    gone = asyncio.ensure_future(_gone(receive))
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b": \n\n", "more_body": True})
    found = desk.history.follow(wanted, _last(asked))
    try:
        async for chunk in _chunks(found, seconds, form):
            if gone.done():
                return
            if chunk:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
    finally:
        gone.cancel()
    await send({"type": "http.response.body", "body": b""})


async def _chunks(
    found: AsyncIterator[list[Seen]], seconds: float | None, form: Callable[[Seen], JsonObject]
) -> AsyncIterator[bytes]:
    """Yield events, nothing now and then, and a comment where there was nothing for long."""
    started = said = time.monotonic()
    async for entries in found:
        now = time.monotonic()
        if entries or now - said > _ALIVE:
            said = now
            yield b"".join(_event(one, form(one)) for one in entries) or b": \n\n"
        else:
            yield b""
        if seconds is not None and now - started >= seconds:
            return
        await asyncio.sleep(_PAUSE)  # what comes in quick succession is sent together


def _event(seen: Seen, told: JsonObject) -> bytes:
    kind = b"event" if seen.entry.event else b"exchange"
    id_ = b"%d-%d" % (seen.entry.worker, seen.entry.number)
    return b"event: %b\nid: %b\ndata: %b\n\n" % (kind, id_, dumps(told))


def _last(asked: Asked) -> tuple[int, int] | None:
    told = asked.request.headers.get("Last-Event-ID")
    if not told:
        return None
    worker, _, number = told.partition("-")
    return int(worker), int(number)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
