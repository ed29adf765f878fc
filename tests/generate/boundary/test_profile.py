from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.codec import dumps
from understudy.contract.instances import instances
from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.contract.pointers import MISSING, follow, split
from understudy.contract.relations import breaches
from understudy.contract.validate import Validator
from understudy.generate.boundary.pairs import pairings
from understudy.generate.boundary.profile import boundaries
from understudy.generate.labels import Labelled
from understudy.generate.samples import Subject, of_request, of_response, of_schema
from understudy.generate.world import World
from understudy.types import Json

ROOT = Path(__file__).parents[3]
SHAPES = load_contract(ROOT / "tests" / "specs" / "shapes.yaml")
SUBJECTS = (
    "cattix createThread request",
    "cattix createThread",
    "cattix listThreads",
    "sitegpt listThreads",
    "thena getThread",
    "thena listWebThreads",
)


@cache
def enumerated(told: str) -> tuple[Contract, Subject, tuple[Labelled, ...]]:
    name, operation, *request = told.split()
    loaded = load_contract(ROOT / "openapi" / name / "openapi.yaml")
    subject = of_request(loaded, operation) if request else of_response(loaded, operation)
    return loaded, subject, tuple(boundaries(loaded, subject, World(loaded)))


def of(schema: Json, *, budget: int = 0) -> list[Labelled]:
    """Return the boundaries of `schema` alone."""
    loaded = replace(SHAPES, schemas={**SHAPES.schemas, "Subject": schema})
    return list(boundaries(loaded, of_schema(loaded, "Subject"), World(loaded), budget=budget))


def by_kind(schema: Json) -> dict[str, Json]:
    """Return what is at the root of each boundary object, by its label's kind."""
    return {one.label["boundary"]: one.value for one in of(schema)}


def wrong(loaded: Contract, subject: Subject, made: tuple[Labelled, ...]) -> Iterator[str]:
    """Yield what is not valid or not coherent in any object."""
    validator = Validator(subject.schema, loaded.schemas)
    for one in made:
        yield from (violation.message for violation in validator.violations(one.value))
        for name, nodes in instances(one.value, subject.schema, loaded.schemas).items():
            for relation in loaded.behaviour.relations.get(name, ()):
                yield from (breach.message for breach in breaches(relation, nodes))


def misplaced(made: tuple[Labelled, ...]) -> list[Json]:
    """Return the labels that speak of a place that is not as they say."""
    return [
        one.label
        for one in made
        if (follow(one.value, split(one.label["pointer"])) is MISSING)
        != (one.label["boundary"] == "absent")
    ]


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_object_of_a_bundled_contract_is_valid_and_coherent(name: str) -> None:
    loaded, subject, made = enumerated(name)

    assert len(made) > 100
    assert list(wrong(loaded, subject, made)) == []
    assert misplaced(made) == []


@pytest.mark.parametrize("name", SHAPES.schemas)
def test_every_object_of_any_shape_is_valid(name: str) -> None:
    subject = of_schema(SHAPES, name)
    made = tuple(boundaries(SHAPES, subject, World(SHAPES)))

    assert len(made) > 0
    assert list(wrong(SHAPES, subject, made)) == []
    assert misplaced(made) == []


@pytest.mark.parametrize("name", ["thena getThread", "cattix createThread"])
def test_each_single_boundary_has_one_object(name: str) -> None:
    _, _, made = enumerated(name)
    labels = [dumps(one.label) for one in made if one.label["boundary"] != "pairwise"]

    assert len(labels) == len({*labels})


def test_objects_are_the_same_in_any_process(printed: Callable[[str], set[bytes]]) -> None:
    code = (
        "from pathlib import Path\n"
        "from understudy.codec import dumps\n"
        "from understudy.contract.load import load_contract\n"
        "from understudy.generate.boundary.profile import boundaries\n"
        "from understudy.generate.samples import of_request\n"
        "from understudy.generate.world import World\n"
        f"c = load_contract(Path({str(ROOT / 'openapi/cattix/openapi.yaml')!r}))\n"
        "made = boundaries(c, of_request(c, 'createThread'), World(c))\n"
        "print([dumps([one.value, one.label]) for one in made])\n"
    )
    _, _, made = enumerated("cattix createThread request")

    assert printed(code) == {f"{[dumps([one.value, one.label]) for one in made]}\n".encode()}


def test_there_are_boundaries_in_every_part_of_a_thread() -> None:
    _, _, made = enumerated("thena getThread")
    shown = {
        "".join(f"/{'*' if token.isdecimal() else token}" for token in split(pointer))
        for pointer in (one.label["pointer"] for one in made)
    }

    assert shown >= {
        *("", "/title", "/created_at", "/messages", "/messages/*/content"),
        *("/messages/*/tool_calls", "/messages/*/tool_calls/*/tool_name"),
        *("/messages/*/feedback", "/messages/*/feedback/comment"),
    }


# Which boundaries there are -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"type": "integer", "minimum": -3, "maximum": 9},
            {
                "minimum": -3,
                "just-above-minimum": -2,
                "just-below-maximum": 8,
                "maximum": 9,
                "zero": 0,
                "negative": -1,
            },
        ),
        (
            {"type": "integer", "minimum": 5, "maximum": 50, "multipleOf": 10},
            {
                "minimum": 10,
                "just-above-minimum": 20,
                "just-below-maximum": 40,
                "maximum": 50,
            },
        ),
        (
            {"type": "integer"},
            {
                "zero": 0,
                "negative": -1,
                "largest-53-bit": 9007199254740991,
                "smallest-53-bit": -9007199254740991,
                "largest-64-bit": 9223372036854775807,
                "smallest-64-bit": -9223372036854775808,
            },
        ),
        (
            {"type": "number", "exclusiveMinimum": 1, "maximum": 2},
            {"just-above-minimum": 1.01, "just-below-maximum": 1.99, "maximum": 2},
        ),
        ({"type": "boolean"}, {"enum": True}),
        ({"enum": ["a", "b", None]}, {"null": None, "enum": "b"}),
        ({"const": [1]}, {"const": [1]}),
        (
            {"type": "string", "pattern": "^a{2,4}$"},
            {"shortest": "aa", "longest": "aaaa"},
        ),
    ],
)
def test_values_have_their_boundaries(schema: Json, expected: dict[str, Json]) -> None:
    assert by_kind(schema) == expected


def test_every_option_of_an_enum_comes() -> None:
    assert sorted(one.value for one in of({"enum": ["b", "a", "c"]})) == ["a", "b", "c"]


def test_text_has_its_lengths() -> None:
    made = by_kind({"type": "string", "minLength": 3, "maxLength": 40})
    free = by_kind({"type": "string"})
    kinds = ("shortest", "just-above-shortest", "just-below-longest", "longest")

    assert [len(made[kind]) for kind in kinds] == [3, 4, 39, 40]
    assert (len(free["empty"]), len(free["long"]), "longest" in free) == (0, 1_000, False)


def test_free_text_comes_in_scripts_and_marks_that_break_programs() -> None:
    made = by_kind({"type": "string"})

    assert {
        *("astral", "combining", "right-to-left", "zero-width-joiner", "line-separator"),
        *("control", "spaces", "quotes", "html", "case", "formula", "nul"),
    } <= made.keys()
    assert [text.encode().decode() for text in made.values()] == [*made.values()]


def test_text_with_a_pattern_has_no_characters_that_it_forbids() -> None:
    made = by_kind({"type": "string", "pattern": "^[^\\u0000-\\u001f]*$", "maxLength": 99})

    assert "quotes" in made
    assert made.keys() & {"nul", "control"} == set()


def test_instants_have_their_special_values() -> None:
    made = by_kind({"type": "string", "format": "date-time"})

    assert {made["leap-day"][:10], made["epoch"][:10], made["largest-offset"][-6:]} == {
        "2024-02-29",
        "1970-01-01",
        "+14:00",
    }
    assert {"far-past", "far-future", "fractional"} <= made.keys()


def test_special_values_of_formats_come() -> None:
    uuids = by_kind({"type": "string", "format": "uuid"})
    addresses = by_kind({"type": "string", "format": "ipv6"})

    assert uuids["nil"] == "00000000-0000-0000-0000-000000000000"
    assert addresses["unspecified"] == "::"


def test_arrays_have_their_sizes() -> None:
    bounded = {"type": "array", "minItems": 2, "maxItems": 6, "items": {"type": "null"}}
    free = {"type": "array", "items": {"type": "boolean"}}
    sizes = {one.label["boundary"]: len(one.value) for one in of(bounded)}

    assert sizes == {
        "minItems": 2,
        "just-above-minimum": 3,
        "just-below-maximum": 5,
        "maxItems": 6,
    } | ({"null": sizes["null"]} if "null" in sizes else {"const": sizes.get("const")})
    assert {len(one.value) for one in of(free)} >= {0, 1}


def test_maps_have_their_sizes() -> None:
    bounded = {"type": "object", "maxProperties": 9, "additionalProperties": {"type": "string"}}
    sizes = {one.label["boundary"]: len(one.value) for one in of(bounded)}

    assert sizes.items() >= {("just-below-maximum", 8), ("maxProperties", 9)}


def test_each_optional_property_comes_and_goes() -> None:
    text = {"type": "string", "enum": ["x"]}
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": text, "b": text, "c": text},
    }
    made = {
        (one.label["boundary"], one.label["pointer"]): [*one.value]
        for one in of(schema)
        if "optional" in one.label["boundary"] or one.label["boundary"] in ("absent", "present")
    }

    assert {key: sorted(names) for key, names in made.items()} == {
        ("all-optionals-absent", ""): ["a"],
        ("all-optionals-present", ""): ["a", "b", "c"],
        ("absent", "/b"): made[("absent", "/b")],
        ("present", "/b"): ["a", "b"],
        ("absent", "/c"): made[("absent", "/c")],
        ("present", "/c"): ["a", "c"],
    }


def test_every_branch_comes() -> None:
    branch = {"type": "object", "additionalProperties": False}
    schema = {
        "oneOf": [
            {**branch, "required": ["a"], "properties": {"a": {"type": "integer"}}},
            {**branch, "required": ["b"], "properties": {"b": {"type": "string"}}},
            {"type": "null"},
        ]
    }
    made = [one for one in of(schema) if one.label["boundary"].startswith("branch")]
    kinds = {tuple(one.value or ()) for one in of(schema)}

    assert len(made) >= 2
    assert {("a",), ("b",), ()} <= kinds


def test_null_comes_where_it_is_allowed() -> None:
    _, _, made = enumerated("thena getThread")
    nulls = {one.label["pointer"] for one in made if one.label["boundary"] == "null"}

    assert nulls >= {"/user_id", "/organization_id", "/metadata"}


def test_what_would_break_a_relation_is_left_out_beside_a_boundary() -> None:
    _, _, made = enumerated("thena getThread")
    shown = {
        (one.label["pointer"], one.label["boundary"]): one.value
        for one in made
        if one.label["pointer"] in ("/created_at", "/updated_at")
    }

    assert "updated_at" in shown["/created_at", "epoch"]
    assert "updated_at" not in shown["/created_at", "far-future"]
    assert "created_at" not in shown["/updated_at", "epoch"]
    assert "created_at" in shown["/updated_at", "far-future"]


def test_pairs_fill_the_budget_and_no_more() -> None:
    flags = {name: {"type": "boolean"} for name in "abcd"}
    schema = {"type": "object", "required": ["a", "b", "c", "d"], "properties": flags}
    singles = of(schema)
    all_of_them = of(schema, budget=1000)

    assert len(singles) == 8
    assert len(of(schema, budget=10)) == 10
    assert {
        (one, other, value.value[one], value.value[other])
        for value in all_of_them
        for one, other in combinations("abcd", 2)
    } == {
        (one, other, first, second)
        for one, other in combinations("abcd", 2)
        for first in (True, False)
        for second in (True, False)
    }


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 5), max_size=6))
def test_every_two_values_of_two_factors_meet_in_a_row(sizes: dict[str, int]) -> None:
    rows = list(pairings(sizes))
    met = {
        (one, row[one], other, row[other]) for row in rows for one, other in combinations(sizes, 2)
    }

    assert met == {
        (one, first, other, second)
        for one, other in combinations(sizes, 2)
        for first in range(sizes[one])
        for second in range(sizes[other])
    }
    assert all([*row] == [*sizes] for row in rows)


def test_recursion_ends() -> None:
    assert {one.label["pointer"] for one in of({"$ref": "#/components/schemas/Chain"})} == {
        "",
        "/next",
    }
