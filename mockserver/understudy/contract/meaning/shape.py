"""Look into lowered schemas by name: which members they have and of which type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from understudy.contract.meaning import names
from understudy.contract.meaning.model import Tokens
from understudy.contract.schemas import resolve
from understudy.types import Json, JsonObject

_COMBINERS = ("allOf", "anyOf", "oneOf")


class Shapes:
    """The named schemas of a contract, as a reader of names sees them."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas

    def properties(self, schema: Json) -> dict[str, Json]:
        """Return the properties of an object schema and of the schemas it combines."""
        return dict(self._properties(schema, 0))

    def _properties(self, schema: Json, depth: int) -> Iterator[tuple[str, Json]]:
        found = resolve(schema, self._schemas)
        if depth < 8:
            for keyword in _COMBINERS:
                for part in found.get(keyword, ()):
                    yield from self._properties(part, depth + 1)
        yield from found.get("properties", {}).items()

    def types(self, schema: Json) -> frozenset[str]:
        """Return the JSON types that `schema` allows by name, without null."""
        return frozenset(self._types(schema, 0)) - {"null"}

    def _types(self, schema: Json, depth: int) -> Iterator[str]:
        found = resolve(schema, self._schemas)
        listed = found.get("type", [])
        yield from [listed] if isinstance(listed, str) else listed
        if not listed and "properties" in found:
            yield "object"
        if not listed and depth < 8:
            for keyword in _COMBINERS:
                for part in found.get(keyword, ()):
                    yield from self._types(part, depth + 1)

    def items(self, schema: Json) -> Json:
        """Return the schema of the items of an array of objects, or None."""
        if self.types(schema) != {"array"}:
            return None
        for part in self._parts(schema, 0):
            item = part.get("items")
            if isinstance(item, dict) and self.types(item) == {"object"}:
                return item
        return None

    def _parts(self, schema: Json, depth: int) -> Iterator[JsonObject]:
        found = resolve(schema, self._schemas)
        yield found
        if depth < 8:
            for keyword in _COMBINERS:
                for part in found.get(keyword, ()):
                    yield from self._parts(part, depth + 1)

    def keyword(self, schema: Json, name: str) -> Json:
        """Return the value of a keyword of `schema` or of what it combines, or None."""
        return next((p[name] for p in self._parts(schema, 0) if name in p), None)

    def named(self, schema: Json, wanted: Iterator[str] | tuple[str, ...] | frozenset[str]) -> str:
        """Return the property of `schema` that has one of the plain names, or an empty text."""
        return names.first_of(
            sorted(wanted) if isinstance(wanted, frozenset) else wanted, self.properties(schema)
        )

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
        wanted = (names.plain(parameter), f"{resource}id", "id", "uuid", f"{resource}key")
        found = names.first_of([one for one in wanted if one], self.properties(schema))
        return (found,) if found else None
