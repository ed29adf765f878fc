"""Values in their place: climb from a value to what holds it, and down along pointers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from understudy.contract.expressions import Relative
from understudy.contract.pointers import MISSING, join, step
from understudy.types import Json

Term: TypeAlias = tuple[Relative, ...]
"""One or more pointers; what they mean together is the kind's to say."""

Slot: TypeAlias = tuple[Any, Any]
"""A place for a value: the list or dict it is in, and its index or key."""


@dataclass(slots=True)
class Node:
    """A value in its place: enough of a JSON document to climb from a value to what holds it."""

    value: Json
    parent: Node | None = None
    key: str | int = ""

    def pointer(self) -> str:
        """Return the JSON Pointer from the root of the document to this value."""
        return join(self.parent.pointer(), self.key) if self.parent else ""


def slots(node: Node, where: Relative) -> list[Slot]:
    """Return the existing places that `where` leads to from `node`; `*` leads to every item."""
    start: Node | None = node
    for _ in range(where.up):
        start = start.parent if start else None
    if start is None:
        return []
    if not where.shift and (where.tokens or start.parent is None):
        return _descend([({"": start.value}, "")], where.tokens)
    if start.parent is None:
        return []
    key: Any = start.key
    if where.shift and not isinstance(start.parent.value, list):
        return []
    if where.shift and not 0 <= (key := int(key) + where.shift) < len(start.parent.value):
        return []
    return _descend([(start.parent.value, key)], where.tokens)


def values(node: Node, where: Relative) -> list[Json]:
    """Return the values that `where` leads to from `node`."""
    return [container[key] for container, key in slots(node, where)]


def first_value(node: Node, term: Term) -> Json:
    """Return the first value of `term` that is not null; null if all are, MISSING if none is."""
    found = [value for where in term for value in values(node, where)]
    return next((value for value in found if value is not None), None if found else MISSING)


def instant(text: Json) -> datetime | None:
    """Return the instant that an RFC 3339 date-time names, or None for anything else."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None


def _descend(places: list[Slot], tokens: tuple[str, ...]) -> list[Slot]:
    for token in tokens:
        places = [place for container, key in places for place in _into(container[key], token)]
    return places


def _into(value: Json, token: str) -> list[Slot]:
    if token == "*":
        return [(value, index) for index in range(len(value))] if isinstance(value, list) else []
    if step(value, token) is MISSING:
        return []
    return [(value, int(token) if isinstance(value, list) else token)]
