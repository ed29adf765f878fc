"""One request on its way through the proxy, and its answer on the way back."""

from __future__ import annotations

import time
from datetime import datetime
from functools import cached_property

from starlette.types import Message, Receive, Scope, Send

from understudy.archive.recording import Record
from understudy.checks.inspection import Told, distinct, printable
from understudy.exchange import Exchange, Reply, Sent
from understudy.proxy.bodies import Copy, decoded, is_stream
from understudy.proxy.client import Client
from understudy.proxy.desk import Desk
from understudy.proxy.fields import Fields, end_to_end, first, forwarded, led_back, texts
from understudy.proxy.inspection import Asked, as_header
from understudy.proxy.problems import FAILURES, problem
from understudy.proxy.upstream import Answer, Failure, UpstreamError
from understudy.server.send import send_reply

FINDINGS = b"understudy-findings"

_ASKED_FOR = frozenset({"HEAD", "OPTIONS"})
_BODILESS = frozenset({204, 304})


class Passage:
    """Forwards one request and passes the answer on."""

    def __init__(
        self, desk: Desk, scope: Scope, client: Client, send: Send, at: datetime, pseudonym: bytes
    ) -> None:
        self._desk = desk
        self._scope = scope
        self._client = client
        self._send_on = send
        self._at = at
        self._pseudonym = pseudonym
        self._begun = False
        self._start = time.perf_counter()
        self._fields = end_to_end(scope["headers"])
        query = scope["query_string"]
        below = scope["raw_path"] + (b"?" + query if query else b"")
        base = desk.upstream.place.path.encode("latin-1")
        self._target = below if below.startswith(b"*") else base + below

    async def run(self) -> None:
        """Forward, look, answer."""
        try:
            if not await self._refused():
                await self._forward()
        except UpstreamError as error:
            await self._failed(error)

    @cached_property
    def _asked(self) -> Asked | None:
        url = f"{self._desk.upstream.place.origin}{self._target.decode('latin-1')}"
        return self._desk.inspector.asked(self._scope["method"], url)

    async def _refused(self) -> bool:
        """Answer for the service where the contract says that the request is no good."""
        options, asked = self._desk.options, self._asked
        if options.errors and (asked is None or not self._is_declared(asked)):
            await self._reply(self._unmatched(asked))
            return True
        if options.requests != "on" or asked is None or asked.operation is None:
            return False
        if await self._client.read_ahead() is None:
            return False
        told = self._of_request()
        if told:
            self._log(422, told)
            await self._reply(
                problem("invalid-request", "The contract does not allow this request", told)
            )
        return bool(told)

    def _is_declared(self, asked: Asked) -> bool:
        return asked.operation is not None or self._scope["method"] in _ASKED_FOR

    def _unmatched(self, asked: Asked | None) -> Reply:
        if asked is None:
            return problem("no-route", "The contract has no such path; nothing was forwarded")
        allow = ", ".join(sorted(asked.route.operations))
        told = f"The contract allows {allow} for this path; nothing was forwarded"
        return problem("method-not-allowed", told, headers=(("Allow", allow),))

    async def _forward(self) -> None:
        place = self._desk.upstream.place
        chunked = bool(first(self._scope["headers"], b"transfer-encoding"))
        client = (self._scope.get("client") or ("",))[0]
        fields = forwarded(
            self._fields, place, client=client, chunked=chunked, pseudonym=self._pseudonym
        )
        answer = await self._desk.upstream.send(
            self._scope["method"], self._target, fields, self._client.chunks()
        )
        try:
            if self._is_missing(answer.status) and await self._stand_in():
                return
            self._client.release()
            await self._pass_on(answer)
        finally:
            await answer.close()

    async def _pass_on(self, answer: Answer) -> None:
        """Send the answer to the client: at once where it is a stream, or else when judged."""
        copy = Copy(self._desk.options.limit)
        fields = end_to_end(answer.fields)
        stream = is_stream(first(fields, b"content-type"))
        if stream:
            answer.wait_forever()
        hold = self._asked is not None and not stream
        held: list[bytes] = []
        async for chunk in answer.chunks():
            copy.add(chunk)
            if hold and copy.fits:
                held.append(chunk)
                continue
            if not self._begun:
                await self._begin(answer.status, fields, self._early(stream=stream))
                await self._body(b"".join(held), more=True)
                held.clear()
            await self._body(chunk, more=True)
        copy.complete = True
        await self._end(answer.status, fields, copy, b"".join(held))

    async def _end(self, status: int, fields: Fields, copy: Copy, rest: bytes) -> None:
        """Judge what came, record it, and send what was held back."""
        record = self._record(status, fields, copy)
        told = self._judged(record) if self._asked is not None else []
        self._log(status, told)
        if self._desk.record is not None:
            self._desk.record(record)
        errors = [one for one in told if one.is_error and one.direction == "response"]
        if self._desk.options.errors and errors and not self._begun:
            await self._reply(
                problem("broken-promise", "The service broke its contract", told), told
            )
            return
        if not self._begun:
            await self._begin(status, fields, told)
        await self._body(rest, more=False)

    def _early(self, *, stream: bool) -> list[Told]:
        """Return what can be told before the body of an answer is known."""
        if self._asked is None:
            return []
        reason = "is a stream" if stream else f"is longer than {self._desk.options.limit} bytes"
        return [*self._of_request(), Told("response", got=f"the body {reason}; see the log")]

    def _judged(self, record: Record) -> list[Told]:
        """Return all that is wrong with the exchange, and notes on what was not looked at."""
        assert self._asked is not None  # noqa: S101 - only what is asked of the API is judged
        sent = self._sent(self._asked.target)
        exchange = Exchange(sent, record.exchange.reply, record.exchange.seconds)
        whole, seen = record.request_size is None, record.reply_size is None
        told = self._desk.inspector.of_reply(exchange, asked=whole, body=seen)
        if not whole:
            told.append(Told("request", got="the body could not be checked"))
        if not seen:
            told.append(Told("response", got="the body could not be checked"))
        return distinct([*self._of_request(), *told])

    def _of_request(self) -> list[Told]:
        """Return what is wrong with the request, if that is asked for and its body is known."""
        if self._desk.options.requests == "off" or self._asked is None:
            return []
        if self._request_body is None:
            return []
        return self._desk.inspector.of_request(self._sent(self._asked.target))

    @property
    def _request_body(self) -> bytes | None:
        coding = first(self._fields, b"content-encoding")
        return decoded(self._client.copy.data, coding, self._desk.options.limit)

    def _sent(self, target: str) -> Sent:
        """Return the request as it was meant for the service."""
        authority = self._desk.upstream.place.authority
        own = (("host", authority), *(one for one in texts(self._fields) if one[0] != "host"))
        return Sent(self._scope["method"], target, own, self._request_body or b"")

    def _record(self, status: int, fields: Fields, copy: Copy) -> Record:
        body = decoded(copy.data, first(fields, b"content-encoding"), self._desk.options.limit)
        kind = first(fields, b"content-type").decode("latin-1")
        left_out = ("content-type", "content-encoding")
        kept = tuple(one for one in texts(fields) if one[0] not in left_out)
        reply = Reply(status, body or b"", kept, kind)
        exchange = Exchange(
            self._sent(self._target.decode("latin-1")), reply, time.perf_counter() - self._start
        )
        return Record(
            exchange,
            self._desk.upstream.place.origin,
            self._at,
            None if self._request_body is not None else self._client.copy.size,
            None if body is not None else copy.size,
        )

    def _is_missing(self, status: int) -> bool:
        """Tell whether the service says that it has not got the operation."""
        asked, options = self._asked, self._desk.options
        if self._desk.stand_in is None or asked is None or asked.operation is None:
            return False
        if status in options.surely_missing:
            return True
        return status in options.missing and (status != 404 or "{" not in asked.operation.path)

    async def _stand_in(self) -> bool:
        """Let the stand-in answer; not where the request was too long to be told again."""
        asked, stand_in, client = self._asked, self._desk.stand_in, self._client
        if asked is None or asked.operation is None or stand_in is None:
            return False
        body = await client.read_ahead()
        if body is None:
            return False
        again = Client(_once(body), self._desk.options.limit)
        told = self._of_request()
        self._desk.say(f"{self._line} -> the stand-in")
        more = (FINDINGS, as_header(told) if told else b"")
        self._begun = True
        await stand_in.answer(self._scope, asked.target, again.receive, self._send_on, more)
        return True

    async def _failed(self, error: UpstreamError) -> None:
        """Answer for a service that does not; where it died midway, so does the connection."""
        if self._begun:
            self._desk.say(f"{self._line}: the answer broke off: {printable(str(error))}")
            return
        if error.failure is Failure.REFUSED and await self._stand_in():
            return
        self._client.release()
        reply = problem(FAILURES[error.failure], f"The service gave no answer: {error}")
        self._desk.say(f"{self._line} -> {reply.status}: no answer: {printable(str(error))}")
        await self._reply(reply)

    async def _reply(self, reply: Reply, told: list[Told] | None = None) -> None:
        self._begun = True
        added = ((FINDINGS.decode(), as_header(told).decode()),) if told else ()
        whole = Reply(reply.status, reply.body, (*reply.headers, *added), reply.media_type)
        await send_reply(whole, self._send_on)

    async def _begin(self, status: int, fields: Fields, told: list[Told]) -> None:
        self._begun = True
        headers = list(led_back(fields, self._desk.upstream.place))
        if status in _BODILESS:  # a length would be taken for that of a body
            headers = [one for one in headers if one[0] != b"content-length"]
        if told:
            headers.append((FINDINGS, as_header(told)))
        await self._send_on({"type": "http.response.start", "status": status, "headers": headers})

    async def _body(self, chunk: bytes, *, more: bool) -> None:
        if chunk or not more:
            message: Message = {"type": "http.response.body", "body": chunk, "more_body": more}
            await self._send_on(message)

    @property
    def _line(self) -> str:
        return printable(f"{self._scope['method']} {self._target.decode('latin-1')}")

    def _log(self, status: int, told: list[Told]) -> None:
        for one in told:
            self._desk.say(f"{self._line} -> {status}: {one}")


def _once(body: bytes) -> Receive:
    """Return what gives `body` as ASGI does."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
