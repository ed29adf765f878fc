from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.codec import dumps
from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.contract.pointers import MISSING, follow, join, split
from understudy.contract.validate import Validator
from understudy.errors import GenerationError
from understudy.generate.invalid.faults import Fault
from understudy.generate.invalid.profile import InvalidSample, invalid
from understudy.generate.samples import Subject, of_request, of_response, of_schema, sample
from understudy.generate.world import World
from understudy.types import Json, JsonObject

ROOT = Path(__file__).parents[3]
SHAPES = load_contract(ROOT / "tests" / "specs" / "shapes.yaml")
SUBJECTS = (
    "cattix createThread request",
    "cattix createThread",
    "cattix listThreads",
    "sitegpt listThreads",
    "thena getThread",
)


@cache
def contract(name: str) -> Contract:
    return load_contract(ROOT / "openapi" / name / "openapi.yaml")


@cache
def planned(told: str) -> tuple[Contract, Subject, InvalidSample]:
    name, operation, *request = told.split()
    loaded = contract(name)
    subject = of_request(loaded, operation) if request else of_response(loaded, operation)
    return loaded, subject, invalid(loaded, subject, World(loaded))


def of(schema: Json) -> tuple[Contract, Subject, InvalidSample]:
    """Return what is planned for `schema` alone."""
    loaded = replace(SHAPES, schemas={**SHAPES.schemas, "Subject": schema})
    subject = of_schema(loaded, "Subject")
    return loaded, subject, invalid(loaded, subject, World(loaded))


def told(loaded: Contract, subject: Subject, value: Json) -> list[tuple[str, str]]:
    """Return pointer and keyword of everything that is wrong with `value`."""
    found = Validator(subject.schema, loaded.schemas).violations(value)
    return [(join("", *one.path), one.keyword) for one in found]


def mislabelled(loaded: Contract, subject: Subject, make: InvalidSample, count: int) -> list[Json]:
    """Return the labels of objects that have not just the fault that the label tells."""
    made = [make(index) for index in range(count)]
    return [
        one.label
        for one in made
        if told(loaded, subject, one.value) != [(one.label["pointer"], one.label["keyword"])]
    ]


@pytest.mark.parametrize("name", SUBJECTS)
def test_each_fault_of_a_bundled_contract_comes_once_alone_and_as_labelled_before_any_repeats(
    name: str,
) -> None:
    loaded, subject, make = planned(name)
    made = [make(index) for index in range(len(make.faults))]
    labels = [one.label for one in made]

    assert [told(loaded, subject, one.value) for one in made] == [
        [(label["pointer"], label["keyword"])] for label in labels
    ]
    assert [(one["keyword"], one["kind"], one["expected"]) for one in labels] == [
        (fault.keyword, fault.kind, fault.expected) for fault in make.faults
    ]


@pytest.mark.parametrize("name", SHAPES.schemas)
def test_every_object_of_any_shape_breaks_what_its_label_says_and_no_more(name: str) -> None:
    subject = of_schema(SHAPES, name)
    make = invalid(SHAPES, subject, World(SHAPES))

    assert mislabelled(SHAPES, subject, make, 3 * len(make.faults)) == []


def test_there_are_faults_in_every_part_of_a_thread() -> None:
    _, _, make = planned("thena getThread")
    parts = {fault.pointer.rpartition("/")[0] for fault in make.faults}

    assert (parts, len(make.faults) > 70, make.inexpressible) == (
        {"", "/messages", "/messages/*", "/messages/*/attachments"}
        | {"/messages/*/tool_calls", "/messages/*/tool_calls/*", "/messages/*/feedback"},
        True,
        (),
    )


def test_faults_are_distinct() -> None:
    _, _, make = planned("thena getThread")

    assert len({dumps(_fields(fault)) for fault in make.faults}) == len(make.faults)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000))
def test_an_object_depends_on_its_index_alone(index: int) -> None:
    loaded, subject, make = planned("cattix createThread request")
    again = invalid(loaded, subject, World(loaded))

    assert dumps(again(index).value) == dumps(make(index).value)
    assert again(index).label == make(index).label


def test_objects_are_the_same_in_any_process(printed: Callable[[str], set[bytes]]) -> None:
    code = (
        "from pathlib import Path\n"
        "from understudy.codec import dumps\n"
        "from understudy.contract.load import load_contract\n"
        "from understudy.generate.invalid.profile import invalid\n"
        "from understudy.generate.samples import of_request\n"
        "from understudy.generate.world import World\n"
        f"c = load_contract(Path({str(ROOT / 'openapi/cattix/openapi.yaml')!r}))\n"
        "make = invalid(c, of_request(c, 'createThread'), World(c))\n"
        "print([dumps([make(i).value, make(i).label]) for i in range(60)])\n"
    )
    _, _, make = planned("cattix createThread request")
    here = [dumps([make(i).value, make(i).label]) for i in range(60)]

    assert printed(code) == {f"{here}\n".encode()}


def test_what_is_not_verified_again_is_right_all_the_same() -> None:
    loaded, subject, make = planned("thena getThread")
    unverified = invalid(loaded, subject, World(loaded), verify=False)

    assert [unverified(i).value for i in range(200)] == [make(i).value for i in range(200)]


def test_making_objects_leaves_the_realistic_ones_as_they_are() -> None:
    loaded = contract("sitegpt")
    subject, world = of_response(loaded, "listThreads"), World(loaded)
    realistic = sample(loaded, subject, world)
    before = dumps(realistic(3))
    make = invalid(loaded, subject, world)
    made = [make(index) for index in range(20)]

    assert (len(made), dumps(realistic(3))) == (20, before)


def _fields(fault: Fault) -> JsonObject:
    return {
        "pointer": fault.pointer,
        "keyword": fault.keyword,
        "kind": fault.kind,
        "expected": fault.expected,
    }


# What can be broken -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "null"}, ["boolean", "number", "string", "array", "object"]),
        ({"type": ["integer", "null"]}, ["boolean", "number", "string", "array", "object"]),
        ({"type": "number"}, ["null", "boolean", "string", "array", "object"]),
    ],
)
def test_each_type_that_is_refused_is_a_fault(schema: Json, expected: list[str]) -> None:
    _, _, make = of(schema)

    assert [fault.kind.removeprefix("wrong type: ") for fault in make.faults] == expected


@pytest.mark.parametrize(
    ("schema", "kinds"),
    [
        ({"const": {"a": [1]}}, ["not the constant"]),
        ({"enum": ["a", 1, None]}, ["not in enum"]),
        ({"minimum": 0, "maximum": 9}, ["below minimum", "above maximum"]),
        ({"exclusiveMinimum": 0.5}, ["at exclusive minimum", "below minimum"]),
        ({"exclusiveMaximum": 7}, ["at exclusive maximum", "above maximum"]),
        (
            {"minimum": 10, "maximum": 30, "multipleOf": 10},
            ["below minimum", "above maximum", "not a multiple"],
        ),
        ({"minLength": 2, "maxLength": 4}, ["too short", "too long"]),
        ({"pattern": "^a{2}$"}, ["pattern missed"]),
        ({"pattern": "^[a-z]+$", "minLength": 3}, ["pattern missed", "too short"]),
        ({"minItems": 2, "maxItems": 3}, ["too few items", "too many items"]),
        ({"uniqueItems": True, "minItems": 2}, ["duplicate items", "too few items"]),
        (
            {"contains": {"type": "string"}, "items": {"enum": [1, "a"]}, "maxContains": 2},
            ["too few such items", "too many such items", "not in enum"],
        ),
        ({"prefixItems": [{"const": 1}], "items": False, "minItems": 1}, None),
        ({"properties": {"a": False, "b": True}}, ["forbidden"]),
        ({"additionalProperties": False}, ["unexpected property"]),
        ({"unevaluatedProperties": False}, ["unexpected property"]),
        ({"unevaluatedItems": False, "prefixItems": [True]}, ["unexpected item"]),
        ({"required": ["a", "b"]}, ["missing", "missing"]),
        ({"minProperties": 2, "maxProperties": 3}, ["too few properties", "too many properties"]),
        ({"propertyNames": {"maxLength": 3}, "minProperties": 1}, None),
        ({"dependentRequired": {"a": ["b", "c"]}}, ["missing beside a", "missing beside a"]),
        ({"not": {"type": "string"}}, ["what must not be"]),
        ({"anyOf": [{"const": 1}, {"const": 2}]}, None),
        ({"oneOf": [{"minimum": 3}, {"multipleOf": 2}]}, None),
        ({"if": {"minimum": 3}, "then": {"multipleOf": 2}}, ["not a multiple"]),
        ({"allOf": [{"minimum": 1}, {"maximum": 3}]}, ["below minimum", "above maximum"]),
    ],
)
def test_a_keyword_can_be_broken(schema: JsonObject, kinds: list[str] | None) -> None:
    kind = next((name for name, words in KINDS.items() if words & schema.keys()), None)
    typed = {"type": kind, **schema} if kind else schema
    loaded, subject, make = of(typed)
    found = [fault.kind for fault in make.faults if fault.keyword != "type"]

    assert kinds is None or sorted(found) == sorted(kinds)
    assert found != []
    assert mislabelled(loaded, subject, make, 2 * len(make.faults)) == []


KINDS = {
    "string": {"minLength", "pattern"},
    "number": {"minimum", "exclusiveMinimum", "exclusiveMaximum", "if"},
    "array": {"minItems", "uniqueItems", "contains", "prefixItems"},
    "object": {"properties", "additionalProperties", "unevaluatedProperties", "required"}
    | {"minProperties", "dependentRequired", "propertyNames"},
}


@pytest.mark.parametrize(
    "name",
    (
        "date date-time duration email hostname idn-email idn-hostname ipv4 ipv6 iri "
        "iri-reference json-pointer regex relative-json-pointer time uri uri-reference "
        "uri-template uuid"
    ).split(),
)
def test_every_format_has_a_near_miss(name: str) -> None:
    loaded, subject, make = of({"type": "string", "format": name})

    assert f"not {name}" in [fault.kind for fault in make.faults]
    assert mislabelled(loaded, subject, make, 3 * len(make.faults)) == []


def test_a_missing_property_is_labelled_with_its_object_and_its_name() -> None:
    inner = {"type": "object", "required": ["a"], "properties": {"a": {"const": 1}}}
    _, _, make = of({"type": "object", "required": ["x"], "properties": {"x": inner}})
    made = next(one for one in map(make, range(99)) if one.label["pointer"] == "/x")
    missing = [make(i) for i, fault in enumerate(make.faults) if fault.kind == "missing"]

    assert made.label["keyword"] in ("type", "required")
    assert [(one.label, one.value) for one in missing] == [
        ({"pointer": "", "keyword": "required", "kind": "missing", "expected": "x"}, {}),
        ({"pointer": "/x", "keyword": "required", "kind": "missing", "expected": "a"}, {"x": {}}),
    ]


def test_names_that_pointers_escape_are_labelled_as_pointers_write_them() -> None:
    names = ("a/b", "m~n", "")
    closed = {"type": "object", "properties": {name: {"minimum": 1} for name in names}}
    _, _, make = of(closed)

    assert {f.pointer for f in make.faults} == {"", "/a~1b", "/m~0n", "/"}


def test_a_fault_within_a_branch_is_told_in_the_name_of_the_choice() -> None:
    member = {"anyOf": [{"type": "object", "required": ["a"]}, {"type": "null"}]}
    _, _, make = of({"type": "object", "required": ["m"], "properties": {"m": member}})
    inner = {"pointer": "/m", "keyword": "required", "kind": "missing", "expected": "a"}

    assert Fault("/m", "anyOf", "no branch", inner) in make.faults


def test_what_breaks_several_promises_or_none_is_listed_with_the_reason() -> None:
    several = of({"type": "string", "enum": ["a"]})[2].inexpressible
    none = of({"type": "string", "format": "colour"})[2].inexpressible

    assert {one.reason for one in several} == {"breaks type at the root, enum at the root"}
    assert [(one.fault.kind, one.reason) for one in none] == [
        ("not colour", "the object stays valid")
    ]


def test_a_place_that_no_object_has_is_listed() -> None:
    _, _, make = of({"type": "array", "maxItems": 0, "items": {"minimum": 1}})

    assert [(one.fault.pointer, one.reason) for one in make.inexpressible] == [
        ("/*", "no way to make it was found in 50 objects")
    ]


def test_a_schema_that_promises_nothing_cannot_be_broken() -> None:
    _, _, make = of({})

    assert (make.faults, make.inexpressible) == ((), ())
    with pytest.raises(GenerationError, match="promises nothing that can be broken"):
        make(0)


def test_recursion_is_entered_once() -> None:
    _, _, make = of({"$ref": "#/components/schemas/Tree"})
    pointers = {fault.pointer for fault in make.faults}

    assert pointers == {"", "/name", "/parent", "/children", "/children/*"}


def test_a_pointer_leads_to_a_place_in_the_object() -> None:
    _, _, make = planned("thena getThread")
    made = [make(index) for index in range(len(make.faults))]

    assert [
        one.label
        for one in made
        if follow(one.value, split(one.label["pointer"])) is MISSING
    ] == []  # fmt: skip


def test_many_levels_and_a_thousand_properties_are_planned() -> None:
    deep: JsonObject = {"type": "integer"}
    for _ in range(50):
        deep = {"type": "object", "required": ["a"], "properties": {"a": deep}}
    wide = {"type": "object", "properties": {f"p{i}": {"minimum": 1} for i in range(1000)}}

    assert len(of(deep)[2].faults) == 50 * 6 + 6
    assert len(of(wide)[2].faults) == 1000 + 5
