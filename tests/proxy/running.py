"""Proxies on real sockets, and services that speak byte by byte as a test wants."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from understudy.archive.recording import Record
from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.exchange import Exchange
from understudy.proxy.app import Proxy
from understudy.proxy.desk import Desk, Options
from understudy.proxy.inspection import Inspector
from understudy.proxy.stand_in import StandIn
from understudy.proxy.upstream import Upstream, place

SHOP = load_contract(Path(__file__).with_name("shop.yaml"))
ITEM = b'{"id":1,"name":"cup"}'

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Service:
    """A service that a test wrote: its address, and the heads and bodies of what it was asked."""

    url: str
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)


@contextmanager
def service(talk: Talk) -> Iterator[Service]:
    """Serve connections by `talk`, one call for each, and yield where."""
    loop = asyncio.new_event_loop()
    listener = socket.create_server(("127.0.0.1", 0))
    found = Service(f"http://127.0.0.1:{listener.getsockname()[1]}")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await talk(reader, writer)
        finally:  # when the service ends before the talk does, too
            writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(serve, sock=listener)

    server = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield found
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
    for one in others:
        one.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0.01)  # what was closed is let go of in the next rounds of the loop


@contextmanager
def saying(*answers: bytes) -> Iterator[Service]:
    """Serve each connection: after each request, the next of `answers`, then the end."""
    holder: list[Service] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            head = await reader.readuntil(b"\r\n\r\n")
            holder[0].heads.append(head)
            holder[0].bodies.append(await body_of(head, reader))
            writer.write(answer)
            await writer.drain()

    with service(talk) as found:
        holder.append(found)
        yield found


async def body_of(head: bytes, reader: asyncio.StreamReader) -> bytes:
    """Return the body that follows a head."""
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        found = b""
        while True:
            size = int(await reader.readline(), 16)
            found += await reader.readexactly(size)
            await reader.readline()
            if not size:
                return found
    _, _, rest = lower.partition(b"content-length: ")
    return await reader.readexactly(int(rest.split(b"\r\n")[0])) if rest else b""


def answer(body: bytes, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    """Return a whole answer of JSON."""
    lines = [b"HTTP/1.1 " + status, b"content-type: application/json", *fields]
    return b"\r\n".join([*lines, b"content-length: %d" % len(body), b"", body])


@dataclass
class Running:
    """A running proxy: its address, what it said, and what it recorded."""

    url: str
    said: list[str]
    records: list[Record]

    @property
    def exchanges(self) -> list[Exchange]:
        """Return the exchanges of the records."""
        return [one.exchange for one in self.records]


@contextmanager
def proxying(
    upstream: str,
    options: Options | None = None,
    *,
    mock: bool = False,
    timeout: float = 5.0,
    record: Callable[[Record], None] | None = None,
) -> Iterator[Running]:
    """Run a proxy for the shop at `upstream`."""
    at = place(upstream)
    running = Running("", [], [])
    desk = Desk(
        Inspector(SHOP, at),
        Upstream(at, timeout=timeout),
        options or Options(),
        StandIn(SHOP, Settings()) if mock else None,
        record or running.records.append,
        running.said.append,
    )
    with serving(Proxy(desk, "proxy-of-a-test")) as url:
        yield replace(running, url=url)


@contextmanager
def serving(application: object) -> Iterator[str]:
    """Serve an ASGI application as the command does, and yield its address."""
    config = uvicorn.Config(
        application,  # type: ignore[arg-type]
        log_config=None, access_log=False, date_header=False, server_header=False, ws="none",
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.002)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def ask(url: str, request: bytes, seconds: float = 10.0) -> bytes:
    """Send bytes and return all that comes until the other side closes."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), seconds) as connection:
        connection.sendall(request)
        found = b""
        with suppress(ConnectionError):
            while chunk := connection.recv(65536):
                found += chunk
        return found


def get(path: str, *fields: str, method: str = "GET") -> bytes:
    """Return a request for `path` that asks for the connection to be closed."""
    lines = [f"{method} {path} HTTP/1.1", "host: shop.test", "connection: close", *fields]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
