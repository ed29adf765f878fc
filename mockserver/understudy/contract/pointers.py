"""JSON Pointer (RFC 6901): split, join and follow. Refuses nothing, resolves no references."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from understudy.types import Json

MISSING = object()
"""What a pointer yields where nothing is; null is a value, this is none."""


def split(pointer: str) -> tuple[str, ...]:
    """Return the unescaped reference tokens of a JSON Pointer (RFC 6901, section 3)."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def join(pointer: str, *tokens: str | int) -> str:
    """Return the pointer that leads on from `pointer` through `tokens`."""
    return pointer + "".join(f"/{str(t).replace('~', '~0').replace('/', '~1')}" for t in tokens)


def follow(value: Json, tokens: tuple[str, ...]) -> Json:
    """Return what `tokens` lead to from `value`, or MISSING."""
    for token in tokens:
        value = step(value, token)
        if value is MISSING:
            return MISSING
    return value


def step(value: Json, token: str) -> Json:
    """Return the member or item that one reference token names, or MISSING."""
    if isinstance(value, dict):
        return value.get(token, MISSING)
    if isinstance(value, list) and token.isdecimal() and int(token) < len(value):
        return value[int(token)]
    return MISSING


def children(value: Json) -> Iterable[tuple[Any, Json]]:
    """Return the members of an object by name or the items of an array by index."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()
