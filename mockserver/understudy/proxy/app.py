"""The proxy as an ASGI application: forward a request, look at both directions, pass on."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from urllib.parse import unquote

from starlette.types import Receive, Scope, Send

from understudy.proxy.client import Client, ClientGoneError
from understudy.proxy.desk import Desk
from understudy.proxy.fields import first
from understudy.proxy.passage import Passage
from understudy.proxy.problems import problem
from understudy.server.send import send_reply

_NO_TUNNEL = "connections are not turned into anything else here: HTTP only, no WebSocket"
_NO_WAY_UP = "the path leads out of the address that requests are forwarded to"
_LOOP = "the request came from this proxy: the address to forward to is its own"


class Proxy:
    """Forwards every request to one service, whatever the request says about addresses."""

    def __init__(self, desk: Desk, pseudonym: str) -> None:
        self._desk = desk
        self._pseudonym = pseudonym.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI 3)."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward one request; when the client leaves, the service is left as well."""
        refusal = self._refusal(scope)
        if refusal is not None:
            await send_reply(problem(*refusal), send)
            return
        client = Client(receive, self._desk.options.limit)
        passage = Passage(self._desk, scope, client, send, datetime.now(UTC), self._pseudonym)
        forward = asyncio.create_task(passage.run())
        watch = asyncio.create_task(client.gone())
        try:
            await asyncio.wait({forward, watch}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            watch.cancel()
            if not forward.done():
                forward.cancel()
            await asyncio.wait({forward, watch})
        if not forward.cancelled():
            error = forward.exception()
            if error is not None and not isinstance(error, ClientGoneError):
                raise error

    def _refusal(self, scope: Scope) -> tuple[str, str] | None:
        """Return why a request is not forwarded at all, as kind of error and words."""
        if b"websocket" in first(scope["headers"], b"upgrade").lower():
            return "no-tunnel", _NO_TUNNEL
        if any(self._pseudonym in value for name, value in scope["headers"] if name == b"via"):
            return "loop", _LOOP
        path = unquote(scope["raw_path"].decode("latin-1"), "latin-1").replace("\\", "/")
        if self._desk.upstream.place.path and ".." in path.split("/"):
            return "unsendable", _NO_WAY_UP
        return None

    async def _live(self, receive: Receive, send: Send) -> None:
        """Answer the lifespan protocol; at the end, connections are closed."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self._desk.upstream.close()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
