import json
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from understudy.checks import unshown
from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.errors import ContractError
from understudy.exchange import Exchange, Reply, Sent
from understudy.probe import har_entry
from understudy.probe.har import ELSEWHERE, Recording, read_har

BOOKS = Path(__file__).parents[1] / "specs" / "books.yaml"
HOST = "https://api.books.example"
ANYTHING = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def books() -> Contract:
    return load_contract(BOOKS)


def har(*entries: Any) -> bytes:
    creator = {"name": "a test", "version": "1"}
    return json.dumps({"log": {"version": "1.2", "creator": creator, "entries": entries}}).encode()


def entry(
    url: str = f"{HOST}/books",
    request: dict[str, Any] | None = None,
    response: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    asked = {"method": "GET", "url": url, "headers": [], "bodySize": 0, **(request or {})}
    content = {"size": 2, "mimeType": "application/json", "text": "[]"}
    answered = {"status": 200, "headers": [], "content": content, **(response or {})}
    return {"request": asked, "response": answered, "cache": {}, "time": 12, **more}


def fields(headers: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def written(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange as an entry, as HAR says: bodies that are no text are base64."""
    sent, reply = exchange.sent, exchange.reply
    kind = [("Content-Type", reply.media_type)] if reply.media_type else []
    return {
        "time": exchange.seconds * 1000,
        "request": {
            "method": sent.method,
            "url": HOST + sent.target,
            "headers": fields(sent.headers),
            "bodySize": len(sent.body),
            "postData": {"mimeType": "", **body_of(sent.body)},
        },
        "response": {
            "status": reply.status,
            "headers": fields([*kind, *reply.headers]),
            "content": {"size": len(reply.body), "mimeType": "", **body_of(reply.body)},
        },
    }


def body_of(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": b64encode(body).decode(), "encoding": "base64"}


def read(folder: Path, contract: Contract, raw: bytes, base_url: str = "") -> Recording:
    path = folder / "recorded.har"
    path.write_bytes(raw)
    return read_har(path, contract, base_url)


def only(folder: Path, contract: Contract, *entries: Any) -> Exchange:
    (exchange,) = read(folder, contract, har(*entries)).exchanges
    return exchange


SEGMENTS = st.text("abcXYZ019-._~%!$&'()*+,;=:@[]|", min_size=1, max_size=8)
VALUES = st.text(st.characters(max_codepoint=255, exclude_characters="\n"), max_size=12)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12).filter(
    lambda name: name not in ("content-type", "content-encoding", "content-length")
)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=4).map(tuple)
BODIES = st.binary(max_size=40) | st.text(max_size=40).map(str.encode)
TARGETS = st.builds(
    lambda path, query: f"/books{path}" + (f"?{query}" if query else ""),
    st.just("") | SEGMENTS.map(lambda segment: f"/{segment}"),
    st.text("ab=&%20?/", max_size=10),
)
EXCHANGES = st.builds(
    Exchange,
    st.builds(Sent, st.sampled_from(["GET", "POST", "PATCH", "PURGE"]), TARGETS, HEADERS, BODIES),
    st.builds(
        Reply,
        st.sampled_from([200, 201, 204, 400, 404, 422, 500, 599]),
        BODIES,
        HEADERS,
        st.sampled_from(["", "text/plain", "application/json; charset=utf-8"]),
    ),
    st.integers(0, 10_000).map(lambda milliseconds: milliseconds / 1000),
)


@ANYTHING
@given(st.lists(EXCHANGES, max_size=3))
@example([Exchange(Sent("GET", "/books"), Reply(200, b"\xff", (), ""))])
def test_what_is_written_as_har_is_read_as_it_was(
    tmp_path: Path, books: Contract, exchanges: list[Exchange]
) -> None:
    found = read(tmp_path, books, har(*map(written, exchanges)))

    assert found == Recording(tuple(exchanges), {})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "value", "text", "url"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def twisted(draw: st.DrawFn) -> bytes:
    """Draw a HAR file in which one member is something else than HAR says."""
    made = written(draw(EXCHANGES))
    holder: Any = draw(st.sampled_from([made, made["request"], made["response"]]))
    key = draw(st.sampled_from(sorted(holder)))
    if isinstance(holder[key], dict) and draw(st.booleans()):
        holder, key = holder[key], draw(st.sampled_from(sorted(holder[key])))
    holder[key] = draw(JSON)
    return har(made)


@ANYTHING
@given(twisted() | st.binary(max_size=60) | JSON.map(lambda value: har(value)))
@example(b'{"log":' * 100_000)
@example(b"[" * 30_000 + b'"\\ud800"')
@example(har({"request": {"url": "http://[::1"}}))
@example(har({"request": {"url": "http://host:99999/books"}}))
def test_hostile_input_is_read_or_told(tmp_path: Path, books: Contract, raw: bytes) -> None:
    assert told(tmp_path, books, raw) <= {"one entry", "recorded.har"}


def told(folder: Path, contract: Contract, raw: bytes) -> set[str]:
    """Return what reading came to: an entry that is counted or not there, or what is wrong."""
    try:
        found = read(folder, contract, raw)
    except ContractError as error:
        return {Path(problem.file).name for problem in error.problems} or {"nothing told"}
    return {"one entry"} if len(found.exchanges) + sum(found.left_out.values()) < 2 else {"more"}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"GIF89a", "is not JSON: "),
        (b"\xff\xfe{}", "is not JSON: "),
        (b"[]", "is not HAR: there is no list at /log/entries"),
        (b'{"log": {"entries": {}}}', "is not HAR: there is no list at /log/entries"),
        (har("text"), "/log/entries/0/request/url: is no URL"),
        (har(entry(request={"url": 5})), "/log/entries/0/request/url: is no URL"),
        (har(entry(request={"method": "GET it"})), "/log/entries/0/request/method: is no method"),
        (har(entry(request={"headers": {}})), "/log/entries/0/request/headers: is not a list"),
        (har(entry(request={"headers": [1]})), "/request/headers/0: is not a mapping"),
        (
            har(entry(request={"headers": fields([("a", 1)])})),  # type: ignore[list-item]
            "/request/headers/0/value: is not text",
        ),
        (har(entry(response={"status": "ok"})), "/response/status: is no whole number"),
        (har(entry(response={"status": True})), "/response/status: is no whole number"),
        (har(entry(response={"content": []})), "/response/content: is not a mapping"),
        (har(entry(response={"content": {"text": 1}})), "/response/content/text: is not text"),
        (
            har(entry(response={"content": {"text": "?", "encoding": "base64"}})),
            "/response/content/text: is not base64",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, books: Contract, raw: bytes, message: str
) -> None:
    with pytest.raises(ContractError) as caught:
        read(tmp_path, books, raw)

    assert message in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path, books: Contract) -> None:
    with pytest.raises(ContractError, match=r"none\.har: cannot be read: No such file"):
        read_har(tmp_path / "none.har", books)


def test_a_file_beyond_reason_is_not_read(tmp_path: Path, books: Contract) -> None:
    path = tmp_path / "huge.har"
    with path.open("wb") as file:
        file.truncate((1 << 30) + 1)

    with pytest.raises(ContractError, match=r"huge\.har: is larger than 1 GiB"):
        read_har(path, books)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path, books: Contract) -> None:
    wrong = entry(response={"status": "ok"})
    with pytest.raises(ContractError) as caught:
        read(tmp_path, books, har(wrong, entry(), wrong))

    assert [problem.pointer for problem in caught.value.problems] == [
        "/log/entries/0/response/status",
        "/log/entries/2/response/status",
    ]


@pytest.mark.parametrize(
    ("left_out", "reason"),
    [
        (entry(response={"status": 0}), har_entry.ABORTED),
        (entry(response={"status": -1}), har_entry.ABORTED),
        (entry(response=None) | {"response": None}, har_entry.ABORTED),
        (entry(_fromCache="memory"), unshown.CACHED),
        (entry(_fetchType="Disk Cache"), unshown.CACHED),
        (entry(cache={"afterRequest": {"eTag": "x"}}), unshown.CACHED),
        (entry(response={"_fetchedViaServiceWorker": True}), unshown.CACHED),
        (entry(response={"status": 304}), unshown.CACHED),
        (entry(response={"status": 307, "redirectURL": "/there"}), unshown.REDIRECTED),
        (entry(response={"status": 101}), har_entry.UPGRADED),
        (
            entry(
                request={
                    "method": "OPTIONS",
                    "headers": fields([("Access-Control-Request-Method", "POST")]),
                }
            ),
            unshown.PREFLIGHT,
        ),
        (entry(request={"bodySize": 5}), har_entry.NO_REQUEST_BODY),
        (
            entry(request={"headers": fields([("content-length", "5")])}),
            har_entry.NO_REQUEST_BODY,
        ),
        (
            entry(
                request={
                    "postData": {
                        "mimeType": "multipart/form-data; boundary=x",
                        "params": [{"name": "file", "fileName": "a.png"}],
                    }
                }
            ),
            har_entry.NO_REQUEST_BODY,
        ),
        (entry(response={"content": {"size": 7, "mimeType": "text/plain"}}), har_entry.NO_BODY),
        (entry(response={"content": {"size": -1}}), har_entry.NO_BODY),
        (entry(response={"content": {"size": 0}, "bodySize": 4}), har_entry.NO_BODY),
        (
            entry(
                response={"content": {"size": 90, "mimeType": "application/json", "text": '[{"'}}
            ),
            har_entry.CUT,
        ),
        (
            entry(
                response={
                    "headers": fields([("content-encoding", "gzip")]),
                    "content": {
                        "size": 3, "encoding": "base64", "text": b64encode(b"\x1f\x8b\x08").decode()
                    },
                }
            ),
            har_entry.CUT,
        ),
        (entry("https://ads.example/pixel"), ELSEWHERE),
        (entry("data:text/plain,books"), ELSEWHERE),
        (entry("wss://api.books.example/books"), ELSEWHERE),
    ],
)  # fmt: skip
def test_what_shows_too_little_is_left_out_and_counted(
    tmp_path: Path, books: Contract, left_out: dict[str, Any], reason: str
) -> None:
    found = read(tmp_path, books, har(left_out, entry(), left_out))

    assert (len(found.exchanges), found.left_out) == (1, {reason: 2})


def test_a_browser_writes_http_2_and_decoded_bodies(tmp_path: Path, books: Contract) -> None:
    asked = {
        "method": "POST",
        "headers": fields([(":method", "POST"), (":path", "/books"), ("x-trace", "1")]),
        "bodySize": 13,
        "postData": {"mimeType": "application/json", "text": '{"title":"a"}'},
    }
    answered = {
        "status": 201,
        "headers": fields(
            [
                ("content-type", "application/json"),
                ("content-encoding", "br"),
                ("set-cookie", "a=1\nb=2"),
            ]
        ),
        "content": {"size": 2, "mimeType": "application/json", "text": "{}", "compression": -9},
    }

    assert only(tmp_path, books, entry(request=asked, response=answered)) == Exchange(
        Sent(
            "POST", "/books", (("x-trace", "1"), ("content-type", "application/json")),
            b'{"title":"a"}',
        ),
        Reply(201, b"{}", (("set-cookie", "a=1"), ("set-cookie", "b=2")), "application/json"),
        0.012,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("response", "reply"),
    [
        (
            {"status": 204, "content": {"size": 0, "mimeType": "x-unknown"}},
            Reply(204, media_type=""),
        ),
        ({"status": 204, "content": None}, Reply(204, media_type="")),
        ({"content": {"size": 0}}, Reply(200, media_type="")),
        ({"content": {}, "bodySize": 0}, Reply(200, media_type="")),
        (
            {"content": {}, "headers": fields([("Content-Length", "0")])},
            Reply(200, b"", (("Content-Length", "0"),), ""),
        ),
        ({"content": {"text": "W10=", "encoding": "base64"}}, Reply(200, b"[]", (), "")),
    ],
)
def test_bodies_may_be_empty_or_base64(
    tmp_path: Path, books: Contract, response: dict[str, Any], reply: Reply
) -> None:
    assert only(tmp_path, books, entry(response=response)).reply == reply


def test_a_reply_to_head_has_no_text(tmp_path: Path, books: Contract) -> None:
    found = only(
        tmp_path, books, entry(request={"method": "HEAD"}, response={"content": {"size": 80}})
    )

    assert found.reply.body == b""


def test_a_form_is_put_together_from_its_parameters(tmp_path: Path, books: Contract) -> None:
    params = fields([("title", "a & b"), ("genre", "é")])
    post = {"mimeType": "application/x-www-form-urlencoded", "params": params}

    found = only(tmp_path, books, entry(request={"method": "post", "postData": post}))

    assert (found.sent.method, found.sent.body) == ("POST", b"title=a+%26+b&genre=%C3%A9")


def test_the_query_may_stand_beside_the_url_only(tmp_path: Path, books: Contract) -> None:
    found = only(
        tmp_path, books, entry(request={"queryString": fields([("limit", "5"), ("q", "a b")])})
    )

    assert found.sent.target == "/books?limit=5&q=a+b"


def test_what_cannot_stand_in_a_target_or_header_is_encoded(
    tmp_path: Path, books: Contract
) -> None:
    found = only(
        tmp_path, books,
        entry(f"{HOST}/books/ä b#part", request={"headers": fields([("x-name", "ж")])}),
    )  # fmt: skip

    assert found.sent.target == "/books/%C3%A4%20b"
    assert found.sent.header("x-name").encode("latin-1").decode() == "ж"


def test_a_byte_order_mark_and_half_a_surrogate_pair_do_no_harm(
    tmp_path: Path, books: Contract
) -> None:
    raw = har(entry(response={"content": {"text": "a\ud800"}}))

    (found,) = read(tmp_path, books, b"\xef\xbb\xbf" + raw).exchanges

    assert found.reply.body == b"a?"


SERVED = """
openapi: 3.0.3
info: {title: Books, version: "1"}
servers:
  - url: https://api.books.example/{version}
    variables: {version: {default: v2}}
  - url: http://localhost:3000
  - url: "http://[broken"
paths:
  /books: {get: {responses: {"200": {description: OK}}}}
"""


@pytest.mark.parametrize(
    ("base_url", "urls", "targets"),
    [
        ("", ["https://api.books.example/v2/books"], ["/books"]),
        ("", ["http://localhost:3000/books?a=1"], ["/books?a=1"]),
        ("", ["http://staging.example:8000/v2/books", "http://ci.example/books"], ["/books"] * 2),
        ("", ["https://api.books.example/v3/books"], []),
        ("", ["https://shop.example/books", "https://api.books.example/v2/books"], ["/books"]),
        ("https://shop.example", ["https://shop.example:443/books", HOST], ["/books"]),
        ("https://shop.example/api/", ["https://shop.example/api/else"], ["/else"]),
        ("https://shop.example/api", ["https://shop.example/api?x=1"], ["/?x=1"]),
        ("https://shop.example/api", ["https://shop.example/apis/books"], []),
        ("https://shop.example", ["http://shop.example/books"], []),
    ],
)
def test_a_url_is_for_the_api_where_the_api_is(
    tmp_path: Path, base_url: str, urls: list[str], targets: list[str]
) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(SERVED)

    found = read(tmp_path, load_contract(path), har(*map(entry, urls)), base_url)

    assert [one.sent.target for one in found.exchanges] == targets


def test_a_base_url_must_be_one(tmp_path: Path, books: Contract) -> None:
    with pytest.raises(ValueError, match="localhost:8000 is not the address of an API"):
        read(tmp_path, books, har(), "localhost:8000")
