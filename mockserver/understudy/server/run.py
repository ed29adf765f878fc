"""Run the application on a socket: in this process, in several, or in a thread for tests.

The gate to uvicorn.
"""

from __future__ import annotations

import copy
import logging
import os
import resource
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import LOGGING_CONFIG

from understudy.config import Limits, Settings
from understudy.contract.load import bundled_names, load_contract
from understudy.contract.model import Contract
from understudy.errors import StartError, UnderstudyError
from understudy.server.app import Application
from understudy.server.control.local import MockSession, Records, session_of
from understudy.server.protocol import Outbox, Protocol
from understudy.server.serving import Serving
from understudy.server.supervisor import Supervisor, end_with_parent

_WORKER = "UNDERSTUDY_WORKER"
_START_SECONDS = 30
_BACKLOG = 2048
_ACCEPTED = 16
_LIMITS = Limits()
_OTHER_FILES = 256
"""How many files a process has open besides its connections, at most."""


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises StartError with what to do when the address is no good."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise StartError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; "
            "choose another place with --port or --host"
        ) from error
    listener.listen(_BACKLOG)
    listener.set_inheritable(True)
    return listener


def entrances(listener: socket.socket) -> list[socket.socket]:
    """Return more sockets that listen at the same place.

    The event loop of uvloop takes one connection a turn from each of them. With one only, the last
    of a hundred clients that come at once waits while the others are answered a hundred times.
    """
    return [listener, *(listener.dup() for _ in range(_ACCEPTED - 1))]


def address(listener: socket.socket) -> str:
    """Return the URL at which `listener` can be reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    application: ASGIApp,
    listener: socket.socket,
    *,
    access_log: bool = True,
    date: bool = True,
    limits: Limits = _LIMITS,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until interrupted; `ready` is called once requests are answered.

    Without `date`, replies have the Date that the application gives them.
    """
    allow_connections(limits.connections)
    config = _config(application, limits, access_log=access_log, date_header=date)
    server = _Server(config, ready)
    try:
        server.run(sockets=entrances(listener))
    except KeyboardInterrupt:
        return


def _tell(old: int, new: int) -> None:
    print(f"worker {old} died; {new} took its place", file=sys.stderr, flush=True)  # noqa: T201


def serve_with_workers(
    serving: Serving,
    listener: socket.socket,
    *,
    workers: int,
    access_log: bool = True,
    replaced: Callable[[int, int], None] = _tell,
) -> None:
    """Serve from `workers` processes, which share what clients create, until interrupted.

    One that dies is replaced; `replaced` is told both process ids.
    """
    with tempfile.TemporaryDirectory(prefix="understudy-") as folder:
        store = serving.settings.store or str(Path(folder, "created.ndjson"))
        settings = replace(serving.settings, store=store, shared=folder)
        shared = replace(serving, settings=settings)
        os.environ[_WORKER] = shared.dumps()
        limits = serving.settings.limits
        name = "understudy.server.run:worker"
        config = _config(name, limits, access_log=access_log, factory=True, workers=workers)
        try:
            Supervisor(config, entrances(listener), replaced).run()
        except KeyboardInterrupt:
            return


def worker() -> ASGIApp:
    """Return the application of one worker process, as its parent described it."""
    end_with_parent()
    serving = Serving.loads(os.environ[_WORKER])
    allow_connections(serving.settings.limits.connections)
    try:
        application = serving.start(logging.getLogger("understudy").warning)
    except UnderstudyError as error:  # the contract has changed since; the next try may be better
        sys.exit(f"the worker cannot start: {error}")
    return application


def allow_connections(count: int) -> None:
    """Raise the number of files that this process may open, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted, endless = count + _OTHER_FILES, resource.RLIM_INFINITY
    if soft != endless and soft < wanted:
        most = wanted if hard == endless else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class MockServer:
    """A stand-in on a port of its own, for the time of a `with` block.

    Takes names of bundled contracts, paths of OpenAPI documents, or loaded contracts; none
    means all bundled ones.
    """

    def __init__(
        self, *contracts: str | Path | Contract, settings: Settings | None = None, port: int = 0
    ) -> None:
        wanted = contracts or bundled_names()
        loaded = [c if isinstance(c, Contract) else load_contract(c) for c in wanted]
        self._settings = settings or Settings()
        self._application = Application(loaded, self._settings)
        self._port = port
        self._running: tuple[socket.socket, uvicorn.Server, threading.Thread] | None = None

    @property
    def url(self) -> str:
        """Return the address of the running server, without a slash at the end."""
        if self._running is None:
            raise StartError("the server runs within a `with` block only")
        return address(self._running[0])

    @property
    def journal(self) -> Records:
        """Return what clients asked and were answered."""
        return Records(self._application.history)

    def session(self, name: str = "") -> MockSession:
        """Return the session of this name, which begins if it is not there."""
        found = self._application.sessions.find(name)
        return session_of(self.url, found, self._application.history)

    def reset(self) -> None:
        """Forget everything that clients did."""
        self._application.reset()

    def __enter__(self) -> Self:
        listener = bind("127.0.0.1", self._port)
        limits = self._settings.limits
        config = _config(self._application, limits, access_log=False, log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": entrances(listener)}, daemon=True
        )
        self._running = (listener, server, thread)
        thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not server.started:
            if time.monotonic() > deadline or not thread.is_alive():
                self.__exit__()
                raise StartError("the server did not start")
            time.sleep(0.005)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._running is None:
            return
        listener, server, thread = self._running
        self._running = None
        server.should_exit = True
        thread.join()
        listener.close()


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then call `ready`."""
        await super().startup(sockets)
        self._ready()


def _config(
    application: Any, limits: Limits, *, access_log: bool, **options: Any
) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=partial(Protocol, limits=limits, outbox=Outbox()),  # type: ignore[arg-type]  # makes such a class
        ws="none",
        access_log=access_log,
        **{"log_config": _logging(), **options},
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )


def _logging() -> dict[str, Any]:
    """Return uvicorn's own logging, all on standard error, with requests and warnings only."""
    logging_config = copy.deepcopy(LOGGING_CONFIG)
    logging_config["handlers"]["access"]["stream"] = "ext://sys.stderr"
    logging_config["loggers"]["uvicorn.error"]["level"] = "WARNING"
    return logging_config
