"""Lead clients that are below a prefix to what they created: Location has their prefix as well.

A contract knows its own paths only; a session and several contracts at once put prefixes before.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

from starlette.types import Message, Scope, Send


def leading(scope: Scope, prefixes: Sequence[str], send: Send) -> Send:
    """Return `send`, which completes Location where the request is below a prefix."""
    prefix = _prefix(scope["path"], prefixes)
    return partial(_lead, quote(prefix).encode(), send) if prefix else send


def _prefix(path: str, prefixes: Sequence[str]) -> str:
    session = ""
    if path.startswith("/~"):
        session = f"/~{path[2:].partition('/')[0]}"
    below = path[len(session) :]
    return session + next((one for one in prefixes if one and below.startswith(f"{one}/")), "")


async def _lead(prefix: bytes, send: Send, message: Message) -> None:
    if message["type"] == "http.response.start" and message["status"] == 201:
        fields = [(name, _led(prefix, name, value)) for name, value in message["headers"]]
        message = {**message, "headers": fields}
    await send(message)


def _led(prefix: bytes, name: bytes, value: bytes) -> bytes:
    """Return the value of a field; a Location on another host, or relative, stays as it is."""
    if name.lower() != b"location" or not value.startswith(b"/") or value.startswith(b"//"):
        return value
    return value if value.startswith(prefix + b"/") else prefix + value
