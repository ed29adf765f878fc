"""Lower OpenAPI 3.0 schema objects to JSON Schema 2020-12, the one dialect used inside.

References stay references. Sources: OpenAPI 3.0.3, "Schema Object" and "Reference Object".
"""

from __future__ import annotations

from understudy.types import Json, JsonObject

_SCHEMA_LISTS = ("allOf", "anyOf", "oneOf")
_SCHEMA_MEMBERS = ("items", "not", "additionalProperties")


def lower(schema: Json) -> Json:
    """Return `schema` in JSON Schema 2020-12; booleans pass, siblings of $ref are dropped."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    lowered = {key: _lower_keyword(key, value) for key, value in schema.items()}
    _lower_bound(lowered, "exclusiveMinimum", "minimum")
    _lower_bound(lowered, "exclusiveMaximum", "maximum")
    if lowered.pop("nullable", False) and "type" in lowered:
        lowered["type"] = [lowered["type"], "null"]
    return lowered


def _lower_keyword(key: str, value: Json) -> Json:
    if key == "properties":
        return {name: lower(schema) for name, schema in value.items()}
    if key in _SCHEMA_LISTS:
        return [lower(schema) for schema in value]
    if key in _SCHEMA_MEMBERS:
        return lower(value)
    return value


def _lower_bound(schema: JsonObject, exclusive: str, bound: str) -> None:
    """Replace the boolean form of an exclusive bound by the numeric one."""
    flag = schema.get(exclusive)
    if not isinstance(flag, bool):
        return
    del schema[exclusive]
    if flag and bound in schema:
        schema[exclusive] = schema.pop(bound)
