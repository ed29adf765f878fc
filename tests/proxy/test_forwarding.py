import asyncio
import gzip
import json
import re
import time

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.probe.servers import nobody
from tests.proxy.running import ITEM, answer, ask, body_of, get, proxying, saying, service

from understudy.proxy.desk import Options

NAMES = st.from_regex(r"\Ax-[a-z]{1,8}\Z").filter(lambda name: not name.startswith("x-forwarded"))
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f"))
FIELDS = st.lists(st.tuples(NAMES, VALUES.filter(lambda text: text.isprintable())), max_size=4)
LAW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def echo():
    """Yield a proxy before a service that answers with body and fields of the request."""

    async def talk(reader, writer):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            body = await body_of(head, reader)
            heads.append(head)
            echoed = [line for line in head.split(b"\r\n") if line.startswith(b"x-")]
            kept = [line for line in echoed if not line.startswith(b"x-forwarded")]
            fields = [b"HTTP/1.1 200 OK", b"content-type: application/octet-stream", *kept]
            if b"chunked" in head:
                fields.append(b"transfer-encoding: chunked")
                body = b"".join(b"1\r\n%c\r\n" % one for one in body) + b"0\r\n\r\n"
            else:
                fields.append(b"content-length: %d" % len(body))
            writer.write(b"\r\n".join([*fields, b"", body]))
            await writer.drain()

    heads = []
    with service(talk) as found, proxying(found.url) as proxy:
        yield proxy, heads


@LAW
@given(body=st.binary(max_size=2000), fields=FIELDS, chunked=st.booleans())
def test_bodies_and_fields_go_through_as_they_are(echo, body, fields, chunked):
    proxy, _ = echo
    content = iter([body]) if chunked and body else body
    asked = [(name.encode(), value.encode("latin-1")) for name, value in fields]

    with httpx.Client() as client:
        found = client.put(f"{proxy.url}/v1/files", content=content, headers=asked)

    assert found.content == body
    assert [one for one in found.headers.raw if one[0].startswith(b"x-")] == asked
    assert proxy.exchanges[-1].sent.body == proxy.exchanges[-1].reply.body == body


@LAW
@given(
    target=st.text(st.sampled_from("ab/%@:;,+&=?!$'()*~-._ "), max_size=30).map(
        lambda text: text.replace(" ", "%20").replace("?", "%3F", max(0, text.count("?") - 1))
    )
)
def test_targets_go_through_as_they_are(echo, target):
    proxy, heads = echo

    ask(proxy.url, get(f"/{target}"))

    assert heads[-1].split(b" ")[1] == f"/{target}".removesuffix("?").encode()


def test_the_service_hears_who_asked_and_through_whom():
    with saying(answer(b"[]")) as shop, proxying(shop.url) as proxy:
        said = ["x-forwarded-for: 10.0.0.9", "x-forwarded-host: evil.test", "via: 1.0 first"]
        ask(proxy.url, get("/v1/items", *said, "connection: x-hop", "x-hop: 1", "te: trailers"))

    fields = shop.heads[0].decode().split("\r\n")[1:]
    assert f"host: {shop.url.removeprefix('http://')}" in fields
    assert "x-forwarded-for: 10.0.0.9, 127.0.0.1" in fields
    assert "x-forwarded-host: shop.test" in fields
    assert "x-forwarded-proto: http" in fields
    assert "via: 1.0 first, 1.1 proxy-of-a-test" in fields
    assert not [one for one in fields if re.match("connection|x-hop|te:|.*evil", one)]


@pytest.mark.parametrize(
    ("line", "forwarded"),
    [
        ("GET http://evil.test/v1/items HTTP/1.1", b"GET /v1/items "),
        ("GET //evil.test/v1/items HTTP/1.1", b"GET //evil.test/v1/items "),
        ("GET /@evil.test/ HTTP/1.1", b"GET /@evil.test/ "),
        ("GET /%0d%0ahost:%20evil.test HTTP/1.1", b"GET /%0d%0ahost:%20evil.test "),
        ("GET /http://evil.test HTTP/1.1", b"GET /http://evil.test "),
        ("OPTIONS * HTTP/1.1", b"OPTIONS * "),
        ("GET @evil.test/ HTTP/1.1", None),
        ("GET evil.test HTTP/1.1", None),
        ("CONNECT evil.test:443 HTTP/1.1", None),
        ("GET /a\x01b HTTP/1.1", None),
    ],
)
def test_a_request_goes_to_the_one_address_or_nowhere(line, forwarded):
    with saying(answer(b"[]")) as shop, proxying(shop.url) as proxy:
        found = ask(proxy.url, f"{line}\r\nhost: evil.test\r\nconnection: close\r\n\r\n".encode())

    if forwarded is None:
        assert found.startswith(b"HTTP/1.1 400 ")
        assert shop.heads == []
    else:
        assert found.startswith(b"HTTP/1.1 200 ")
        assert shop.heads[0].startswith(forwarded)
        assert f"\r\nhost: {shop.url.removeprefix('http://')}\r\n".encode() in shop.heads[0]


@pytest.mark.parametrize("path", ["/../admin", "/a/%2e%2E/../admin", "/..\\admin", "/..%2fadmin"])
def test_a_path_does_not_lead_out_of_the_address(path):
    with saying(answer(b"[]")) as shop, proxying(f"{shop.url}/v1") as proxy:
        found = ask(proxy.url, get(path))

    assert found.startswith(b"HTTP/1.1 400 ")
    assert shop.heads == []


def test_the_environment_names_no_other_address(monkeypatch):
    with nobody() as other, saying(answer(b"[]")) as shop:
        monkeypatch.setenv("HTTP_PROXY", other)
        monkeypatch.setenv("ALL_PROXY", other)
        with proxying(shop.url) as proxy:
            found = ask(proxy.url, get("/v1/items"))

    assert found.endswith(b"[]")


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("{shop}/v1/items/1?a=b#c", b"/items/1?a=b#c"),
        ("/v1/items/1", b"/items/1"),
        ("/v1", b"/"),
        ("/v1//evil.test", b"/.//evil.test"),
        ("items/1", b"items/1"),
        ("https://elsewhere.test/v1/items", b"https://elsewhere.test/v1/items"),
        ("//elsewhere.test/v1", b"//elsewhere.test/v1"),
        ("/v10/items", b"/v10/items"),
    ],
)
def test_a_redirection_is_passed_on_and_not_followed(location, told):
    holder = []

    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        holder.append(1)
        field = b"location: " + location.format(shop=shop.url).encode()
        writer.write(answer(b"{}", field, status=b"302 Found"))

    with service(talk) as shop, proxying(f"{shop.url}/v1") as proxy:
        found = ask(proxy.url, get("/items"))

    assert found.startswith(b"HTTP/1.1 302 ")
    assert b"\r\nlocation: " + told + b"\r\n" in found
    assert holder == [1]


def test_cookies_of_one_client_are_not_sent_for_another():
    shop_says = answer(ITEM, b"set-cookie: session=of-the-first")
    with saying(shop_says, shop_says) as shop, proxying(shop.url) as proxy:
        first = ask(proxy.url, get("/v1/items/1"))
        ask(proxy.url, get("/v1/items/1"))

    assert b"set-cookie: session=of-the-first" in first
    assert b"of-the-first" not in b"".join(shop.heads)


def test_a_proxy_that_forwards_to_itself_says_so():
    with saying(answer(b"[]")) as shop, proxying(shop.url) as proxy:
        found = ask(proxy.url, get("/v1/items", "via: 1.1 proxy-of-a-test"))

    assert found.startswith(b"HTTP/1.1 508 ")
    assert shop.heads == []


def test_a_web_socket_is_refused():
    with saying(answer(b"[]")) as shop, proxying(shop.url) as proxy:
        fields = ["upgrade: websocket", "sec-websocket-key: eA==", "sec-websocket-version: 13"]
        request = get("/v1/items", *fields).replace(b"connection: close", b"connection: upgrade")
        with httpx.Client():
            found = ask(proxy.url, request.replace(b"upgrade\r\n", b"upgrade, close\r\n", 1))

    assert found.startswith(b"HTTP/1.1 501 ")
    assert b"no WebSocket" in found
    assert shop.heads == []


def test_compressed_bodies_go_through_and_are_checked():
    packed = gzip.compress(b'{"id":"one","name":"cup"}', mtime=0)
    with saying(answer(packed, b"content-encoding: gzip")) as shop, proxying(shop.url) as proxy:
        found = ask(proxy.url, get("/v1/items/1"))

    assert found.endswith(b"\r\n\r\n" + packed)
    assert b'"check":"response/body"' in found
    assert proxy.exchanges[0].reply.body == b'{"id":"one","name":"cup"}'


def test_a_bomb_goes_through_unread():
    bomb = gzip.compress(gzip.compress(b"0" * (1 << 22)))
    fields = b"content-encoding: gzip, gzip"
    with saying(answer(bomb, fields)) as shop, proxying(shop.url, Options(limit=65536)) as proxy:
        found = ask(proxy.url, get("/v1/items/1"))

    assert found.endswith(bomb)
    assert b"the body could not be checked" in found
    assert proxy.records[0].reply_size == len(bomb)


def test_events_are_passed_on_as_they_come():
    released = asyncio.Event()
    loops = []

    async def talk(reader, writer):
        loops.append(asyncio.get_running_loop())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\n")
        await writer.drain()
        await released.wait()
        writer.write(b"data: 2\n\n")

    with (
        service(talk) as shop,
        proxying(shop.url, timeout=0.3) as proxy,
        httpx.stream("GET", f"{proxy.url}/v1/events", timeout=5) as response,
    ):
        chunks = response.iter_raw()
        first = next(chunks)
        time.sleep(0.6)  # longer than the proxy waits for bytes of other answers
        loops[0].call_soon_threadsafe(released.set)
        rest = b"".join(chunks)

    assert (first, rest) == (b"data: 1\n\n", b"data: 2\n\n")
    assert proxy.exchanges[0].reply.body == b"data: 1\n\ndata: 2\n\n"


def test_a_client_that_leaves_takes_the_request_to_the_service_along():
    gone = asyncio.Event()
    seen = []

    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\n")
        await writer.drain()
        seen.append(await reader.read())
        gone.set()

    with service(talk) as shop, proxying(shop.url) as proxy:
        with httpx.stream("GET", f"{proxy.url}/v1/events") as response:
            next(response.iter_raw())
        deadline = time.monotonic() + 5
        while not seen and time.monotonic() < deadline:
            time.sleep(0.01)

    assert seen == [b""]


def test_a_client_that_leaves_before_an_answer_does_so_too():
    seen = []

    async def talk(reader, _writer):
        await reader.readuntil(b"\r\n\r\n")
        seen.append("asked")
        seen.append(await reader.read())

    with service(talk) as shop, proxying(shop.url) as proxy:
        with pytest.raises(TimeoutError):
            ask(proxy.url, get("/v1/items"), seconds=0.3)
        deadline = time.monotonic() + 5
        while len(seen) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)

    assert seen == ["asked", b""]


def test_a_long_body_streams_through_both_ways():
    size = 3 << 20

    def pieces():
        for _ in range(size >> 16):
            yield bytes(1 << 16)

    async def talk(reader, writer):
        body = await body_of(await reader.readuntil(b"\r\n\r\n"), reader)
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\n"
        writer.write(head + b"content-length: %d\r\n\r\n" % len(body) + body)

    with service(talk) as shop, proxying(shop.url, Options(limit=1 << 20)) as proxy:
        found = httpx.put(f"{proxy.url}/v1/files", content=pieces(), timeout=20)

    assert found.content == bytes(size)
    notes = [one["note"] for one in json.loads(found.headers["understudy-findings"])]
    assert notes == ["the body is longer than 1048576 bytes; see the log"]
    assert (proxy.records[0].request_size, proxy.records[0].reply_size) == (size, size)
