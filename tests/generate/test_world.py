import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.config import DEFAULT_NOW
from understudy.contract.instances import instances
from understudy.contract.load import bundled_names, load_contract
from understudy.contract.model import Contract
from understudy.contract.nodes import instant
from understudy.contract.pointers import MISSING, follow
from understudy.contract.relations import breaches
from understudy.contract.validate import Validator
from understudy.exchange import Request
from understudy.generate.world import World
from understudy.types import Json, JsonObject

CONTRACTS = {name: load_contract(name) for name in bundled_names()}
PARENTS: dict[str, st.SearchStrategy[Json]] = {
    "cattix": st.integers(-(10**20), 10**20) | st.integers(1, 500),
    "sitegpt": st.text(min_size=1) | st.integers(10**17, 10**18).map(str),
    "thena": st.uuids().map(str),
}
RESOURCES = [(name, kind) for name, c in CONTRACTS.items() for kind in c.behaviour.resources]
SEEDS = st.integers(0, 1 << 64)
EVERY = pytest.mark.parametrize(("name", "resource"), RESOURCES)

GOLDEN = "5efce456ee2bbfc3d217c7659999d4d0df71eda1b8fe88c164eadcb03f20bac2"
DUMP = """
from hashlib import sha256
from understudy.codec import dumps
from understudy.contract.load import load_contract
from understudy.generate.world import World

agents = [f"00000000-0000-4000-8000-{i:012}" for i in (1, 2)]
parents = {"cattix": [1, 2], "sitegpt": ["1", "bot"], "thena": agents}
digest = sha256()
for name in sorted(parents):
    contract = load_contract(name)
    world = World(contract, seed=42)
    for resource in sorted(contract.behaviour.resources):
        for parent in parents[name]:
            digest.update(dumps(world.collection(resource, parent).members))
print(digest.hexdigest())
"""


def array_of(schema: str) -> JsonObject:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}


def assert_coherent(contract: Contract, schema: str, members: Json) -> None:
    """Hold `members` to their schema and to every relation."""
    assert Validator(array_of(schema), contract.schemas).violations(members) == []
    found = instances(members, array_of(schema), contract.schemas)
    relations = contract.behaviour.relations
    assert [
        (breach.pointer, breach.message)
        for name, nodes in found.items()
        for relation in relations.get(name, ())
        for breach in breaches(relation, nodes)
    ] == []


def texts(value: Json) -> Iterator[str]:
    """Yield every text within `value`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from texts(child)


# Laws ---------------------------------------------------------------------------------------


@EVERY
@settings(deadline=None, max_examples=60)
@given(seed=SEEDS, data=st.data())
def test_every_collection_is_valid_and_coherent(
    name: str, resource: str, seed: int, data: st.DataObject
) -> None:
    contract, parent = CONTRACTS[name], data.draw(PARENTS[name])
    kind = contract.behaviour.resources[resource]

    members = list(World(contract, seed=seed).collection(resource, parent).members)

    assert_coherent(contract, kind.schema, members)


@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, parent=PARENTS["thena"])
def test_a_thread_of_thena_is_a_web_thread_as_well(seed: int, parent: str) -> None:
    members = list(World(CONTRACTS["thena"], seed=seed).collection("thread", parent).members)

    assert_coherent(CONTRACTS["thena"], "WebChatThread", members)


@EVERY
@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, data=st.data())
def test_every_collection_is_ordered_counted_and_before_the_clock(
    name: str, resource: str, seed: int, data: st.DataObject
) -> None:
    contract, parent = CONTRACTS[name], data.draw(PARENTS[name])
    kind = contract.behaviour.resources[resource]

    collection = World(contract, seed=seed).collection(resource, parent)

    ids = [follow(member, kind.id) for member in collection.members]
    low, high = kind.count if kind.each is None else (len(kind.each[1]),) * 2
    assert len(set(ids)) == len(ids)
    assert low <= len(ids) <= high
    assert list(collection.by_id) == ids
    if kind.parent_field:
        owners = [follow(member, kind.parent_field) for member in collection.members]
        assert set(owners) <= {parent, MISSING}
    if kind.newest:
        times = [str(follow(member, kind.newest)) for member in collection.members]
        assert times == sorted(times, reverse=True)
    assert all(at < DEFAULT_NOW for at in map(instant, texts(list(collection.members))) if at)


@pytest.mark.parametrize("name", CONTRACTS)
@settings(deadline=None, max_examples=15)
@given(seed=SEEDS, data=st.data())
def test_nothing_depends_on_what_was_asked_before(
    name: str, seed: int, data: st.DataObject
) -> None:
    contract = CONTRACTS[name]
    parents = data.draw(st.lists(PARENTS[name], min_size=2, max_size=3, unique=True))
    asked = [(kind, parent) for kind in contract.behaviour.resources for parent in parents]
    first, second = World(contract, seed=seed), World(contract, seed=seed)

    forward = {pair: first.collection(*pair) for pair in asked}
    shuffled = {pair: second.collection(*pair) for pair in data.draw(st.permutations(asked))}

    assert forward == shuffled


def test_what_left_the_cache_comes_back_the_same() -> None:
    world = World(CONTRACTS["cattix"])
    before = world.collection("customer", 1)

    for parent in range(2, 400):
        world.collection("customer", parent)

    after = world.collection("customer", 1)
    assert after is not before
    assert after == before


@pytest.mark.parametrize("name", CONTRACTS)
@settings(deadline=None, max_examples=15)
@given(seed=SEEDS, data=st.data())
def test_another_seed_or_another_parent_is_another_world(
    name: str, seed: int, data: st.DataObject
) -> None:
    parent, other = data.draw(st.lists(PARENTS[name], min_size=2, max_size=2, unique=True))
    world = World(CONTRACTS[name], seed=seed)
    resource = CONTRACTS[name].behaviour.resources["thread"]

    ids = [
        follow(member, resource.id)
        for collection in (
            world.collection("thread", parent),
            world.collection("thread", other),
            World(CONTRACTS[name], seed=seed + 1).collection("thread", parent),
        )
        for member in collection.members
    ]

    assert len(set(ids)) == len(ids)


def test_a_number_and_its_spelling_are_different_parents() -> None:
    world = World(CONTRACTS["cattix"])

    assert world.collection("customer", 1) != world.collection("customer", "1")


def test_a_later_clock_moves_every_instant_and_nothing_else() -> None:
    later = datetime(2027, 1, 15, 12, 0, 0, tzinfo=UTC)
    earlier = DEFAULT_NOW

    found = [
        World(CONTRACTS["thena"], now=now).collection("thread", str(UUID(int=1))).members[0]
        for now in (earlier, later)
    ]

    moved = [instant(thread["updated_at"]) for thread in found]
    assert moved[0] is not None
    assert moved[1] is not None
    assert moved[1] - moved[0] == later - earlier
    assert found[0]["title"] == found[1]["title"]


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_same_world_comes_from_every_process(hash_seed: str) -> None:
    printed = subprocess.run(
        [sys.executable, "-c", DUMP],
        env={"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
        text=True,
    ).stdout

    assert printed.strip() == GOLDEN


# Creating -----------------------------------------------------------------------------------


BODIES = st.fixed_dictionaries(
    {
        "assistant_type": st.sampled_from(
            ["onboarding", "general", "market_analysis", "campaign_creation"]
        )
    },
    optional={
        "name": st.none() | st.text(),
        "description": st.none() | st.text(),
        "extra_data": st.none() | st.dictionaries(st.text(), st.integers() | st.text()),
    },
)
QUERIES = st.fixed_dictionaries(
    {"company_id": st.integers(1, 10**6)},
    optional={
        "customer_id": st.integers(10**9, 10**10),
        "location_id": st.text(),
        "login_customer_id": st.integers(1, 10**8),
    },
)


def create(
    query: Json, body: Json, *, seed: int = 1, ordinal: int = 1, later: int = 0
) -> JsonObject:
    contract = CONTRACTS["cattix"]
    action = contract.behaviour.operations["createThread"]
    world = World(contract, seed=seed)
    creation = world.creation("thread", action.let, action.assign)
    now = world.clock.now + 1_000_000 * later
    return creation(query["company_id"], ordinal, Request(query=query, body=body), now)


@settings(deadline=None, max_examples=60)
@given(SEEDS, QUERIES, BODIES, st.integers(1, 50))
def test_what_is_created_repeats_what_was_asked_for(
    seed: int, query: Json, body: Json, ordinal: int
) -> None:
    made = create(query, body, seed=seed, ordinal=ordinal)

    customer, location = made["google_ads_customer"], made["google_business_location"]
    assert [made[key] for key in ("name", "description", "extra_data")] == [
        body.get(key) for key in ("name", "description", "extra_data")
    ]
    assert made["assistant"]["assistant_type"] == body["assistant_type"]
    assert (customer and customer["id"]) == query.get("customer_id")
    assert (location and location["id"]) == query.get("location_id")
    assert made["date_added"] == made["date_updated"] == "2026-01-15T12:00:00Z"
    assert made["is_completed"] is False
    if "login_customer_id" in query:
        assert made["google_ads_login_customer_id"] == query["login_customer_id"]
    assert made == create(query, body, seed=seed, ordinal=ordinal)


@settings(deadline=None, max_examples=40)
@given(SEEDS, QUERIES, st.lists(BODIES, min_size=1, max_size=4))
def test_what_is_created_is_coherent_with_what_was_there(
    seed: int, query: Json, bodies: list[Json]
) -> None:
    contract = CONTRACTS["cattix"]
    existing = World(contract, seed=seed).collection("thread", query["company_id"]).members

    created = [create(query, body, seed=seed, ordinal=i) for i, body in enumerate(bodies, start=1)]

    assert_coherent(contract, "AssistantChatThreadSchema", [*created, *existing])
    ids = [thread["thread_id"] for thread in (*created, *existing)]
    assert len(set(ids)) == len(ids)


def test_what_is_created_is_of_the_time_at_which_it_is_created() -> None:
    dates = [
        create({"company_id": 7}, {"assistant_type": "general"}, later=seconds)["date_added"]
        for seconds in (0, 90)
    ]

    assert dates == ["2026-01-15T12:00:00Z", "2026-01-15T12:01:30Z"]


def test_a_customer_of_the_company_is_found_by_its_id() -> None:
    known = World(CONTRACTS["cattix"]).collection("customer", 7).members[0]

    made = create({"company_id": 7, "customer_id": known["id"]}, {"assistant_type": "general"})

    assert made["google_ads_customer"] == known


# Realism ------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=25)
@given(SEEDS, PARENTS["cattix"])
def test_region_currency_zone_and_address_of_a_company_agree(seed: int, company: int) -> None:
    world = World(CONTRACTS["cattix"], seed=seed)
    regions = {row["region_code"]: row for row in world.tables["regions"]}
    locations = world.collection("location", company).members
    addresses = [a for a in (one["storefront_address"] for one in locations) if a]

    for address in addresses:
        row = regions[address["region_code"]]
        places = {place["locality"]: place for place in row["places"]}
        place = places[address["locality"]]
        assert address["language_code"] == row["language_code"]
        assert address["administrative_area"] == place["administrative_area"]
        for customer in world.collection("customer", company).members:
            assert customer["currency_code"] == row["currency_code"]
            assert customer["time_zone"] in {place["time_zone"] for place in row["places"]}
    assert len({address["region_code"] for address in addresses}) <= 1


@settings(deadline=None, max_examples=25)
@given(SEEDS, PARENTS["cattix"])
def test_threads_of_a_company_share_its_customers_locations_and_assistants(
    seed: int, company: int
) -> None:
    world = World(CONTRACTS["cattix"], seed=seed)
    fields = {
        "google_ads_customer": "customer",
        "google_business_location": "location",
        "assistant": "assistant",
    }

    for thread in world.collection("thread", company).members:
        for key, resource in fields.items():
            assert thread[key] is None or thread[key] in world.collection(resource, company).members


@settings(deadline=None, max_examples=25)
@given(SEEDS, PARENTS["thena"])
def test_roles_alternate_from_the_user_on_and_feedback_names_its_pair(
    seed: int, agent: str
) -> None:
    for thread in World(CONTRACTS["thena"], seed=seed).collection("thread", agent).members:
        messages = thread["messages"]
        roles = [message["role"] for message in messages]
        assert roles == [("user", "assistant")[i % 2] for i in range(len(roles))]
        for before, message in zip([None, *messages], messages, strict=False):
            feedback = message["feedback"]
            if feedback and before:
                assert feedback["ai_message_id"] == message["id"]
                assert feedback["human_message_id"] == before["id"]
                assert feedback["user_id"] == thread["anon_user_id"]


@settings(deadline=None, max_examples=25)
@given(SEEDS, PARENTS["sitegpt"])
def test_the_id_of_a_message_tells_its_time(seed: int, chatbot: str) -> None:
    for thread in World(CONTRACTS["sitegpt"], seed=seed).collection("thread", chatbot).members:
        message = thread["lastMessage"]
        if message is None:
            continue
        said = instant((message["answer"] or message["question"])["timestamp"])
        told = (int(message["messageId"]) >> 20) + 1336258849920
        assert said is not None
        assert told == int(said.timestamp() * 1000)
        assert message["chatbotId"] == chatbot


@pytest.mark.parametrize("name", CONTRACTS)
def test_no_placeholder_is_left_in_any_text(name: str) -> None:
    world = World(CONTRACTS[name])
    parents = {
        "cattix": [*range(40)],
        "sitegpt": [str(i) for i in range(40)],
        "thena": [str(UUID(int=i)) for i in range(40)],
    }

    for parent in parents[name]:
        for text in texts(list(world.collection("thread", parent).members)):
            assert "{" not in text
            assert "None" not in text


@pytest.mark.parametrize("key", ["{ordinal}", "{home.host}", "{", "{key}"])
def test_the_key_of_a_parent_is_no_template(key: str) -> None:
    threads = World(CONTRACTS["sitegpt"]).collection("thread", key).members

    last = [thread["lastMessage"] for thread in threads if thread["lastMessage"]]
    assert {message["chatbotId"] for message in last} == {key}
