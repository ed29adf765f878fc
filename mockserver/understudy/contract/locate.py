"""Find the place in an OpenAPI document that speaks of a value: for lines in messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from understudy.contract import pointers
from understudy.contract.pointers import MISSING
from understudy.types import Json

_COMBINERS = ("allOf", "anyOf", "oneOf")
_HOPS = 32


def locate(document: Json, start: str, tokens: Sequence[str | int]) -> str:
    """Return the pointer of the schema of what `tokens` lead to from a value of the schema `start`.

    Where the document says nothing of a part, the pointer of the nearest schema around it.
    """
    place = _behind(document, start)
    for token in tokens:
        member = next(_members(document, place, str(token), _HOPS), None)
        if member is None:
            break
        place = _behind(document, member)
    return place


def _members(document: Json, place: str, token: str, hops: int) -> Iterator[str]:
    """Yield the pointers of the schemas of one member of values of the schema at `place`."""
    schema = pointers.follow(document, pointers.split(place))
    if not isinstance(schema, dict) or not hops:
        return
    if token in (schema.get("properties") or {}):
        yield pointers.join(place, "properties", token)
    elif (token.isdecimal() or token == "*") and "items" in schema:
        yield pointers.join(place, "items")
    for keyword in _COMBINERS:
        for index in range(len(schema.get(keyword) or ())):
            part = _behind(document, pointers.join(place, keyword, index))
            yield from _members(document, part, token, hops - 1)


def _behind(document: Json, place: str) -> str:
    """Return where the local references at `place` lead in the end."""
    for _ in range(_HOPS):
        entry = pointers.follow(document, pointers.split(place))
        target = entry.get("$ref") if isinstance(entry, dict) else None
        if not isinstance(target, str) or not target.startswith("#/"):
            return place
        if pointers.follow(document, pointers.split(target)) is MISSING:
            return place
        place = target[1:]
    return place
