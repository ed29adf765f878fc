"""What readers of the journal are shown: no secrets in any form, and what a pattern means."""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.server.entries import CATTIX, entry, reader

from understudy.codec import dumps, loads
from understudy.server.control.forms import as_curl, as_json, har
from understudy.server.control.history import History, Times
from understudy.server.control.pattern import pattern
from understudy.state.journal import MemoryJournal

LAW = settings(max_examples=150, deadline=None)
SECRETS = st.text(st.characters(codec="latin-1", exclude_categories=["C", "Z"]), min_size=12)
_FORM = "application/x-www-form-urlencoded"


def cookie(secret: str) -> str:
    return "".join(one for one in secret if one not in ';"=') + "x" * 16


PLACES = {
    "bearer": lambda s: {"fields": {"Authorization": f"Bearer {s}"}},
    "basic": lambda s: {
        "fields": {"Authorization": f"Basic {b64encode(f'me:{s}'.encode()).decode()}"}
    },
    "cookie": lambda s: {"fields": {"Cookie": f"session={cookie(s)}; dark=1"}},
    "set-cookie": lambda s: {"reply_fields": {"Set-Cookie": f"session={cookie(s)}; Path=/"}},
    "query": lambda s: {"query": f"access_token={quote(s, safe='')}&limit=1"},
    "form": lambda s: {
        "fields": {"Content-Type": _FORM}, "body": f"password={quote(s)}".encode()
    },
    "member": lambda s: {"body": json.dumps({"deep": [{"pin": s}]}, ensure_ascii=False).encode()},
    "field": lambda s: {"fields": {"X-My-Own": s}},
}  # fmt: skip
"""Where secrets stand."""


@LAW
@given(secret=SECRETS, place=st.sampled_from(sorted(PLACES)), status=st.sampled_from([200, 422]))
@example(secret="s3cret-s3cret-s3cret", place="bearer", status=422)
def test_no_form_shows_a_secret(secret: str, place: str, status: int) -> None:
    secret = f"Zq9#{secret}"
    parts = PLACES[place](secret)
    secret = cookie(secret) if "cookie" in place else secret
    said = json.dumps({"you said": secret}, ensure_ascii=False).encode()
    one = entry(
        "POST",
        "/api/v1/chat/threads",
        parts.get("query", ""),
        {"Content-Type": "application/json", **parts.get("fields", {})},
        parts.get("body", b""),
        status,
        {"Content-Type": "application/json", **parts.get("reply_fields", {})},
        b"{}" if place == "form" else said,
    )
    reading = reader(secret=("pin", "x-my-own"))
    seen = reading.seen(one)

    near = History(journal_of(one), reading).verdict(pattern(NOTHING_LIKE_IT), Times())
    shown = (as_json(seen), har([seen]), near.as_json())

    forms = (secret, quote(secret, safe=""), b64encode(f"me:{secret}".encode()).decode())
    for text in (as_curl([seen]), str(near), *map(plain, shown)):
        assert not [form for form in (*forms, plain(secret)[1:-1]) if form in text]


NOTHING_LIKE_IT = {
    "header": {"authorization": "x", "cookie": "x", "x-my-own": "x"},
    "query": {"access_token": "x"},
    "body": {"type": "number"},
}


def plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


HOSTILE = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([
        rb'"\ud800"', b"[x", b"[::1]:80", b"9" * 5000, b"[" * 2000, b"\x00",
        b"'; rm -rf /; '", b'{"a":1e999}', b"NaN",
    ]),
)  # fmt: skip


@LAW
@given(
    path=st.binary(max_size=30),
    query=st.binary(max_size=30),
    fields=st.lists(st.tuples(st.sampled_from([b"cookie", b"x-a", b"host"]), HOSTILE), max_size=3),
    body=HOSTILE,
    reply=HOSTILE,
    status=st.sampled_from([0, 200, 201, 204, 304, 422, 500, 599]),
)
def test_whatever_came_can_be_shown_and_asked_for(
    path: bytes, query: bytes, fields: list, body: bytes, reply: bytes, status: int
) -> None:
    kind = (b"content-type", b"application/json")
    one = entry("POST", "/")._replace(
        path=b"/api/v1/chat/threads" + path, query=query, fields=[kind, *fields],
        body=body, size=len(body), status=status, reply_fields=[kind],
        reply=reply, reply_size=len(reply),
    )  # fmt: skip
    seen = reader().seen(one)

    told = loads(dumps(as_json(seen)))
    assert told["request"]["body"]["size"] == len(body)
    assert loads(dumps(har([seen])))["log"]["entries"]
    assert as_curl([seen]).encode("utf-8", "replace")
    verdict = History(journal_of(one), reader()).verdict(pattern(NOTHING_LIKE_IT), Times())
    assert loads(dumps(verdict.as_json()))["holds"] is False


def journal_of(*entries: object) -> MemoryJournal:
    journal = MemoryJournal()
    for one in entries:
        journal.number += 1
        journal.add(one._replace(number=journal.number)[:-2], one.body, one.reply)
    return journal


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({}, True),
        ({"operation": "createThread"}, True),
        ({"operation": "listThreads"}, False),
        ({"contract": "cattix", "method": "post", "status": 201}, True),
        ({"target": "/api/v1/chat/threads"}, True),
        ({"target": "*/threads"}, True),
        ({"target": "/api/*/thread"}, False),
        ({"session": "one"}, True),
        ({"session": ""}, False),
        ({"query": {"company_id": 1}}, True),
        ({"query": {"company_id": "1"}}, True),
        ({"query": {"company_id": {"type": "integer", "minimum": 2}}}, False),
        ({"query": {"other": {"$absent": True}}}, True),
        ({"query": {"company_id": {"$absent": True}}}, False),
        ({"header": {"X-Trace": "abc"}}, True),
        ({"header": {"x-trace": {"pattern": "^b"}}}, False),
        ({"body": {"/name": "Weekly"}}, True),
        ({"body": {"/name": {"minLength": 7}}}, False),
        ({"body": {"/missing": {"$absent": True}}}, True),
        ({"body": {"required": ["name", "assistant_type"]}}, True),
        ({"body": {"const": {"name": "Weekly"}}}, False),
        ({"body": {"const": {"name": "Weekly", "assistant_type": "general"}}}, True),
    ],
)
def test_what_a_pattern_means(said: dict, meant: bool) -> None:  # noqa: FBT001
    body = b'{"assistant_type": "general", "name": "Weekly"}'
    fields = {"Content-Type": "application/json", "X-Trace": "abc"}
    one = entry("POST", "/api/v1/chat/threads", "company_id=1", fields, body, 201, session="one")

    seen = reader().seen(one)

    assert pattern(said).matches(seen) is meant
    assert bool([*pattern(said).misses(seen)]) is not meant


def test_the_nearest_is_the_one_with_the_fewest_misses() -> None:
    journal = journal_of(
        entry("GET", "/api/v1/chat/threads", "company_id=2&limit=5"),
        entry("GET", "/api/v1/chat/threads", "company_id=1&limit=5"),
        entry("GET", "/elsewhere"),
    )

    verdict = History(journal, reader()).verdict(
        pattern({"method": "GET", "query": {"company_id": 1, "limit": 6}}), Times(times=1)
    )

    assert [one.seen.entry.number for one in verdict.nearest] == [2, 3, 1]
    assert [str(miss) for miss in verdict.nearest[0].misses] == ['query limit: expected 6, got "5"']


def test_long_bodies_are_cut_and_it_is_said() -> None:
    body = b'{"name": "' + b"x" * 300 + b'"}'
    one = entry("POST", "/api/v1/chat/threads", "", {"Content-Type": "application/json"}, body)
    one = one._replace(body=body[:100], size=len(body))

    seen = reader().seen(one)

    told = as_json(seen)["request"]["body"]
    assert told == {"size": len(body), "cut": True, "text": body[:100].decode()}
    assert all(one.direction != "request" for one in seen.findings)
    assert as_curl([seen]).startswith(f"# of the {len(body)} bytes of this body only these")


def test_a_body_that_nobody_read_is_not_taken_for_an_empty_one() -> None:
    one = entry("POST", "/nowhere", "", {"Content-Length": "12"}, b"", 404)._replace(size=-1)

    assert as_json(reader().seen(one))["request"]["body"] == {"size": 12, "cut": True}


def test_reading_all_of_a_full_journal_takes_no_time_to_speak_of() -> None:
    one = entry("GET", "/api/v1/chat/threads", "company_id=1&limit=5")
    journal = journal_of(*[one] * 2000)
    start = time.process_time()

    History(journal, reader()).known(pattern({"operation": "listThreads"}))

    assert time.process_time() - start < 2.0
    assert CATTIX.operations["listThreads"]


@pytest.mark.parametrize("way", ["find", "wait", "verify", "follow"])
def test_while_a_full_journal_is_judged_others_are_served(way: str) -> None:
    journal = MemoryJournal()
    for number in range(1, 1001):
        journal.number = number
        one = entry("GET", "/api/v1/chat/threads", f"company_id={number}")
        journal.add(one._replace(number=number)[:-2], one.body, one.reply)
    history, wanted = History(journal, reader()), pattern({"query": {"company_id": -1}})
    ways: Mapping[str, Callable[[], Coroutine[Any, Any, object]]] = {
        "find": lambda: history.find(wanted),
        "wait": lambda: history.wait(wanted, 1, 0.0),
        "verify": lambda: history.verify(wanted, Times(times=1)),
        "follow": lambda: first(history),
    }

    async def first(history: History) -> object:
        return await anext(history.follow(wanted, (1, 1)))

    async def turns() -> int:
        judged = asyncio.ensure_future(ways[way]())
        count = 0
        while not judged.done():
            count += 1
            await asyncio.sleep(0)
        return count

    assert asyncio.run(turns()) > 20
