"""What a client may not take of a server, on real sockets."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.server.wires import BODY, GOOD, Wire, read, soon, wire

from understudy.config import Limits

LIMITS = Limits(target=1000, headers=4000, connections=40)
SHORT = replace(LIMITS, header_seconds=0.4, body_seconds=0.4, request_seconds=0.6)
HEAD = b"GET /good HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /good HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"
LONG_FIELD = b"x-long: " + b"a" * 5000
BIG = 10_000_000


@pytest.fixture(scope="module", params=["uvloop", "asyncio"])
def loop(request: Any) -> str:
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    return str(request.param)


@pytest.fixture(scope="module")
def running(loop: str) -> Iterator[Wire]:
    with wire(LIMITS, loop=loop) as server:
        yield server


@pytest.fixture(scope="module")
def running_short_of_time(loop: str) -> Iterator[Wire]:
    with wire(SHORT, loop=loop) as server:
        yield server


@pytest.fixture
def server(running: Wire) -> Iterator[Wire]:
    """A server that is as good as before after whatever a test did, and has nothing to say."""
    yield running
    assert_as_before(running)


@pytest.fixture
def hasty(running_short_of_time: Wire) -> Iterator[Wire]:
    """The same, of which the limits of time are short."""
    yield running_short_of_time
    assert_as_before(running_short_of_time)


def assert_as_before(server: Wire) -> None:
    assert server.is_good()
    assert soon(lambda: not server.state.tasks)
    assert server.lines == []


@pytest.mark.parametrize(
    ("octets", "status", "word"),
    [
        (b"GET /" + b"a" * 1000 + b" HTTP/1.1\r\n\r\n", 414, "1000 bytes"),
        (b"GET /" + b"a" * 1500, 414, "1000 bytes"),
        (b"GET /" + b"a" * BIG, 414, "1000 bytes"),
        (HEAD + LONG_FIELD + b"\r\n\r\n", 431, "4000 bytes"),
        (HEAD + LONG_FIELD, 431, "4000 bytes"),
        (HEAD + LONG_FIELD * 2000, 431, "4000 bytes"),
        (HEAD + b"a: b\r\n" * 1000, 431, "4000 bytes"),
        (HEAD + b"a" * BIG, 431, "4000 bytes"),
        (HEAD, 408, "0.4 seconds"),
        (b"G", 408, "0.4 seconds"),
        (POST, 408, "0.4 seconds"),
        (POST + b"123", 408, "0.4 seconds"),
        (b"GET /wait/60 HTTP/1.1\r\nHost: localhost\r\n\r\n", 503, "0.6 seconds"),
        (b"\0\0\0\0", 400, "HTTP/1.1"),
        (b"GET /good HTTP/1.1\r\nbad field\r\n\r\n", 400, "HTTP/1.1"),
        (b"POST /good HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "HTTP/1.1"),
        (b"POST /good HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400, "HTTP/1.1"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "HTTP/1.1"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value),
)
def test_what_goes_beyond_a_limit_is_told_so(
    hasty: Wire, octets: bytes, status: int, word: str
) -> None:
    head, _, body = hasty.ask(octets).partition(b"\r\n\r\n")
    fields = head.lower().split(b"\r\n")

    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert word in json.loads(body)["detail"]
    assert json.loads(body)["status"] == status
    assert b"connection: close" in fields
    assert b"content-type: application/problem+json" in fields
    assert (b"retry-after: 1" in fields) == (status == 503)


def test_a_connection_that_says_nothing_is_closed_without_a_word(hasty: Wire) -> None:
    assert hasty.ask(b"") == b""
    assert hasty.ask(b"\r\n\r\n") == b""


def test_what_stays_within_the_limits_is_answered(server: Wire) -> None:
    target = b"GET /good?" + b"a" * 950 + b" HTTP/1.1\r\nHost: localhost\r\n"
    fields = b"".join(b"x-%d: %s\r\n" % (number, b"a" * 50) for number in range(40))
    with server.open() as connection:
        for _ in range(3):
            connection.sendall(target + fields + b"\r\n")
            assert read(connection, len(BODY)).endswith(BODY)


def test_a_body_behind_a_header_section_does_not_count_as_one(server: Wire) -> None:
    body = b"a" * 100_000
    request = b"POST /good HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body)
    with server.open() as connection:
        for _ in range(2):
            connection.sendall(request + body)
            assert read(connection, len(body)).endswith(body)


def test_a_body_that_comes_bit_by_bit_is_read_while_there_is_time(server: Wire) -> None:
    with server.open() as connection:
        for octets in (POST[:30], POST[30:], b"12345", b"67890"):
            connection.sendall(octets)
            time.sleep(0.05)

        assert read(connection, 10).endswith(b"1234567890")


def test_a_kept_connection_that_trickles_its_next_request_ends(hasty: Wire) -> None:
    with hasty.open() as connection:
        connection.sendall(GOOD)
        read(connection, len(BODY))
        connection.sendall(HEAD)
        trickling = threading.Thread(target=_trickle, args=(connection,))
        trickling.start()
        came = read(connection)
        trickling.join()

    assert came.startswith(b"HTTP/1.1 408 ")


def _trickle(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        for _ in range(50):
            connection.sendall(b"a: b\r\n")
            time.sleep(0.05)


def test_pipelined_requests_are_answered_in_order(server: Wire) -> None:
    requests = [POST + b"%010d" % number for number in range(50)]
    with server.open() as connection:
        connection.sendall(b"".join(requests))
        came = b""
        while came.count(b"HTTP/1.1 200") < 50 or not came.endswith(b"49"):
            came += connection.recv(65536)

    assert [part[-10:] for part in came.split(b"HTTP/1.1 ")[1:]] == [
        b"%010d" % n for n in range(50)
    ]


@pytest.mark.parametrize("behind", [HEAD + LONG_FIELD, b"\0", b"GET /" + b"a" * 2000, HEAD])
def test_what_is_wrong_behind_a_good_request_leaves_it_its_answer(
    hasty: Wire, behind: bytes
) -> None:
    came = hasty.ask(GOOD + behind)

    assert came.startswith(b"HTTP/1.1 200 ")
    assert BODY in came


def test_a_slow_answer_is_given_before_a_bad_request_behind_it_ends_the_connection(
    server: Wire,
) -> None:
    came = server.ask(b"GET /wait/0.2 HTTP/1.1\r\nHost: localhost\r\n\r\n" + b"\0")

    assert came.startswith(b"HTTP/1.1 200 ")
    assert came.endswith(BODY)


@pytest.mark.parametrize("path", ["/good", "/wait/0.2"])
def test_a_client_that_has_said_all_and_listens_is_answered(server: Wire, path: str) -> None:
    with server.open() as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        connection.shutdown(socket.SHUT_WR)

        assert read(connection).endswith(BODY)


def test_a_client_that_has_said_all_is_not_told_endlessly() -> None:
    async def silent(_scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.1)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await receive())["type"] != "http.disconnect":
            pass

    with wire(SHORT, silent) as server:
        with server.open() as connection:
            connection.sendall(GOOD)
            connection.shutdown(socket.SHUT_WR)
            assert soon(lambda: bool(server.state.tasks))
            assert soon(lambda: not server.state.tasks)
        assert server.lines == []


def test_an_upgrade_to_something_else_is_ignored(server: Wire) -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: %s\r\n\r\n"
    with server.open() as connection:
        for protocol in (b"h2c", b"websocket"):
            connection.sendall(HEAD + upgrade % protocol)
            assert read(connection, len(BODY)).endswith(BODY)


def test_more_connections_than_allowed_are_told_to_come_again(server: Wire) -> None:
    with ExitStack() as stack:
        good = stack.enter_context(server.open())
        good.sendall(GOOD)
        assert read(good, len(BODY)).endswith(BODY)
        for _ in range(LIMITS.connections - 1):
            stack.enter_context(server.open())
        refused = stack.enter_context(server.open())
        reply = read(refused)
        good.sendall(GOOD)
        assert read(good, len(BODY)).endswith(BODY)

    assert reply.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 1\r\n" in reply
    assert b"More than 40 connections" in reply
    assert soon(lambda: len(server.state.connections) == 0)


def test_a_usual_client_reads_why_it_is_refused(server: Wire) -> None:
    url = f"http://127.0.0.1:{server.port}/good"
    with ExitStack() as stack:
        for _ in range(LIMITS.connections):
            stack.enter_context(server.open())
        assert soon(lambda: len(server.state.connections) == LIMITS.connections)
        assert httpx.get(url).status_code == 503
    assert soon(lambda: not server.state.connections)
    assert httpx.get(url, params={"a": "b" * 2000}).status_code == 414
    assert httpx.get(url, headers={"a": "b" * 5000}).status_code == 431


def test_a_client_that_does_not_read_is_cut() -> None:
    async def endless(scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while not scope["understudy.transport"].is_closing():
            await send({"type": "http.response.body", "body": b"a" * 65536, "more_body": True})

    with wire(SHORT, endless) as server:
        with server.open() as connection:
            connection.sendall(GOOD)
            assert soon(lambda: bool(server.state.tasks))
            assert soon(lambda: not server.state.tasks)
        assert server.lines == []


PIECES = [
    b"", b"\0", HEAD, HEAD + LONG_FIELD, POST, POST + b"123", GOOD, GOOD + b"\0", GOOD * 3,
    b"GET /reset-before HTTP/1.1\r\n\r\n", b"GET /reset-in-body HTTP/1.1\r\n\r\n",
    b"GET /empty HTTP/1.1\r\n\r\n", b"GET /garbled HTTP/1.1\r\n\r\n",
    b"GET /wait/60 HTTP/1.1\r\n\r\n", b"GET /drip/1 HTTP/1.1\r\n\r\n",
    b"POST /drip/1 HTTP/1.1\r\nContent-Length: 10\r\n\r\n",
]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.booleans()), min_size=1, max_size=25))
@settings(deadline=None, max_examples=15)
def test_good_clients_are_answered_whatever_bad_ones_do(
    running: Wire, bad: Sequence[tuple[bytes, bool]]
) -> None:
    server = running
    with ExitStack() as stack:
        kept = stack.enter_context(server.open())
        for octets, leaves in bad:
            connection = server.open() if leaves else stack.enter_context(server.open())
            connection.sendall(octets)
            if leaves:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1" + bytes(7))
                connection.close()
            kept.sendall(GOOD)
            assert read(kept, len(BODY)).endswith(BODY)
        assert server.is_good()
    assert soon(lambda: not server.state.connections)
    assert server.lines == []
