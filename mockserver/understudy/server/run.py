"""Run the application on a socket: in this process, in several, or in a thread for tests.

The gate to uvicorn.
"""

from __future__ import annotations

import copy
import json
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import uvicorn
from uvicorn.config import LOGGING_CONFIG
from uvicorn.supervisors import Multiprocess

from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.errors import StartError
from understudy.server.app import Application

_WORKER = "UNDERSTUDY_WORKER"
_START_SECONDS = 30
_BACKLOG = 2048


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


def address(listener: socket.socket) -> str:
    """Return the URL at which `listener` can be reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    application: Application,
    listener: socket.socket,
    *,
    access_log: bool = True,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until interrupted; `ready` is called once requests are answered."""
    server = _Server(_config(application, access_log=access_log), ready)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return


def serve_with_workers(
    names: Sequence[str],
    settings: Settings,
    listener: socket.socket,
    *,
    workers: int,
    access_log: bool = True,
) -> None:
    """Serve from `workers` processes, which share what clients create, until interrupted."""
    with tempfile.TemporaryDirectory(prefix="understudy-") as folder:
        shared = replace(settings, store=str(Path(folder, "created.ndjson")))
        os.environ[_WORKER] = json.dumps([list(names), asdict(shared)], default=str)
        config = _config(
            "understudy.server.run:worker", access_log=access_log, factory=True, workers=workers
        )
        try:
            Multiprocess(config, sockets=[listener]).run()
        except KeyboardInterrupt:
            return


def worker() -> Application:
    """Return the application of one worker process, as its parent described it."""
    names, fields = json.loads(os.environ[_WORKER])
    fields["now"] = datetime.fromisoformat(fields["now"])
    fields |= {key: tuple(fields[key]) for key in ("tokens", "api_keys")}
    return Application([load_contract(name) for name in names], Settings(**fields))


class MockServer:
    """A stand-in on a port of its own, for the time of a `with` block.

    Takes names of bundled contracts, paths of OpenAPI documents, or loaded contracts.
    """

    def __init__(
        self, *contracts: str | Path | Contract, settings: Settings | None = None, port: int = 0
    ) -> None:
        loaded = [c if isinstance(c, Contract) else load_contract(c) for c in contracts]
        self._application = Application(loaded, settings or Settings())
        self._listener = bind("127.0.0.1", port)
        self._server = uvicorn.Server(_config(self._application, access_log=False))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True
        )

    @property
    def url(self) -> str:
        """Return the address of the server, without a slash at the end."""
        return address(self._listener)

    def reset(self) -> None:
        """Forget everything that clients created."""
        self._application.reset()

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise StartError("the server did not start")
            time.sleep(0.005)
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then call `ready`."""
        await super().startup(sockets)
        self._ready()


def _config(application: Any, *, access_log: bool, **options: Any) -> uvicorn.Config:
    logging_config = copy.deepcopy(LOGGING_CONFIG)
    logging_config["handlers"]["access"]["stream"] = "ext://sys.stderr"
    logging_config["loggers"]["uvicorn.error"]["level"] = "WARNING"
    return uvicorn.Config(
        application,
        access_log=access_log,
        log_config=logging_config,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
        **options,
    )
