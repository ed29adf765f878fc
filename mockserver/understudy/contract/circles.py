"""Find schemas that are defined by themselves alone, and open the circle.

A parent whose discriminator names its heirs is no circle: heirs write out what they inherit.
"""

from __future__ import annotations

from collections.abc import Iterator

from understudy.contract.schemas import IN_PLACE
from understudy.types import Json, JsonObject

_PLACES = (*IN_PLACE, "not")
_UNIONS = ("anyOf", "oneOf")


def opened(schemas: dict[str, Json], prefix: str) -> Iterator[str]:
    """Yield the names of schemas that refer back to themselves; those references become true."""
    graph = {name: dict.fromkeys(_targets(one, prefix)) for name, one in schemas.items()}
    done: set[str] = set()
    for start in graph:
        for name, target in list(_closing(start, graph, done)):
            schemas[name] = _without(schemas[name], prefix + target)
            yield name


def _closing(
    start: str, graph: dict[str, dict[str, None]], done: set[str]
) -> Iterator[tuple[str, str]]:
    """Yield the references, from and to, that close circles reached from `start`."""
    trail, ways = [start], [iter(graph[start])]
    while trail:
        target = next(ways[-1], None)
        if target is None:
            done.add(trail.pop())
            ways.pop()
        elif target in trail:
            yield trail[-1], target
        elif target in graph and target not in done:
            trail.append(target)
            ways.append(iter(graph[target]))


def _targets(schema: Json, prefix: str) -> Iterator[str]:
    """Yield the names to which `schema` refers for the same value."""
    if not isinstance(schema, dict):
        return
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield reference.removeprefix(prefix)
    for key in _PLACES:
        found = schema.get(key, ())
        if key in _UNIONS and "discriminator" in schema:
            continue
        for part in found if isinstance(found, list | tuple) else [found]:
            yield from _targets(part, prefix)


def _without(schema: Json, reference: str) -> Json:
    """Return `schema` with true for a reference, where it is about the same value."""
    if not isinstance(schema, dict):
        return schema
    if schema.get("$ref") == reference:
        rest = {key: one for key, one in schema.items() if key != "$ref"}
        return rest or True
    changed: JsonObject = dict(schema)
    for key in _PLACES:
        part = changed.get(key)
        if isinstance(part, list):
            changed[key] = [_without(one, reference) for one in part]
        elif part is not None:
            changed[key] = _without(part, reference)
    return changed
