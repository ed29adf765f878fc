"""Faults as clients see them, on real sockets."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.server.wires import BODY, GOOD, REPLY, Wire, read, soon, wire

from understudy.scenario.model import FAULTS
from understudy.server.faults import act, faulty

HALF = len(BODY) // 2
BREAKING = [kind for kind in FAULTS if kind != "garbled"]


@pytest.fixture(scope="module", params=["uvloop", "asyncio"])
def _server(request: Any) -> Iterator[Wire]:
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    with wire(loop=request.param) as server:
        yield server


@pytest.fixture
def server(_server: Wire) -> Iterator[Wire]:
    """A server that is as good as before after whatever a test did, and has nothing to say."""
    yield _server
    assert _server.is_good()
    assert _server.lines == []


@pytest.mark.parametrize("way", ["", "wrapped/"])
def test_a_connection_is_reset_before_anything_came(server: Wire, way: str) -> None:
    assert server.get(f"/{way}reset-before") == b"RST"


@pytest.mark.parametrize("way", ["", "wrapped/"])
def test_a_connection_is_reset_in_the_middle_of_the_headers(server: Wire, way: str) -> None:
    came = server.get(f"/{way}reset-in-headers")

    assert came.startswith(b"HTTP/1.1 200 OK\r\nx-")
    assert came.endswith(b"RST")
    assert b"\r\n\r\n" not in came


def test_a_connection_is_reset_in_the_middle_of_the_body(server: Wire) -> None:
    head, _, body = server.get("/reset-in-body").partition(b"\r\n\r\n")

    assert b"content-length: %d" % len(BODY) in head
    assert body == BODY[:HALF] + b"RST"


def test_a_reply_is_empty(server: Wire) -> None:
    assert server.get("/empty") == b""


def test_a_body_is_truncated(server: Wire) -> None:
    head, _, body = server.get("/truncated").partition(b"\r\n\r\n")

    assert b"content-length: %d" % len(BODY) in head
    assert body == BODY[:HALF]


def test_a_body_is_garbled_and_has_its_length(server: Wire) -> None:
    with server.open() as connection:
        connection.sendall(b"GET /garbled HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head, _, body = read(connection, len(BODY)).partition(b"\r\n\r\n")
        connection.sendall(GOOD)
        after = read(connection, len(BODY))

    assert b"content-length: %d" % len(BODY) in head
    assert len(body) == len(BODY)
    with pytest.raises(UnicodeDecodeError):
        body.decode()
    assert after.endswith(BODY)


def test_a_length_is_too_long_and_nothing_more_comes(server: Wire) -> None:
    with server.open() as connection:
        connection.sendall(b"GET /length-too-long HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head, _, body = read(connection, len(BODY)).partition(b"\r\n\r\n")
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)

    assert b"content-length: %d" % (len(BODY) + 100) in head
    assert body == BODY


def test_a_length_is_too_short_for_what_comes(server: Wire) -> None:
    head, _, body = server.get("/length-too-short").partition(b"\r\n\r\n")

    assert b"content-length: %d" % HALF in head
    assert body == BODY


def test_a_body_drips(server: Wire) -> None:
    start = time.monotonic()
    with server.open() as connection:
        connection.sendall(b"GET /drip/1000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        first = connection.recv(65536)
        came = read(connection, len(BODY), first)
    took = time.monotonic() - start

    assert came.endswith(BODY)
    assert len(first.partition(b"\r\n\r\n")[2]) <= 200
    assert took >= len(BODY) / 1000 * 0.7


@pytest.mark.parametrize("kind", ["reset-in-body", "truncated", "length-too-short"])
def test_a_response_without_a_body_breaks_in_its_headers(server: Wire, kind: str) -> None:
    came = server.get(f"/bare/{kind}")

    assert b"HTTP/1.1 204".startswith(came[:12])
    assert b"\r\n\r\n" not in came


@pytest.mark.parametrize("kind", BREAKING)
def test_a_fault_is_of_its_own_connection(server: Wire, kind: str) -> None:
    with server.open() as other, server.open() as broken:
        other.sendall(GOOD[:20])
        broken.sendall(f"GET /{kind} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        if kind != "length-too-long":
            read(broken)
        other.sendall(GOOD[20:])

        assert read(other, len(BODY)).endswith(BODY)


@pytest.mark.parametrize("path", ["/wait/3600", "/drip/1", "/length-too-long"])
def test_a_client_that_leaves_is_not_waited_for(server: Wire, path: str) -> None:
    with server.open() as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert soon(lambda: len(server.state.tasks) == 1)

    assert soon(lambda: not server.state.tasks, 10)


@pytest.mark.parametrize("kind", BREAKING)
def test_without_a_connection_a_break_is_a_connection_error(kind: str) -> None:
    with pytest.raises(ConnectionResetError, match=kind):
        asyncio.run(act(kind, REPLY, {}, _nothing, _swallow))


@pytest.mark.parametrize("kind", ["garbled", ""])
def test_without_a_connection_a_body_is_slow_or_garbled_all_the_same(kind: str) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {}
    asyncio.run(act(kind, REPLY, scope, _nothing, send, rate=1e6))
    body = b"".join(one.get("body", b"") for one in sent)

    assert len(body) == len(BODY)
    assert (body == BODY) == (kind == "")
    assert [one.get("more_body", False) for one in sent[1:]][-1] is False
    assert scope.get("understudy.fault", "") == kind


def test_what_is_no_fault_leaves_the_answer_alone() -> None:
    assert faulty("", {}, _nothing, _swallow) is _swallow


async def _nothing() -> Any:
    return {"type": "http.disconnect"}


async def _swallow(_: Any) -> None:
    pass
