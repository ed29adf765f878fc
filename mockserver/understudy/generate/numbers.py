"""Integers and numbers within the bounds of a schema, on its steps. Never rounded beyond them."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

from understudy.generate.source import Source
from understudy.types import JsonObject

_SPAN = 1000
"""How far values reach from the one bound that a schema sets, or from zero."""


def integers(schema: JsonObject) -> Callable[[Source], int]:
    """Return what draws the integers that `schema` allows."""
    step = int(schema.get("multipleOf", 1)) or 1
    low, high = _bounds(schema)
    first, last = _steps(schema, Decimal(step), low, high)
    return lambda source: source.between(first, last) * step


def numbers(schema: JsonObject) -> Callable[[Source], float]:
    """Return what draws the numbers that `schema` allows."""
    low, high = _bounds(schema)
    if schema.get("multipleOf"):
        unit = Decimal(str(schema["multipleOf"]))
        first, last = _steps(schema, unit, low, high)
        return lambda source: float(unit * source.between(first, last))
    if low == high:
        return lambda _source: float(low)
    part = (high - low) / _SPAN
    digits = max(2, -part.adjusted())
    return lambda source: float(round(low + part * source.between(1, _SPAN - 1), digits))


def _bounds(schema: JsonObject) -> tuple[Decimal, Decimal]:
    """Return the lowest and the highest value; exclusive bounds are not told apart."""
    lows = [Decimal(str(schema[k])) for k in ("minimum", "exclusiveMinimum") if k in schema]
    highs = [Decimal(str(schema[k])) for k in ("maximum", "exclusiveMaximum") if k in schema]
    if lows or not highs:
        low = max(lows, default=Decimal(0))
        return low, min(highs, default=low + _SPAN)
    high = min(highs)
    return Decimal(0) if high > 0 else high - _SPAN, high


def _steps(schema: JsonObject, unit: Decimal, low: Decimal, high: Decimal) -> tuple[int, int]:
    """Return which multiples of `unit` are the first and the last within the bounds."""
    first, last = math.ceil(low / unit), math.floor(high / unit)
    if first * unit == schema.get("exclusiveMinimum"):
        first += 1
    if last * unit == schema.get("exclusiveMaximum"):
        last -= 1
    return first, last
