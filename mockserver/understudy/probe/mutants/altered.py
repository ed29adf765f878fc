"""A mutant in front of an ASGI application, which is left as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, unquote

from understudy.checks.case import Case, Rules
from understudy.exchange import Exchange, Reply, Sent
from understudy.probe.mutants.mutant import Alter, unanswered

_FRAMING = frozenset({b"content-length", b"transfer-encoding"})


class Altered:
    """The ASGI application that a mutant is: what it answers, the check sees.

    `marks` tell one exchange from another, in the order in which they came; `error` is what the
    mutant itself raised, which is no broken promise. `note` is given every exchange.
    """

    def __init__(
        self,
        app: Any,
        rules: Rules,
        alter: Alter | None = None,
        note: Callable[[Exchange], None] = lambda _exchange: None,
    ) -> None:
        self.marks: list[bytes] = []
        self.error: Exception | None = None
        self._app = app
        self._rules = rules
        self._alter = alter
        self._note = note
        self._base = rules.contract.base_path

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection (ASGI 3); what is not below the address of the API is passed on."""
        sent = _sent(scope, await _body(receive), self._base) if scope["type"] == "http" else None
        if sent is None:
            await self._app(scope, receive, send)
            return

        async def ask(asked: Sent) -> Case:
            reply = await _replied(self._app, _scope(scope, asked, sent, self._base), asked.body)
            return self._rules.case(Exchange(asked, reply))

        try:
            if self._alter is None:
                reply = (await ask(sent)).exchange.reply
            else:
                reply = await self._alter(unanswered(self._rules, sent), ask)
        except Exception as error:
            self.error = self.error or error
            raise
        self.marks.append(_mark(sent, reply))
        self._note(Exchange(sent, reply))
        await send(
            {"type": "http.response.start", "status": reply.status, "headers": _fields(reply)}
        )
        await send({"type": "http.response.body", "body": reply.body})


def _sent(scope: Any, body: bytes, base: str) -> Sent | None:
    """Return the request of a scope, or None where it is not for the API."""
    path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
    path = path.partition("?")[0]
    if not path.startswith(f"{base}/"):
        return None
    query = scope["query_string"].decode("latin-1")
    target = path[len(base) :] + (f"?{query}" if query else "")
    headers = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"])
    return Sent(scope["method"], target, headers, body)


def _scope(scope: Any, asked: Sent, sent: Sent, base: str) -> Any:
    """Return the scope of a request, which is the one that came unless it was changed."""
    if asked == sent:
        return scope
    headers = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in asked.headers]
    headers = [field for field in headers if field[0] not in _FRAMING]
    if asked.body or asked.method in ("POST", "PUT", "PATCH"):
        headers.append((b"content-length", b"%d" % len(asked.body)))
    path = base + asked.path
    return {
        **scope,
        "method": asked.method,
        "path": unquote(path),
        "raw_path": path.encode("latin-1"),
        "query_string": asked.query.encode("latin-1"),
        "headers": headers,
    }


async def _body(receive: Any) -> bytes:
    chunks, more = [], True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


async def _replied(app: Any, scope: Any, body: bytes) -> Reply:
    """Ask an application in this process for the reply to one request."""
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    await app(dict(scope), receive, send)
    start, *rest = messages
    fields = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in start["headers"]]
    media_type = next((value for key, value in fields if key == "content-type"), "")
    return Reply(
        start["status"],
        b"".join(message.get("body", b"") for message in rest),
        _without(fields, ("content-type", "content-length")),
        media_type,
    )


def _without(
    fields: Iterable[tuple[str, str]], names: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    return tuple((key, value) for key, value in fields if key not in names)


def _fields(reply: Reply) -> list[tuple[bytes, bytes]]:
    fields = [(key.lower().encode(), value.encode("latin-1")) for key, value in reply.headers]
    if reply.media_type:
        fields.append((b"content-type", reply.media_type.encode("latin-1")))
    return [*fields, (b"content-length", b"%d" % len(reply.body))]


def _mark(sent: Sent, reply: Reply) -> bytes:
    plain = replace(sent, headers=())
    return blake2b(repr((plain, reply)).encode("utf-8", "replace"), digest_size=16).digest()
