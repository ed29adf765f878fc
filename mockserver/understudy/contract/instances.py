"""Find the values of named schemas: their instances in a body, and where schemas use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from understudy.contract.expressions import Relative
from understudy.contract.nodes import Node
from understudy.contract.pointers import children
from understudy.contract.relations import Breach, Relation, breaches
from understudy.contract.schemas import COMBINERS, leads_somewhere, named, resolve
from understudy.types import Json


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


def _collect(
    node: Node, described: Sequence[Json], schemas: Mapping[str, Json], found: dict[str, list[Node]]
) -> None:
    """Note of which named schemas a value, and what is in it, are instances.

    `described` are the schemas of the value; each counts once, however many lead to it.
    """
    parts = _combined(described, schemas)
    for part in parts:
        name = named(part)
        if name and node.value is not None:
            found.setdefault(name, []).append(node)
    for key, value in children(node.value):
        members = [one for part in parts for one in _own_members(part, str(key), schemas)]
        if members:
            _collect(Node(value, node, key), members, schemas, found)


def _combined(described: Sequence[Json], schemas: Mapping[str, Json]) -> Sequence[Json]:
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
    return [*found.values()]


def _own_members(schema: Json, token: str, schemas: Mapping[str, Json]) -> Iterator[Json]:
    """Yield the member schemas of `schema` itself, without those of the schemas it combines."""
    schema = resolve(schema, schemas)
    if token in schema.get("properties", {}):
        yield schema["properties"][token]
    elif "items" in schema and token.isdecimal():
        yield schema["items"]
