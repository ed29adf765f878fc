"""Lists, pages and what is not found agree on how many members there are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.respond.inferred_contracts import CONTRACTS
from tests.respond.inferred_contracts import Client as Pets
from tests.scenario.shop import Client, scenarios, written

from understudy.codec import loads
from understudy.contract.load import load_contract
from understudy.exchange import Request
from understudy.types import Json

THENA = load_contract("thena")
KNOWN = "3c90c3cc-0d44-4b50-8888-8dd25736052a"


def threads(client: Client, agent: str) -> list[Json]:
    """Return all threads of an agent, page by page."""
    found: list[Json] = []
    while True:
        request = Request({"agent_id": agent}, {"limit": 50, "offset": len(found)})
        page = loads(client.call("listWebThreads", request).body)
        found += page
        if len(page) < 50:
            return found


@given(
    bounds=st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted),
    agent=st.uuids().map(str) | st.just(KNOWN),
)
@settings(max_examples=15, deadline=None)
def test_a_collection_has_as_many_members_as_is_said(bounds: list[int], agent: str) -> None:
    client = Client(scenarios(f"collections: {{thread: {bounds}}}", THENA))
    found = threads(client, agent)

    low, high = bounds
    assert low <= len(found) <= high
    assert len({one["id"] for one in found}) == len(found)
    for one in found[:3]:
        read = client.call("getThread", Request({"agent_id": agent, "thread_id": one["id"]}))
        assert (read.status, loads(read.body)["id"]) == (200, one["id"])


def test_of_nothing_nothing_is_known() -> None:
    client = Client(scenarios("collections: {thread: 0}", THENA))
    request = Request({"agent_id": KNOWN, "thread_id": KNOWN})

    assert threads(client, KNOWN) == []
    assert client.call("getThread", request).status == 404


def test_the_last_scenario_that_says_a_size_counts() -> None:
    found = scenarios("collections: {thread: 3}", THENA)
    names = ("thousands-of-threads", "odd")

    assert len(threads(Client(found, names), KNOWN)) == 3


def test_a_contract_of_which_scenarios_say_no_size_stays_the_same() -> None:
    found = scenarios("rules: [{on: '*', fault: empty}]", THENA)

    assert found.contract(("odd",)) is THENA


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("collections: {message: 5}", "unknown resource 'message'"),
        ("collections: {thread: [1, 1000000]}", "is not a whole number"),
    ],
)
def test_a_size_that_cannot_be_is_refused(text: str, message: str) -> None:
    assert message in str(scenarios(text, THENA).problems("odd")[0])


def test_there_are_no_more_members_than_ids() -> None:
    text = "collections: {assistant: 9, customer: 5}"
    problems = scenarios(text, load_contract("cattix")).problems("odd")

    assert [(one.pointer, one.message) for one in problems] == [
        (
            "/collections/assistant",
            "assistant has one member for each entry that behaviour.yaml lists",
        )
    ]


@pytest.mark.parametrize("shape", list(CONTRACTS))
@pytest.mark.parametrize("size", [0, 3, 70])
def test_what_names_tell_of_has_as_many_members_as_is_said(shape: str, size: int) -> None:
    text = f"collections: {{pet: {size}}}"
    pets = Pets(scenarios(text, CONTRACTS[shape]).contract(("odd",)))
    usual = [one["id"] for one in Pets(CONTRACTS[shape]).everything()]
    there = [one["id"] for one in pets.everything()]

    assert len(there) == size
    assert {pets.call("getPet", id_).status for id_ in there} <= {200}
    assert {pets.call("getPet", id_).status for id_ in usual if id_ not in there} <= {404}


def test_what_nobody_has_owns_nothing() -> None:
    text = "collections: {shop: 0}"
    found = scenarios(text, CONTRACTS["offsets under a parent"])

    assert "unknown resource 'shop'" in str(found.problems("odd")[0])


OWNERS = """
openapi: 3.0.3
info: {title: Cats, version: '1'}
paths:
  /cats:
    get:
      operationId: listCats
      responses:
        '200':
          description: OK
          content:
            application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Cat'}}}
components:
  schemas:
    Cat:
      type: object
      required: [id, owner]
      properties: {id: {type: integer}, owner: {$ref: '#/components/schemas/Owner'}}
    Owner: {type: object, required: [id], properties: {id: {type: integer}}}
"""
BEHAVIOUR = """
resources:
  cat: {schema: Cat, count: [3, 5]}
  owner: {schema: Owner, count: [1, 2]}
operations: {listCats: {list: cat}}
values: {Cat: {owner: {$resource: owner}}}
"""


def test_a_world_in_which_something_cannot_be_made_is_refused() -> None:
    path = written(OWNERS, "cats")
    path.with_name("behaviour.yaml").write_text(BEHAVIOUR, encoding="utf-8")
    contract = load_contract(path)

    assert scenarios("collections: {owner: 3}", contract).problems("odd") == ()
    assert scenarios("collections: {cat: 0, owner: 0}", contract).problems("odd") == ()
    problems = scenarios("collections: {owner: 0}", contract).problems("odd")
    assert [one.pointer for one in problems] == ["/collections"]
    assert "not everything can be made" in problems[0].message
