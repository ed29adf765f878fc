"""A recording as an ASGI application; what was not recorded may be left to the stand-in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from understudy.checks.inspection import printable
from understudy.codec import dumps, loads
from understudy.config import BODY_LIMIT
from understudy.contract.model import Contract
from understudy.exchange import Reply, Sent
from understudy.probe.targets import Targets, address
from understudy.proxy.fields import end_to_end, texts
from understudy.proxy.problems import problem
from understudy.proxy.replay import Tape
from understudy.proxy.stand_in import StandIn
from understudy.server.routing import sent_target
from understudy.server.send import live, read_body, send_reply

_LIMIT = 10 * BODY_LIMIT
_NO_ADDRESS = "http://replay.invalid"


class Replay:
    """Answers from a tape; with a stand-in for `contract`, that answers what the tape cannot."""

    def __init__(
        self,
        tape: Tape,
        say: Callable[[str], None],
        contract: Contract | None = None,
        stand_in: StandIn | None = None,
    ) -> None:
        self._tape = tape
        self._say = say
        self._targets = Targets(contract) if contract is not None else None
        self._stand_in = stand_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI 3)."""
        if scope["type"] == "lifespan":
            await live(receive, send)
        elif scope["type"] == "http":
            with suppress(ClientDisconnect):
                await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_body(receive, _LIMIT)
        if body is None:
            await send_reply(
                problem("content-too-large", f"the body is longer than {_LIMIT} bytes"), send
            )
            return
        target = sent_target(scope)
        sent = Sent(scope["method"], target, tuple(texts(end_to_end(scope["headers"]))), body)
        reply = self._tape.answer(sent)
        if reply is not None:
            await send_reply(reply, send)
            return
        asked = address(f"{_NO_ADDRESS}{target}") if self._targets else None
        below = self._targets.find(asked) if self._targets and asked else None
        if below is None or self._stand_in is None:
            self._say(printable(f"{sent.method} {target}: not recorded"))
            await send_reply(self._miss(sent), send)
            return
        self._say(printable(f"{sent.method} {target}: not recorded -> the stand-in"))

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._stand_in.answer(scope, below, again, send, (b"", b""))

    def _miss(self, sent: Sent) -> Reply:
        """Return what tells of the recorded requests that are nearest."""
        reply = problem("not-recorded", "Nothing is recorded for this request")
        told = loads(reply.body) | {"nearest": [asdict(one) for one in self._tape.nearest(sent)]}
        return Reply(404, dumps(told), (), reply.media_type)
