"""What a schema lets values be, gathered from all that it combines: what text is read by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final

from understudy.contract.schemas import named, resolve
from understudy.types import Json, JsonObject

SCALARS: Final = ("boolean", "integer", "number", "string")
"""The types that text can say, in the order in which they are tried."""

_WITHIN = {"integer": {"integer"}, "number": {"number", "integer"}}
_TOLD_BY = {
    "object": ("properties", "additionalProperties", "required", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value may be: its types, and the schemas of what is in it.

    `others` is the schema of properties that are not declared; None where nothing is said of
    them.
    """

    kinds: frozenset[str]
    scalars: tuple[str, ...]
    properties: Mapping[str, Json]
    others: Json
    items: Json
    prefix: tuple[Json, ...]
    formats: frozenset[str]

    def member(self, name: str) -> Json:
        """Return the schema of the property `name`."""
        return self.properties.get(name, {} if self.others is None else self.others)

    def item(self, index: int) -> Json:
        """Return the schema of the item at `index`."""
        return self.prefix[index] if index < len(self.prefix) else self.items


class Shapes:
    """The shapes of schemas, each worked out once."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self.schemas = schemas
        self._known: dict[int, tuple[Json, Shape]] = {}  # the schema is kept, and so is its id

    def of(self, schema: Json) -> Shape:
        """Return the shape of `schema`."""
        known = self._known.get(id(schema))
        if known is None:
            known = self._known[id(schema)] = (schema, self._shape(schema))
        return known[1]

    def _shape(self, schema: Json) -> Shape:
        parts = list(_parts(schema, self.schemas, set()))
        kinds = _kinds(schema, self.schemas, frozenset()) or frozenset()
        properties: dict[str, Json] = {}
        for part in parts:
            for name, member in part.get("properties", {}).items():
                properties[name] = _either(properties.get(name), member)
        others = [one for part in parts for one in part.get("patternProperties", {}).values()]
        others += [p["additionalProperties"] for p in parts if "additionalProperties" in p]
        items = [part["items"] for part in parts if "items" in part]
        return Shape(
            kinds=kinds,
            scalars=tuple(k for k in SCALARS if k in kinds) or (() if kinds else ("string",)),
            properties=properties,
            others=reduce(_either, others, None),
            items=reduce(_either, items, None) or {},
            prefix=next((tuple(p["prefixItems"]) for p in parts if "prefixItems" in p), ()),
            formats=frozenset(part["format"] for part in parts if "format" in part),
        )


def _parts(schema: Json, schemas: Mapping[str, Json], seen: set[str]) -> Iterator[JsonObject]:
    """Yield `schema` and all that it combines, behind references."""
    name = named(schema)
    if name in seen:
        return
    seen |= {name} - {""}
    found = resolve(schema, schemas)
    yield found
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in found.get(keyword, ()):
            yield from _parts(part, schemas, seen)
    for keyword in ("then", "else"):
        if keyword in found:
            yield from _parts(found[keyword], schemas, seen)


def _either(one: Json, other: Json) -> Json:
    if one is None or one == other:
        return other
    return {"anyOf": [one, other]}


def _kinds(
    schema: Json, schemas: Mapping[str, Json], seen: frozenset[str]
) -> frozenset[str] | None:
    """Return the types that a value may be of, or None where nothing is said."""
    name = named(schema)
    if name in seen:
        return None
    seen |= {name} - {""}
    found = resolve(schema, schemas)
    kinds = _own_kinds(found)
    for part in found.get("allOf", ()):
        kinds = _both(kinds, _kinds(part, schemas, seen))
    for keyword in ("anyOf", "oneOf"):
        branches = [_kinds(part, schemas, seen) for part in found.get(keyword, ())]
        told = [one for one in branches if one is not None]
        if told:
            kinds = _both(kinds, frozenset().union(*told))
    return kinds


def _own_kinds(schema: JsonObject) -> frozenset[str] | None:
    declared = schema.get("type")
    if isinstance(declared, str):
        return frozenset({declared})
    if declared:
        return frozenset(declared)
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if values:
        return frozenset(map(_kind, values))
    told = (kind for kind, words in _TOLD_BY.items() if any(word in schema for word in words))
    return next((frozenset({kind}) for kind in told), None)


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Return what both allow; an integer is a number."""
    if one is None or other is None:
        return other if one is None else one
    return _widened(one) & _widened(other)


def _widened(kinds: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(_WITHIN.get(kind, {kind}) for kind in kinds))


def _kind(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    kinds = {int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "null")
