import pytest
from tests.checks.exchanges import (
    MANY,
    ONE,
    at,
    broken,
    get,
    judged,
    listed,
    note,
    posted,
    read,
    reply,
)

from understudy.exchange import Exchange

NEW = {"title": "Salt", "colour": "blue"}
TWO = listed(note(3), note(2))


def created(body: object, **changes: object) -> Exchange:
    return posted(body, reply(201, note(8, **{"title": "Salt", **changes})))


KEPT = [
    ("meaning/page-size", TWO),
    ("meaning/page-size", listed(note(3), note(2), query="limit=2", limit=2)),
    ("meaning/filter", listed(note(3), query="colour=red")),
    ("meaning/owner", TWO),
    ("meaning/owner", read(note(7))),
    ("meaning/order", TWO),
    ("meaning/order", listed(note(3), note(2, created_at=at(3), updated_at=at(3)))),
    ("meaning/unique-ids", TWO),
    ("meaning/echo", listed(query="limit=2&offset=4", limit=2, offset=4)),
    ("meaning/echo", created(NEW, colour="blue")),
    ("meaning/default", created({"title": "Salt"})),
    ("meaning/relation", read(note(7))),
]

BROKEN = [
    (
        listed(note(3), note(2), note(1), query="limit=2", limit=2),
        ["meaning/page-size | query limit: 3"],
    ),
    (
        listed(note(5), note(4), note(3), note(2)),
        ["meaning/page-size | query limit: 4"],
    ),
    (
        listed(note(3), note(2, colour="blue"), query="colour=red"),
        ["meaning/filter | query colour: 'blue'"],
    ),
    (listed(note(3, owner_id=2)), ["meaning/owner | path owner_id: 2"]),
    (read(note(7, owner_id=2)), ["meaning/owner | body /owner_id: 2"]),
    (
        listed(note(2), note(3)),
        [
            "meaning/order | body /*/created_at: "
            "2026-01-02 00:00:00+00:00 before 2026-01-03 00:00:00+00:00"
        ],
    ),
    (
        listed(note(3), note(3)),
        [
            "meaning/relation | Page distinct /items/*/id | distinct: "
            "/items/*/id is 3 more than once (at the body itself)",
            "meaning/unique-ids: 3 comes twice",
        ],
    ),
    (listed(query="limit=2"), ["meaning/echo | body /limit: 3"]),
    (listed(offset=1), ["meaning/echo | body /offset: 1"]),
    (read(note(8)), ["meaning/echo | body /id: 8"]),
    (created(NEW), ["meaning/echo | body /colour: 'red'"]),
    (created({"title": "Pepper"}), ["meaning/echo | body /title: 'Salt'"]),
    (created({"title": "Salt"}, colour="blue"), ["meaning/default | body /colour: 'blue'"]),
    (
        read(note(7, updated_at=at(6))),
        [
            "meaning/relation | Note in_order /created_at /updated_at | in_order: created_at is "
            f"{at(7)}, after updated_at, which is {at(6)} (at the body itself)"
        ],
    ),
]

SILENT = [
    ("meaning/order", listed(note(3))),
    ("meaning/order", listed(note(2), note(3), query="sort=title")),
    ("meaning/unique-ids", listed(note(3))),
    ("meaning/filter", listed(note(3))),
    ("meaning/filter", listed(query="colour=red")),
    ("meaning/echo", get(ONE, reply(404))),
    ("meaning/echo", listed(query="limit=6")),
    ("meaning/owner", get(MANY, listed(note(3, owner_id=2)).reply, ())),
    ("meaning/default", created(NEW)),
    ("meaning/relation", get(ONE, reply(404))),
]


@pytest.mark.parametrize(("promise", "exchange"), KEPT)
def test_a_promise_that_is_kept_is_counted(promise: str, exchange: Exchange) -> None:
    assert set(judged(exchange, promise)) == {None}
    assert broken(exchange) == []


@pytest.mark.parametrize(("exchange", "findings"), BROKEN)
def test_a_broken_promise_is_found_and_nothing_else(
    exchange: Exchange, findings: list[str]
) -> None:
    assert broken(exchange) == findings


@pytest.mark.parametrize(("promise", "exchange"), SILENT)
def test_nothing_is_said_of_what_a_reply_does_not_show(promise: str, exchange: Exchange) -> None:
    assert judged(exchange, promise) == []
