"""Faults of the network, acted out on the connection of one request and on no other.

A fault takes the place of `send`: it lets the answer be made as always, and then breaks it on its
way out. Those that cut a connection need the one that server/protocol.py puts into the scope;
where there is none, as in a test client without sockets, they raise ConnectionResetError.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from starlette.types import Message, Receive, Scope, Send

from understudy.exchange import Reply
from understudy.respond.problems import phrase
from understudy.server.protocol import TRANSPORT
from understudy.server.send import send_reply

FAULT: Final = "understudy.fault"
"""Where a scope says which fault became of its request."""

_MOMENT: Final = 0.02
_PATIENCE: Final = 10.0
_SLICE: Final = 0.1
_AT_ONCE: Final = struct.pack("ii", 1, 0)
_MORE: Final = 100
_FRAMING: Final = (b"content-length", b"transfer-encoding")
_GARBLED: Final = bytes(0xF8 | octet & 7 for octet in range(256))
"""None of these octets is ever in UTF-8, and none in the syntax of JSON or XML."""


async def act(
    kind: str,
    reply: Reply,
    scope: Scope,
    receive: Receive,
    send: Send,
    *,
    rate: float = 0.0,
) -> None:
    """Send `reply` in the way that a fault has it."""
    await send_reply(reply, faulty(kind, scope, receive, send, rate=rate))


def faulty(kind: str, scope: Scope, receive: Receive, send: Send, *, rate: float = 0.0) -> Send:
    """Return a `send` that breaks what is sent by it in the way of `kind`, one of FAULTS.

    The body goes at `rate` bytes a second, if one is given; an empty `kind` does nothing else.
    """
    if rate:
        send = partial(_drip, _Line(scope, receive, send), rate)
    if not kind:
        return send
    scope[FAULT] = kind
    if kind == "garbled":
        return partial(_garble, send)
    return _Broken(_BREAKS[kind], _Line(scope, receive, send))


async def pause(seconds: float, scope: Scope) -> None:
    """Wait before a request is answered, but no longer than its client does."""
    clock = asyncio.get_running_loop().time
    end = clock() + seconds
    while (left := end - clock()) > 0 and not _closing(scope):
        await asyncio.sleep(min(left, 1.0))


def _closing(scope: Scope) -> bool:
    transport = scope.get(TRANSPORT)
    return transport is not None and transport.is_closing()


async def _drip(line: _Line, rate: float, message: Message) -> None:
    """Send a body in small pieces, none sooner than its turn, until the client is gone."""
    body = message.get("body", b"")
    step = max(1, int(rate * _SLICE))
    for at in range(0, len(body), step):
        if _closing(line.scope):
            await line.gone()
            return
        piece = body[at : at + step]
        await line.send({"type": message["type"], "body": piece, "more_body": True})
        await asyncio.sleep(len(piece) / rate)
    await line.send({**message, "body": b""} if body else message)


async def _garble(send: Send, message: Message) -> None:
    """Send other octets than those of the body, as many."""
    if "body" in message:
        message = {**message, "body": message["body"].translate(_GARBLED)}
    await send(message)


@dataclass(frozen=True, slots=True)
class _Line:
    """The connection of one request, and what its application was given."""

    scope: Scope
    receive: Receive
    send: Send

    @property
    def transport(self) -> asyncio.Transport:
        found: asyncio.Transport | None = self.scope.get(TRANSPORT)
        if found is None:
            raise ConnectionResetError(f"the fault {self.scope[FAULT]} breaks the connection")
        return found

    async def say(self, start: Message, body: bytes) -> None:
        """Send the header section and a part of the body, so that the client has it."""
        transport = self.transport
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body, "more_body": True})
        await _sent(transport)

    async def say_half(self, start: Message, body: bytes) -> None:
        """Send half of a response: of its body, or of its header section if it has none."""
        if body:
            await self.say(start, body[: len(body) // 2])
        else:
            await self.write(_half_head(start))

    async def write(self, octets: bytes) -> None:
        """Write what no server would."""
        self.transport.write(octets)
        await _sent(self.transport)

    async def close(self) -> None:
        """Close the connection in the usual way (FIN), and wait until it is."""
        self.transport.close()
        await self.gone()

    async def reset(self) -> None:
        """Reset the connection (RST), and wait until it is."""
        transport = self.transport
        if not transport.is_closing():
            end = transport.get_extra_info("socket")
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            transport.abort()
        await self.gone()

    async def gone(self) -> None:
        """Wait until the connection is gone, so that nobody takes the silence for a mistake."""
        while (await self.receive())["type"] != "http.disconnect":
            continue


async def _sent(transport: asyncio.Transport) -> None:
    """Wait until everything is on its way; a client that takes nothing is not waited for."""
    before, left = -1, 0
    while before != left:
        await asyncio.sleep(_MOMENT)
        before, left = left, transport.get_write_buffer_size()


_Break = Callable[[_Line, Message, bytes], Awaitable[None]]


class _Broken:
    """A `send` that breaks the connection at the first octets of the body, and is silent then."""

    def __init__(self, break_: _Break, line: _Line) -> None:
        self._break = break_
        self._line = line
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        """Keep the start until there is a body, or none is to come."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, body = self._start, message.get("body", b"")
        if start is not None and (body or not message.get("more_body", False)):
            self._start = None
            await self._break(self._line, start, body)


async def _reset(line: _Line, _start: Message, _body: bytes) -> None:
    await line.reset()


async def _reset_in_headers(line: _Line, start: Message, _body: bytes) -> None:
    await line.write(_half_head(start))
    await line.reset()


async def _reset_in_body(line: _Line, start: Message, body: bytes) -> None:
    await line.say_half(start, body)
    await line.reset()


async def _empty(line: _Line, _start: Message, _body: bytes) -> None:
    await line.close()


async def _truncated(line: _Line, start: Message, body: bytes) -> None:
    await line.say_half(start, body)
    await line.close()


async def _length_too_long(line: _Line, start: Message, body: bytes) -> None:
    await line.say(_with_length(start, len(body) + _MORE), body)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            await line.gone()
    await line.close()


async def _length_too_short(line: _Line, start: Message, body: bytes) -> None:
    if not body:
        await _truncated(line, start, body)
        return
    length = len(body) // 2
    await line.say(_with_length(start, length), body[:length])
    await line.write(body[length:])
    await line.close()


def _half_head(start: Message) -> bytes:
    """Return half of a header section, which ends in the middle of a field."""
    status = start["status"]
    lines = [b"%s: %s\r\n" % (name, value) for name, value in start["headers"]]
    head = b"".join([f"HTTP/1.1 {status} {phrase(status)}\r\n".encode(), *lines])
    return head[: len(head) // 2 + 1]


def _with_length(start: Message, length: int) -> Message:
    """Return the start of a response with another Content-Length."""
    fields = [(name, value) for name, value in start["headers"] if name not in _FRAMING]
    return {**start, "headers": [*fields, (b"content-length", b"%d" % length)]}


_BREAKS: Final[Mapping[str, _Break]] = {
    "reset-before": _reset,
    "reset-in-headers": _reset_in_headers,
    "reset-in-body": _reset_in_body,
    "empty": _empty,
    "truncated": _truncated,
    "length-too-long": _length_too_long,
    "length-too-short": _length_too_short,
}
