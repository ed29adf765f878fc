import pytest
from tests.checks.exchanges import KEY, LABELS, MANY, ONE, broken, get, judged, note, reply

from understudy.exchange import Exchange

CHALLENGED = (("WWW-Authenticate", "Bearer"),)
NOT_KNOWN = reply(401, headers=CHALLENGED)
LABEL_PAGE = reply(200, {"data": [{"id": 1}], "pagination": {"total": 1, "pages": 1}})
NOTE = reply(200, note(7))


def shown(text: str) -> tuple[tuple[str, str], ...]:
    return (("Authorization", text),)


KEPT = [
    ("access/granted", get(ONE, NOTE)),
    ("access/granted", get(ONE, NOTE, shown("Bearer other"))),
    ("access/granted", get(LABELS, LABEL_PAGE, KEY)),
    ("access/refused", get(ONE, NOT_KNOWN, ())),
    ("access/refused", get(ONE, NOT_KNOWN, shown("Bearer wrong"))),
    ("access/refused", get(LABELS, reply(403), ())),
    ("access/status", get(ONE, NOT_KNOWN, ())),
    ("access/status", get(LABELS, reply(403), ())),
    ("access/first", get("/owners/x/notes", NOT_KNOWN, ())),
    ("access/challenge", get(ONE, NOT_KNOWN, ())),
]

WAYS = [
    ("absent", get(ONE, NOTE, ())),
    ("empty", get(ONE, NOTE, shown(""))),
    ("wrong value", get(ONE, NOTE, shown("Bearer wrong"))),
    ("bare token", get(ONE, NOTE, shown("good"))),
    ("wrong scheme", get(ONE, NOTE, shown("Basic good"))),
    ("wrong place", get(f"{ONE}?access_token=good", NOTE, ())),
    ("wrong place", get(ONE, NOTE, (("Cookie", "token=good"),))),
    ("wrong value", get(LABELS, LABEL_PAGE, (("X-Key", "good-kex"),))),
    ("wrong value", get(LABELS, LABEL_PAGE, (("X-Key", "Bearer good-key"),))),
    ("wrong place", get(LABELS, LABEL_PAGE, shown("good-key"))),
]
"""Requests without a good credential that were answered all the same, by the way it was wrong."""

BROKEN = [
    (get(ONE, NOT_KNOWN), ["access/granted: 401"]),
    *((exchange, [f"access/refused | {way}: 200"]) for way, exchange in WAYS),
    (get(ONE, reply(404), ()), ["access/refused | absent: 404"]),
    (get(f"{MANY}?limit=6", reply(400), ()), ["access/first | absent: 400"]),
    (
        get(ONE, reply(403), shown("Bearer wrong")),
        ["access/status | wrong value: 403", "response/status | 403: 403"],
    ),
    (
        get(LABELS, reply(401, headers=CHALLENGED), ()),
        ["access/status | absent: 401", "response/status | 401: 401"],
    ),
    (get(ONE, reply(401), ()), ["access/challenge: none"]),
]

SILENT = [
    ("access/granted", get("/events", reply(200))),
    ("access/refused", get("/events", reply(200), ())),
    ("access/refused", get(ONE, reply(500), ())),
    ("access/refused", get(ONE, reply(429), ())),
    ("access/refused", get("/nowhere", reply(200), ())),
    ("access/challenge", get(ONE, NOTE)),
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
def test_nothing_is_said_where_no_credential_is_asked_for(promise: str, exchange: Exchange) -> None:
    assert judged(exchange, promise) == []
