"""Lower OpenAPI schema objects to JSON Schema 2020-12, the one dialect used inside.

References stay references, and stand alone. Sources: OpenAPI 3.0.3 and 3.1.1, "Schema Object"
and "Reference Object".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from understudy.contract.schemas import mapped
from understudy.types import Json, JsonObject

DIALECTS: Final = (
    "https://json-schema.org/draft/2020-12/schema",
    "https://spec.openapis.org/oas/3.1/dialect/base",
)
"""The values of `jsonSchemaDialect` and `$schema` that mean what is meant here."""

_ANNOTATIONS = frozenset("$comment deprecated description examples summary title".split())


def lower(schema: Json) -> Json:
    """Return a schema of OpenAPI 3.0 in JSON Schema 2020-12; siblings of $ref are dropped.

    Raises TypeError for what is no schema.
    """
    if isinstance(schema, bool):
        return schema
    if not isinstance(schema, dict):
        raise TypeError(f"{schema!r} is no schema")
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    lowered = mapped(schema, lower)
    _lower_bound(lowered, "exclusiveMinimum", "minimum")
    _lower_bound(lowered, "exclusiveMaximum", "maximum")
    if lowered.pop("nullable", False) and "type" in lowered:
        lowered["type"] = [lowered["type"], "null"]
    return lowered


def lower_2020(schema: Json) -> Json:
    """Return a schema of OpenAPI 3.1 in which what stands beside a $ref is joined by allOf.

    Raises TypeError for what is no schema.
    """
    if isinstance(schema, bool):
        return schema
    if not isinstance(schema, dict):
        raise TypeError(f"{schema!r} is no schema")
    lowered = mapped(schema, lower_2020)
    if lowered.get("$schema") in DIALECTS:
        del lowered["$schema"]
    if "$ref" not in lowered:
        return lowered
    reference = {"$ref": lowered.pop("$ref")}
    if lowered.keys() <= _ANNOTATIONS:
        return reference
    return {**lowered, "allOf": [*lowered.get("allOf", ()), reference]}


LOWERINGS: Final[Mapping[str, Callable[[Json], Json]]] = {
    "2.0": lower,
    "3.0": lower,
    "3.1": lower_2020,
    "3.2": lower_2020,
}
"""How schemas are lowered, by version of OpenAPI."""


def _lower_bound(schema: JsonObject, exclusive: str, bound: str) -> None:
    """Replace the boolean form of an exclusive bound by the numeric one."""
    flag = schema.get(exclusive)
    if not isinstance(flag, bool):
        return
    del schema[exclusive]
    if flag and bound in schema:
        schema[exclusive] = schema.pop(bound)
