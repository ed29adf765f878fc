import pytest

from understudy.contract.validate import Validator, Violation
from understudy.types import Json

SCHEMAS = {"Name": {"type": "string", "minLength": 2}}


@pytest.mark.parametrize(
    ("schema", "value", "violation"),
    [
        (
            {"type": "integer"},
            "x",
            Violation("type", (), '"x" is not of type "integer"', ["integer"], "x"),
        ),
        ({"minimum": 3}, 1, Violation("minimum", (), "1 is less than the minimum of 3", 3, 1)),
        (
            {"required": ["a"]},
            {"b": 1},
            Violation("required", (), '"a" is a required property', "a", {"b": 1}),
        ),
        (
            {"items": {"$ref": "#/components/schemas/Name"}},
            ["ok", "x"],
            Violation("minLength", (1,), '"x" is shorter than 2 characters', 2, "x"),
        ),
        (
            {"enum": ["a", "b"]},
            "c",
            Violation("enum", (), '"c" is not one of "a" or "b"', ["a", "b"], "c"),
        ),
        ({"format": "uuid"}, "x", Violation("format", (), '"x" is not a "uuid"', "uuid", "x")),
    ],
)
def test_a_violation_says_which_keyword_refused_what(
    schema: Json, value: Json, violation: Violation
) -> None:
    assert Validator(schema, SCHEMAS).violations(value) == [violation]


def test_every_reason_is_told() -> None:
    validator = Validator({"properties": {"a": {"type": "string"}}, "required": ["b", "c"]})

    found = validator.violations({"a": 1})

    assert sorted((v.keyword, v.path) for v in found) == [
        ("required", ()),
        ("required", ()),
        ("type", ("a",)),
    ]


@pytest.mark.parametrize(("schema", "accepted"), [(True, True), (False, False), ({}, True)])
def test_a_schema_may_be_a_boolean(schema: Json, accepted: bool) -> None:  # noqa: FBT001
    assert Validator(schema).accepts({"any": "thing"}) == accepted


def test_integers_beyond_64_bits_are_compared_exactly() -> None:
    validator = Validator({"type": "integer", "maximum": 2**70})

    assert validator.accepts(2**70)
    assert not validator.accepts(2**70 + 1)
