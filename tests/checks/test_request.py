import pytest
from tests.checks.exchanges import (
    GOOD,
    JSON,
    MANY,
    ONE,
    asked,
    broken,
    get,
    judged,
    listed,
    note,
    posted,
    reply,
)

from understudy.exchange import Exchange

NEW = {"title": "Salt"}
MADE = reply(201, note(8, title="Salt"), (("Location", "/owners/1/notes/8"),))
NO = reply(400)

KEPT = [
    ("request/valid-accepted", listed(note(3))),
    ("request/valid-accepted", get(ONE, reply(404))),
    ("request/valid-accepted", posted(NEW, MADE)),
    ("request/invalid-refused", get(f"{MANY}?limit=6", NO)),
    ("request/invalid-refused", get(f"{MANY}?limit=x", NO)),
    ("request/invalid-refused", posted({}, NO)),
    ("request/invalid-refused", posted(b"{", NO)),
    ("request/media-type-refused", posted(NEW, NO, media_type="text/plain")),
]

BROKEN = [
    (
        posted(NEW, reply(400, {"title": "Why?"})),
        ['request/valid-accepted | 400: 400: {"title": "Why?"}'],
    ),
    (
        listed(query="limit=6", limit=6),
        ["request/invalid-refused | query limit | maximum: 200"],
    ),
    (listed(query="limit=x"), ["request/invalid-refused | query limit | integer: 200"]),
    (
        listed(query="colour=green"),
        ["request/invalid-refused | query colour | enum: 200"],
    ),
    (
        get("/owners/x/notes", reply(200, listed().reply.body, (("X-Page", "1"),))),
        ["request/invalid-refused | path owner_id | integer: 200"],
    ),
    (posted({}, MADE), ["request/invalid-refused | body /title | required: 201"]),
    (
        posted({"title": "x" * 21}, MADE),
        ["request/invalid-refused | body /title | maxLength: 201"],
    ),
    (posted(b"{", MADE), ["request/invalid-refused | body | json: 201"]),
    (posted(b"", MADE), ["request/invalid-refused | body | missing: 201"]),
    (
        posted(NEW, MADE, media_type="text/plain"),
        ["request/media-type-refused | body | mediaType: 201"],
    ),
]

KINDLY_READ = [
    "limit=+3",
    "limit=3.0",
    "limit=%203",
    "limit=3&limit=4",
]
"""Queries that the contract does not allow, and that no server breaks a promise by taking."""

ODD = [
    posted({"title": "a\0b"}, NO),
    posted(NEW, NO, media_type=f"{JSON}; charset=latin-1"),
    posted({**NEW, "more": "x" * 9000}, NO),
    posted(NEW, NO, media_type=""),
]
"""Valid requests that a server may refuse for what no contract speaks of."""

SILENT = [
    *(("request/invalid-refused", get(f"{MANY}?{query}", reply(200))) for query in KINDLY_READ),
    *(("request/invalid-refused", get(f"{MANY}?{query}", NO)) for query in KINDLY_READ),
    *(("request/valid-accepted", exchange) for exchange in ODD),
    ("request/valid-accepted", get("/owners/%2F/notes", NO)),
    ("request/valid-accepted", get(ONE, reply(400), ())),
    ("request/valid-accepted", get(ONE, reply(500))),
    ("request/invalid-refused", get(f"{MANY}?limit=6", reply(500))),
    ("request/invalid-refused", get(f"{MANY}?limit=6", reply(200), ())),
    ("request/invalid-refused", asked("PUT", MANY, reply(200), GOOD)),
]


@pytest.mark.parametrize(("promise", "exchange"), KEPT)
def test_a_promise_that_is_kept_is_counted(promise: str, exchange: Exchange) -> None:
    assert judged(exchange, promise) == [None]
    assert broken(exchange) == []


@pytest.mark.parametrize(("exchange", "findings"), BROKEN)
def test_a_broken_promise_is_found_and_nothing_else(
    exchange: Exchange, findings: list[str]
) -> None:
    assert broken(exchange) == findings


@pytest.mark.parametrize(("promise", "exchange"), SILENT)
def test_nothing_is_said_of_what_may_be_read_either_way(promise: str, exchange: Exchange) -> None:
    assert judged(exchange, promise) == []
