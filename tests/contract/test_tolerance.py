"""What people write, and what OpenAPI does not allow: served, with a warning each."""

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from understudy.contract import pointers
from understudy.contract.keywords import repaired
from understudy.contract.load import load_contract
from understudy.contract.model import Contract, Parameter
from understudy.contract.validate import Validator
from understudy.errors import ContractError
from understudy.types import Json, JsonObject

HEAD = "openapi: 3.1.0\ninfo: {title: Cats, version: '1'}\n"
OK = "responses: {200: {description: OK}}"
SOUND = (Path(__file__).parents[2] / "openapi" / "thena" / "openapi.yaml").read_text()


def load(folder: Path, text: str) -> Contract:
    path = folder / "cats.yaml"
    path.write_text(text)
    return load_contract(path)


def told(contract: Contract) -> list[tuple[int, str, str]]:
    return [(w.line, w.rule, w.message) for w in contract.warnings]


def test_a_document_with_next_to_nothing_is_served(tmp_path: Path) -> None:
    contract = load(tmp_path, "openapi: 3.0\npaths: {cats: {get: {}}}")

    (operation,) = contract.operations.values()
    assert (contract.title, operation.id, operation.path) == ("cats", "get cats", "/cats")
    assert list(operation.responses) == ["200"]
    assert [rule for _, rule, _ in told(contract)] == [
        "info",
        "info",
        "path",
        "operation-id",
        "responses",
    ]
    assert {w.severity for w in contract.warnings} == {"warning"}


@pytest.mark.parametrize("text", ["paths: {}", "", "webhooks: {cat: {post: {}}}", "paths:"])
def test_a_document_without_operations_is_served(tmp_path: Path, text: str) -> None:
    contract = load(tmp_path, HEAD + text)

    assert contract.operations == {}
    assert [rule for _, rule, _ in told(contract)] == ["paths"]


def test_an_operation_id_that_is_taken_is_replaced_by_what_is_stable(tmp_path: Path) -> None:
    get = f"get: {{operationId: same, {OK}}}"
    contract = load(tmp_path, f"{HEAD}paths:\n  /a: {{{get}}}\n  /b: {{{get}}}\n")

    assert list(contract.operations) == ["same", "get /b"]
    assert told(contract) == [(5, "operation-id", "repeats the operationId 'same'")]


def test_parameters_of_the_path_are_those_of_its_template(tmp_path: Path) -> None:
    contract = load(
        tmp_path,
        f"""{HEAD}
paths:
  /a/{{b}}:
    get:
      operationId: a
      parameters:
        - {{name: c, in: path, required: true, schema: {{}}}}
        - {{name: q, in: body, schema: {{}}}}
        - {{name: d, in: query}}
        - {{name: d, in: query, schema: {{type: string}}}}
        - 5
      {OK}
""",
    )

    text = {"type": "string"}
    assert contract.operations["a"].parameters == (
        Parameter("d", "query", required=False, schema=text),
        Parameter("b", "path", required=True, schema=text),
    )
    assert told(contract) == [
        (13, "shape", "is no Parameter Object, and left out"),
        (10, "parameter", "has no name, or is in 'body'"),
        (11, "parameter", "'d' has no schema"),
        (12, "parameter", "repeats the parameter 'd'"),
        (9, "path-parameter", "/a/{b} has no parameter 'c'"),
        (7, "path-parameter", "declares no path parameter 'b'"),
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"type": "file"}, {"type": "string", "format": "binary"}),
        ({"type": "any"}, {}),
        ({"type": "String"}, {"type": "string"}),
        ({"type": ["string", "null", "string"]}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"examples": {"a": 1, "b": {"c": 2}}}, {"examples": [1, {"c": 2}]}),
        ({"examples": {"a": {"value": 1}, "b": {"value": 2}}}, {"examples": [1, 2]}),
        ({"examples": "a", "type": "string"}, {"type": "string"}),
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"minLength": "3", "maxLength": 3.0}, {"minLength": 3, "maxLength": 3}),
        ({"minLength": -1, "pattern": "[", "enum": [], "items": 5}, {}),
        ({"required": True}, {}),
        (
            {"properties": {"a": {"required": True}}},
            {"properties": {"a": {"required": True}}, "required": ["a"]},
        ),
        ({"required": ["a", "a"]}, {"required": ["a"]}),
        ({"items": [{}], "additionalItems": False}, {"prefixItems": [{}], "items": False}),
        ({"dependencies": {"a": ["b"]}}, {"dependentRequired": {"a": ["b"]}}),
        ({"discriminator": "kind"}, {"discriminator": {"propertyName": "kind"}}),
        ({"patternProperties": {"[": {}, "a": {}}}, {"patternProperties": {"a": {}}}),
        ({"example": {"type": 5}, "x-any": 1}, {"example": {"type": 5}, "x-any": 1}),
    ],
)
def test_a_schema_that_is_slightly_wrong_is_read_as_it_was_meant(
    written: JsonObject, read: JsonObject
) -> None:
    assert repaired(written, lambda _keyword, _message: None, nullable=False) == read


ODD = [None, 5, -1.5, "odd", True, [1], [], {}, {"a": 1}, {"$ref": "#/nowhere"}, {"$ref": 5}]


def every_pointer(value: Json, pointer: str = "") -> list[str]:
    found = []
    for key, child in pointers.children(value):
        at = pointers.join(pointer, key)
        found += [at, *every_pointer(child, at)]
    return found


PLACES = every_pointer(yaml.safe_load(SOUND))


@settings(deadline=None, max_examples=150)
@given(pointer=st.sampled_from(PLACES), odd=st.sampled_from(ODD))
@example("/info", None)
@example("/paths", [1])
@example("/components/schemas", 5)
def test_whatever_stands_where_it_should_not_is_told_and_not_fatal(
    tmp_path_factory: pytest.TempPathFactory, pointer: str, odd: Json
) -> None:
    data = yaml.safe_load(SOUND)
    *above, last = pointers.split(pointer)
    container = pointers.follow(data, tuple(above))
    container[int(last) if isinstance(container, list) else last] = odd
    path = tmp_path_factory.mktemp("odd") / "odd.yaml"
    path.write_text(yaml.safe_dump(data))

    if pointer == "/openapi":
        with pytest.raises(ContractError):
            load_contract(path)
        return
    contract = load_contract(path)

    for schema in contract.schemas.values():
        Validator(schema, contract.schemas)


def test_a_security_scheme_that_nobody_defines_is_not_asked_for(tmp_path: Path) -> None:
    security = "security: [{nobody: []}]"
    contract = load(tmp_path, f"{HEAD}{security}\npaths: {{/a: {{get: {{operationId: a, {OK}}}}}}}")

    assert contract.operations["a"].security == ()
    assert [rule for _, rule, _ in told(contract)] == ["security"]


@pytest.mark.parametrize(
    ("servers", "paths"),
    [
        ("[{url: 'https://a.example/v1/'}, {url: /v2}]", ("/v1", "/v2")),
        ("[{url: '/{v}', variables: {v: {default: b, enum: [a, b]}}}]", ("/b", "/a")),
        ("[{url: 'https://{host}/v1', variables: {host: {default: x}}}]", ("/v1",)),
        ("[{url: '/{v}'}]", ("",)),
        ("[{}]", ("",)),
        ("5", ("",)),
        ("[5, {url: 'http://[/x'}, {url: v3}]", ("/v3",)),
    ],
)
def test_base_paths_are_those_of_all_servers(
    tmp_path: Path, servers: str, paths: tuple[str, ...]
) -> None:
    document = f"{HEAD}servers: {servers}\npaths: {{/a: {{get: {{operationId: a, {OK}}}}}}}"

    assert load(tmp_path, document).base_paths == paths


def test_openapi_3_2_has_more_methods_and_items_of_streams(tmp_path: Path) -> None:
    contract = load(
        tmp_path,
        """openapi: 3.2.0
info: {title: Cats, version: '1'}
paths:
  /cats:
    query:
      operationId: search
      parameters:
        - {name: all, in: querystring, content: {application/json: {schema: {type: object}}}}
      responses:
        200: {content: {text/event-stream: {$ref: '#/components/mediaTypes/Cats'}}}
    additionalOperations:
      COPY: {operationId: copy, responses: {201: {description: copied}}}
components:
  mediaTypes: {Cats: {itemSchema: {type: integer}}}
""",
    )

    search, copy = contract.operations["search"], contract.operations["copy"]
    assert (search.label, copy.label) == ("QUERY /cats", "COPY /cats")
    assert (search.parameters[0].location, search.parameters[0].style) == ("querystring", "content")
    assert search.responses["200"].content["text/event-stream"].item == {"type": "integer"}
    assert contract.warnings == ()


def test_merge_keys_and_aliases_are_understood(tmp_path: Path) -> None:
    contract = load(
        tmp_path,
        f"""{HEAD}
x-base: &base {{type: object, title: Base}}
paths: {{/a: {{get: {{operationId: a, {OK}}}}}}}
components: {{schemas: {{A: {{<<: *base, title: A}}, B: *base}}}}
""",
    )

    assert contract.schemas == {
        "A": {"title": "A", "type": "object"},
        "B": {"type": "object", "title": "Base"},
    }
    assert contract.document.problem("/components/schemas/B/title", "").line == 4
