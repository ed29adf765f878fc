"""Look into lowered schemas by name: which members they have and of which type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from understudy.contract.meaning import names
from understudy.contract.meaning.model import Tokens
from understudy.contract.same import Same
from understudy.contract.schemas import named, resolve
from understudy.types import Json, JsonObject

_CONTRACTS: Final = 4
_COMBINERS = ("allOf", "anyOf", "oneOf")
_REQUEST = ".request"
_NOUNS_OF_SCHEMAS = frozenset(
    """
    base data detail details dto entity full info item list model object out output payload public
    read resource response result schema summary view
    """.split()
)


class Shapes:
    """The named schemas of a contract, as a reader of names sees them."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas
        self._known: dict[int, tuple[Json, tuple[JsonObject, ...]]] = {}
        self._types: dict[int, tuple[Json, frozenset[str]]] = {}
        self._properties: dict[int, tuple[Json, dict[str, Json]]] = {}

    def parts(self, schema: Json) -> tuple[JsonObject, ...]:
        """Return what `schema` combines, each once, and last what stands behind its reference."""
        known = self._known.get(id(schema))
        if known is None or known[0] is not schema:
            known = schema, tuple(self._parts(schema, set()))
            self._known[id(schema)] = known
        return known[1]

    def _parts(self, schema: Json, seen: set[int]) -> Iterator[JsonObject]:
        found = resolve(schema, self._schemas)
        if id(found) in seen:
            return
        seen.add(id(found))
        for keyword in _COMBINERS:
            for part in _list(found.get(keyword)):
                yield from self._parts(part, seen)
        yield found

    def properties(self, schema: Json) -> dict[str, Json]:
        """Return the properties of an object schema and of the schemas it combines."""
        known = self._properties.get(id(schema))
        if known is None or known[0] is not schema:
            known = self._properties[id(schema)] = schema, self._told_properties(schema)
        return known[1]

    def _told_properties(self, schema: Json) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for part in self.parts(schema):
            told = part.get("properties")
            found.update(told if isinstance(told, dict) else {})
        return found

    def types(self, schema: Json) -> frozenset[str]:
        """Return the JSON types that `schema` allows by name, without null."""
        known = self._types.get(id(schema))
        if known is None or known[0] is not schema:
            known = self._types[id(schema)] = schema, self._told_types(schema)
        return known[1]

    def _told_types(self, schema: Json) -> frozenset[str]:
        own = self.parts(schema)[-1]
        told = [own] if "type" in own else self.parts(schema)
        found: set[str] = set()
        for part in told:
            listed = part.get("type", ["object"] if "properties" in part else [])
            listed = [listed] if isinstance(listed, str) else _list(listed)
            found |= {one for one in listed if isinstance(one, str)}
        return frozenset(found) - {"null"}

    def is_number(self, schema: Json) -> bool:
        """Tell whether a parameter or member is a number; whole ones are often called so."""
        return bool(types := self.types(schema)) and types <= {"integer", "number"}

    def is_instant(self, schema: Json) -> bool:
        """Tell whether a member is an RFC 3339 date-time."""
        return bool(self.keyword(schema, "format") == "date-time")

    def items(self, schema: Json) -> Json:
        """Return the schema of the items of an array of objects, or None."""
        if self.types(schema) != {"array"}:
            return None
        item = self.keyword(schema, "items")
        return item if isinstance(item, dict) and self.types(item) == {"object"} else None

    def keyword(self, schema: Json, name: str) -> Json:
        """Return the value of a keyword of `schema` or of what it combines, or None."""
        return next((p[name] for p in reversed(self.parts(schema)) if name in p), None)

    def enum(self, schema: Json) -> list[Json]:
        """Return the values that `schema` lists, without null; nothing if it lists none."""
        return [one for one in _list(self.keyword(schema, "enum")) if one is not None]

    def said(self, schema: Json) -> str:
        """Return the description of a schema in lower case."""
        beside = schema.get("description") if isinstance(schema, dict) else None
        return str(beside or self.keyword(schema, "description") or "").lower()

    def name(self, schema: Json) -> str:
        """Return the name of the component that a schema is, also within allOf or beside null."""
        if named(schema):
            return named(schema).removesuffix(_REQUEST)
        parts = [p for key in _COMBINERS for p in _list(resolve(schema, {}).get(key))]
        known = {named(part).removesuffix(_REQUEST) for part in parts} - {""}
        return known.pop() if len(known) == 1 else ""

    def nouns(self, name: str) -> tuple[str, ...]:
        """Return the words of a component's name without those that only say it is a schema."""
        found = names.words(name)
        while len(found) > 1 and found[-1] in _NOUNS_OF_SCHEMAS:
            found = found[:-1]
        return tuple(names.singular(word) for word in found)

    def alike(self, one: Json, other: Json) -> bool:
        """Tell whether two schemas are views of one thing: by name, or by most of their members."""
        if self.name(one) and self.name(one) == self.name(other):
            return True
        first, second = set(self.properties(one)), set(self.properties(other))
        return 2 * len(first & second) > min(len(first), len(second))

    def first_named(self, schema: Json, wanted: tuple[str, ...]) -> str:
        """Return the property that has the earliest of the plain names, or an empty text."""
        return names.first_of(wanted, self.properties(schema))

    def counts(self, schema: Json, wanted: frozenset[str]) -> Tokens | None:
        """Return where in a response an integer with one of the names stands, at most two deep."""
        for tokens, member in self.near(schema):
            if names.plain(tokens[-1]) in wanted and self.types(member) == {"integer"}:
                return tokens
        return None

    def near(self, schema: Json) -> Iterator[tuple[Tokens, Json]]:
        """Yield the members of a response, then those of its wrappers and its metadata."""
        top = self.properties(schema)
        for name, member in top.items():
            yield (name,), member
        for name, member in top.items():
            if names.plain(name) in names.META | names.WRAPPERS:
                for inner, deeper in self.properties(member).items():
                    yield (name, inner), deeper

    def identifier(self, schema: Json, resource: str, parameter: str = "") -> Tokens | None:
        """Return which member of an item identifies it."""
        whole, last = names.plain(resource), names.words(resource)[-1]
        own = [f"{one}id" for one in (whole, last) if one not in names.POINTING]
        bare = ["id", "uuid"] if last not in names.REPEATED else []
        wanted = (names.plain(parameter) if parameter else "", *own, *bare, f"{last}key")
        found = self.first_named(schema, tuple(one for one in wanted if one))
        scalar = found and self.types(self.properties(schema)[found]) <= {"string", "integer"}
        return (found,) if scalar else None


def shapes_of(schemas: Mapping[str, Json]) -> Shapes:
    """Return the shapes of the schemas of a contract, which all that reads them share."""
    return _shapes(Same(schemas))


@lru_cache(maxsize=_CONTRACTS)
def _shapes(same: Same[Mapping[str, Json]]) -> Shapes:
    return Shapes(same.of)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
