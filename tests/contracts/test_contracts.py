"""The OpenAPI documents say what the vendors' pages say, and mark everything else as inferred.

`pages/` holds the JSON examples as the pages print them.
`page_fields.yaml` lists every statement of the pages and where the documents repeat it.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import validate

HERE = Path(__file__).parent
OPENAPI = HERE.parents[1] / "openapi"
CONTRACTS = ("cattix", "sitegpt", "thena")
MARK = "x-inferred"
KEYWORDS = frozenset(
    {
        *("name", "in", "required"),
        *("type", "format", "enum", "nullable", "default", "title"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"),
    }
)


class Example(NamedTuple):
    """One JSON example of a page, and the message in the contract that repeats it."""

    page: str
    contract: str
    operation_id: str
    message: str


EXAMPLES = (
    Example("cattix-list", "cattix", "listThreads", "responses/200"),
    Example("cattix-create-request", "cattix", "createThread", "requestBody"),
    Example("cattix-create", "cattix", "createThread", "responses/200"),
    Example("sitegpt-list", "sitegpt", "listThreads", "responses/200"),
    Example("thena-list", "thena", "listWebThreads", "responses/200"),
    Example("thena-get", "thena", "getThread", "responses/200"),
)


class Row(NamedTuple):
    """One statement of a page: what it says, where the contract says it, and the value there."""

    contract: str
    page: str
    what: str
    pointer: str
    value: Any


class Place(NamedTuple):
    """A value in a contract and the JSON pointer to it, free of references."""

    pointer: str
    value: Any


# The documents ------------------------------------------------------------------------------


@cache
def document(contract: str) -> dict[str, Any]:
    text = (OPENAPI / contract / "openapi.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def rows() -> tuple[Row, ...]:
    tables = yaml.safe_load((HERE / "page_fields.yaml").read_text(encoding="utf-8"))
    return tuple(
        Row(table["contract"], page, row["what"], table["under"] + row["pointer"], row["value"])
        for table in tables
        for row in table["rows"]
        for page in table["pages"]
    )


def resolve(contract: str, pointer: str) -> Place:
    """Follow a JSON pointer (RFC 6901), and each `$ref` on its way."""
    place = Place("", document(contract))
    for token in pointer.split("/")[1:]:
        place = dereference(contract, step(place, token))
    return place


def step(place: Place, token: str) -> Place:
    key = token.replace("~1", "/").replace("~0", "~")
    child = place.value[int(key) if isinstance(place.value, list) else key]
    return Place(f"{place.pointer}/{token}", child)


def dereference(contract: str, place: Place) -> Place:
    if isinstance(place.value, dict) and "$ref" in place.value:
        return resolve(contract, place.value["$ref"].removeprefix("#"))
    return place


def nodes(place: Place) -> Iterator[Place]:
    """Yield every mapping below a place, and the place itself."""
    if isinstance(place.value, dict):
        yield place
        children = place.value.items()
    elif isinstance(place.value, list):
        children = dict(enumerate(place.value)).items()
    else:
        return
    for key, child in children:
        token = str(key).replace("~", "~0").replace("/", "~1")
        yield from nodes(Place(f"{place.pointer}/{token}", child))


def operations(contract: str) -> list[Place]:
    everywhere = nodes(Place("", document(contract)))
    return [place for place in everywhere if "operationId" in place.value]


def media_type_of(example: Example) -> Place:
    for operation in operations(example.contract):
        if operation.value["operationId"] == example.operation_id:
            pointer = f"{operation.pointer}/{example.message}/content/application~1json"
            return resolve(example.contract, pointer)
    raise LookupError(example)


# JSON Schema --------------------------------------------------------------------------------


def errors_of(contract: str, schema: Any, instance: Any) -> list[str]:
    validator = jsonschema_rs.Draft4Validator(
        standing_alone(contract, schema), validate_formats=True, formats={"uuid": is_uuid}
    )
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(instance)]


def standing_alone(contract: str, schema: Any) -> dict[str, Any]:
    """Turn an OpenAPI schema into a JSON Schema (draft 4) that carries what it refers to."""
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "allOf": [without_nullable(schema)],
        "components": without_nullable({"schemas": document(contract)["components"]["schemas"]}),
    }


def without_nullable(schema: Any) -> Any:
    """Replace `nullable: true` by a choice between null and the rest of the schema."""
    if isinstance(schema, list):
        return [without_nullable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: without_nullable(value) for key, value in schema.items() if key != "nullable"}
    if schema.get("nullable") is True:
        return {"anyOf": [{"type": "null"}, plain]}
    return plain


def is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


# What is stated, and what is inferred -------------------------------------------------------


def stated(contract: str) -> frozenset[str]:
    """Return the pointers that the rows of a contract speak about, as written and resolved."""
    own = [row for row in rows() if row.contract == contract]
    places = [place for row in own for place in leaves(contract, row.pointer, row.value)]
    return frozenset([*(row.pointer for row in own), *places])


def leaves(contract: str, pointer: str, expected: Any) -> Iterator[str]:
    if not isinstance(expected, dict):
        yield resolve(contract, pointer).pointer
        return
    for key, value in expected.items():
        yield from leaves(contract, f"{resolve(contract, pointer).pointer}/{key}", value)


def elements(contract: str) -> dict[str, dict[str, Any]]:
    """Return each parameter and success schema of a contract, by its pointer."""
    found: dict[str, dict[str, Any]] = {}
    for place in operations(contract):
        for index, _ in enumerate(place.value["parameters"]):
            parameter = resolve(contract, f"{place.pointer}/parameters/{index}")
            found[parameter.pointer] = parameter.value
            collect(contract, f"{parameter.pointer}/schema", found)
    for example in EXAMPLES:
        if example.contract == contract:
            collect(contract, f"{media_type_of(example).pointer}/schema", found)
    return found


def collect(contract: str, pointer: str, found: dict[str, dict[str, Any]]) -> None:
    """Add the schema at a pointer, and the schemas below it, to `found`."""
    schema = resolve(contract, pointer)
    if schema.pointer in found or is_inferred(schema.value):
        return
    found[schema.pointer] = schema.value
    for name in schema.value.get("properties", ()):
        collect(contract, f"{schema.pointer}/properties/{name}", found)
    if "items" in schema.value:
        collect(contract, f"{schema.pointer}/items", found)


def is_inferred(element: Mapping[str, Any]) -> bool:
    return isinstance(element.get(MARK), str)


def marks(contract: str) -> list[Place]:
    everywhere = nodes(Place("", document(contract)))
    return [Place(place.pointer, place.value[MARK]) for place in everywhere if MARK in place.value]


def reasons(mark: Any) -> list[Any]:
    if not isinstance(mark, dict):
        return [mark]
    return [reason for value in mark.values() for reason in reasons(value)]


# Ids ----------------------------------------------------------------------------------------


def row_id(row: Row) -> str:
    return f"{row.page}: {row.what} ({row.pointer.rsplit('/', 1)[1]})"


def example_id(example: Example) -> str:
    return example.page


# The tests ----------------------------------------------------------------------------------


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_is_valid_openapi(contract: str) -> None:
    validate(document(contract))


@pytest.mark.parametrize("example", EXAMPLES, ids=example_id)
def test_the_example_is_the_one_of_the_page(example: Example) -> None:
    assert media_type_of(example).value["example"] == printed(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=example_id)
def test_the_schema_names_every_field_of_the_page(example: Example) -> None:
    schema = f"{media_type_of(example).pointer}/schema"
    assert unnamed_fields(example.contract, schema, printed(example)) == []


def printed(example: Example) -> Any:
    return json.loads((HERE / "pages" / f"{example.page}.json").read_text(encoding="utf-8"))


def unnamed_fields(contract: str, pointer: str, instance: Any) -> list[str]:
    place = resolve(contract, pointer)
    if isinstance(instance, list):
        items = f"{place.pointer}/items"
        return [field for item in instance for field in unnamed_fields(contract, items, item)]
    if not isinstance(instance, dict):
        return []
    properties = place.value.get("properties", {})
    return [f"{place.pointer}: {name}" for name in instance if name not in properties] + [
        field
        for name in instance.keys() & properties.keys()
        for field in unnamed_fields(contract, f"{place.pointer}/properties/{name}", instance[name])
    ]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_example_obeys_its_schema(contract: str) -> None:
    places = [
        place
        for place in nodes(Place("", document(contract)))
        if place.value.keys() >= {"schema", "example"}
    ]
    wrong = {
        place.pointer: errors
        for place in places
        if (errors := errors_of(contract, place.value["schema"], place.value["example"]))
    }
    assert places
    assert wrong == {}


@pytest.mark.parametrize("row", rows(), ids=row_id)
def test_the_contract_says_what_the_page_says(row: Row) -> None:
    assert_holds(row.contract, row.pointer, row.value)


def assert_holds(contract: str, pointer: str, expected: Any) -> None:
    found = resolve(contract, pointer).value
    if not isinstance(expected, dict):
        assert found == expected, pointer
        return
    for key, value in expected.items():
        assert_holds(contract, f"{pointer}/{key}", value)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_property_is_on_a_page_or_marked(contract: str) -> None:
    known = stated(contract)
    strangers = [
        f"{pointer}/properties/{name}"
        for pointer, schema in elements(contract).items()
        for name, child in schema.get("properties", {}).items()
        if f"{pointer}/properties/{name}" not in known and not is_inferred(child)
    ]
    assert strangers == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_keyword_is_on_a_page_or_marked_and_never_both(contract: str) -> None:
    known = stated(contract)
    wrong = [
        f"{pointer}/{keyword}"
        for pointer, element in elements(contract).items()
        for keyword in element.keys() & KEYWORDS
        if (f"{pointer}/{keyword}" in known) == (keyword in element.get(MARK, {}))
    ]
    assert wrong == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_inferred_required_property_has_its_own_reason(contract: str) -> None:
    marked = {
        pointer: (list(schema[MARK]["required"]), schema["required"])
        for pointer, schema in elements(contract).items()
        if "properties" in schema and "required" in schema.get(MARK, {})
    }
    assert [pointer for pointer, (why, what) in marked.items() if why != what] == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_mark_gives_a_short_reason(contract: str) -> None:
    wrong = [
        (place.pointer, reason)
        for place in marks(contract)
        for reason in reasons(place.value) or [None]
        if not isinstance(reason, str) or not 1 <= len(reason.split()) <= 12
    ]
    assert wrong == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_mark_names_a_keyword_that_is_there(contract: str) -> None:
    wrong = [
        f"{place.pointer}/{keyword}"
        for place in marks(contract)
        if isinstance(place.value, dict)
        for keyword in place.value.keys() - {"status"}
        if keyword not in resolve(contract, place.pointer).value
    ]
    assert wrong == []
