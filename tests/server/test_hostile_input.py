import http.client
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from understudy import MockServer, Settings
from understudy.config import Limits

ID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
THREADS = "/api/v1/chat/threads?company_id=1"
WEB_THREADS = f"/api/v1/chat/{ID}/web-threads"
TEN_MEGABYTES = 10_000_000
TOO_LARGE = {"detail": "Request body is larger than 1048576 bytes"}
HEAD = b" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer good\r\n"


@pytest.fixture(autouse=True)
def _still_answers(clients: Mapping[str, httpx.Client]) -> Iterator[None]:
    """After whatever a test sends, a good request gets its answer."""
    yield
    assert clients["cattix"].get(THREADS).status_code == 200
    assert clients["thena"].get(WEB_THREADS).status_code == 200


@pytest.mark.parametrize(
    ("query", "kind", "received"),
    [
        ("limit=", "int_parsing", ""),
        ("limit", "int_parsing", ""),
        ("limit=1_0", "int_parsing", "1_0"),
        ("limit=%205", "int_parsing", " 5"),
        ("limit=5+", "int_parsing", "5 "),
        ("limit=%2B5", "int_parsing", "+5"),
        ("limit=5.0", "int_parsing", "5.0"),
        ("limit=0x5", "int_parsing", "0x5"),
        ("limit=%D9%A5", "int_parsing", "\N{ARABIC-INDIC DIGIT FIVE}"),
        ("limit=5%00", "int_parsing", "5\0"),
        ("limit=null", "int_parsing", "null"),
        ("limit=" + "9" * 5000, "int_parsing", "9" * 5000),
        ("limit=" + "9" * 4000, "less_than_equal", "9" * 4000),
        ("limit=51", "less_than_equal", "51"),
        ("limit=0", "greater_than_equal", "0"),
        ("offset=-1", "greater_than_equal", "-1"),
        ("limit=5&limit=5", "value_error", ["5", "5"]),
        ("limit=%FF", "value_error", None),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_a_query_that_is_no_small_number_is_refused(
    thena: httpx.Client, query: str, kind: str, received: Any
) -> None:
    reply = thena.get(f"{WEB_THREADS}?{query}")
    found = [(one["type"], one["loc"], one["input"]) for one in reply.json()["detail"]]
    assert (reply.status_code, found) == (422, [(kind, ["query", query.split("=")[0]], received)])


@pytest.mark.parametrize(
    "query", ["&&limit=5&", "unknown=1&limit=5", "%FF=%FF&limit=5", "=&limit=5"]
)
def test_what_is_no_parameter_is_ignored(thena: httpx.Client, query: str) -> None:
    reply = thena.get(f"{WEB_THREADS}?{query}")
    assert (reply.status_code, len(reply.json())) == (200, 5)


def test_an_offset_of_thousands_of_digits_is_past_the_end(thena: httpx.Client) -> None:
    reply = thena.get(f"{WEB_THREADS}?offset={'9' * 4000}")
    assert (reply.status_code, reply.json()) == (200, [])


@pytest.mark.parametrize(
    ("name", "target", "status"),
    [
        ("sitegpt", "/api/v0/chatbots/%00/threads", 400),
        ("sitegpt", "/api/v0/chatbots/a/b/threads", 404),
        ("thena", "/api/v1/chat/%00/web-threads", 422),
        ("thena", "/api/v1/chat/%FF/web-threads", 422),
        ("thena", "/api/v1/chat/null/web-threads", 422),
        ("cattix", f"{THREADS}&location_id=%00", 422),
        ("cattix", f"{THREADS}&assistant_type=general&assistant_type=onboarding", 422),
        ("cattix", f"{THREADS}&assistant_type=", 422),
        ("cattix", "/api/v1/chat/threads%00", 404),
        ("cattix", "//api/v1/chat/threads", 404),
    ],
)
def test_a_target_that_is_not_as_documented_is_refused_in_the_vendors_words(
    clients: Mapping[str, httpx.Client], name: str, target: str, status: int
) -> None:
    method = "POST" if "location_id" in target else "GET"
    body = {"assistant_type": "general"} if method == "POST" else None
    reply = clients[name].request(method, target, json=body)
    assert reply.status_code == status


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "missing"),
        (b" ", "json_invalid"),
        (b"{", "json_invalid"),
        (b"not json", "json_invalid"),
        (b'{"assistant_type": "general"} x', "json_invalid"),
        (b'{"assistant_type": NaN}', "json_invalid"),
        (b'{"assistant_type": "general", "name": "\xff"}', "json_invalid"),
        (b'{"assistant_type": "general", "name": "\\ud800"}', "json_invalid"),
        (b'\xef\xbb\xbf{"assistant_type": "general"}', "json_invalid"),
        (b'{"assistant_type": "general", "name": "\\u0000"}', "string_pattern_mismatch"),
        (b"[]", "model_attributes_type"),
        (b"null", "model_attributes_type"),
        (b"{}", "missing"),
        (b"[" * 10_000 + b"]" * 10_000, "json_invalid"),
        (b"[" * 10_000, "json_invalid"),
        (b"9" * 5000, "json_invalid"),
    ],
    ids=lambda value: repr(value[:40]),
)
def test_a_body_that_is_not_as_documented_is_refused(
    cattix: httpx.Client, body: bytes, kind: str
) -> None:
    reply = cattix.post(THREADS, content=body, headers={"Content-Type": "application/json"})
    assert (reply.status_code, [one["type"] for one in reply.json()["detail"]]) == (422, [kind])


@pytest.mark.parametrize("depth", [250, 500, 990, 1020, 10_000])
def test_free_form_data_too_deep_to_be_sent_back_is_refused(
    cattix: httpx.Client, depth: int
) -> None:
    reply = cattix.post(THREADS, content=_with_extra_data(b'{"a":' * depth + b"1" + b"}" * depth))
    assert (reply.status_code, reply.json()["detail"][0]["type"]) == (422, "json_invalid")


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":' * 199 + b"1" + b"}" * 199,
        b'{"a":' + b"9" * 300 + b"}",
        b'{"a":-9223372036854775809,"b":18446744073709551616}',
        b'{"a":"\\u0000"}',
        b'{"a":"' + b"[" * 1000 + b'"}',
        b'{"a":[' + b"[]," * 1000 + b"[]]}",
    ],
    ids=["deep", "long number", "beyond 64 bits", "NUL", "brackets in text", "wide"],
)
def test_unusual_free_form_data_comes_back_as_it_was_given(
    cattix: httpx.Client, data: bytes
) -> None:
    created = cattix.post(THREADS, content=_with_extra_data(data))
    sent = httpx.Response(200, content=data).json()
    assert (created.status_code, created.json()["extra_data"]) == (200, sent)
    assert cattix.get(THREADS).json()[0] == created.json()


def _with_extra_data(data: bytes) -> bytes:
    return b'{"assistant_type":"general","extra_data":' + data + b"}"


def _chunks() -> Iterator[bytes]:
    for _ in range(100):
        yield b"x" * (TEN_MEGABYTES // 100)


@pytest.mark.parametrize("chunked", [False, True], ids=["fixed length", "chunked"])
def test_a_client_that_sends_ten_megabytes_sees_the_413(
    cattix: httpx.Client,
    chunked: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    reply = cattix.post(THREADS, content=_chunks() if chunked else b"x" * TEN_MEGABYTES)
    assert (reply.status_code, reply.json()) == (413, TOO_LARGE)


@pytest.mark.parametrize("chunked", [False, True], ids=["fixed length", "chunked"])
@pytest.mark.parametrize(
    ("method", "target", "status"),
    [("POST", "/nowhere", 404), ("PUT", THREADS, 405), ("POST", THREADS, 401)],
)
def test_a_client_that_sends_ten_megabytes_sees_why_it_is_refused_earlier(
    cattix: httpx.Client,
    method: str,
    target: str,
    status: int,
    chunked: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    content = _chunks() if chunked else b"x" * TEN_MEGABYTES
    reply = cattix.request(method, target, content=content, headers={"Authorization": ""})
    assert reply.status_code == status


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"\x00\x01\x02\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"NONSENSE / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400),
        (b"GET /\xff" + HEAD + b"\r\n", 400),
        (b"GET /api/v1/chat/threads?company_id=\xff" + HEAD + b"\r\n", 400),
        (b"GET /" + b"a" * 65_536 + HEAD + b"\r\n", 414),
        (b"GET " + THREADS.encode() + HEAD + b"X-Nul: \x00\r\n\r\n", 400),
        (b"GET " + THREADS.encode() + HEAD + b"X-Latin: \xff\xfe\r\n\r\n", 200),
        (b"GET " + THREADS.encode() + HEAD + b"X-Long: " + b"a" * 60_000 + b"\r\n\r\n", 200),
        (b"GET " + THREADS.encode() + HEAD + b"X-Long: " + b"a" * 65_536 + b"\r\n\r\n", 431),
        (b"GET http://elsewhere" + THREADS.encode() + HEAD + b"\r\n", 200),
        (b"OPTIONS *" + HEAD + b"\r\n", 404),
        (b"POST " + THREADS.encode() + HEAD + b"Content-Length: many\r\n\r\n", 400),
        (b"POST " + THREADS.encode() + HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (
            b"POST "
            + THREADS.encode()
            + HEAD
            + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
            400,
        ),
        (b"POST " + THREADS.encode() + HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ],
    ids=lambda value: repr(value[:12] + b"..." + value[-24:]) if isinstance(value, bytes) else None,
)
def test_bytes_that_are_hardly_http_get_a_status_and_no_crash(
    servers: Mapping[str, MockServer], raw: bytes, status: int
) -> None:
    assert _status(servers["cattix"].url, raw) == status


def test_a_client_that_goes_away_in_the_middle_of_a_body_harms_nobody(
    servers: Mapping[str, MockServer],
) -> None:
    with _connected(servers["cattix"].url) as connection:
        connection.sendall(b"POST " + THREADS.encode() + HEAD + b"Content-Length: 9999\r\n\r\n{")


@pytest.mark.parametrize("sent", [b"12345", b'{"assistant_type": "general"}'])
def test_half_a_body_creates_nothing(
    servers: Mapping[str, MockServer], clients: Mapping[str, httpx.Client], sent: bytes
) -> None:
    before = clients["cattix"].get(THREADS).json()
    head = HEAD + b"Content-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
    with _connected(servers["cattix"].url) as connection:
        connection.sendall(b"POST " + THREADS.encode() + head + sent)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""

    assert clients["cattix"].get(THREADS).json() == before


@pytest.mark.parametrize("levels", [1_000, 100_000])
@pytest.mark.parametrize(
    ("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b"[", b"")], ids=["[]", "{}", "["]
)
def test_a_body_nested_without_end_is_refused(
    cattix: httpx.Client, opening: bytes, closing: bytes, levels: int
) -> None:
    content = opening * levels + b"1" + closing * levels
    reply = cattix.post(THREADS, content=content, headers={"Content-Type": "application/json"})

    assert reply.status_code == 422


def test_the_longest_body_can_be_chosen() -> None:
    settings = Settings(limits=Limits(body=100))
    fields = {"Authorization": "Bearer any", "Content-Type": "application/json"}
    with MockServer("cattix", settings=settings) as server:
        replies = [
            httpx.post(server.url + THREADS, content=b" " * size, headers=fields)
            for size in (100, 101)
        ]

    assert [reply.status_code for reply in replies] == [422, 413]
    assert replies[1].json() == {"detail": "Request body is larger than 100 bytes"}


def _status(url: str, raw: bytes) -> int:
    with _connected(url) as connection:
        connection.sendall(raw)
        reply = http.client.HTTPResponse(connection)
        reply.begin()
        reply.read()
        return reply.status


def _connected(url: str) -> socket.socket:
    at = httpx.URL(url)
    return socket.create_connection((at.host, at.port), timeout=10)
