"""The upper bound: an ASGI application that sends ready bytes and does nothing else.

It reads no request beyond its path, and checks nothing.
"""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from peers import REPLIES

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


def app() -> "ASGIApp":
    """Build the application (a factory, for uvicorn).

    The file of replies is JSON: `{path: [[[header, value], ...], body]}`.
    """
    replies = json.loads(Path(os.environ[REPLIES]).read_text("utf-8"))
    messages = {path: _messages(headers, body) for path, (headers, body) in replies.items()}

    async def send_bytes(scope: "Scope", receive: "Receive", send: "Send") -> None:  # noqa: ARG001
        start, body = messages[scope["path"]]
        await send(start)
        await send(body)

    return send_bytes


def _messages(headers: list[tuple[str, str]], body: str) -> tuple["Message", "Message"]:
    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    return start, {"type": "http.response.body", "body": body.encode()}
