from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scenario.shop import SHOP, Client, scenarios

from understudy.codec import loads
from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.contract.validate import Validator
from understudy.errors import GenerationError
from understudy.exchange import Reply, Request
from understudy.respond.answers import NOTE
from understudy.respond.service import Service
from understudy.scenario.making import Making
from understudy.scenario.model import Answer

ORDER = Validator(SHOP.schemas["Order"], SHOP.schemas)
REFUSALS = Service(SHOP, Settings()).handler("getOrder").refusals
USUAL = Reply(200, b'{"id":7,"name":"Chair","size":3}', (("X-Version", "2"),))
VALUES = st.none() | st.integers(-3, 12) | st.text(max_size=30) | st.booleans()
PATCHES = st.dictionaries(st.sampled_from(["id", "name", "size", "note", "other"]), VALUES)


@given(PATCHES)
def test_a_patched_body_that_is_not_valid_is_never_sent(patch: dict[str, object]) -> None:
    reply = Making(Answer(patch=patch), REFUSALS).reply(lambda _status: USUAL)
    made, whole = loads(reply.body), {**loads(USUAL.body), **patch}

    assert ORDER.accepts(made)
    wanted = {key: value for key, value in whole.items() if patch.get(key, 0) is not None}
    assert (made == wanted) == ORDER.accepts(wanted) == (reply.header(NOTE.lower()) is None)


@given(PATCHES)
def test_a_rule_that_breaks_the_contract_sends_what_it_says(patch: dict[str, object]) -> None:
    reply = Making(Answer(patch=patch), REFUSALS, breaks=True).reply(lambda _status: USUAL)
    whole = {**loads(USUAL.body), **patch}

    assert loads(reply.body) == {k: v for k, v in whole.items() if patch.get(k, 0) is not None}


def test_a_patch_of_what_is_not_valid_itself_is_an_error() -> None:
    with pytest.raises(GenerationError, match="orderId"):
        Making(Answer(patch={"size": 99}), REFUSALS).reply(lambda _status: Reply(200, b"[]"))


def test_what_is_not_there_is_not_patched() -> None:
    missing = Reply(404, b'{"code":404,"message":"Not Found"}')

    assert Making(Answer(patch={"size": 5}), REFUSALS).reply(lambda _status: missing) == missing


def test_the_status_that_a_rule_says_is_asked_for() -> None:
    asked: list[int | None] = []

    def ask(status: int | None) -> Reply:
        asked.append(status)
        return USUAL

    Making(Answer(patch={}), REFUSALS).reply(ask)
    Making(Answer(200, patch={}), REFUSALS).reply(ask)
    assert asked == [None, 200]


def test_an_example_comes_with_the_documented_header_fields() -> None:
    reply = Making(Answer(example="large"), REFUSALS).reply(lambda _status: USUAL)

    assert loads(reply.body) == {"id": 7, "name": "Table", "size": 9}
    assert int(reply.header("x-version") or 0) >= 1


def test_header_fields_take_the_place_of_those_of_the_same_name() -> None:
    answer = Answer(headers=(("x-version", "9"), ("X-Other", "a")))
    reply = Making(answer, REFUSALS).reply(lambda _status: USUAL)

    assert reply == replace(USUAL, headers=(("x-version", "9"), ("X-Other", "a")))


@pytest.mark.parametrize(
    ("contract", "status", "body"),
    [
        ("thena", 401, {"detail": "Not authenticated"}),
        ("cattix", 503, {"detail": "Service Unavailable"}),
        (
            "sitegpt",
            429,
            {
                "success": False,
                "message": "Operation failed",
                "data": None,
                "error": {
                    "code": "TOO_MANY_REQUESTS",
                    "message": "Too many requests",
                    "details": None,
                },
            },
        ),
    ],
)
def test_errors_are_in_the_words_of_the_vendor(
    contract: str, status: int, body: dict[str, object]
) -> None:
    loaded = load_contract(contract)
    refusals = Service(loaded, Settings()).handler(next(iter(loaded.operations))).refusals
    reply = Making(Answer(status), refusals).reply(lambda _status: USUAL)

    assert (reply.status, loads(reply.body)) == (status, body)


def test_a_documented_error_tells_the_status_that_it_comes_with() -> None:
    client = Client(scenarios("rules: [{on: getOrder, answer: 404}]"))
    reply = client.call("getOrder", Request(path={"orderId": 5}))

    assert loads(reply.body) == {"code": 404, "message": "Not Found"}


def test_a_refusal_for_want_of_credentials_says_what_is_wanted() -> None:
    text = "rules: [{on: getOrder, answer: 401, breaks-contract: true}]"
    reply = Client(scenarios(text)).call("getOrder", Request(path={"orderId": 5}))

    assert (reply.status, reply.header("www-authenticate")) == (401, "Bearer")
