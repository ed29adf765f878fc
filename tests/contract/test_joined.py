from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from understudy.contract.joined import joined
from understudy.types import Json


def to(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


SCHEMAS: dict[str, Json] = {
    "Node": {"properties": {"next": to("Node")}, "required": ["next"]},
    "Leaf": {"allOf": [to("Node"), {"maxProperties": 3}]},
    "Circle": {"allOf": [to("Circle"), {"type": "object"}]},
}


def test_a_reference_that_stands_alone_stays() -> None:
    for schema in (to("Node"), {"anyOf": [to("Node"), {"type": "null"}]}, {"items": to("Node")}):
        assert joined(schema, SCHEMAS) == schema


def test_references_beside_other_conditions_are_written_out_in_one_list() -> None:
    schema = {"allOf": [to("Leaf"), {"minProperties": 1}]}

    assert joined(schema, SCHEMAS) == {
        "allOf": [SCHEMAS["Node"], {"maxProperties": 3}, {"minProperties": 1}]
    }


def test_branches_beside_other_conditions_are_written_out() -> None:
    assert joined({"type": "object", "oneOf": [to("Node")]}, SCHEMAS) == {
        "type": "object",
        "oneOf": [SCHEMAS["Node"]],
    }


def test_a_circle_ends() -> None:
    assert joined(SCHEMAS["Circle"], SCHEMAS) == {
        "allOf": [to("Circle"), {"type": "object"}, {"type": "object"}]
    }


def test_what_says_nothing_of_values_does_not_stand_beside_a_reference() -> None:
    schema = {"anyOf": [to("Node")], "x-order": 1, "nullable": True, "readOnly": True}

    assert joined(schema, SCHEMAS) == schema


TEXT: Json = {"type": "string"}


def test_branches_leave_out_what_is_said_of_all_other_members() -> None:
    branch = {"properties": {"a": {**TEXT, "description": "the first"}, "b": {"const": "x"}}}
    closed = {"properties": {"a": TEXT}, "additionalProperties": False}
    schema = {"anyOf": [branch, closed], "additionalProperties": TEXT}

    assert joined(schema, {}) == {
        "anyOf": [{"properties": {"b": {"const": "x"}}}, closed],
        "additionalProperties": TEXT,
    }


def test_branches_keep_what_is_said_of_members_that_have_a_schema_beside_them() -> None:
    schema = {
        "properties": {"a": True},
        "anyOf": [{"properties": {"a": TEXT}}],
        "additionalProperties": TEXT,
    }

    assert joined(schema, {}) == schema


MEMBERS = st.sampled_from([TEXT, {"type": "integer"}, True, {"const": "x"}])
PARTS = st.fixed_dictionaries(
    {"properties": st.dictionaries(st.sampled_from("abc"), MEMBERS)},
    optional={
        "additionalProperties": MEMBERS,
        "patternProperties": st.just({"^a": {"type": "integer"}}),
        "required": st.lists(st.sampled_from("abc"), unique=True),
        "unevaluatedProperties": st.sampled_from([False]),
    },
)
WHOLES = st.builds(
    lambda outer, key, parts: {**outer, key: parts},
    PARTS,
    st.sampled_from(["allOf", "anyOf", "oneOf"]),
    st.lists(
        st.one_of(PARTS, st.builds(lambda one, two: {**one, "allOf": [two]}, PARTS, PARTS)),
        min_size=1,
        max_size=3,
    ),
)


@given(WHOLES, st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["x", "y", 1, None])))
def test_what_is_left_out_changes_no_verdict(schema: Json, value: Json) -> None:
    written = Draft202012Validator(schema)

    assert Draft202012Validator(joined(schema, {})).is_valid(value) == written.is_valid(value)
