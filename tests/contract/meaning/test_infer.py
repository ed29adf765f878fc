"""What is told from names, contract by contract: all of it, so that a wrong guess shows.

The tables write schemas short: `integer`, `uuid`, `Book` (a component), `a|b` (an enum), `[Book]`,
`{title: string}`, or in full. Parameters of a path are UUIDs unless `path` says otherwise.
"""

import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from understudy.contract.load import bundled_names, load_contract
from understudy.contract.meaning.infer import meaning
from understudy.contract.meaning.model import Meaning
from understudy.errors import ContractError

FORMATS = ("date", "date-time", "uri", "uuid")
METHODS = ("delete", "get", "patch", "post", "put")
BOOK = {
    "id": "uuid",
    "title": "string",
    "author_id": "uuid",
    "genre": "novel|poetry",
    "year": "integer",
    "price": "integer",
    "in_print": "boolean",
    "due": "date",
    "tags": ["string"],
    "created_at": "date-time",
    "updated_at": "date-time",
}
PEN = {
    "id": "string",
    "color": "string",
    "status": "string",
    "slug": "string",
    "site": "uri",
    "weight": "number",
    "inks": ["string"],
    "maker": {"name": "string"},
    "boughtAt": "date-time",
    "password": {"type": "string", "writeOnly": True},
    "version": "integer",
}
RELATIONS = {"counts", "distinct", "equal", "in_order", "sorted"}


def table(name: str) -> Any:
    """Return the cases of a table as parameters."""
    cases = yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=name) for name, case in cases.items()]


def schema(short: Any) -> Any:
    if isinstance(short, list):
        return {"type": "array", "items": schema(short[0])}
    if isinstance(short, dict):
        if {"type", "$ref", "allOf", "anyOf", "oneOf"} & short.keys():
            return short
        return {"type": "object", "properties": {key: schema(one) for key, one in short.items()}}
    if short in FORMATS:
        return {"type": "string", "format": short}
    if "|" in short:
        return {"type": "string", "enum": short.split("|")}
    is_component = short[0].isupper()
    return {"$ref": f"#/components/schemas/{short}"} if is_component else {"type": short}


def operations(case: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield path, method and operation of each entry of a case."""
    for id_, entry in case.items():
        if id_ == "facts":
            continue
        method = next(one for one in METHODS if one in entry)
        path = entry[method]
        asked = {**dict.fromkeys(re.findall(r"\{(.*?)\}", path), entry.get("path", "uuid"))}
        places = [("path", asked), ("query", entry.get("query", {}))]
        operation: Any = {
            "description": entry.get("says", ""),
            "parameters": [
                {"name": name, "in": place, "required": place == "path", "schema": schema(short)}
                for place, parameters in places
                for name, short in parameters.items()
            ],
            "responses": {str(entry.get("status", 200)): body(entry.get("answer"))},
        }
        if id_:
            operation["operationId"] = id_
        if "body" in entry:
            operation["requestBody"] = body(entry["body"])
        yield path, method, operation


def body(short: Any) -> Any:
    if short is None:
        return {"description": "nothing"}
    return {"description": "OK", "content": {"application/json": {"schema": schema(short)}}}


def told(
    folder: Path,
    case: Mapping[str, Any],
    schemas: Mapping[str, Any] | None = None,
    veto: Any = None,
    version: str = "3.0.3",
) -> Meaning:
    paths: dict[str, Any] = {}
    for path, method, operation in operations(case):
        paths.setdefault(path, {})[method] = operation
    components = {
        name: schema(one) for name, one in (schemas or {"Book": BOOK, "Pen": PEN}).items()
    }
    document = {
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "paths": paths,
        "components": {"schemas": components},
    }
    (folder / "openapi.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    if veto is not None:
        (folder / "behaviour.yaml").write_text(yaml.safe_dump({"veto": veto}))
    return meaning(load_contract(folder))


def of_operations(found: Meaning) -> list[str]:
    about_schemas = {"Book in_order /created_at /updated_at"}
    return sorted({fact.id for fact in found.facts} - about_schemas)


@pytest.mark.parametrize("case", table("habits.yaml"))
def test_what_is_told_of_a_habit(tmp_path: Path, case: Mapping[str, Any]) -> None:
    assert of_operations(told(tmp_path, case)) == case["facts"]


@pytest.mark.parametrize("case", table("wrong_guesses.yaml"))
def test_what_is_not_told(tmp_path: Path, case: Mapping[str, Any]) -> None:
    assert of_operations(told(tmp_path, case)) == case["facts"]


THINGS = {"list": {"get": "/things", "answer": ["Thing"]}}


@pytest.mark.parametrize("case", table("schemas.yaml"))
def test_what_is_told_of_schemas(tmp_path: Path, case: Mapping[str, Any]) -> None:
    schemas = {"Thing": {"id": "string"}} | {k: v for k, v in case.items() if k != "facts"}

    found = told(tmp_path, THINGS, schemas)

    assert sorted({fact.id for fact in found.facts} - {"list list"}) == case["facts"]


@pytest.mark.parametrize(
    ("case", "resources"),
    [
        pytest.param(
            {
                "a": {"get": "/orders/{order_id}/books", "answer": ["Book"]},
                "b": {"get": "/shops/{shop_id}/books", "answer": ["Book"]},
                "c": {"post": "/shops/{shop_id}/books", "status": 201, "answer": "Book"},
            },
            {
                "a": "/orders/{order_id}/books",
                "b": "/shops/{shop_id}/books",
                "c": "/shops/{shop_id}/books",
            },
            id="notes of orders are not notes of customers",
        ),
        pytest.param(
            {
                "a": {"get": "/authors/{author_id}/web-books", "answer": ["Book"]},
                "b": {"post": "/authors/{author_id}/web-books", "status": 201, "answer": "Book"},
                "c": {"get": "/books/{id}", "answer": "Book"},
            },
            {"a": "web book", "b": "web book", "c": "web book"},
            id="what is listed below its owner is read by itself",
        ),
        pytest.param(
            {
                "a": {"get": "/authors/{author_id}/books", "answer": ["Book"]},
                "b": {"post": "/books", "status": 201, "answer": "Book"},
            },
            {"a": "/authors/{author_id}/books"},
            id="what is created for oneself is not in the lists of others",
        ),
        pytest.param(
            {
                "a": {"get": "/books", "answer": ["Book"]},
                "b": {"get": "/audio/books/{id}", "answer": {"id": "uuid", "voice": "string"}},
            },
            {"a": "/books", "b": "/audio/books"},
            id="one word for two things",
        ),
    ],
)
def test_which_operations_are_about_one_resource(
    tmp_path: Path, case: Mapping[str, Any], resources: Mapping[str, str]
) -> None:
    found = told(tmp_path, case)

    everything = (*found.lists, *found.reads, *found.writes)
    assert {one.operation.id: one.resource for one in everything} == resources


@pytest.mark.parametrize(
    ("query", "page", "first"),
    [
        ({"page": "integer"}, "page", 1),
        ({"page": {"type": "integer", "minimum": 0}}, "page", 0),
        ({"page": {"type": "integer", "minimum": 0, "default": 1}}, "page", 1),
        ({"page": {"type": "integer", "description": "Zero-based"}}, "page", 0),
        ({"pageIndex": "integer"}, "pageIndex", 0),
    ],
)
def test_which_page_is_the_first(
    tmp_path: Path, query: Mapping[str, Any], page: str, first: int
) -> None:
    (found,) = told(tmp_path, {"a": {"get": "/books", "query": query, "answer": ["Book"]}}).lists

    assert found.paging.page is not None
    assert (found.paging.page.name, found.paging.first_page) == (page, first)


@pytest.mark.parametrize(
    ("says", "by", "descending"),
    [
        ("Newest first", "created_at", True),
        ("All books, in reverse chronological order", "created_at", True),
        ("Books in chronological order", "created_at", False),
        ("Returns the most recently updated books first.", "updated_at", True),
        ("Ordered by `year` (ascending).", "year", False),
        ("By default sorted by year, descending", "year", True),
    ],
)
def test_which_order_is_described(tmp_path: Path, says: str, by: str, *, descending: bool) -> None:
    (found,) = told(tmp_path, {"a": {"get": "/books", "says": says, "answer": ["Book"]}}).lists

    assert found.order is not None
    assert (found.order.by, found.order.descending) == ((by,), descending)


def test_a_count_beside_a_list_that_a_parameter_cuts_is_not_its_length(tmp_path: Path) -> None:
    thing = {"id": "string", "parts": [{"color": "string"}], "part_count": "integer"}
    case = {"read": {"get": "/things/{id}", "query": {"limit": "integer"}, "answer": "Thing"}}

    assert of_operations(told(tmp_path, case, {"Thing": thing})) == ["read read"]


def test_null_may_be_a_type(tmp_path: Path) -> None:
    text, null = {"type": ["string", "null"]}, {"type": "null"}
    at = {"type": "string", "format": "date-time"}
    note = {
        "type": ["object", "null"],
        "properties": {
            "id": text,
            "owner_id": text,
            "created_at": {**at, "type": ["string", "null"]},
            "updated_at": {"anyOf": [at, null]},
        },
    }
    items = {"oneOf": [{"$ref": "#/components/schemas/Note"}, null]}
    case = {
        "list": {
            "get": "/notes",
            "query": {"limit": {"type": ["integer", "null"]}, "owner_id": text},
            "answer": {"type": ["array", "null"], "items": items},
        }
    }

    assert of_operations(told(tmp_path, case, {"Note": note}, version="3.1.0")) == [
        "Note in_order /created_at /updated_at",
        "list filter /owner_id",
        "list list",
        "list paging size",
    ]


PAGED = {
    "list": {"get": "/books", "query": {"limit": "integer", "year": "integer"}, "answer": ["Book"]}
}
TIMES = "Book in_order /created_at /updated_at"


@pytest.mark.parametrize(
    ("veto", "left"),
    [
        (["list list"], [TIMES]),
        (["* paging *"], [TIMES, "list filter /year", "list list"]),
        (["list filter /year", "Book *"], ["list list", "list paging size"]),
        (["*"], []),
        (["nothing of this"], [TIMES, "list filter /year", "list list", "list paging size"]),
    ],
)
def test_what_is_vetoed_is_not_told(tmp_path: Path, veto: list[str], left: list[str]) -> None:
    everything = {fact.id for fact in told(tmp_path, PAGED).facts}

    found = told(tmp_path, PAGED, veto=veto)

    assert sorted(fact.id for fact in found.facts) == left
    assert {fact.id for fact in found.vetoed} == everything - set(left)


def test_every_fact_can_be_vetoed_by_its_own_id(tmp_path: Path) -> None:
    case = {
        "": {
            "get": "/[x]?/books",
            "query": {"[a]_id": "uuid"},
            "answer": [BOOK | {"[a]_id": "uuid"}],
        }
    }
    facts = told(tmp_path, case).facts

    vetoed = [{one.id for one in told(tmp_path, case, veto=[fact.id]).vetoed} for fact in facts]

    assert len(facts) == 3
    assert all(fact.id in gone for fact, gone in zip(facts, vetoed, strict=True))


@pytest.mark.parametrize("name", bundled_names())
def test_what_is_declared_goes_before_what_names_tell(name: str) -> None:
    contract = load_contract(name)
    behaviour = contract.behaviour

    found = meaning(contract)

    for one in (*found.lists, *found.reads, *found.writes):
        assert one.resource == behaviour.operations[one.operation.id].resource
    declared = {fact.about for fact in found.facts if fact.declared}
    assert declared == {*behaviour.operations, *behaviour.relations}


def test_schemas_that_combine_each_other_take_no_time(tmp_path: Path) -> None:
    names = [f"S{number}" for number in range(30)]
    everything = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    schemas = {name: {"type": "object", "allOf": everything, "anyOf": everything} for name in names}
    (tmp_path / "first").mkdir()
    told(tmp_path / "first", THINGS, {**schemas, "Thing": {"id": "string"}})
    start = time.process_time()
    contract = load_contract(tmp_path / "first")
    loaded = time.process_time()

    assert [fact.id for fact in meaning(contract).facts] == ["list list"]
    assert time.process_time() - loaded < max(1.0, loaded - start)


ODD: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from(["", "id", "limit", "object"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "type properties items allOf anyOf enum format description id limit created_at "
                "messages default minimum status closed_at".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ODD, ODD, ODD)
@example({}, {}, {"type": None})
def test_whatever_can_be_loaded_can_be_told_of(
    tmp_path: Path, thing: Any, parameter: Any, answer: Any
) -> None:
    content = {"content": {"application/json": {"schema": answer}}, "description": "OK"}
    listed = [{"name": "limit", "in": "query", "schema": parameter}]
    operation = {"parameters": listed, "responses": {"200": content}, "requestBody": content}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/things": {"get": operation, "post": operation}},
        "components": {"schemas": {"Thing": thing}},
    }
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")

    assert abouts(tmp_path) <= {"get /things", "post /things", "Thing"}


def abouts(folder: Path) -> set[str]:
    """Return what the facts of a contract are about; nothing if it is refused."""
    try:
        contract = load_contract(folder)
    except ContractError:
        return set()
    return {fact.about for fact in meaning(contract).facts}


def test_the_meaning_of_a_contract_is_told_once_and_of_another_anew() -> None:
    contract = load_contract(bundled_names()[0])
    other = contract.with_warnings([])

    assert meaning(contract) is meaning(contract)
    assert meaning(other) is not meaning(contract)
    assert meaning(other) == meaning(contract)
