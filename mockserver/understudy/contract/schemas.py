"""Walk lowered schemas: follow references, find members, find where named schemas are used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from understudy.contract.expressions import Relative
from understudy.contract.nodes import Node
from understudy.contract.pointers import children
from understudy.contract.relations import Breach, Relation, breaches
from understudy.types import Json, JsonObject

ANYTHING: Final[JsonObject] = {}
"""The schema that every value satisfies."""

_PREFIX = "#/components/schemas/"
_COMBINERS = ("allOf", "anyOf", "oneOf")
IN_PLACE: Final = (*_COMBINERS, "if", "then", "else")
"""The keywords whose schemas are about the same value as what they stand in."""

_LISTS = frozenset((*_COMBINERS, "prefixItems"))
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
    for keyword in _COMBINERS:
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


def relative_leads_somewhere(name: str, where: Relative, schemas: Mapping[str, Json]) -> bool:
    """Tell whether `where` can match a value, starting from instances of the schema `name`."""
    return any(
        leads_somewhere(schemas[owner], (*prefix, *where.tokens), schemas)
        for owner, prefix in _above(name, where.up, schemas, frozenset())
    )


def instances(value: Json, schema: Json, schemas: Mapping[str, Json]) -> dict[str, list[Node]]:
    """Return the instances of named schemas within `value`, by name, in document order."""
    found: dict[str, list[Node]] = {}
    _collect(Node(value), schema, schemas, found)
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
    for keyword in _COMBINERS:
        for part in schema.get(keyword, []):
            yield from _uses(part, name, path)


def _collect(
    node: Node, schema: Json, schemas: Mapping[str, Json], found: dict[str, list[Node]]
) -> None:
    name = named(schema)
    if name and node.value is not None:
        found.setdefault(name, []).append(node)
    for keyword in _COMBINERS:
        for part in resolve(schema, schemas).get(keyword, []):
            _collect(node, part, schemas, found)
    for key, value in children(node.value):
        for member in _own_members(schema, str(key), schemas):
            _collect(Node(value, node, key), member, schemas, found)


def _own_members(schema: Json, token: str, schemas: Mapping[str, Json]) -> Iterator[Json]:
    """Yield the member schemas of `schema` itself, without those of the schemas it combines."""
    schema = resolve(schema, schemas)
    if token in schema.get("properties", {}):
        yield schema["properties"][token]
    elif "items" in schema and token.isdecimal():
        yield schema["items"]
