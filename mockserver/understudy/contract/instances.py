"""Find the values of named schemas: their instances in a body, and where schemas use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from understudy.contract.expressions import Relative
from understudy.contract.nodes import Node
from understudy.contract.pointers import children
from understudy.contract.relations import Breach, Relation, breaches
from understudy.contract.schemas import COMBINERS, leads_somewhere, named, remembered, resolve
from understudy.types import Json, JsonObject

_ITEM: Final = 0
"""Stands for every item of an array, where names stand for members of objects."""

_REMEMBERED: Final = 20_000


def relative_leads_somewhere(name: str, where: Relative, schemas: Mapping[str, Json]) -> bool:
    """Tell whether `where` can match a value, starting from instances of the schema `name`."""
    return any(
        leads_somewhere(schemas[owner], (*prefix, *where.tokens), schemas)
        for owner, prefix in _above(name, where.up, schemas, frozenset())
    )


def instances(value: Json, schema: Json, schemas: Mapping[str, Json]) -> dict[str, list[Node]]:
    """Return the instances of named schemas within `value`, by name, in document order."""
    found: dict[str, list[Node]] = {}
    _collect(Node(value), [schema], schemas, found)
    return found


def broken(
    relations: Mapping[str, Sequence[Relation]],
    value: Json,
    schema: Json,
    schemas: Mapping[str, Json],
) -> Iterator[Breach]:
    """Yield where `value`, which satisfies `schema`, breaks what is declared for its parts."""
    for name, nodes in instances(value, schema, schemas).items():
        for relation in relations.get(name, ()):
            yield from breaches(relation, nodes)


def _above(
    name: str, up: int, schemas: Mapping[str, Json], seen: frozenset[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (schema, tokens below it) for each place `up` levels above instances of `name`."""
    if up == 0:
        yield name, ()
    if up == 0 or name in seen:
        return
    for owner, schema in schemas.items():
        for path in _uses(schema, name):
            if up <= len(path):
                yield owner, path[: len(path) - up]
            else:
                yield from _above(owner, up - len(path), schemas, seen | {name})


def _uses(schema: Json, name: str, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the paths within `schema` at which the schema `name` is referred to."""
    if not isinstance(schema, dict):
        return
    if named(schema) == name:
        yield path
    for key, member in schema.get("properties", {}).items():
        yield from _uses(member, name, (*path, key))
    if "items" in schema:
        yield from _uses(schema["items"], name, (*path, "*"))
    for keyword in COMBINERS:
        for part in schema.get(keyword, []):
            yield from _uses(part, name, path)


@dataclass(frozen=True, slots=True)
class _Described:
    """The schemas of one value, with those they combine; `members` is filled as it is asked.

    `schemas` are kept because they are known by where they are in memory.
    """

    schemas: tuple[Json, ...]
    parts: tuple[JsonObject, ...]
    names: tuple[str, ...]
    members: dict[str | int, tuple[Json, ...]]

    def member(self, token: str | int) -> tuple[Json, ...]:
        """Return the schemas of a member, those of the parts themselves: each has its own."""
        if token not in self.members:
            each = (one.get("properties", {}).get(token) for one in self.parts)
            items = (one.get("items") for one in self.parts)
            found = items if token is _ITEM else each
            self.members[token] = tuple(one for one in found if one is not None)
        return self.members[token]


def _collect(
    node: Node, described: Sequence[Json], schemas: Mapping[str, Json], found: dict[str, list[Node]]
) -> None:
    """Note of which named schemas a value, and what is in it, are instances.

    `described` are the schemas of the value; each counts once, however many lead to it.
    """
    said = _described(described, schemas)
    if node.value is not None:
        for name in said.names:
            found.setdefault(name, []).append(node)
    listed = isinstance(node.value, list)
    for key, value in children(node.value):
        token = _ITEM if listed else key
        members = said.member(token)
        if members:
            _collect(Node(value, node, key), members, schemas, found)


def _described(described: Sequence[Json], schemas: Mapping[str, Json]) -> _Described:
    """Return what schemas say, remembered: they describe many values."""
    known = remembered("described", schemas)
    key = tuple(map(id, described))
    if key not in known:
        if len(known) >= _REMEMBERED:
            known.clear()
        combined = _combined(described, schemas)
        names = tuple(filter(None, map(named, combined)))
        parts = tuple(resolve(one, schemas) for one in combined)
        known[key] = _Described(tuple(described), parts, names, {})
    found: _Described = known[key]
    return found


def _combined(described: Sequence[Json], schemas: Mapping[str, Json]) -> tuple[Json, ...]:
    """Return schemas and all that they combine, each once, in the order of reading."""
    found: dict[str | int, Json] = {}
    waiting = [*reversed(described)]
    while waiting:
        schema = waiting.pop()
        key = named(schema) or id(schema)
        if key not in found:
            found[key] = schema
            said = resolve(schema, schemas)
            waiting += reversed([one for k in COMBINERS for one in said.get(k, [])])
    return tuple(found.values())
