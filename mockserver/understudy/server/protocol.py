"""HTTP on one connection: uvicorn's protocol on httptools, with limits on what a client may take.

What goes beyond a limit is answered with problem details that name it, and the connection ends.
Applications find the connection in their scope, for faults.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final, NamedTuple

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from understudy.codec import dumps
from understudy.config import Limits
from understudy.respond.problems import MEDIA_TYPE, Fault, problem

TRANSPORT: Final = "understudy.transport"
"""Where a scope has the asyncio transport of its connection."""

_LOOK_SECONDS: Final = 1.0
_LINGER_SECONDS: Final = 2.0
_RETRY_SECONDS: Final = 1
_LARGE: Final = 1 << 16
_SPARE: Final = 64
"""So many connections beyond the limit are told so; all others are cut without a word."""


class _BeyondError(Exception):
    """Ends the parsing of a request that goes beyond a limit."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


_NO_HTTP: Final = _BeyondError(400, "The request is not HTTP/1.1")


class _Wait(NamedTuple):
    """What a connection waits for, how long it may, and the error after that; 0 ends it at once."""

    what: object
    seconds: float
    status: int = 0
    told: str = ""


class Outbox:
    """Answers that leave at the end of a turn of the event loop, one right after the other.

    Each write wakes a client that sleeps, which takes longer than to make a small answer, unless
    the one before has woken it.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[asyncio.Transport, tuple[bytes, bytes]]] = []

    def put(self, transport: asyncio.Transport, head: bytes, body: bytes) -> None:
        """Write soon, both at once."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self.flush)
        self._waiting.append((transport, (head, body)))

    def flush(self) -> None:
        """Write all that is waiting now."""
        waiting, self._waiting = self._waiting, []
        for transport, parts in waiting:
            if not transport.is_closing():
                transport.writelines(parts)


class _Answer:
    """What one answer is written to. Its header section leaves with the first of its content.

    An ASGI server must not send the header section sooner (ASGI, "Response Start").
    """

    __slots__ = ("_head", "_outbox", "_transport", "is_closing")

    def __init__(self, transport: asyncio.Transport, outbox: Outbox) -> None:
        self._transport = transport
        self._outbox = outbox
        self._head: bytes | None = None
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """Keep the header section, which comes first; write whatever comes later at once."""
        if self._head is None:
            self._head = data
        elif self._head and 0 < len(data) < _LARGE:
            self._outbox.put(self._transport, self._head, data)
            self._head = b""
        else:
            self._flush()
            self._transport.write(data)

    def close(self) -> None:
        """Close the connection after what was written."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        self._outbox.flush()
        if self._head:
            self._transport.write(self._head)
            self._head = b""


class Protocol(HttpToolsProtocol):
    """One connection.

    No request is timed on its own: once a second, or sooner where limits are short, the connection
    is looked at, and how long it has been waiting for the same.
    """

    def __init__(self, *arguments: Any, limits: Limits, outbox: Outbox, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._limits = limits
        self._outbox = outbox
        self._begun: object = None  # the scope of the last request whose header section is complete
        self._size = 0  # of the header section that is being read, at most
        self._deaf = False
        self._half = False
        self._wait: _Wait | None = None
        self._since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or refuse it when there are too many."""
        super().connection_made(transport)
        most = self._limits.connections
        over = len(self.connections) - most
        if over > _SPARE:
            transport.abort()
            return
        self._look()
        if over > 0:
            self._refuse(503, f"More than {most} connections are open at once")

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        super().connection_lost(exc)
        if self._timer is not None:
            self._timer.cancel()

    def eof_received(self) -> bool | None:  # type: ignore[override]
        """Stay for a moment when a client has said all, since it may yet listen (half-closed)."""
        cycle = self.cycle
        if cycle is None or cycle.more_body or cycle.response_started:
            self._outbox.flush()
            return None
        cycle.keep_alive = False
        self._half = True
        return True

    def data_received(self, data: bytes) -> None:
        """Parse what came; of a connection that was refused it is thrown away."""
        if self._deaf:
            return
        before = self.scope
        self._size += len(data)
        try:
            self.parser.feed_data(data)
            if self.scope is self._begun:
                self._size = 0
            elif before is None or before is self.scope:
                self._measure(self._size)
            else:  # the section began somewhere in these data
                self._size = 0
        except httptools.HttpParserUpgrade as upgrade:  # to what is not spoken here
            self.data_received(data[upgrade.args[0] :])
        except _BeyondError as beyond:
            self._refuse(beyond.status, str(beyond))
        except httptools.HttpParserError as error:
            cause = error.__context__  # where a callback raised it
            known = cause if isinstance(cause, _BeyondError) else _NO_HTTP
            self._refuse(known.status, str(known))

    def on_headers_complete(self) -> None:
        """Start the request, unless its target or header section is too long."""
        if self._size > self._limits.target:
            fields = sum(len(name) + len(value) + 4 for name, value in self.headers)
            self._measure(len(self.url) + fields)
        self._begun = self.scope
        self.scope[TRANSPORT] = self.transport  # type: ignore[typeddict-unknown-key]
        super().on_headers_complete()
        if self.scope["method"] != "HEAD" and not self.expect_100_continue:
            self.cycle.transport = _Answer(self.transport, self._outbox)  # type: ignore[assignment]

    def on_response_complete(self) -> None:
        """Go on with the next request. How long there is none is looked at, and not timed."""
        if self.pipeline:
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()

    def shutdown(self) -> None:
        """End the connection when its answer is written."""
        self._outbox.flush()
        super().shutdown()

    def _measure(self, size: int) -> None:
        """Refuse a target or header section that is longer than is read."""
        limits = self._limits
        if len(self.url) > limits.target:
            raise _BeyondError(414, f"The request target is longer than {limits.target} bytes")
        if size > limits.headers:
            raise _BeyondError(431, f"The header section is longer than {limits.headers} bytes")

    def _refuse(self, status: int, detail: str) -> None:
        """Answer with an error, if there is a place for it, and listen no more.

        An error of a later request lets the one before have its answer.
        """
        self._deaf = True
        cycle = self.cycle
        answered = cycle is None or cycle.response_complete
        if not answered and self.scope is not self._begun:
            cycle.keep_alive = False
        elif not answered and (self.pipeline or cycle.response_started):
            self._outbox.flush()
            self.transport.close()
        else:
            if not answered:  # what the application still says about it is not sent
                cycle.disconnected = True
                cycle.message_event.set()
            self._say(status, detail)

    def _say(self, status: int, detail: str) -> None:
        """Write an error and end; the connection stays open for a moment, so that it is read.

        Closed at once, with data on their way, it would be reset, and the error lost.
        """
        body = dumps(problem(Fault(status, detail)))
        fields = [
            *self.server_state.default_headers,
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        if status == 503:
            fields.append((b"retry-after", b"%d" % _RETRY_SECONDS))
        lines = [b"%s: %s\r\n" % field for field in fields]
        self.flow.resume_reading()
        self._outbox.flush()
        self.transport.write(b"".join([STATUS_LINE[status], *lines, b"\r\n", body]))
        self.transport.write_eof()
        if self.config.access_log:
            self.logger.warning("Refused with %d: %s", status, detail)

    def _look(self) -> None:
        """Look at what the connection waits for; end it when that takes too long."""
        now = self.loop.time()
        limits = self._limits
        shortest = min(limits.header_seconds, limits.body_seconds, limits.request_seconds)
        self._timer = self.loop.call_later(min(_LOOK_SECONDS, shortest / 4), self._look)
        wait = self._waiting()
        if wait != self._wait:
            self._wait, self._since = wait, now
        elif wait and now - self._since >= wait.seconds:
            if wait.status:
                self._refuse(wait.status, wait.told)
            else:
                self.transport.abort()

    def _waiting(self) -> _Wait | None:
        """Return what the connection waits for, if that is for its client or the first word."""
        limits, cycle = self._limits, self.cycle
        unsent = self.transport.get_write_buffer_size()
        if unsent:
            return _Wait(unsent, limits.body_seconds)
        over = cycle is None or cycle.response_complete
        if self._deaf and (over or cycle.disconnected):
            return _Wait(cycle, _LINGER_SECONDS)
        if over:
            told = f"The header section took longer than {limits.header_seconds:g} seconds"
            begun = self.scope is self._begun
            return _Wait(cycle, limits.header_seconds, 0 if begun else 408, told)
        if self._half:
            return _Wait(cycle, limits.body_seconds if cycle.response_started else _LINGER_SECONDS)
        if self.pipeline or cycle.response_started:
            return None
        if cycle.more_body and not self.flow.read_paused:
            told = f"The body took longer than {limits.body_seconds:g} seconds"
            return _Wait(cycle, limits.body_seconds, 408, told)
        told = f"The answer took longer than {limits.request_seconds:g} seconds"
        return _Wait(cycle, limits.request_seconds, 503, told)
