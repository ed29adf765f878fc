import asyncio
import time
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from tests.probe.servers import answering, nobody, say, serving

from understudy.errors import StartError
from understudy.exchange import Exchange, Reply, Sent
from understudy.probe.client import IN_PROCESS, Client, Connection, is_asgi
from understudy.version import __version__

QUICK = Connection(timeout=0.3)
TELLING = Sent(
    "POST",
    "/a%2Fb/%00?c=d&e=%20f+g",
    (("X-One", "1"), ("X-One", "2"), ("Content-Type", "text/plain")),
    b'{"a":\xff}',
)


def exchanged(url: str, sent: Sent, connection: Connection = QUICK, app: Any = None) -> Exchange:
    with Client(url, connection, app) as client:
        return client.send(sent)


class Mirror:
    """An ASGI application that answers with what it was asked; it knows lifespans."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while len(self.told) < 2:
                self.told.append((await receive())["type"])
                await send({"type": f"{self.told[-1]}.complete"})
            return
        message = await receive()
        await send({"type": "http.response.start", "status": 201, "headers": reflected(scope)})
        await send({"type": "http.response.body", "body": message.get("body", b"")})


def reflected(scope: Scope) -> list[tuple[bytes, bytes]]:
    target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    ones = [value for name, value in scope["headers"] if name == b"x-one"]
    return [
        (b"x-target", target),
        (b"x-method", scope["method"].encode()),
        (b"x-ones", b",".join(ones)),
        (b"content-type", b"text/plain"),
    ]


def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("201 Created", [("X-Method", environ["REQUEST_METHOD"]), ("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read()]


def test_an_application_is_asked_byte_for_byte_with_its_lifespan_around() -> None:
    mirror = Mirror()
    found = exchanged(IN_PROCESS, TELLING, app=mirror).reply

    assert (found.status, found.media_type, found.body) == (201, "text/plain", TELLING.body)
    assert found.header("x-target") == TELLING.target
    assert found.header("x-method") == "POST"
    assert found.header("x-ones") == "1,2"
    assert mirror.told == ["lifespan.startup", "lifespan.shutdown"]


def test_a_server_is_asked_byte_for_byte() -> None:
    with serving(Mirror()) as url:
        found = exchanged(url, TELLING).reply

    assert (found.status, found.media_type, found.body) == (201, "text/plain", TELLING.body)
    assert (found.header("x-target"), found.header("x-ones")) == (TELLING.target, "1,2")


def test_a_wsgi_application_is_asked_as_well() -> None:
    found = exchanged(IN_PROCESS, TELLING, app=wsgi).reply

    assert (found.status, found.header("x-method"), found.body) == (201, "POST", TELLING.body)
    assert not is_asgi(wsgi)


def test_an_application_without_a_lifespan_is_asked_all_the_same() -> None:
    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    assert exchanged(IN_PROCESS, Sent("GET", "/"), app=app).reply == Reply(204, b"", (), "")


def test_an_application_that_does_not_start_is_told() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        failed: Message = {"type": "lifespan.startup.failed", "message": "no database"}
        await send(failed)

    with pytest.raises(StartError, match="the application does not start: no database"):
        exchanged(IN_PROCESS, Sent("GET", "/"), app=app)


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
def test_an_application_that_raises_has_failed_with_500(kind: str) -> None:
    async def asgi(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ValueError(kind)

    def broken(_environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        raise ValueError(kind)

    found = exchanged(IN_PROCESS, Sent("GET", "/"), app=asgi if kind == "asgi" else broken)
    assert found.reply.status == 500


def test_head_has_no_body_even_where_an_application_sends_one() -> None:
    assert exchanged(IN_PROCESS, Sent("HEAD", "/"), app=Mirror()).reply.body == b""


def test_where_nothing_listens_there_is_no_answer() -> None:
    with nobody() as url:
        found = exchanged(url, Sent("GET", "/"))

    assert (found.reply.status, found.reply.body[:13]) == (0, b"ConnectError:")


def slow(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(0.6)
    handler.close_connection = True


def test_whoever_takes_too_long_gave_no_answer() -> None:
    with answering(slow) as url:
        found = exchanged(url, Sent("GET", "/"))

    assert (found.reply.status, found.reply.body[:12]) == (0, b"ReadTimeout:")
    assert 0.2 < found.seconds < 0.6


def test_an_application_that_takes_too_long_gave_no_answer() -> None:
    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(60)

    reply = exchanged(IN_PROCESS, Sent("GET", "/"), app=app).reply
    assert (reply.status, reply.body) == (0, b"ReadTimeout: no answer in 0.3 s")


def cut(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    handler.close_connection = True


def test_a_connection_that_is_cut_is_no_answer() -> None:
    with answering(cut) as url:
        assert exchanged(url, Sent("GET", "/")).reply.status == 0


def test_redirects_are_answers() -> None:
    with answering(lambda handler: say(handler, 302, Location="/elsewhere")) as url:
        assert exchanged(url, Sent("GET", "/")).reply.status == 302


def test_who_asks_says_so() -> None:
    agents = []

    def note(handler: BaseHTTPRequestHandler) -> None:
        agents.append(handler.headers["User-Agent"])
        say(handler, 200)

    with answering(note) as url:
        exchanged(url, Sent("GET", "/"), Connection(headers=(("X-Tenant", "a"),)))
    assert agents == [f"understudy/{__version__}"]


# Too many requests ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "asked", "status"),
    [("0", 3, 200), ("1000", 1, 429), ("soon", 1, 429), ("", 1, 429)],
)
def test_a_429_that_says_when_to_come_back_is_waited_for(
    after: str, asked: int, status: int
) -> None:
    statuses = [429, 429, 200]
    count = 0

    def answer(handler: BaseHTTPRequestHandler) -> None:
        nonlocal count
        headers = {"Retry_After": after} if after else {}
        say(handler, statuses[count], **headers)
        count += 1

    with answering(answer) as url:
        assert exchanged(url, Sent("GET", "/")).reply.status == status
    assert count == asked


def test_who_asks_too_often_is_told_so_in_the_end() -> None:
    count = 0

    def answer(handler: BaseHTTPRequestHandler) -> None:
        nonlocal count
        count += 1
        say(handler, 429, Retry_After="0")

    with answering(answer) as url:
        assert exchanged(url, Sent("GET", "/")).reply.status == 429
    assert count == 3


def test_no_more_requests_are_sent_in_a_second_than_asked_for() -> None:
    times = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        times.append(time.monotonic())
        say(handler, 200)

    with answering(answer) as url, Client(url, Connection(rate=20)) as client:
        for _ in range(4):
            client.send(Sent("GET", "/"))
    assert times[-1] - times[0] >= 0.14
