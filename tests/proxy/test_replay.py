import json
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proxy.running import ITEM, SHOP, ask, get, serving

from understudy.archive.recording import Record
from understudy.archive.redact import redaction
from understudy.config import Settings
from understudy.exchange import Exchange, Reply, Sent
from understudy.proxy.recorder import Recorder
from understudy.proxy.replay import Match, Tape, read_recording
from understudy.proxy.replaying import Replay
from understudy.proxy.stand_in import StandIn

JSON = (("content-type", "application/json"),)


def exchange(method: str, target: str, reply: bytes, body: bytes = b"", **more) -> Exchange:
    fields = JSON if body else ()
    return Exchange(Sent(method, target, fields, body), Reply(200, reply, **more))


@contextmanager
def replaying(tape: Tape, *, mock: bool = False):
    said: list[str] = []
    stand_in = StandIn(SHOP, Settings()) if mock else None
    with serving(Replay(tape, said.append, SHOP if mock else None, stand_in)) as url:
        yield url, said


PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=3)), max_size=5)


@given(pairs=PAIRS, data=st.data())
def test_the_order_of_parameters_does_not_matter(pairs, data):
    def target(given):
        query = "&".join(f"{quote(name)}={quote(value)}" for name, value in given)
        return f"/items?{query}"

    grouped = sorted(pairs, key=lambda pair: pair[0])  # those of one name stay in their order
    names = data.draw(st.permutations(sorted({name for name, _ in pairs})))
    shuffled = [pair for name in names for pair in grouped if pair[0] == name]
    tape = Tape([exchange("GET", target(pairs), ITEM)])

    assert tape.answer(Sent("GET", target(shuffled))) == Reply(200, ITEM)


def test_requests_are_told_apart_by_method_path_query_and_body():
    tape = Tape(
        [
            exchange("GET", "/items", b"1"),
            exchange("GET", "/items?a=1", b"2"),
            exchange("GET", "/items/%61", b"3"),
            exchange("POST", "/items", b"4", b'{"a":1,"b":[2]}'),
            exchange("POST", "/items", b"5", b'{"a":2}'),
        ]
    )

    def found(*sent):
        reply = tape.answer(Sent(*sent))
        return reply and reply.body

    assert found("GET", "/items") == b"1"
    assert found("GET", "/items?a=1") == b"2"
    assert found("GET", "/items/a") == b"3"
    assert found("POST", "/items", JSON, b'{ "b": [2.0], "a": 1 }') == b"4"
    assert found("POST", "/items", JSON, b'{"a":2}') == b"5"
    assert found("POST", "/items", JSON, b'{"a":true}') is None
    assert found("PUT", "/items") is None
    assert found("GET", "/items?a=2") is None
    assert found("HEAD", "/items") == b"1"


def test_several_answers_come_in_their_order_and_the_last_again():
    tape = Tape([exchange("GET", "/items", b"%d" % number) for number in range(3)])

    found = [tape.answer(Sent("GET", "/items")).body for _ in range(5)]

    assert found == [b"0", b"1", b"2", b"2", b"2"]


@pytest.mark.parametrize(("match", "count"), [(Match.PATH, 3), (Match.QUERY, 2), (Match.BODY, 1)])
def test_less_may_be_compared(match, count):
    tape = Tape([exchange("POST", "/items?a=1", b"1", b"{}")], match)
    asked = [
        Sent("POST", "/items?a=1", JSON, b"{}"),
        Sent("POST", "/items?a=1", JSON, b"[]"),
        Sent("POST", "/items?a=2", JSON, b"[]"),
    ]

    assert sum(tape.answer(one) is not None for one in asked) == count


def test_a_secret_that_was_taken_out_is_like_any_other():
    tape = Tape([exchange("GET", "/items?shop_key=REDACTED", b"1")])

    assert tape.answer(Sent("GET", "/items?shop_key=mine")) is not None
    assert tape.answer(Sent("GET", "/items")) is None


def test_a_miss_names_the_nearest_requests_and_what_differs():
    tape = Tape(
        [
            exchange("GET", "/items?limit=3&word=a", b"1"),
            exchange("POST", "/items", b"2", b'{"name":"cup"}'),
            exchange("GET", "/other", b"3"),
        ]
    )
    with replaying(tape) as (url, said):
        found = httpx.get(f"{url}/items?limit=4&word=a")
        body = httpx.post(f"{url}/items", json={"name": "pan"})

    assert found.status_code == 404
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json()["nearest"][0] == {
        "request": "GET /items?limit=3&word=a",
        "differs": ["query limit: recorded '3', asked '4'"],
    }
    assert body.json()["nearest"][0]["differs"] == ["body: name: recorded 'cup', asked 'pan'"]
    assert said[0] == "GET /items?limit=4&word=a: not recorded"


def test_a_recording_of_the_proxy_is_served(tmp_path):
    path = tmp_path / "one.har"
    recorder = Recorder(path, redaction(SHOP), print)
    reply = Reply(302, b"\xff\x00", (("location", "/v1/items"), ("connection", "x")), "a/b")
    for one in (exchange("GET", "/v1/items?b=%2F", ITEM), Exchange(Sent("GET", "/x"), reply)):
        recorder.record(Record(one, "http://shop.test", datetime.now(UTC)))
    recorder.close()

    whole, api = read_recording(path), read_recording(path, SHOP)
    with replaying(Tape(whole.exchanges)) as (url, _):
        items = ask(url, get("/v1/items?b=/"))
        moved = ask(url, get("/x"))

    assert items.endswith(ITEM)
    assert b"location: /v1/items\r\n" in moved
    assert moved.startswith(b"HTTP/1.1 302 ")
    assert moved.endswith(b"\r\n\r\n\xff\x00")
    assert (len(api.exchanges), sum(api.left_out.values())) == (1, 1)


def test_the_stand_in_answers_what_was_not_recorded():
    tape = Tape([exchange("GET", "/v1/items/1", ITEM)])
    with replaying(tape, mock=True) as (url, _):
        taped = httpx.get(f"{url}/v1/items/1")
        mocked = httpx.get(f"{url}/v1/items/2")
        missed = httpx.get(f"{url}/v1/nothing")

    assert taped.content == ITEM
    assert mocked.headers["understudy-answered-by"] == "stand-in"
    assert set(mocked.json()) >= {"id", "name"}
    assert missed.status_code == 404
    assert json.loads(missed.content)["nearest"]
