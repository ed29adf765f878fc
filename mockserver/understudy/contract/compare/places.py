"""Find in a document as written what a comparison speaks of, to point at its line."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.contract import pointers
from understudy.contract.schemas import IN_PLACE
from understudy.types import Json, JsonObject

_HOPS = 32


def target(root: Json, pointer: str) -> tuple[str, JsonObject]:
    """Return pointer and object behind `pointer` and the references there; {} for nothing."""
    for _ in range(_HOPS):
        value = pointers.follow(root, pointers.split(pointer))
        if not isinstance(value, dict):
            break
        if not isinstance(value.get("$ref"), str):
            return pointer, value
        pointer = value["$ref"].lstrip("#")
    return pointer, {}


def parameters(root: Json, operation: str) -> Iterator[tuple[str, JsonObject]]:
    """Yield pointer and object of the parameters of an operation, those of its path item last."""
    for holder in (operation, operation.rpartition("/")[0]):
        listed = pointers.follow(root, pointers.split(f"{holder}/parameters"))
        for index in range(len(listed) if isinstance(listed, list) else 0):
            pointer = f"{holder}/parameters/{index}"
            yield pointer, target(root, pointer)[1]


def member(root: Json, schema: str, path: tuple[str, ...]) -> str:
    """Return the pointer to what describes `path` in values of the schema at a pointer.

    Where nothing does, it is the pointer to what describes as much of the path as possible.
    """
    for length in range(len(path), 0, -1):
        found = _inside(root, schema, path[:length], frozenset())
        if found:
            return found
    return schema


def _inside(root: Json, pointer: str, path: tuple[str, ...], seen: frozenset[str]) -> str:
    """Return the pointer to what describes `path`, or an empty text; `seen` is not entered."""
    if not path:
        return pointer
    pointer, schema = target(root, pointer)
    if pointer in seen:
        return ""
    for step in _steps(schema, path[0]):
        found = _inside(root, pointers.join(pointer, *step), path[1:], frozenset())
        if found:
            return found
    for step in _combined(schema):
        found = _inside(root, pointers.join(pointer, *step), path, seen | {pointer})
        if found:
            return found
    return ""


def _combined(schema: JsonObject) -> Iterator[tuple[str | int, ...]]:
    """Yield what leads from `schema` to the schemas that it combines."""
    for keyword in IN_PLACE:
        part = schema.get(keyword, ())
        yield from ((keyword, n) for n in range(len(part))) if isinstance(part, list) else ()
        yield from [(keyword,)] if isinstance(part, dict) else []


def _steps(schema: JsonObject, token: str) -> Iterator[tuple[str | int, ...]]:
    """Yield the keywords that lead from `schema` to what describes `token`."""
    if token in schema.get("properties", {}):
        yield "properties", token
    if token == "*":
        yield from (
            (keyword,) for keyword in ("items", "additionalProperties") if keyword in schema
        )
