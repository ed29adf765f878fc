"""Let the scenarios that are on direct a request: before it is looked at, and when it is answered.

Those that a request prefers come first, then those of its session.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from starlette.types import Message, Receive, Scope, Send

from understudy.contract.model import Contract
from understudy.exchange import Reply, Request
from understudy.respond.prefer import Preferences, preferences
from understudy.respond.problems import Headers, refusal
from understudy.respond.service import Handler
from understudy.scenario.acting import Acting, Asked, Direction
from understudy.scenario.library import Scenarios
from understudy.server.arriving import BODY
from understudy.server.faults import faulty, pause
from understudy.server.routing import ENCODED
from understudy.server.send import header, read_body
from understudy.server.taking import RULE
from understudy.server.whose import FIELDS, SESSION

_DIRECTED: Final = "understudy.directed"


@dataclass(frozen=True, slots=True)
class _Directed:
    """What scenarios have said of a request, and who they are."""

    names: tuple[str, ...]
    acting: Acting | None
    asked: Asked | None
    said: Direction


@dataclass(frozen=True, slots=True)
class Going:
    """How a request goes on: with a reply, or else on its way, through these."""

    reply: Reply | None
    receive: Receive
    send: Send


def is_to_direct(scope: Scope) -> bool:
    """Tell whether scenarios are on, or the request may prefer one."""
    return (
        bool(scope[SESSION].setting.scenarios)
        or b"prefer" in scope[FIELDS]
        or b"__scenario" in scope["query_string"]
    )


def is_directed(scope: Scope) -> bool:
    """Tell whether scenarios had their early say; what is on may have changed since."""
    return _DIRECTED in scope


async def early(
    scenarios: Scenarios, handler: Handler, scope: Scope, receive: Receive, send: Send
) -> Going:
    """Let scenarios have their say before credentials and validity are looked at."""
    wanted = preferences(scope["headers"], scope["query_string"]).scenario
    session = scope[SESSION]
    if wanted is not None and wanted not in scenarios.names:
        known = ", ".join(scenarios.names) or "none"
        return Going(_unknown(wanted, known), receive, send)
    names = (*((wanted,) if wanted else ()), *session.scenarios)
    acting = scenarios.acting(names, handler.refusals)
    if acting is None:
        scope[_DIRECTED] = _Directed(names, None, None, Direction())
        return Going(None, receive, send)
    raw, receive = await _read_ahead(handler, scope, receive)
    asked = Asked(session, scope["headers"], lambda: _decoded(handler, scope, raw))
    said = acting.early(asked)
    scope[_DIRECTED] = _Directed(names, acting, asked, said)
    return await _follow(said, scope, receive, send)


async def late(
    scenarios: Scenarios,
    wanted: Preferences,
    answer: Callable[[Preferences, Contract], Reply],
    scope: Scope,
    receive: Receive,
    send: Send,
) -> Going:
    """Let scenarios have their say about the answer to a valid request, and return that.

    `answer` returns what the contract answers, of which the world is the one of a scenario.
    """
    directed: _Directed = scope[_DIRECTED]
    contract = scenarios.contract(directed.names)

    def ask(status: int | None) -> Reply:
        return answer(wanted if status is None else replace(wanted, code=status), contract)

    if directed.acting is None or directed.asked is None:
        return Going(ask(None), receive, send)
    said = directed.acting.late(directed.asked, directed.said, ask)
    going = await _follow(said, scope, receive, send)
    return going if going.reply is not None else replace(going, reply=ask(None))


async def _follow(said: Direction, scope: Scope, receive: Receive, send: Send) -> Going:
    """Do what scenarios say: wait, and break or change what is sent."""
    if said.acted:
        told = [scope[RULE]] if RULE in scope else []
        scope[RULE] = " ".join([*told, *said.acted])
    if said.delay:
        await pause(said.delay, scope)
    if said.fault or said.drip:
        send = faulty(said.fault, scope, receive, send, rate=said.drip)
    if said.headers and said.reply is None:
        send = _with_fields(said.headers, send)
    return Going(said.reply, receive, send)


async def _read_ahead(handler: Handler, scope: Scope, receive: Receive) -> tuple[bytes, Receive]:
    """Return the body of a request, and what gives it once more to who comes next."""
    if handler.body is None:
        return b"", receive
    raw = await read_body(receive, handler.longest)
    scope[BODY] = raw or b""
    given: list[Message] = [
        {"type": "http.request", "body": bytes(handler.longest + 1) if raw is None else raw}
    ]

    async def again() -> Message:
        return given.pop() if given else await receive()

    return raw or b"", again


def _decoded(handler: Handler, scope: Scope, raw: bytes) -> Request:
    """Return a request as far as it can be decoded."""
    path, encoded = scope["path_params"], scope["extensions"][ENCODED]
    content_type = header(scope, b"content-type")
    query, headers = scope["query_string"], scope["headers"]
    return handler.read(path, query, headers, raw, content_type, encoded)[0]


def _with_fields(fields: Headers, send: Send) -> Send:
    """Return a `send` that gives responses header fields in place of those of the same name."""
    given = [(name.lower().encode(), value.encode()) for name, value in fields]
    names = {name for name, _ in given}

    async def changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [one for one in message["headers"] if one[0] not in names]
            message = {**message, "headers": [*kept, *given]}
        await send(message)

    return changed


def _unknown(name: str, known: str) -> Reply:
    return refusal("unknown-scenario", f"There is no scenario {name!r}; there are {known}")
