"""Send a reply over ASGI, read a request body with a limit, and live as a server wants."""

from __future__ import annotations

from functools import lru_cache

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from understudy.exchange import Reply

_DRAIN_LIMIT = 64 << 20


async def send_reply(reply: Reply, send: Send) -> None:
    """Send `reply` as one response."""
    headers = list(_fields(reply.headers, reply.media_type))
    if reply.status != 204:  # which has no length (RFC 9110, section 8.6)
        headers.append((b"content-length", b"%d" % len(reply.body)))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


@lru_cache(maxsize=256)
def _fields(
    headers: tuple[tuple[str, str], ...], media_type: str
) -> tuple[tuple[bytes, bytes], ...]:
    """Return header fields as ASGI wants them."""
    if media_type:
        headers = (*headers, ("content-type", media_type))
    return tuple((name.lower().encode(), value.encode()) for name, value in headers)


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """Return the request body, or None when it is longer than `limit` bytes.

    Raises ClientDisconnect when the client is gone before the end: half a body is none. A long
    body is read to its end and thrown away, within reason: a client that is still
    sending would see a broken connection instead of the reply.
    """
    chunks: list[bytes] = []
    size = 0
    more = True
    while more and size < _DRAIN_LIMIT:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks) if size <= limit else None


def header(scope: Scope, name: bytes) -> str:
    """Return the first value of a request header, or an empty text."""
    for key, value in scope["headers"]:
        if key == name:
            found: str = value.decode("latin-1")
            return found
    return ""


async def live(receive: Receive, send: Send) -> None:
    """Answer the lifespan protocol: there is nothing to start or stop."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
