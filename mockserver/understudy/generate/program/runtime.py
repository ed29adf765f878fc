"""What generated code calls."""

from __future__ import annotations

from understudy.errors import GenerationError
from understudy.generate.source import below
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
    return low + below(product, high - low + 1)
