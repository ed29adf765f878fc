import pytest
from tests.checks.exchanges import ONE, asked, broken, get, judged, listed, note, read, reply

from understudy.exchange import Exchange, Reply

FINE = listed(note(3), note(2))
JSON = "application/json"

KEPT = [
    ("response/answer", FINE),
    ("response/server-error", FINE),
    ("response/status", FINE),
    ("response/status", get(ONE, reply(404))),
    ("response/media-type", FINE),
    ("response/media-type", read(note(7), media_type="Application/JSON; charset=utf-8")),
    ("response/body", FINE),
    ("response/body", get(ONE, reply(404))),
    ("response/problem", get(ONE, reply(404))),
    ("response/headers", FINE),
    ("response/no-body", asked("DELETE", ONE, reply(204))),
    ("response/no-body", asked("HEAD", ONE, reply(200, media_type=JSON))),
    ("response/undeclared-property", FINE),
    ("time/response", get(ONE, reply(200, note(7)), seconds=1)),
]

BROKEN = [
    (get(ONE, Reply(0, b"ConnectError")), ["response/answer: ConnectError"]),
    (get(ONE, reply(500)), ["response/server-error: 500"]),
    (get("/owners/1/notes/x", reply(503)), ["response/server-error | path integer: 503"]),
    (get(ONE, reply(418)), ["response/status | 418: 418"]),
    (get(ONE, reply(429)), ["response/protocol-status | 429: 429"]),
    (get(ONE, reply(501)), ["response/protocol-status | 501: 501"]),
    (read(b"<p>", media_type="text/html"), ["response/media-type | 200: text/html"]),
    (read(note(7), media_type=""), ["response/media-type | 200: no Content-Type"]),
    (get(ONE, reply(200)), ["response/media-type | 200: no body"]),
    (read(b"{"), ["response/body | 200 | json: b'{'"]),
    (
        listed(note(3, title=5), note(2, title=6)),
        [
            "response/body | 200 /items/*/title | type: "
            '5 is not of type "string" (at /items/0/title)'
        ],
    ),
    (
        read(
            {
                "id": 7,
                "owner_id": 1,
                "title": "",
                "colour": "red",
                "created_at": "2026-01-07T00:00:00Z",
            }
        ),
        [
            "response/body | 200 /updated_at | required: "
            '"updated_at" is a required property (at the body itself)'
        ],
    ),
    (
        get(ONE, reply(404, {"title": "No", "status": 400})),
        ["response/problem | 404 /status: 400"],
    ),
    (
        listed(note(3), headers=()),
        ["response/headers | 200 header X-Page | required: none"],
    ),
    (
        listed(note(3), headers=(("x-page", "0"),)),
        ['response/headers | 200 header X-Page | type: "0" is not of type "integer"'],
    ),
    (asked("DELETE", ONE, reply(204, b"gone")), ["response/no-body | 204: 4 bytes"]),
    (
        listed(note(3, mood=1), note(2, mood=2), colours=[]),
        [
            "response/undeclared-property | 200 /colours: /colours",
            "response/undeclared-property | 200 /items/*/mood: /items/*/mood",
        ],
    ),
    (get(ONE, reply(200, note(7)), seconds=1.5), ["time/response: 1.500 s"]),
]

SILENT = [
    ("response/status", get(ONE, reply(500))),
    ("response/status", get("/nowhere", reply(404))),
    ("response/media-type", get(ONE, reply(418))),
    ("response/media-type", asked("DELETE", ONE, reply(204))),
    ("response/body", get(ONE, reply(500))),
    ("response/problem", read(note(7))),
    ("response/problem", get(ONE, reply(404, {"title": "No"}))),
    ("response/headers", get("/nowhere", reply(404))),
    ("response/no-body", FINE),
    ("response/undeclared-property", get(ONE, reply(404, b"No", media_type="text/plain"))),
    ("response/server-error", get(ONE, Reply(0, b"ConnectError"))),
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
def test_nothing_is_said_of_what_an_exchange_does_not_show(
    promise: str, exchange: Exchange
) -> None:
    assert judged(exchange, promise) == []
