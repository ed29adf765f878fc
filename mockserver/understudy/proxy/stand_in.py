"""The stand-in behind a proxy or a recording: it answers for operations that are missing there."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote_to_bytes

from starlette.types import Message, Receive, Scope, Send

from understudy.config import Settings
from understudy.contract.model import Contract
from understudy.proxy.fields import end_to_end
from understudy.server.app import Application

ANSWERED_BY = (b"understudy-answered-by", b"stand-in")


class StandIn:
    """Answers requests to one contract, and says that it did."""

    def __init__(self, contract: Contract, settings: Settings) -> None:
        self._base = contract.base_path
        self._application = Application([contract], replace(settings, control=False))

    async def answer(
        self, scope: Scope, target: str, receive: Receive, send: Send, more: tuple[bytes, bytes]
    ) -> None:
        """Answer a request for `target`, path and query below the address of the API.

        `more` is a header field that is added, unless it is empty.
        """
        path, _, query = target.partition("?")
        raw = f"{self._base}{path}".encode("latin-1")
        asked = {
            **scope,
            "headers": list(end_to_end(scope["headers"])),
            "path": unquote_to_bytes(raw).decode("utf-8", "replace"),
            "raw_path": raw,
            "query_string": query.encode("latin-1"),
        }

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [ANSWERED_BY, *([more] if more[1] else [])]
                message = {**message, "headers": [*message.get("headers", ()), *added]}
            await send(message)

        await self._application(asked, receive, marked)
