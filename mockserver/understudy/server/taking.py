"""Take what one request was answered, on its way to the client, into the journal.

The entry is made before the end of the answer is sent, so that a client that has its answer finds
it in the journal.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from time import monotonic, time
from typing import Any

from starlette.types import Message, Scope, Send

from understudy.server.arriving import BODY
from understudy.server.kept import Kept
from understudy.server.whose import SESSION
from understudy.state.journal import BODY_LIMIT, NOT_READ, Fields

RULE = "understudy.rule"
"""Where in the scope the name of the scenario's rule stands that has acted."""

_NOWHERE: Mapping[str, Any] = {}


class Taking:
    """Stands for `send` while one request is answered."""

    __slots__ = ("_began", "_body", "_fields", "_kept", "_scope", "_send", "_size", "_status")

    def __init__(self, kept: Kept, scope: Scope, send: Send) -> None:
        self._kept: Kept | None = kept
        self._scope = scope
        self._send = send
        self._status = 0
        self._fields: Fields = ()
        self._body = b""
        self._size = 0
        self._began = monotonic()

    def send(self, message: Message) -> Awaitable[None]:
        """Send a message on (ASGI 3)."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._fields = message["headers"]
        elif message["type"] == "http.response.body":
            body = message.get("body", b"")
            self._size += len(body)
            if not message.get("more_body", False):
                self._body = self._body + body if self._body else body
                self.end(whole=True)
            elif len(self._body) < BODY_LIMIT:
                self._body += body
        return self._send(message)

    def end(self, *, whole: bool = False) -> None:
        """Make the entry, if it is not made yet: the answer is at its end, or will have none."""
        kept, scope = self._kept, self._scope
        if kept is None:
            return
        self._kept = None
        if scope["method"] == "HEAD":
            self._body, self._size = b"", 0
        ended = monotonic()
        seconds = ended - self._began
        rule: str = scope.get(RULE, "")
        routed = scope.get("extensions", _NOWHERE).get("connexion_routing", _NOWHERE)
        base, operation = routed.get("api_base_path", ""), routed.get("operation_id", "")
        kept.metrics.count((base, operation, self._status, rule), seconds)
        journal = kept.journal
        asked: bytes | None = scope.get(BODY)
        journal.number += 1
        journal.add(
            (  # in the order of Entry
                journal.worker,
                journal.number,
                ended,
                time() - seconds,
                seconds,
                scope[SESSION].name,
                rule,
                scope["method"],
                scope.get("raw_path") or scope["path"].encode(),
                scope["query_string"],
                scope["headers"],
                NOT_READ if asked is None else len(asked),
                self._status,
                self._fields,
                self._size,
                whole,
                "",
            ),
            asked[:BODY_LIMIT] if asked else b"",
            self._body[:BODY_LIMIT],
        )
