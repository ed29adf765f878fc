import pytest
from tests.checks.exchanges import MANY, ONE, asked, broken, judged, reply

from understudy.exchange import Exchange

ALL = (("Allow", "GET, HEAD, POST"),)

KEPT = [
    ("method/refused", asked("PUT", MANY, reply(405, headers=ALL))),
    ("method/refused", asked("TRACE", MANY, reply(501))),
    ("method/refused", asked("OPTIONS", MANY, reply(200, headers=ALL))),
    ("method/refused", asked("OPTIONS", MANY, reply(204))),
    ("method/refused", asked("HEAD", MANY, reply(200))),
    ("method/allow", asked("PUT", MANY, reply(405, headers=ALL))),
    ("method/allow", asked("PUT", MANY, reply(405, headers=(("allow", "post,get"),)))),
    ("method/allow", asked("OPTIONS", MANY, reply(200, headers=ALL))),
]

BROKEN = [
    (asked("PUT", MANY, reply(200)), ["method/refused | PUT: 200"]),
    (asked("PUT", MANY, reply(404)), ["method/refused | PUT: 404"]),
    (asked("OPTIONS", MANY, reply(404)), ["method/refused | OPTIONS: 404"]),
    (asked("PUT", MANY, reply(405)), ["method/allow | header Allow: no Allow header"]),
    (
        asked("PUT", MANY, reply(405, headers=(("Allow", "GET"),))),
        ["method/allow | header Allow: 'GET', without POST"],
    ),
    (
        asked("PUT", MANY, reply(405, headers=(("Allow", "GET, POST, PUT"),))),
        ["method/allow | header Allow: 'GET, POST, PUT'"],
    ),
    (
        asked("OPTIONS", ONE, reply(200, headers=(("Allow", "GET"),))),
        ["method/allow | header Allow: 'GET', without DELETE, PATCH"],
    ),
]

SILENT = [
    ("method/refused", asked("PUT", "/nowhere", reply(200))),
    ("method/refused", asked("PUT", MANY, reply(500))),
    ("method/refused", asked("GET", MANY, reply(200))),
    ("method/refused", asked("HEAD", MANY, reply(404))),
    ("method/allow", asked("GET", MANY, reply(200))),
    ("method/allow", asked("OPTIONS", MANY, reply(200))),
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
def test_nothing_is_said_where_http_leaves_it_open(promise: str, exchange: Exchange) -> None:
    assert judged(exchange, promise) == []
