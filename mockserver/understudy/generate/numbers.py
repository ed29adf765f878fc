"""Integers and numbers within canonical bounds, built by counting the allowed ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, lcm

from understudy.contract.canonical import IntegerView, NumberView
from understudy.generate.place import Maker
from understudy.types import Json

_SPAN = 1000
_PLENTY = 1 << 31
_EXACT = 1 << 53  # beyond it, floats have no fractions
_TRIES = 200


@dataclass(frozen=True, slots=True)
class Steps:
    """The multiples of `step` from `low` to `high` times it, without those of anything barred."""

    low: int | None
    high: int | None
    step: Fraction
    barred: Sequence[Fraction]

    @property
    def size(self) -> int:
        """Return how many there are, as if nothing was barred; without bounds, plenty."""
        first, last = self._ends(_PLENTY)
        return max(last - first + 1, 0)

    def nth(self, index: int) -> int | float:
        """Return the one at `index`."""
        return _plain((self._ends(_PLENTY)[0] + index) * self.step)

    def maker(self) -> Maker:
        """Return a maker; unbounded sides end a thousand steps from the bound."""
        first, last = self._ends(_SPAN)
        step, barred = self.step, self.barred
        return lambda source, _place, _key: _plain(
            _allowed(source.between(first, last), first, last, step, barred) * step
        )

    def _ends(self, span: int) -> tuple[int, int]:
        low, high = self.low, self.high
        first = low if low is not None else min(0, high - span) if high is not None else 0
        return first, high if high is not None else first + span


def steps_of(view: IntegerView | NumberView) -> Steps:
    """Return what `view` allows: multiples where they are asked for, two decimals otherwise."""
    return _integers(view) if isinstance(view, IntegerView) else _numbers(view)


def _integers(view: IntegerView) -> Steps:
    step = _common_step([Fraction(str(value)) for value in view.multiple_of])
    barred = [Fraction(str(value)) for value in view.not_multiple_of]
    step = Fraction(step.numerator) if step else Fraction(1)
    return Steps(_end(view.minimum, step, ceil), _end(view.maximum, step, floor), step, barred)


def _numbers(view: NumberView) -> Steps:
    given = [Fraction(str(value)) for value in view.multiple_of]
    barred = [Fraction(str(value)) for value in view.not_multiple_of]
    step = _common_step(given) or _fine_step(view)
    if view.excludes_integers:
        barred.append(Fraction(1))
    low, high = _end(view.minimum, step, ceil), _end(view.maximum, step, floor)
    if view.exclusive_minimum and low is not None and low * step == _exact(view.minimum):
        low += 1
    if view.exclusive_maximum and high is not None and high * step == _exact(view.maximum):
        high -= 1
    return Steps(low, high, step, barred)


def _exact(value: Json) -> Fraction:
    return Fraction(str(value)) if not isinstance(value, Decimal) else Fraction(value)


def _common_step(values: Sequence[Fraction]) -> Fraction | None:
    """Return the least common multiple of fractions."""
    if not values:
        return None
    denominator = lcm(*(value.denominator for value in values))
    return Fraction(lcm(*(int(value * denominator) for value in values)), denominator)


def _fine_step(view: NumberView) -> Fraction:
    """Return a step of which several fit between the bounds."""
    bounds = [_exact(bound) for bound in (view.minimum, view.maximum) if bound is not None]
    if any(abs(bound) > _EXACT for bound in bounds):
        return Fraction(1)
    if view.minimum is None or view.maximum is None:
        return Fraction(1, 100)
    room = _exact(view.maximum) - _exact(view.minimum)
    step = Fraction(1, 100)
    while room and room < step * 4:
        step /= 10
    return step


def _end(bound: Json, step: Fraction, rounded: object) -> int | None:
    """Return the first or last multiple of `step` within a bound, counted in steps."""
    if bound is None:
        return None
    quotient = _exact(bound) / step
    return ceil(quotient) if rounded is ceil else floor(quotient)


def _allowed(start: int, first: int, last: int, step: Fraction, barred: Sequence[Fraction]) -> int:
    """Return `start`, or the next count after it whose value is no barred multiple."""
    if not barred:
        return start
    room = last - first + 1
    counts = (first + (start - first + offset) % room for offset in range(min(room, _TRIES)))
    return next((n for n in counts if not any(n * step % bar == 0 for bar in barred)), start)


def _plain(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)
