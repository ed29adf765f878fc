import json
import tempfile
from collections import Counter
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, reject, settings
from hypothesis import strategies as st

from understudy.contract import canonical as c
from understudy.contract.compare.changes import LEVELS, Change
from understudy.contract.compare.contracts import compare
from understudy.contract.compare.rules import SENTENCES
from understudy.contract.compare.schemas import differences
from understudy.contract.load import bundled_names, load_contract
from understudy.contract.model import Contract
from understudy.contract.validate import Validator
from understudy.errors import GenerationError
from understudy.generate.feasible import infeasible
from understudy.generate.world import World
from understudy.types import Json, JsonObject

SPECS = Path(__file__).parents[1] / "specs"
ALL = (*bundled_names(), *(str(path) for path in sorted(SPECS.glob("*.yaml"))))
CONTRACTS = {name: load_contract(name) for name in ALL}

TEXT, NUMBER, WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}
NODE = {"$ref": "#/components/schemas/Node"}


def an_object(properties: JsonObject, *required: str, **more: Json) -> JsonObject:
    return {"type": "object", "properties": properties, "required": [*required], **more}


# Contracts


def document(operation: JsonObject | None = None, **more: Json) -> JsonObject:
    """Return a document of `GET /things/{id}`, or of another operation there."""
    said = {"responses": {"200": {"description": "fine"}}, **(operation or {})}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {"/things/{id}": {"get": said}},
        **more,
    }


def loaded(data: JsonObject, behaviour: JsonObject | None = None) -> Contract:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "openapi.yaml")
        path.write_text(json.dumps(data))
        if behaviour:
            path.with_name("behaviour.yaml").write_text(json.dumps(behaviour))
        return load_contract(path)


def content(schema: Json, kind: str = "application/json") -> JsonObject:
    return {"content": {kind: {"schema": schema}}}


def answering(schema: Json, **named: Json) -> JsonObject:
    responses = {"200": {"description": "fine", **content(schema)}}
    return document({"responses": responses}, components={"schemas": named})


def taking(schema: Json, **named: Json) -> JsonObject:
    return document({"requestBody": content(schema)}, components={"schemas": named})


def asking(*parameters: JsonObject) -> JsonObject:
    return document({"parameters": [{"in": "query", "name": "q", **one} for one in parameters]})


def changes(old: JsonObject, new: JsonObject) -> list[Change]:
    return compare(loaded(old), loaded(new))


def told(old: JsonObject, new: JsonObject) -> list[str]:
    return [f"{one.level} {one.rule}" for one in changes(old, new)]


# Laws

SCALARS: tuple[Json, ...] = (None, True, 0, 7, 2.5, "", "a", "long text")
ABSENT = object()
VALUES: list[Json] = [
    *SCALARS,
    *([one] for one in SCALARS),
    [],
    ["a", "a"],
    [{"a": 1}],
    *(
        {key: value for key, value in zip("abz", three, strict=True) if value is not ABSENT}
        for three in product((ABSENT, None, 7, 2.5, "a", "long text", {"a": 7}), repeat=3)
    ),
]
"""Many small values, with the properties that made-up schemas have and with others."""

LEAVES = st.sampled_from(
    [
        True, TEXT, NUMBER, WHOLE, NODE,
        {"type": "string", "maxLength": 3}, {"type": "string", "minLength": 1},
        {"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "^[al]"},
        {"type": ["string", "null"]}, {"type": ["integer", "null"]}, {"type": "boolean"},
        {"enum": ["a", 7]}, {"enum": ["a", None]}, {"const": "a"}, {"enum": ["a", "long text"]},
        {"type": "integer", "minimum": 1}, {"type": "number", "maximum": 5},
        {"type": "number", "multipleOf": 0.5}, {"not": {"type": "string"}},
    ]
)  # fmt: skip


def objects(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.dictionaries(st.sampled_from("ab"), inner)},
        optional={
            "required": st.lists(st.sampled_from("abz"), unique=True),
            "additionalProperties": st.booleans() | inner,
            "minProperties": st.integers(0, 2),
        },
    )


def arrays(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {"type": st.just("array"), "items": inner},
        optional={"minItems": st.integers(0, 2), "uniqueItems": st.booleans()},
    )


def unions(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    keyword = st.sampled_from(["anyOf", "oneOf", "allOf"])
    return st.dictionaries(keyword, st.lists(inner, min_size=1, max_size=3), min_size=1, max_size=1)


def combined(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return objects(inner) | arrays(inner) | unions(inner)


SCHEMAS = combined(st.recursive(LEAVES, combined, max_leaves=4)) | LEAVES
NODES = objects(LEAVES)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Json, Json]:
    """Draw a schema, and the same with one of its parts drawn anew, or another one."""
    schema = draw(SCHEMAS)
    return schema, draw(SCHEMAS) if draw(st.booleans()) else touched(draw, schema)


def touched(draw: st.DrawFn, schema: Json) -> Json:
    """Return `schema` with some part drawn anew."""
    parts = list(schema) if isinstance(schema, dict) else []
    key = draw(st.sampled_from([*parts, ""]))
    if key in ("anyOf", "oneOf", "allOf"):
        return {key: [touched(draw, schema[key][0]), *schema[key][1:]]}
    if key == "items":
        return {**schema, key: touched(draw, schema[key])}
    if key == "properties":
        return {**schema, key: {k: touched(draw, v) for k, v in schema[key].items()}}
    if key == "required":
        return {**schema, key: draw(st.lists(st.sampled_from("abz"), unique=True))}
    return draw(LEAVES)


def counterexamples(accepting: Json, refusing: Json, befores: Json, nows: Json) -> list[Json]:
    """Return values of `accepting`, by the schemas `befores`, that `refusing` refuses."""
    accepts, others = Validator(accepting, befores).accepts, Validator(refusing, nows).accepts
    return [one for one in VALUES if accepts(one) and not others(one)]


TREE = an_object({"a": TEXT, "b": NODE}, "a")
ANY, ANY_B = an_object({}), an_object({"b": TEXT})
SEVEN = {"const": 7}
PATTERNED = {"type": "object", "patternProperties": {"^a": NUMBER}, "additionalProperties": SEVEN}


@settings(deadline=None, max_examples=400)
@given(pairs(), NODES, NODES)
@example(({"oneOf": [TEXT, NODE]}, {"oneOf": [TEXT, NODE]}), TREE, an_object({"b": NODE}))
@example(({"oneOf": [NODE, ANY_B]}, {"oneOf": [NODE, ANY_B]}), an_object({"a": TEXT}), ANY)
@example(2 * (an_object({"a": NODE, "b": {"oneOf": [NODE, ANY_B]}}),), ANY, an_object({"a": TEXT}))
@example((NODE, an_object({"b": NODE})), *[an_object({"b": an_object({"b": NODE})})] * 2)
@example((PATTERNED, {**PATTERNED, "properties": {"a": SEVEN}}), TREE, TREE)
@example((an_object({"b": TEXT}), an_object({}, "b")), TREE, TREE)
@example((an_object({}, "b"), an_object({"b": TEXT})), TREE, TREE)
@example((NODE, an_object({"b": NODE})), TREE, an_object({"b": an_object({"b": NODE})}))
def test_what_is_not_told_as_gained_or_lost_is_not(
    schemas: tuple[Json, Json], old_node: Json, new_node: Json
) -> None:
    old, new = schemas
    befores, nows = {"Node": old_node}, {"Node": new_node}
    found = differences(old, new, befores, nows)

    if all(one.gained is False for one in found):
        assert counterexamples(new, old, nows, befores) == []
    if all(one.lost is False for one in found):
        assert counterexamples(old, new, befores, nows) == []


@settings(deadline=None, max_examples=200)
@given(pairs())
@example(({"oneOf": [TEXT, True, NODE]}, {"oneOf": [True, True, NODE]}))
def test_where_all_is_admitted_nothing_is_gained(schemas: tuple[Json, Json]) -> None:
    old, new = schemas
    nodes = {"Node": TREE}
    found = differences(old, new, nodes, nodes)

    if c.covers(c.canonical(old, nodes), c.canonical(new, nodes)):
        assert [one for one in found if one.gained is not False] == []


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
@given(pairs())
def test_a_response_that_changes_safely_keeps_the_old_promise(schemas: tuple[Json, Json]) -> None:
    old, new = (loaded(answering(schema, Node=TREE)) for schema in schemas)
    assume({one.level for one in compare(old, new)} <= {"safe"})

    kept = Validator(response(old), old.schemas).accepts
    assert [one for one in made(new, response(new)) if not kept(one)] == []


def response(contract: Contract) -> Json:
    """Return the schema of the only response."""
    (operation,) = contract.operations.values()
    (schema,) = operation.responses["200"].schemas.values()
    return schema


def made(contract: Contract, schema: Json) -> list[Json]:
    """Return values of `schema`; where there are none, the example is given up."""
    assume(not list(infeasible(contract)))
    world = World(contract)
    try:
        return [world.value(schema, str(number)) for number in range(20)]
    except (GenerationError, ValueError):  # a schema of which no value can be made
        reject()


PRESENCE = ("property-added", "property-removed")


@settings(deadline=None, max_examples=150)
@given(pairs())
def test_requests_mirror_responses(schemas: tuple[Json, Json]) -> None:
    """Except for properties that come and go: nobody sends, or misses, what is not known."""
    old, new = schemas
    sent = changes(taking(old, Node=TREE), taking(new, Node=TREE))
    received = changes(answering(new, Node=TREE), answering(old, Node=TREE))
    if not any(one.rule.endswith(PRESENCE) for one in (*sent, *received)):
        assert Counter(one.level for one in sent) == Counter(one.level for one in received)


@pytest.mark.parametrize("name", ALL)
def test_a_contract_is_the_same_as_itself(name: str) -> None:
    assert compare(CONTRACTS[name], load_contract(name)) == []


@pytest.mark.parametrize("name", ALL)
def test_a_contract_with_other_words_is_the_same(name: str) -> None:
    contract = CONTRACTS[name]
    data = json.loads(json.dumps(contract.document.data), object_hook=reworded)
    schemas = contract.schemas
    again = loaded(data)

    assert [
        one
        for key, schema in schemas.items()
        for one in differences(schema, again.schemas[key], schemas, again.schemas)
    ] == []
    assert {one.rule for one in compare(contract, again)} <= {"relation-removed"}


def reworded(found: JsonObject) -> JsonObject:
    """Return an object of a document with its keys in another order, and other descriptions."""
    words = {"description": "in other words"} if isinstance(found.get("description"), str) else {}
    return {**dict(reversed(found.items())), **words}


# Examples of every rule


BASE = document({"operationId": "getThing"})


def op(**said: Json) -> JsonObject:
    return document({"operationId": "getThing", **said})


def secured(*alternatives: JsonObject) -> JsonObject:
    schemes = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "same": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "oauth": {"type": "oauth2", "flows": {}},
    }
    return document(security=[*alternatives], components={"securitySchemes": schemes})


def headed(**headers: bool) -> JsonObject:
    said = {name.replace("_", "-"): {"required": value} for name, value in headers.items()}
    return document({"responses": {"200": {"description": "fine", "headers": said}}})


def statuses(*names: str, schema: Json = None) -> JsonObject:
    body = content(schema) if schema else {}
    return document({"responses": {name: {"description": "", **body} for name in names}})


def at(path: str, *, base: str = "/", **schemas: Json) -> JsonObject:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in schemas.items()
    ]
    data = document({"parameters": parameters}, servers=[{"url": base}])
    return {**data, "paths": {path: data["paths"]["/things/{id}"]}}


CLOSED = {"additionalProperties": False}

OF_OPERATIONS = [
    (at("/a/{x}"), at("/a/{y}"), []),
    (at("/a/{x}/{y}", x=TEXT, y=WHOLE), at("/a/{y}/{x}", y=TEXT, x=WHOLE), []),
    (at("/a/{x}", x=TEXT), at("/a/{y}", y=WHOLE), ["breaking parameter-type-changed"]),
    (at("/a"), at("/b"), ["breaking operation-removed", "safe operation-added"]),
    (at("/a", base="/v1"), at("/a", base="/v2"), ["breaking base-path-changed"]),
    (at("/a", base="/v1"), at("/v1/a"), []),
    (op(), op(operationId="readThing"), ["risky operation-id-changed"]),
    (op(), op(deprecated=True), ["safe operation-deprecated"]),
    (asking(), asking({"required": True}), ["breaking parameter-added-required"]),
    (asking(), asking({}), ["safe parameter-added"]),
    (asking({}), asking(), ["risky parameter-removed"]),
    (asking({}), asking({"required": True}), ["breaking parameter-required"]),
    (asking({"required": True}), asking({}), ["safe parameter-optional"]),
    (asking({}), asking({"deprecated": True}), ["safe parameter-deprecated"]),
    (asking({}), asking({"style": "pipeDelimited"}), ["breaking parameter-style-changed"]),
    (asking({}), asking({"explode": True, "style": "form"}), []),
    (asking({"schema": NUMBER}), asking({"schema": WHOLE}), ["breaking parameter-narrowed"]),
    (asking({"schema": WHOLE}), asking({"schema": NUMBER}), ["safe parameter-widened"]),
    (
        asking({"schema": {**WHOLE, "default": 1}}),
        asking({"schema": {**WHOLE, "default": 2}}),
        ["risky parameter-default-changed"],
    ),
    (
        asking({"name": "X-A", "in": "header"}),
        asking({"name": "x-a", "in": "header", "schema": WHOLE}),
        ["breaking parameter-narrowed"],
    ),
    (op(), op(requestBody={**content(TEXT), "required": True}),
     ["breaking request-body-added-required"]),
    (op(), op(requestBody=content(TEXT)), ["safe request-body-added"]),
    (op(requestBody=content(TEXT)), op(), ["risky request-body-removed"]),
    (op(requestBody=content(TEXT)), op(requestBody={**content(TEXT), "required": True}),
     ["breaking request-body-required"]),
    (op(requestBody={**content(TEXT), "required": True}), op(requestBody=content(TEXT)),
     ["safe request-body-optional"]),
    (op(requestBody=content(TEXT)), op(requestBody=content(TEXT, "text/plain")),
     ["breaking request-media-type-removed", "safe request-media-type-added"]),
    (statuses("200", "201"), statuses("200"), ["breaking response-removed"]),
    (statuses("200", "404"), statuses("200"), ["safe response-removed"]),
    (statuses("200"), statuses("200", "202"), ["risky response-added"]),
    (statuses("200"), statuses("200", "429"), ["safe response-added"]),
    (statuses("200", "4XX"), statuses("200", "4XX", "429"), []),
    (statuses("200", "default", schema=TEXT), statuses("200", "default", "404", schema=WHOLE),
     ["breaking response-type-changed"] * 3),
    (answering(TEXT), document(), ["breaking response-media-type-removed"]),
    (document(), answering(TEXT), ["safe response-media-type-added"]),
    (headed(X_A=True), headed(), ["breaking response-header-removed"]),
    (headed(X_A=False), headed(), ["risky response-header-removed"]),
    (headed(X_A=True), headed(x_a=False), ["breaking response-header-optional"]),
    (headed(X_A=False), headed(X_A=True), ["safe response-header-required"]),
    (headed(), headed(X_A=False), ["safe response-header-added"]),
    (secured(), secured({"key": []}), ["breaking security-stricter"]),
    (secured({"key": []}), secured(), ["safe security-looser"]),
    (secured({"key": []}), secured({"same": []}), []),
    (secured({"key": []}), secured({"key": []}, {"oauth": []}), ["safe security-looser"]),
    (secured({"key": []}), secured({"key": [], "oauth": []}), ["breaking security-stricter"]),
    (secured({"oauth": ["read"]}), secured({"oauth": ["read", "write"]}),
     ["breaking security-stricter"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), OF_OPERATIONS)
def test_changes_of_operations(old: JsonObject, new: JsonObject, expected: list[str]) -> None:
    assert told(old, new) == expected


SOME, NULLABLE = an_object({"a": TEXT}), {"type": ["string", "null"]}
CAT, DOG = (an_object({name: TEXT}, name, **CLOSED) for name in ("lives", "barks"))
OF_SCHEMAS = [
    (SOME, an_object({"a": TEXT, "b": TEXT}), "safe property-added", "safe property-added"),
    (SOME, an_object({"a": TEXT, "b": {"x-old": True}}),
     "safe property-added", "safe property-added"),
    (SOME, an_object({"a": TEXT, "b": TEXT}, "b"),
     "breaking required-property-added", "safe required-property-added"),
    ({**SOME, **CLOSED}, an_object({"a": TEXT, "b": TEXT}, **CLOSED),
     "safe property-added", "risky property-added"),
    (an_object({"a": TEXT, "b": TEXT}), SOME,
     "risky property-removed", "breaking property-removed"),
    (an_object({"a": TEXT, "b": {}}), SOME, "risky property-removed", "breaking property-removed"),
    (an_object({"a": TEXT, "b": TEXT}, **CLOSED), {**SOME, **CLOSED},
     "breaking property-removed", "breaking property-removed"),
    (SOME, an_object({"a": TEXT}, "a"), "breaking property-required", "safe property-required"),
    (an_object({"a": TEXT}, "a"), SOME, "safe property-optional", "breaking property-optional"),
    (SOME, {**SOME, **CLOSED},
     "breaking other-properties-forbidden", "safe other-properties-forbidden"),
    ({**SOME, **CLOSED}, SOME,
     "safe other-properties-allowed", "breaking other-properties-allowed"),
    (TEXT, NULLABLE, "safe null-added", "breaking null-added"),
    (NULLABLE, TEXT, "breaking null-removed", "safe null-removed"),
    (TEXT, {"type": ["string", "integer"]}, "safe type-added", "breaking type-added"),
    ({"type": ["string", "integer"]}, TEXT, "breaking type-removed", "safe type-removed"),
    (TEXT, WHOLE, "breaking type-changed", "breaking type-changed"),
    ({"enum": ["a"]}, {"enum": ["a", "b"]},
     "safe enum-value-added", "breaking enum-value-added"),
    ({"enum": ["a", "b"]}, {"enum": ["a"]},
     "breaking enum-value-removed", "safe enum-value-removed"),
    (TEXT, {**TEXT, "maxLength": 3}, "breaking narrowed", "safe narrowed"),
    ({**TEXT, "maxLength": 3}, TEXT, "safe widened", "breaking widened"),
    ({**WHOLE, "minimum": 1, "maximum": 5}, {**WHOLE, "minimum": 2, "maximum": 6},
     "breaking changed", "breaking changed"),
    (ANY, {**ANY, "minProperties": 1}, "breaking narrowed", "safe narrowed"),
    ({"type": "array"}, {"type": "array", "minItems": 1}, "breaking narrowed", "safe narrowed"),
    ({**TEXT, "pattern": "^(ab)+$"}, {**TEXT, "pattern": "^ab(ab)*$"},
     "risky changed", "risky changed"),
    ({**WHOLE, "format": "int32"}, {**WHOLE, "format": "int64"},
     "risky format-changed", "risky format-changed"),
    ({**TEXT, "default": "a"}, {**TEXT, "default": "b"},
     "risky default-changed", "risky default-changed"),
    (TEXT, {**TEXT, "deprecated": True}, "safe deprecated", "safe deprecated"),
    ({"anyOf": [CAT]}, {"anyOf": [CAT, DOG]},
     "safe variant-added", "breaking variant-added"),
    ({"anyOf": [CAT, DOG]}, {"anyOf": [CAT]},
     "breaking variant-removed", "safe variant-removed"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sent", "received"), OF_SCHEMAS)
def test_changes_of_schemas(old: Json, new: Json, sent: str, received: str) -> None:
    level, rule = sent.split()
    assert told(taking(old), taking(new)) == [f"{level} request-{rule}"]
    level, rule = received.split()
    assert told(answering(old), answering(new)) == [f"{level} response-{rule}"]


def test_every_sentence_about_schemas_has_an_example() -> None:
    shown = {sent.split()[1] for _, _, sent, _ in OF_SCHEMAS}

    assert shown == set(SENTENCES)


def test_relations_that_come_and_go_are_risky() -> None:
    data = answering({"$ref": "#/components/schemas/Thing"}, Thing=an_object({"id": TEXT}))
    behaviour = {"relations": {"Thing": [{"identified_by": "/id"}]}}
    plain, related = loaded(data), loaded(data, behaviour)

    (added,) = compare(plain, related)
    (removed,) = compare(related, plain)
    assert (added.level, added.rule) == ("risky", "relation-added")
    assert added.message == 'it is now promised that Thing has {"identified_by":"/id"}'
    assert (removed.level, removed.rule) == ("risky", "relation-removed")
    assert (added.file, added.pointer) == (removed.file, "/relations/Thing/0")


# Where, and in what words


def test_a_change_names_the_place_in_the_value_and_its_line(tmp_path: Path) -> None:
    text = """\
openapi: 3.0.3
info: {title: Threads, version: "1"}
paths:
  /threads:
    get:
      responses:
        "200":
          description: fine
          content:
            application/json:
              schema:
                type: array
                items: {$ref: "#/components/schemas/Thread"}
components:
  schemas:
    Thread:
      type: object
      properties:
        replies: {type: array, items: {$ref: "#/components/schemas/Thread"}}
        message:
          allOf:
            - type: object
              properties:
                role:
                  type: string
                  enum: [user, agent]
"""
    for name, roles in (("old", "[user, agent]"), ("new", "[user, agent, tool]")):
        (tmp_path / f"{name}.yaml").write_text(text.replace("[user, agent]", roles))

    (one,) = compare(*(load_contract(tmp_path / f"{name}.yaml") for name in ("old", "new")))

    assert one == Change(
        level="breaking",
        operation="GET /threads",
        rule="response-enum-value-added",
        message='/*/message/role of the response 200 may now also be "tool"',
        file=str(tmp_path / "new.yaml"),
        line=25,
        pointer="/components/schemas/Thread/properties/message/allOf/0/properties/role",
    )


def test_a_change_behind_several_references_is_found() -> None:
    holder = an_object({"items": {"type": "array", "items": {"$ref": "#/components/schemas/B"}}})
    old, new = (
        answering({"$ref": "#/components/schemas/A"}, A=holder, B=an_object({"c": schema}))
        for schema in (TEXT, WHOLE)
    )

    (one,) = changes(old, new)
    assert (one.rule, one.pointer) == (
        "response-type-changed",
        "/components/schemas/B/properties/c",
    )


def test_a_change_of_what_is_not_declared_is_shown_at_what_holds_it() -> None:
    old, new = (answering(an_object({"a": schema})) for schema in (ANY, an_object({}, "b")))

    (one,) = changes(old, new)
    assert one.message == "the response 200 now always holds /a/b"
    assert one.pointer.endswith("/schema/properties/a")


def test_what_was_removed_is_shown_in_the_old_document() -> None:
    old, new = loaded(answering(an_object({"a": TEXT}))), loaded(answering(an_object({})))

    (one,) = compare(old, new)

    assert one.file == old.document.problem("", "").file
    assert one.pointer.endswith("/content/application~1json/schema/properties/a")
    assert one.message == "the response 200 no longer promises /a, which clients may read"


def test_what_cannot_be_decided_says_so() -> None:
    schemas = ({**TEXT, "pattern": "^(ab)+$"}, {**TEXT, "pattern": "^ab(ab)*$"})
    (one,) = changes(*(taking(schema) for schema in schemas))

    assert one.message.endswith("; whether this breaks clients cannot be decided from the schemas")


def test_variants_of_one_name_belong_together() -> None:
    def pets(cat: JsonObject, dog: JsonObject) -> JsonObject:
        names = ({"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog"))
        return answering({"anyOf": [*names]}, Cat=an_object(cat, *cat), Dog=an_object(dog, *dog))

    found = changes(pets({"a": TEXT}, {"b": TEXT}), pets({"b": TEXT}, {"b": WHOLE}))

    assert [one.message for one in found if one.level == "breaking"] == [
        "the response 200 no longer promises /a, which clients may read",
        '/b of the response 200 was {"type":"string"} and is now {"type":"integer"}',
    ]


def test_the_worst_comes_first() -> None:
    levels = [one.level for one in compare(CONTRACTS["cattix"], CONTRACTS["thena"])]

    assert levels == sorted(levels, key=LEVELS.index)
    assert set(levels) == set(LEVELS)


def test_variants_that_belong_together_are_compared_member_by_member() -> None:
    def pet(name: str, **more: Json) -> JsonObject:
        return an_object({"kind": {"const": name}, **more}, "kind", **CLOSED)

    old = {"oneOf": [pet("cat", lives=WHOLE), pet("dog", barks=TEXT)]}
    new = {"oneOf": [pet("dog", barks=WHOLE), pet("cat", lives=WHOLE), pet("cow")]}

    assert [(one.rule, one.path) for one in differences(old, new, {}, {})] == [
        ("type-changed", ("barks",)),
        ("variant-added", ()),
    ]
