import asyncio
import json
import time

import httpx
import pytest
from tests.probe.servers import nobody
from tests.proxy.running import ITEM, answer, ask, get, proxying, saying, service

from understudy.proxy.desk import Options

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


async def _silent(reader, _writer):
    await reader.read()


async def _dripping(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(HEAD + b"content-length: 100\r\n\r\n[1")
    await writer.drain()
    await reader.read()


def problem(found: bytes) -> dict:
    head, _, body = found.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    told = json.loads(body)
    assert told["status"] == int(head.split(b" ")[1])
    return told


def test_a_service_that_says_nothing_is_late():
    with service(_silent) as shop, proxying(shop.url, timeout=0.2) as proxy:
        told = problem(ask(proxy.url, get("/v1/items")))

    assert (told["status"], told["type"]) == (504, "urn:understudy:error:late-answer")


def test_a_service_that_stops_midway_is_late():
    with service(_dripping) as shop, proxying(shop.url, timeout=0.2) as proxy:
        assert problem(ask(proxy.url, get("/v1/items")))["status"] == 504


def test_a_service_that_is_not_there_is_a_bad_gateway():
    with nobody() as url, proxying(url) as proxy:
        assert problem(ask(proxy.url, get("/v1/items")))["status"] == 502
        assert proxy.said[0].startswith("GET /v1/items -> 502: no answer: ConnectError")


@pytest.mark.parametrize(
    "bytes_",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nrest",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad: a\x01b\r\ncontent-length: 0\r\n\r\n",
        HEAD + b"content-length: ten\r\n\r\n",
        HEAD + b"content-length: 3\r\ncontent-length: 4\r\n\r\n[1]",
        HEAD + b"content-length: 10\r\n\r\n[1]",
        HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n[1]\r\n0\r\n\r\n",
        HEAD + b"transfer-encoding: chunked\r\n\r\n3\r\n[1]\r\n",
        HEAD + b"x: " + b"y" * (1 << 20),
        b"".join([HEAD, *(b"x-%d: 1\r\n" % one for one in range(50_000))]),
    ],
    ids=lambda bytes_: repr(bytes_[:40]),
)
def test_a_service_that_speaks_no_good_http_is_a_bad_gateway(bytes_):
    with saying(bytes_) as shop, proxying(shop.url) as proxy:
        told = problem(ask(proxy.url, get("/v1/items")))
        again = ask(proxy.url, get("/v1/items"))

    assert (told["status"], told["type"]) == (502, "urn:understudy:error:no-answer")
    assert again.startswith(b"HTTP/1.1 502 ")


@pytest.mark.parametrize(
    "bytes_",
    [
        HEAD + b"content-length: 500000\r\n\r\n" + b"1" * 200_000,
        HEAD + b"transfer-encoding: chunked\r\n\r\n30d40\r\n" + b"1" * 200_000 + b"\r\n",
    ],
)
def test_what_dies_midway_is_cut_off_and_not_ended(bytes_):
    with saying(bytes_) as shop, proxying(shop.url, Options(limit=1000)) as proxy:
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(f"{proxy.url}/v1/items")
        assert "the answer broke off" in proxy.said[-1]
        assert proxy.records == []


def test_what_a_service_says_too_much_is_nobodys_answer():
    smuggled = answer(b'{"id":666,"name":"smuggled"}')
    wanted = answer(ITEM)
    count = []

    async def talk(reader, writer):
        while await reader.readuntil(b"\r\n\r\n"):
            count.append(1)
            writer.write(wanted + smuggled if len(count) == 1 else wanted)
            await writer.drain()

    with service(talk) as shop, proxying(shop.url) as proxy:
        found = [ask(proxy.url, get("/v1/items/1")) for _ in range(3)]

    assert all(one.endswith(ITEM) for one in found)


def test_an_answer_before_the_request_is_read_gets_through():
    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(b"{}", b"connection: close", status=b"413 Too Large"))
        await writer.drain()
        while await reader.read(65536):  # as servers do that let an answer arrive
            pass

    with service(talk) as shop, proxying(shop.url) as proxy:
        found = httpx.put(f"{proxy.url}/v1/files", content=bytes(8 << 20), timeout=20)

    assert found.status_code == 413


def test_informational_answers_are_passed_over():
    early = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
    with saying(early + answer(b"[]")) as shop, proxying(shop.url) as proxy:
        found = ask(proxy.url, get("/v1/items"))

    assert found.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_answers_without_a_body_may_tell_its_length(status):
    said = b"HTTP/1.1 " + status + b"\r\ncontent-length: 20\r\n\r\n"
    with saying(said) as shop, proxying(shop.url) as proxy:
        found = ask(proxy.url, get("/v1/items"))

    assert found.startswith(b"HTTP/1.1 " + status)
    assert found.endswith(b"\r\n\r\n")


def test_head_tells_the_length_and_has_no_body():
    said = HEAD + b"content-length: 20\r\n\r\n"
    with saying(said) as shop, proxying(shop.url) as proxy:
        found = ask(proxy.url, get("/v1/items", method="HEAD"))

    assert b"content-length: 20\r\n" in found
    assert found.endswith(b"\r\n\r\n")


def test_many_at_once_wait_for_a_slow_service_side_by_side():
    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.3)
        writer.write(answer(b"[]", b"connection: close"))

    async def ask_all(url):
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=50)) as client:
            return await asyncio.gather(*(client.get(f"{url}/v1/items") for _ in range(40)))

    with service(talk) as shop, proxying(shop.url) as proxy:
        start = time.monotonic()
        found = asyncio.run(ask_all(proxy.url))
        seconds = time.monotonic() - start

    assert {one.status_code for one in found} == {200}
    assert seconds < 6  # one after the other, it would be twice as long
