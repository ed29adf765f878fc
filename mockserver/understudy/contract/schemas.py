"""Walk lowered schemas: follow references, find members, change parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from understudy.contract.same import Same
from understudy.types import Json, JsonObject

ANYTHING: Final[JsonObject] = {}
"""The schema that every value satisfies."""

_PREFIX = "#/components/schemas/"
COMBINERS = ("allOf", "anyOf", "oneOf")
IN_PLACE: Final = (*COMBINERS, "if", "then", "else")
"""The keywords whose schemas are about the same value as what they stand in."""

_LISTS = frozenset((*COMBINERS, "prefixItems"))
_MAPPINGS = frozenset(("$defs", "dependentSchemas", "patternProperties", "properties"))
_SINGLE = frozenset(
    """
    additionalProperties contains contentSchema else if items not propertyNames then
    unevaluatedItems unevaluatedProperties
    """.split()
)


def mapped(schema: JsonObject, change: Callable[[Json], Json]) -> JsonObject:
    """Return `schema` with each of its subschemas changed; what is deeper is up to `change`."""
    found: JsonObject = {}
    for key, value in schema.items():
        if key in _SINGLE:
            found[key] = change(value)
        elif key in _LISTS:
            found[key] = [change(part) for part in value]
        elif key in _MAPPINGS:
            found[key] = {name: change(part) for name, part in value.items()}
        else:
            found[key] = value
    return found


def in_place(schema: JsonObject) -> Iterator[Json]:
    """Yield the schemas within `schema` that are about the same value."""
    for key in IN_PLACE:
        found = schema.get(key, [])
        yield from found if isinstance(found, list) else [found]


def reference(name: str) -> JsonObject:
    """Return the schema that refers to a component schema."""
    return {"$ref": _PREFIX + name}


def named(schema: Json) -> str:
    """Return the name of the component schema that `schema` refers to, or an empty text."""
    reference = schema.get("$ref", "") if isinstance(schema, dict) else ""
    return reference.removeprefix(_PREFIX) if reference.startswith(_PREFIX) else ""


def referred(schema: Json) -> Iterator[str]:
    """Yield the names of the schemas to which references within `schema` lead."""
    found: list[str] = []

    def note(part: Json) -> Json:
        if isinstance(part, dict):
            found.append(named(part).partition("/")[0])
            mapped(part, note)
        return part

    note(schema)
    yield from found


def reachable(schema: Json, schemas: Mapping[str, Json]) -> dict[str, Json]:
    """Return the named schemas that references from `schema` lead to, directly or through others.

    What is compiled for one schema should cost what that schema says, not what the document does.
    """
    found: dict[str, Json] = {}
    known = remembered("referred", schemas)
    fresh = [*referred(schema)]
    while fresh:
        name = fresh.pop()
        if name in schemas and name not in found:
            found[name] = schemas[name]
            if name not in known:
                known[name] = tuple(referred(schemas[name]))
            fresh += known[name]
    return found


def remembered(what: str, schemas: Mapping[str, Json]) -> dict[Any, Any]:
    """Return the place to keep what is found out about each of `schemas`, which never change."""
    return _memory(what, Same(schemas))


@lru_cache(maxsize=16)
def _memory(_what: str, _schemas: Same[Mapping[str, Json]]) -> dict[Any, Any]:
    return {}


def resolve(schema: Json, schemas: Mapping[str, Json]) -> JsonObject:
    """Return the schema object behind references; `true` is the empty schema."""
    for _ in range(len(schemas) + 1):
        name = named(schema)
        if not name:
            break
        schema = schemas.get(name, {})
    return schema if isinstance(schema, dict) else {}


def members(
    schema: Json, token: str, schemas: Mapping[str, Json], seen: frozenset[str] = frozenset()
) -> Iterator[Json]:
    """Yield the schemas that describe what `token` leads to; `*` or an index leads to items.

    Names in `seen` are not followed again.
    """
    if named(schema) in seen:
        return
    seen |= {named(schema)} - {""}
    schema = resolve(schema, schemas)
    for keyword in COMBINERS:
        for part in schema.get(keyword, []):
            yield from members(part, token, schemas, seen)
    if token in schema.get("properties", {}):
        yield schema["properties"][token]
    elif "items" in schema and (token == "*" or token.isdecimal()):
        yield schema["items"]
    elif schema.get("additionalProperties") and "properties" not in schema:
        yield schema["additionalProperties"]


def general(
    schema: Json, path: Sequence[str | int], schemas: Mapping[str, Json]
) -> tuple[str, ...]:
    """Return a path with `*` for indexes and for names that are not declared: free of data."""
    found, told = [schema], []
    for token in path:
        declared = isinstance(token, str) and any(_declares(one, token, schemas) for one in found)
        found = [m for one in found for m in members(one, str(token), schemas)]
        told.append(str(token) if declared else "*")
    return tuple(told)


def _declares(schema: Json, name: str, schemas: Mapping[str, Json], depth: int = 8) -> bool:
    """Tell whether `schema`, or what it combines, has a property of this name."""
    found = resolve(schema, schemas)
    return name in found.get("properties", {}) or bool(
        depth and any(_declares(part, name, schemas, depth - 1) for part in in_place(found))
    )


def leads_somewhere(schema: Json, tokens: tuple[str, ...], schemas: Mapping[str, Json]) -> bool:
    """Tell whether a pointer of these tokens can match a value of `schema`."""
    if not tokens:
        return True
    return any(
        leads_somewhere(member, tokens[1:], schemas)
        for member in members(schema, tokens[0], schemas)
    )
