import pytest

from understudy.contract.dialect import lower, lower_2020
from understudy.types import Json


@pytest.mark.parametrize(
    ("schema", "lowered"),
    [
        (True, True),
        ({}, {}),
        ({"type": "string"}, {"type": "string"}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"nullable": True}, {}),
        (
            {"type": "string", "nullable": True, "enum": ["a", None]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"minimum": 1, "exclusiveMinimum": False}, {"minimum": 1}),
        ({"maximum": 9, "exclusiveMaximum": True}, {"exclusiveMaximum": 9}),
        ({"exclusiveMaximum": True}, {}),
        ({"$ref": "#/a", "description": "dropped", "nullable": True}, {"$ref": "#/a"}),
        (
            {"items": {"nullable": True, "type": "integer"}},
            {"items": {"type": ["integer", "null"]}},
        ),
        ({"not": {"type": "array", "nullable": True}}, {"not": {"type": ["array", "null"]}}),
        (
            {"additionalProperties": {"type": "number", "nullable": True}},
            {"additionalProperties": {"type": ["number", "null"]}},
        ),
        ({"additionalProperties": False}, {"additionalProperties": False}),
        (
            {"properties": {"nullable": {"type": "boolean", "nullable": True}}},
            {"properties": {"nullable": {"type": ["boolean", "null"]}}},
        ),
        (
            {"oneOf": [{"$ref": "#/a"}, {"type": "object", "nullable": True}]},
            {"oneOf": [{"$ref": "#/a"}, {"type": ["object", "null"]}]},
        ),
        (
            {"default": {"nullable": True}, "example": {"nullable": True}, "enum": [{"$ref": "x"}]},
            {"default": {"nullable": True}, "example": {"nullable": True}, "enum": [{"$ref": "x"}]},
        ),
    ],
)
def test_a_schema_of_openapi_3_0_is_lowered_to_json_schema(schema: Json, lowered: Json) -> None:
    assert lower(schema) == lowered


def test_lowering_leaves_its_argument_as_it_was() -> None:
    schema = {"properties": {"a": {"type": "string", "nullable": True}}}

    lower(schema)

    assert schema == {"properties": {"a": {"type": "string", "nullable": True}}}


@pytest.mark.parametrize(
    ("schema", "lowered"),
    [
        (True, True),
        ({"type": ["string", "null"], "const": "a"}, {"type": ["string", "null"], "const": "a"}),
        ({"exclusiveMinimum": 1}, {"exclusiveMinimum": 1}),
        ({"$ref": "#/a", "description": "dropped", "summary": "dropped"}, {"$ref": "#/a"}),
        ({"$ref": "#/a", "maxLength": 3}, {"maxLength": 3, "allOf": [{"$ref": "#/a"}]}),
        (
            {"$ref": "#/a", "readOnly": True, "allOf": [{"minLength": 1}]},
            {"readOnly": True, "allOf": [{"minLength": 1}, {"$ref": "#/a"}]},
        ),
        (
            {"prefixItems": [{"$ref": "#/a", "minimum": 1}]},
            {"prefixItems": [{"minimum": 1, "allOf": [{"$ref": "#/a"}]}]},
        ),
        (
            {"$schema": "https://spec.openapis.org/oas/3.1/dialect/base", "type": "null"},
            {"type": "null"},
        ),
        ({"enum": [{"$ref": "x", "minimum": 1}]}, {"enum": [{"$ref": "x", "minimum": 1}]}),
    ],
)
def test_in_openapi_3_1_only_what_stands_beside_a_reference_changes(
    schema: Json, lowered: Json
) -> None:
    assert lower_2020(schema) == lowered
