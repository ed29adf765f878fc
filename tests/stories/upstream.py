"""The real service of a story: it answers as it is told, and tells what it was asked."""

from __future__ import annotations

import asyncio
from collections import deque
from email.parser import BytesHeaderParser

from tests.proxy.running import body_of
from tests.stories.comparing import Seen, differences
from tests.stories.text import Message, message, octets

SILENCE = "<silence>"


class Upstream:
    """Answers to come, each with the request that it is for where that is told."""

    def __init__(self) -> None:
        self.answers: deque[tuple[Message | None, str]] = deque()
        self.wrong: list[str] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        while True:
            asked = await _request(reader)
            if not self.answers:
                self.wrong.append(f"the service was asked: {asked.start}")
                return
            forwarded, answer = self.answers.popleft()
            if forwarded is not None:
                self.wrong += differences(forwarded, asked)
            if answer.strip() == SILENCE:
                await reader.read()
                return
            writer.write(_encoded(answer))
            await writer.drain()
            if not answer[:3].isdigit() or "Connection: close" in answer:
                return


async def _request(reader: asyncio.StreamReader) -> Seen:
    head = await reader.readuntil(b"\r\n\r\n")
    start, _, fields = head.partition(b"\r\n")
    return Seen(
        start.decode("latin-1").removesuffix(" HTTP/1.1"),
        BytesHeaderParser().parsebytes(fields),  # type: ignore[arg-type]
        await body_of(head, reader),
    )


def _encoded(answer: str) -> bytes:
    """Return an answer of HTTP, or what is none as it stands."""
    told = message(answer)
    if not told.start.isdigit():
        return octets(answer)
    body = told.content
    fields = {"Content-Length": str(len(body)), **dict(told.headers)}
    lines = [f"HTTP/1.1 {told.start} ", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
