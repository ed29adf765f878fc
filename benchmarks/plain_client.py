"""A client that is quick and knows little: HTTP/1.1 on one kept connection, with Content-Length.

It takes a broken connection for an answer, with the status 0, and opens another.
"""

import asyncio
import re
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_AT_ONCE = b"\1" + bytes(7)


class Client:
    """One connection to a server, opened when it is needed."""

    def __init__(self, url: str, fields: Mapping[str, str]) -> None:
        at = urlsplit(url)
        self._at = (at.hostname, at.port)
        self._host = at.netloc
        self._fields = fields
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, method: str, target: str, body: bytes = b"", fields: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send a request; return status and body of what is answered, 0 if that breaks off."""
        reader, writer = await self.open()
        try:
            writer.write(self.request(method, target, body, fields or {}))
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            content = await reader.readexactly(int(length[1]) if length else 0)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            return 0, b""
        if b"\r\nconnection: close\r\n" in head.lower():
            self.close()
        return int(head[9:12]), content

    async def leave(self, octets: bytes) -> None:
        """Send something, and reset the connection instead of waiting for an answer."""
        _, writer = await self.open()
        writer.write(octets)
        await writer.drain()
        end = writer.get_extra_info("socket")
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.close()

    def request(self, method: str, target: str, body: bytes, fields: Mapping[str, str]) -> bytes:
        """Return a request as it is sent."""
        lines = [f"{name}: {value}" for name, value in {**self._fields, **fields}.items()]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        head = [f"{method} {target} HTTP/1.1", f"Host: {self._host}", *lines]
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return the connection, and open one if there is none."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._at, limit=1 << 20)
        return self._streams

    def close(self) -> None:
        """Let go of the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
