"""What generated code calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from understudy.errors import GenerationError
from understudy.generate.source import MASK, WORD
from understudy.generate.times import stamp
from understudy.types import Json


def reach(value: Json, *tokens: str) -> Json:
    """Return what `tokens` lead to through objects, or None."""
    for token in tokens:
        if not isinstance(value, dict):
            return None
        value = value.get(token)
    return value


def spell(value: Json) -> str:
    """Return `value` as a part of a text."""
    return "" if value is None else str(value)


def between(product: int, low: int, high: int, name: str) -> int:
    """Return the integer in [low, high] that the product of a source draws."""
    if low > high:
        raise GenerationError(f"{name}: there is no integer from {low} to {high}")
    bound = high - low + 1
    if bound >> 32:
        return low + ((product >> 64 & MASK) * bound >> 128)
    return low + ((product >> 128 & WORD) * bound >> 64)


def settle(instants: Sequence[tuple[Any, str]], latest: int, fraction: int) -> None:
    """Write instants as text, moved so that the last of them lies at `latest`."""
    shift = latest - max([container[key] for container, key in instants])
    for container, key in instants:
        container[key] = stamp(container[key] + shift, fraction)
