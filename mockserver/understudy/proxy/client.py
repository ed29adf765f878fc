"""The client of one request: its body as it comes, and whether it is still there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.types import Message, Receive

from understudy.proxy.bodies import Copy


class ClientGoneError(Exception):
    """The client closed the connection before its request was complete."""


class Client:
    """Reads the body of a request once; what was read ahead is given out again first."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._ahead: list[bytes] = []
        self._released = asyncio.Event()
        self.copy = Copy(limit)

    async def read_ahead(self) -> bytes | None:
        """Return the whole body, or None as soon as it is too long to be kept."""
        while not self.copy.complete and self.copy.fits:
            self._ahead.append(await self._next())
        return self.copy.data

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body, which can be done once. Raises ClientGoneError."""
        while self._ahead:
            yield self._ahead.pop(0)
        while not self.copy.complete:
            yield await self._next()

    async def receive(self) -> Message:
        """Return the body as ASGI gives it, for an application that answers instead."""
        if self._ahead or not self.copy.complete:
            chunk = self._ahead.pop(0) if self._ahead else await self._next()
            more = bool(self._ahead) or not self.copy.complete
            return {"type": "http.request", "body": chunk, "more_body": more}
        await asyncio.Event().wait()  # until the task is cancelled: see `gone`
        return {"type": "http.disconnect"}

    def release(self) -> None:
        """Say that the rest of the body is of no use any more."""
        self._released.set()

    async def gone(self) -> None:
        """Return once the client is gone; the rest of a body that nobody wants is dropped."""
        await self._released.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.release()
            raise ClientGoneError
        chunk: bytes = message.get("body", b"")
        self.copy.add(chunk)
        if not message.get("more_body", False):
            self.copy.complete = True
            self.release()
        return chunk
