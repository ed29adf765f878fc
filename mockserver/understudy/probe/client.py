"""Send requests to an API: over the network, or to an application in this process.

The gate to httpx.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from understudy.errors import StartError
from understudy.exchange import Exchange, Reply, Sent
from understudy.version import __version__

_RETRIES = 3
_LONGEST_WAIT = 10.0
_LEFT_OUT = frozenset({b"content-type", b"connection"})
IN_PROCESS = "http://app.test"
"""The address under which an application in this process is asked."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How an API is reached: seconds to wait, requests per second, TLS and proxies.

    A request that is told to come back later is sent at most `retries` times.
    """

    timeout: float = 10.0
    rate: float = 0.0
    verify: bool | str = True
    certificate: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default_factory=tuple)
    retries: int = _RETRIES


class Sender(Protocol):
    """What `Client` asks for from a transport."""

    def send(self, request: httpx.Request) -> httpx.Response:
        """Return the whole response."""

    def close(self) -> None:
        """Let go of connections."""


class Client:
    """Sends requests to the API at `base` and returns what came of each, with status 0 for none."""

    def __init__(self, base: str, connection: Connection, app: Any = None) -> None:
        self.base = base.rstrip("/")
        self._connection = connection
        self._sender = _sender(connection, app)
        self._next = 0.0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._sender.close()

    def send(self, sent: Sent) -> Exchange:
        """Send one request; a 429 that says when to come back is waited for."""
        for left in reversed(range(self._connection.retries)):
            exchange = self._once(sent)
            wait = exchange.reply.header("retry-after") if exchange.reply.status == 429 else None
            if not left or wait is None or not wait.isdecimal() or int(wait) > _LONGEST_WAIT:
                break
            time.sleep(int(wait))
        return exchange

    def _once(self, sent: Sent) -> Exchange:
        self._pace()
        headers = [
            (b"accept", b"*/*"),
            (b"user-agent", f"understudy/{__version__}".encode()),
            *((k.encode(), v.encode()) for k, v in self._connection.headers),
            *((k.encode("latin-1"), v.encode("latin-1", "replace")) for k, v in sent.headers),
        ]
        request = httpx.Request(
            sent.method, self.base + sent.target, headers=headers, content=sent.body or None
        )
        request.extensions["timeout"] = httpx.Timeout(self._connection.timeout).as_dict()
        if sent.body == b"" and sent.method in ("POST", "PUT", "PATCH"):
            request.headers["content-length"] = "0"
        start = time.perf_counter()
        try:
            response = self._sender.send(request)
        except httpx.HTTPError as error:
            reply = Reply(0, f"{type(error).__name__}: {error}".encode(), (), "")
            return Exchange(sent, reply, time.perf_counter() - start)
        seconds = time.perf_counter() - start
        fields = tuple(
            (key.decode("latin-1"), value.decode("latin-1"))
            for key, value in response.headers.raw
            if key.lower() not in _LEFT_OUT
        )
        media_type = response.headers.get("content-type", "")
        body = b"" if sent.method == "HEAD" else response.content  # servers see to that, not apps
        return Exchange(sent, Reply(response.status_code, body, fields, media_type), seconds)

    def _pace(self) -> None:
        """Wait as long as the rate asks for."""
        if not self._connection.rate:
            return
        now = time.monotonic()
        if now < self._next:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + 1 / self._connection.rate


def _sender(connection: Connection, app: Any) -> Sender:
    if app is None:
        return httpx.Client(
            verify=_verify(connection), timeout=connection.timeout, follow_redirects=False
        )
    if is_asgi(app):
        return _InLoop(app)
    return _Direct(app)


def _verify(connection: Connection) -> Any:
    if not connection.certificate:
        return connection.verify
    context = httpx.create_ssl_context(verify=connection.verify)
    context.load_cert_chain(*connection.certificate)
    return context


def is_asgi(app: Any) -> bool:
    """Tell whether an application speaks ASGI: it, or its call, is a coroutine function."""
    call = getattr(app, "__call__", None)  # noqa: B004
    return asyncio.iscoroutinefunction(app) or asyncio.iscoroutinefunction(call)


class _Direct:
    """Asks a WSGI application; one that raises has failed with 500."""

    def __init__(self, app: Any) -> None:
        transport = httpx.WSGITransport(app=app, raise_app_exceptions=False)
        self._client = httpx.Client(transport=transport)

    def send(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._client.send(request)
        except Exception:  # whatever an application raises
            return httpx.Response(500, request=request)

    def close(self) -> None:
        self._client.close()


class _InLoop:
    """Asks an ASGI application in an event loop of its own, which runs only while it is asked."""

    def __init__(self, app: Any) -> None:
        self._transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._received: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        with ExitStack() as stack:
            self._runner = stack.enter_context(asyncio.Runner())
            self._runner.run(self._start(app))
            self._stack = stack.pop_all()

    def send(self, request: httpx.Request) -> httpx.Response:
        return self._runner.run(self._send(request))

    async def _send(self, request: httpx.Request) -> httpx.Response:
        timeout = request.extensions["timeout"]["read"]
        try:
            async with asyncio.timeout(timeout):
                response = await self._transport.handle_async_request(request)
                await response.aread()
        except TimeoutError as error:
            raise httpx.ReadTimeout(f"no answer in {timeout} s", request=request) from error
        return response

    async def _start(self, app: Any) -> None:
        """Begin the lifespan of the application, where it has one (ASGI, "Lifespan Protocol")."""
        begun = asyncio.get_running_loop().create_future()

        async def send(message: dict[str, Any]) -> None:
            if not begun.done():
                begun.set_result(message)

        async def live() -> None:
            with suppress(Exception):  # an application may know no lifespan
                await app(
                    {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}},
                    self._received.get,
                    send,
                )
            if not begun.done():
                begun.set_result({"type": ""})

        self._life = asyncio.create_task(live())
        await self._received.put({"type": "lifespan.startup"})
        message = await begun
        if message["type"] == "lifespan.startup.failed":
            raise StartError(f"the application does not start: {message.get('message', '')}")

    def close(self) -> None:
        self._runner.run(self._end())
        self._stack.close()

    async def _end(self) -> None:
        await self._received.put({"type": "lifespan.shutdown"})
        await asyncio.wait([self._life], timeout=2)
