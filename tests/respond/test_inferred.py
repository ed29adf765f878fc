from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.respond.inferred_contracts import (
    CONTRACTS,
    INTEGER,
    SHAPES,
    STATUS,
    Client,
    Shape,
    answers,
    contract_of,
    path_parameter,
    writes,
)

from understudy.codec import loads
from understudy.config import DEFAULT_NOW, Settings
from understudy.contract.nodes import instant

NAMES = st.text("abcdefgh XYZ", min_size=1, max_size=12)
BODIES = st.fixed_dictionaries(
    {"name": NAMES},
    optional={
        "status": st.sampled_from(STATUS["enum"]),
        "size": st.integers(1, 9),
        "note": st.none() | NAMES,
    },
)


@pytest.fixture(params=SHAPES)
def client(request: pytest.FixtureRequest) -> Client:
    return Client(CONTRACTS[request.param])


class Model:
    """What a stand-in should hold: each step changes both, and compares what is answered."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.there = {item["id"]: item for item in client.everything()}
        self.gone: list[Any] = []

    def one(self, number: int) -> Any:
        return sorted(self.there, key=str)[number % len(self.there)]

    def add(self, _number: int, body: Any) -> None:
        made = self.client.value("addPet", body=body)
        assert made["id"] not in self.there
        assert {key: made[key] for key in body} == body
        self.there[made["id"]] = made

    def change(self, number: int, body: Any) -> None:
        id_ = self.one(number)
        made = self.client.value("changePet", id_, body)
        before = self.there[id_]
        assert {key: made.get(key) for key in body} == body
        untouched = before.keys() - body.keys() - {"updated_at"}
        assert {key: made[key] for key in untouched} == {key: before[key] for key in untouched}
        self.there[id_] = made

    def put(self, number: int, body: Any) -> None:
        id_ = self.one(number)
        made = self.client.value("putPet", id_, body)
        assert {key: made[key] for key in body} == body
        assert made["id"] == id_
        self.there[id_] = made

    def put_anew(self, _number: int, body: Any) -> None:
        for id_ in self.gone[-1:]:
            reply = self.client.call("putPet", id_, body)
            assert reply.status == 201
            self.there[self.gone.pop()] = loads(reply.body)

    def drop(self, number: int, _body: Any) -> None:
        id_ = self.one(number)
        assert self.client.call("dropPet", id_).status == 204
        del self.there[id_]
        self.gone.append(id_)

    def read_gone(self, _number: int, _body: Any) -> None:
        for id_ in self.gone:
            assert self.client.call("getPet", id_).status == 404
            assert self.client.call("dropPet", id_).status == 404


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [Model.add, Model.change, Model.drop, Model.put, Model.put_anew, Model.read_gone]
        ),
        st.integers(0, 40),
        BODIES,
    ),
    max_size=8,
)


@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=12, deadline=None)
@given(steps=STEPS)
def test_lists_and_reads_agree_with_a_model_after_any_changes(name: str, steps: Any) -> None:
    client = Client(CONTRACTS[name])
    model = Model(client)

    for step, number, body in steps:
        step(model, number, body)

    listed = client.everything()
    assert {item["id"]: item for item in listed} == model.there
    assert len(listed) == len(model.there)
    for item in listed[:3] + listed[-1:]:
        assert client.value("getPet", item["id"]) == item


def test_a_filter_keeps_exactly_what_is_equal_and_finds_some(client: Client) -> None:
    everything = client.everything()

    for status in STATUS["enum"]:
        wanted = [item for item in everything if item["status"] == status]
        assert client.everything(status=status) == wanted
        assert wanted


def test_pages_of_any_size_are_the_list(client: Client) -> None:
    if not any(p.name == "limit" for p in client.contract.operations["listPets"].parameters):
        return
    everything = client.everything()

    assert [client.everything(limit=size) for size in (1, 3, 50)] == [everything] * 3
    assert len(client.page(limit=3)[1]) == 3


def test_totals_tell_the_truth() -> None:
    offsets, pages = (
        Client(CONTRACTS["offsets under a parent"]),
        Client(CONTRACTS["pages of inline schemas"]),
    )
    count = len(pages.everything())

    assert offsets.page(limit=2)[0]["meta"]["total"] == len(offsets.everything())
    body = pages.page(limit=4)[0]
    assert (body["total"], body["totalPages"]) == (count, -(-count // 4))
    pages.call("dropPet", pages.page()[1][0]["id"])
    assert pages.page()[0]["total"] == count - 1


@settings(max_examples=20, deadline=None)
@example(2**63 - 1)
@given(st.integers(-(10**6), 10**40))
def test_an_id_that_no_list_shows_has_a_member_which_is_always_the_same(id_: int) -> None:
    one, other = Client(CONTRACTS["a plain array"]), Client(CONTRACTS["a plain array"])

    found = one.value("getPet", id_)

    assert found["id"] == id_
    assert other.everything()
    assert other.value("getPet", id_) == found


def test_with_strict_ids_only_what_is_listed_or_created_is_there() -> None:
    client = Client(CONTRACTS["a plain array"], Settings(strict_ids=True))
    listed = client.everything()

    made = client.value("addPet", body={"name": "Rex"})

    assert client.call("getPet", 4711).status == 404
    assert client.call("changePet", 4711, {"name": "Max"}).status == 404
    assert client.value("getPet", made["id"]) == made
    assert client.value("getPet", listed[-1]["id"]) == listed[-1]


def test_a_stateless_stand_in_answers_and_forgets() -> None:
    client = Client(CONTRACTS["a plain array"], Settings(stateless=True))
    before = client.everything()

    made = client.value("addPet", body={"name": "Rex"})

    assert made["name"] == "Rex"
    assert client.call("dropPet", before[0]["id"]).status == 204
    assert client.everything() == before


def test_what_is_created_is_new_now_and_says_where_it_is(client: Client) -> None:
    reply = client.call("addPet", body={"name": "Rex"})

    made = loads(reply.body)
    assert reply.status == 201
    assert (reply.header("location") or "").endswith(f"/{made['id']}")
    assert instant(made["created_at"]) == instant(made["updated_at"]) == DEFAULT_NOW
    assert made["status"] == STATUS["enum"][0]
    assert client.everything()[0] == made


def test_a_json_patch_is_applied_step_by_step_or_refused() -> None:
    client = Client(CONTRACTS["a plain array"])
    steps = [{"op": "replace", "path": "/name", "value": "Max"}, {"op": "remove", "path": "/note"}]

    client.call("changePet", 3, {"note": "a note"})
    made = client.value("changePet", 3, steps)

    assert made["name"] == "Max"
    assert "note" not in made
    refused = client.call("changePet", 3, [{"op": "test", "path": "/name", "value": "Rex"}])
    assert refused.status == 409
    assert client.value("getPet", 3) == made


def test_a_change_that_would_be_invalid_is_left_out() -> None:
    client = Client(CONTRACTS["a plain array"])
    before = client.value("getPet", 3)

    made = client.value("changePet", 3, {"size": 400, "name": "Max"})

    assert (made["size"], made["name"]) == (before["size"], "Max")


def test_collections_of_two_parents_have_nothing_in_common() -> None:
    client = Client(CONTRACTS["offsets under a parent"])
    mine = {item["id"] for item in client.everything()}
    made = client.value("addPet", body={"name": "Rex"})

    client.scope = {"shopId": "e2a5f6d4-90bb-4f0a-8c27-5b1de2f7b922"}

    others = {item["id"] for item in client.everything()}
    assert not others & (mine | {made["id"]})


def test_what_is_vetoed_is_not_kept() -> None:
    plain = CONTRACTS["a plain array"]
    behaviour = replace(plain.behaviour, vetoes=("dropPet delete",))
    client = Client(replace(plain, behaviour=behaviour))

    assert client.call("dropPet", 1).status == 204
    assert client.call("getPet", 1).status == 200


def test_where_nothing_is_told_the_request_is_repeated() -> None:
    order = {
        "type": "object",
        "required": ["orderId", "state", "reason"],
        "properties": {
            "orderId": {"type": "string"},
            "state": {"enum": ["open", "cancelled"]},
            "reason": {"type": "string", "maxLength": 9},
        },
    }
    document = Shape(INTEGER).document()
    document["paths"]["/orders/{orderId}/cancel"] = {
        "parameters": [path_parameter("orderId", {"type": "string"})],
        "post": writes(
            "cancel", {"type": "object", "properties": order["properties"]}, {"200": order}
        ),
    }
    document["paths"]["/users/{userId}"] = {
        "parameters": [path_parameter("userId", INTEGER)],
        "get": {
            "operationId": "getUser",
            "responses": answers(
                {"200": {"type": "object", "required": ["id"], "properties": {"id": INTEGER}}}
            ),
        },
    }
    client = Client(contract_of(document))
    client.scope = {"orderId": "o-1", "userId": 7}

    assert client.value("cancel", body={"reason": "late"})["orderId"] == "o-1"
    assert client.value("cancel", body={"reason": "late"})["reason"] == "late"
    assert client.value("cancel", body={"reason": "far too long"})["reason"] != "far too long"
    assert client.value("getUser")["id"] == 7


def test_a_list_of_what_was_deleted_is_404_and_of_what_is_new_is_empty() -> None:
    document = Shape(INTEGER).document()
    toy = {
        "type": "object",
        "required": ["id", "petId", "name"],
        "properties": {"id": INTEGER, "petId": INTEGER, "name": {"type": "string"}},
    }
    document["paths"]["/pets/{petId}/toys"] = {
        "parameters": [path_parameter("petId", INTEGER)],
        "get": {
            "operationId": "listToys",
            "responses": answers({"200": {"type": "array", "items": toy}}),
        },
    }
    client = Client(contract_of(document))
    made = client.value("addPet", body={"name": "Rex"})
    client.call("dropPet", 2)

    assert {toy["petId"] for toy in client.value("listToys", 1)} == {1}
    assert client.value("listToys", made["id"]) == []
    assert client.call("listToys", 2).status == 404


def _shop(nested: str, member: str) -> dict[str, Any]:
    """Return a document with orders below customers and on their own."""
    customer = {"type": "object", "required": ["id"], "properties": {"id": INTEGER}}
    order = {
        "type": "object",
        "required": ["id", member, "total"],
        "properties": {"id": INTEGER, member: INTEGER, "total": {"type": "number"}},
    }
    body = {
        "type": "object",
        "properties": {"total": {"type": "number"}, "customer_id": INTEGER},
    }

    def lists(id_: str, item: Any) -> dict[str, Any]:
        array = {"type": "array", "items": item}
        return {"operationId": id_, "responses": answers({"200": array})}

    def reads(id_: str, item: Any) -> dict[str, Any]:
        return {"operationId": id_, "responses": answers({"200": item})}

    gone = {"operationId": "dropCustomer", "responses": answers({"204": None})}
    below = nested[1:-1]
    return {
        "openapi": "3.0.3",
        "info": {"title": "Shop", "version": "1"},
        "paths": {
            "/customers": {"get": lists("listCustomers", customer)},
            "/customers/{id}": {
                "parameters": [path_parameter("id", INTEGER)],
                "get": reads("getCustomer", customer),
                "delete": gone,
            },
            f"/customers/{nested}/orders": {
                "parameters": [path_parameter(below, INTEGER)],
                "get": lists("listTheirOrders", order),
                "post": writes("addOrder", body, {"201": order}),
            },
            "/orders": {"get": lists("listOrders", order)},
            "/orders/{id}": {
                "parameters": [path_parameter("id", INTEGER)],
                "get": reads("getOrder", order),
            },
        },
    }


@pytest.mark.parametrize("nested", ["{id}", "{customerId}", "{customer_id}"])
@pytest.mark.parametrize("member", ["customer_id", "customerId"])
def test_what_is_listed_below_an_owner_is_what_the_whole_list_has_of_it(
    nested: str, member: str
) -> None:
    client = Client(contract_of(_shop(nested, member)))
    customers = [one["id"] for one in client.value("listCustomers")]
    made = client.value("addOrder", customers[-1], {"total": 5, "customer_id": 7})

    everything = client.value("listOrders")
    theirs = {id_: client.value("listTheirOrders", id_) for id_ in customers}

    assert made in everything
    assert made in theirs[customers[-1]]
    assert all(one[member] in customers for one in everything)
    assert sorted((one for some in theirs.values() for one in some), key=_id) == sorted(
        everything, key=_id
    )
    assert all(one[member] == id_ for id_, some in theirs.items() for one in some)
    assert [client.value("getOrder", one["id"]) for one in everything] == everything
    assert sum(map(bool, theirs.values())) > 5
    assert theirs[customers[0]]


@pytest.mark.parametrize("nested", ["{id}", "{customerId}"])
def test_nothing_is_below_an_owner_that_is_gone(nested: str) -> None:
    client = Client(contract_of(_shop(nested, "customer_id")))
    first = client.value("listCustomers")[0]["id"]

    client.call("dropCustomer", first)

    assert client.call("listTheirOrders", first).status == 404
    assert client.call("addOrder", first, {"total": 5}).status == 404


def test_of_two_resources_of_one_name_the_path_tells_the_owner() -> None:
    document = _shop("{id}", "customer_id")
    paths = document["paths"]
    paths["/admin/customers"] = {"get": {**paths["/customers"]["get"], "operationId": "listOthers"}}
    paths["/admin/customers/{id}"] = {
        "parameters": [path_parameter("id", INTEGER)],
        "get": {**paths["/customers/{id}"]["get"], "operationId": "getOther"},
        "delete": {**paths["/customers/{id}"]["delete"], "operationId": "dropOther"},
    }
    client = Client(contract_of(document))
    first = client.value("listCustomers")[0]["id"]

    client.call("dropOther", first)

    assert client.call("listTheirOrders", first).status == 200


def test_the_id_of_an_owner_is_found_under_its_name() -> None:
    document = _shop("{id}", "customer_id")
    del document["paths"]["/orders"], document["paths"]["/orders/{id}"]
    client = Client(contract_of(document))

    assert {one["customer_id"] for one in client.value("listTheirOrders", 4)} == {4}
    assert client.value("addOrder", 4, {"total": 5})["customer_id"] == 4


def _id(one: Any) -> Any:
    return one["id"]


def test_what_has_two_owners_names_one_that_belongs_to_the_other() -> None:
    document = _shop("{customerId}", "customer_id")
    paths = document["paths"]
    item = {
        "type": "object",
        "required": ["id", "order_id", "customer_id", "author_id"],
        "properties": dict.fromkeys(("id", "order_id", "customer_id", "author_id"), INTEGER),
    }
    for path in ("/orders", "/orders/{id}"):
        del paths[path]
    notes = {"operationId": "listNotes", "responses": answers({"200": _array(item)})}
    users = {"operationId": "listUsers", "responses": answers({"200": _array(_only_id())})}
    paths["/notes"] = {"get": notes}
    paths["/users"] = {"get": users}
    client = Client(contract_of(document))

    found = client.value("listNotes")

    users = {one["id"] for one in client.value("listUsers")}
    for one in found:
        theirs = client.value("listTheirOrders", one["customer_id"])
        assert one["order_id"] in {order["id"] for order in theirs}
        assert one["author_id"] in users


def _array(item: Any) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _only_id() -> dict[str, Any]:
    return {"type": "object", "required": ["id"], "properties": {"id": INTEGER}}
