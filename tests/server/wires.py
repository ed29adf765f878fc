"""A server for raw clients: an application behind our protocol, and what its log said."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import uvicorn
from starlette.requests import ClientDisconnect
from uvicorn.server import ServerState

from understudy.config import Limits
from understudy.exchange import Reply
from understudy.server.faults import act, faulty, pause
from understudy.server.protocol import Outbox, Protocol
from understudy.server.send import read_body, send_reply

BODY = b'{"greeting": "' + b"hello " * 50 + b'"}'
REPLY = Reply(200, BODY, (("x-kind", "good"),))
GOOD = b"GET /good HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer /good; do to others what the path says: /KIND/RATE, /wrapped/KIND, /wait/SECONDS."""
    what, _, argument = scope["path"].lstrip("/").partition("/")
    if what == "good":
        with suppress(ClientDisconnect):
            body = await read_body(receive, 1 << 20)
            await send_reply(Reply(200, body or BODY), send)
    elif what == "wait":
        await pause(float(argument), scope)
        await send_reply(REPLY, send)
    elif what == "wrapped":
        await send_reply(REPLY, faulty(argument, scope, receive, send))
    elif what == "bare":
        await act(argument, Reply(204, b""), scope, receive, send)
    else:
        kind = "" if what == "drip" else what
        await act(kind, REPLY, scope, receive, send, rate=float(argument or 0))


@dataclass(frozen=True)
class Wire:
    """A running server: where it is, what it is working on, and the lines of its log."""

    port: int
    state: ServerState
    lines: list[str] = field(default_factory=list)

    def open(self) -> socket.socket:
        """Connect."""
        return socket.create_connection(("127.0.0.1", self.port), 10)

    def ask(self, octets: bytes) -> bytes:
        """Send, and return all that comes until the connection ends; b"RST" stands for a reset."""
        with self.open() as connection:
            connection.sendall(octets)
            return read(connection)

    def get(self, path: str) -> bytes:
        """Ask for a path on a connection of its own."""
        return self.ask(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def is_good(self) -> bool:
        """Tell whether a good request on a new connection is answered."""
        with self.open() as connection:
            connection.sendall(GOOD)
            return read(connection, len(BODY)).endswith(BODY)


def soon(is_so: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Tell whether something becomes so in time."""
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)
    return is_so()


def read(connection: socket.socket, until: int = 1 << 30, came: bytes = b"") -> bytes:
    """Return what came and comes: until the end, or until a body of so many octets is there."""
    try:
        while chunk := connection.recv(65536):
            came += chunk
            if len(came.partition(b"\r\n\r\n")[2]) >= until:
                break
    except ConnectionResetError:
        came += b"RST"
    return came


@contextmanager
def wire(
    limits: Limits | None = None, app: Any = application, loop: str = "auto"
) -> Iterator[Wire]:
    """Serve an application, and let no line of the log be lost."""
    config = uvicorn.Config(
        app,
        http=partial(Protocol, limits=limits or Limits(), outbox=Outbox()),  # type: ignore[arg-type]
        loop=loop, log_config=None, access_log=False, ws="none", lifespan="off",
        server_header=False, proxy_headers=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    lines: list[str] = []
    handler = _Lines(lines)
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "asyncio", "understudy")]
    for logger in loggers:
        logger.addHandler(handler)
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.002)
        try:
            yield Wire(listener.getsockname()[1], server.server_state, lines)
        finally:
            server.should_exit = True
            thread.join()
            for logger in loggers:
                logger.removeHandler(handler)


class _Lines(logging.Handler):
    """Keeps what is logged as a warning or worse."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))
