"""The keywords of schemas: which hold schemas, and what the others must be to mean anything.

A keyword that is written as JSON Schema does not allow is read as it was surely meant, or left
out. Source: JSON Schema 2020-12 (core and validation), OpenAPI 3.0.4, "Schema Object".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from understudy.contract.validate import is_pattern
from understudy.types import Json, JsonObject

SINGLE: Final = tuple(
    """
    additionalProperties contains contentSchema else if items not propertyNames then
    unevaluatedItems unevaluatedProperties additionalItems
    """.split()
)
LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
MAPPINGS: Final = ("dependentSchemas", "patternProperties", "properties")

IDENTITY: Final = frozenset(
    "$id $anchor $dynamicAnchor $recursiveAnchor $vocabulary $schema $defs definitions id".split()
)
"""What names schemas and parts of them: said by the names of components instead."""

_TYPES = frozenset("array boolean integer null number object string".split())
_BINARY: Final[JsonObject] = {"type": "string", "format": "binary"}

Note = Callable[[str, str], None]
"""Takes a keyword and what is wrong with it."""


def repaired(schema: JsonObject, note: Note, *, nullable: bool) -> JsonObject:
    """Return `schema` with keywords that JSON Schema allows; each other is told of by `note`.

    `nullable` tells whether the keyword of that name means what it does in OpenAPI 3.0.
    """
    found = dict(schema)
    for repair in (_type, _draft_4, _required_members, _bounds):
        repair(found, note)
    if not nullable and found.pop("nullable", None) is True:
        note("nullable", "is no keyword of this version; null is allowed all the same")
        _or_null(found)
    for keyword in [key for key in found if key in _MEANINGFUL]:
        if not _MEANINGFUL[keyword](found[keyword]):
            note(keyword, "is not written as JSON Schema says, and left out")
            del found[keyword]
    for pattern in [one for one in found.get("patternProperties", ()) if not is_pattern(one)]:
        note("patternProperties", f"{pattern!r} is no pattern, and left out")
        found["patternProperties"] = {
            key: part for key, part in found["patternProperties"].items() if key != pattern
        }
    return found


def _type(schema: JsonObject, note: Note) -> None:
    kind = schema.get("type")
    if kind is None or (isinstance(kind, str) and kind in _TYPES):
        if kind is None and "type" in schema:
            note("type", "is null; is the word null meant?")
            del schema["type"]
        return
    if kind == "file":
        note("type", "file is a string of binary format")
        schema.update(_BINARY)
        return
    kinds = [str(one).lower() for one in (kind if isinstance(kind, list) else [kind])]
    known = [one for one in dict.fromkeys(kinds) if one in _TYPES]
    if kind != known:
        note("type", f"{kind!r} is no type of JSON Schema")
    del schema["type"]
    if known:
        schema["type"] = known if isinstance(kind, list) else known[0]


def _draft_4(schema: JsonObject, note: Note) -> None:
    """Say what earlier drafts said otherwise: tuples, dependencies, discriminators."""
    if isinstance(schema.get("discriminator"), str):
        schema["discriminator"] = {"propertyName": schema["discriminator"]}
    if isinstance(schema.get("items"), list):
        schema["prefixItems"] = schema.pop("items")
        if "additionalItems" in schema:
            schema["items"] = schema["additionalItems"]
        if not schema["prefixItems"]:
            del schema["prefixItems"]
    schema.pop("additionalItems", None)
    dependencies = schema.pop("dependencies", None)
    if isinstance(dependencies, dict):
        for name, one in dependencies.items():
            keyword = "dependentRequired" if isinstance(one, list) else "dependentSchemas"
            schema[keyword] = {**schema.get(keyword, {}), name: one}
    elif dependencies is not None:
        note("dependencies", "is no mapping")


def _required_members(schema: JsonObject, note: Note) -> None:
    """Read `required: true` at a property as its parent's `required` that names it."""
    if isinstance(schema.get("required"), bool) and schema.pop("required"):
        note("required", "has to be a list of names, beside properties")
    if _is_names(schema.get("required")):
        schema["required"] = list(dict.fromkeys(schema["required"]))
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return
    members = [(name, one) for name, one in properties.items() if isinstance(one, dict)]
    marked = [name for name, one in members if one.get("required") is True]
    required = schema.get("required", [])
    if marked and isinstance(required, list):
        schema["required"] = [*required, *(name for name in marked if name not in required)]


def _bounds(schema: JsonObject, note: Note) -> None:
    """Read the boolean bounds of OpenAPI 3.0 as numbers, and numbers that are written as text."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        flag = schema.get(exclusive)
        if isinstance(flag, bool):
            del schema[exclusive]
            if flag and bound in schema:
                schema[exclusive] = schema.pop(bound)
    for keyword in _COUNTS | _NUMBERS:
        value = schema.get(keyword)
        if isinstance(value, float) and value.is_integer() and keyword in _COUNTS:
            schema[keyword] = int(value)
        if isinstance(value, str):
            number = _number(value)
            if number is not None:
                note(keyword, "is a number written as text")
                schema[keyword] = number


def _number(text: str) -> int | float | None:
    try:
        return int(text)
    except ValueError:
        try:
            return float(text) if float(text) - float(text) == 0 else None
        except ValueError:
            return None


def _or_null(schema: JsonObject) -> None:
    kind = schema.get("type")
    if isinstance(kind, str) and kind != "null":
        schema["type"] = [kind, "null"]
    elif isinstance(kind, list) and "null" not in kind:
        schema["type"] = [*kind, "null"]
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_names(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is(kind: type) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, kind)


_COUNTS = frozenset(
    """
    maxContains maxItems maxLength maxProperties minContains minItems minLength minProperties
    """.split()
)
_NUMBERS = frozenset("exclusiveMaximum exclusiveMinimum maximum minimum multipleOf".split())

_MEANINGFUL: Final[Mapping[str, Callable[[Json], bool]]] = {
    **dict.fromkeys(_COUNTS, _is_count),
    **dict.fromkeys(_NUMBERS, _is_number),
    **dict.fromkeys(LISTS, lambda value: isinstance(value, list) and bool(value)),
    **dict.fromkeys(MAPPINGS, _is(dict)),
    **dict.fromkeys(SINGLE, _is(dict | bool)),  # type: ignore[arg-type]
    **dict.fromkeys(
        "$comment contentEncoding contentMediaType description format title".split(), _is(str)
    ),
    **dict.fromkeys("deprecated nullable readOnly uniqueItems writeOnly".split(), _is(bool)),
    "dependentRequired": lambda value: (
        isinstance(value, dict) and all(map(_is_names, value.values()))
    ),
    "discriminator": lambda value: (
        isinstance(value, dict) and isinstance(value.get("propertyName"), str)
    ),
    "enum": lambda value: isinstance(value, list) and bool(value),
    "examples": _is(list),
    "multipleOf": lambda value: _is_number(value) and value > 0,
    "pattern": lambda value: isinstance(value, str) and is_pattern(value),
    "required": _is_names,
    "xml": _is(dict),
}


def subschemas(schema: JsonObject) -> Iterator[tuple[str, str | int | None, Json]]:
    """Yield keyword, name or index within it (or None), and schema of each part of `schema`."""
    for keyword in SINGLE:
        if keyword in schema:
            yield keyword, None, schema[keyword]
    for keyword in LISTS:
        for index, part in enumerate(schema.get(keyword, ())):
            yield keyword, index, part
    for keyword in MAPPINGS:
        for name, part in schema.get(keyword, {}).items():
            yield keyword, name, part
