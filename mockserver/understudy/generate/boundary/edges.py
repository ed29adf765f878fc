"""Values at the edge of what a canonical schema allows: a table from kind of view to edges.

Bounds are exact. What other parts of a schema say of an edge is for the caller to check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lcm
from typing import Any, Final, TypeAlias

from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema
from understudy.generate.boundary.edge_texts import UNICODE, special
from understudy.generate.patterns.automata import language
from understudy.types import Json

LONGEST: Final = 1_000
"""How many characters a text has at most that is long because its schema sets no bound."""

_READ: Final = 256  # how far patterns are followed for long texts
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz "


@dataclass(frozen=True, slots=True)
class Edge:
    """A value and the kind of boundary that it stands on; `others` stand in if it does not fit."""

    kind: str
    value: Json
    others: tuple[Json, ...] = ()


_Edges: TypeAlias = Callable[[Any, Json], Iterator[Edge]]


def edges(schema: CanonicalSchema, value: Json) -> Iterator[Edge]:
    """Yield the edges of `schema` that need no other parts; `value` is one that is there."""
    view = schema.view()
    if type(view) in _VIEWS:
        yield from _VIEWS[type(view)](view, value)


def _constant(view: c.ConstView, _value: Json) -> Iterator[Edge]:
    yield Edge("null" if view.value is None else "const", view.value)


def _options(view: c.EnumView, _value: Json) -> Iterator[Edge]:
    for value in view.values:
        yield Edge("null" if value is None else "enum", value)


def _types(view: c.MultiTypeView, value: Json) -> Iterator[Edge]:
    for kind in ("null", "boolean", "integer", "number", "string", "array", "object"):
        if kind in view.types:
            yield from _TYPES[kind](value)


def _anything(_view: c.TrueView, value: Json) -> Iterator[Edge]:
    for kind in ("null", "boolean", "integer", "string", "array", "object"):
        yield from _TYPES[kind](value)


_INTEGERS: Final[Mapping[str, int]] = {
    "zero": 0,
    "negative": -1,
    "largest-53-bit": (1 << 53) - 1,
    "smallest-53-bit": 1 - (1 << 53),
    "largest-64-bit": (1 << 63) - 1,
    "smallest-64-bit": -(1 << 63),
}
_NUMBERS: Final[Mapping[str, float]] = {
    "zero": 0,
    "negative": -1.5,
    "fraction": 0.1,
    "largest-53-bit": (1 << 53) - 1,
    "largest-64-bit": (1 << 63) - 1,
    "smallest-positive": 5e-324,
    "largest-double": 1.7976931348623157e308,
    "smallest-double": -1.7976931348623157e308,
}


def _integers(_value: Json) -> Iterator[Edge]:
    return (Edge(kind, number) for kind, number in _INTEGERS.items())


def _numbers(_value: Json) -> Iterator[Edge]:
    return (Edge(kind, number) for kind, number in _NUMBERS.items())


def _texts(_value: Json) -> Iterator[Edge]:
    yield Edge("empty", "")
    yield Edge("long", _filled(LONGEST))
    yield from (Edge(kind, text) for kind, text in UNICODE.items())


_TYPES: Final[Mapping[str, Callable[[Json], Iterator[Edge]]]] = {
    "array": lambda _value: iter([Edge("empty", []), Edge("one", [None])]),
    "boolean": lambda _value: (Edge(str(flag).lower(), flag) for flag in (True, False)),
    "integer": _integers,
    "null": lambda _value: iter([Edge("null", None)]),
    "number": _numbers,
    "object": lambda _value: iter([Edge("empty", {}), Edge("one", {"name": None})]),
    "string": _texts,
}


def _bounded_integers(view: c.IntegerView, value: Json) -> Iterator[Edge]:
    yield from _bounded(view, max(_step(view.multiple_of), Fraction(1)))
    yield from _between(_integers(value), view)


def _bounded_numbers(view: c.NumberView, value: Json) -> Iterator[Edge]:
    yield from _bounded(view, _step(view.multiple_of) or _fine_step(view))
    yield from _between(_numbers(value), view)


def _bounded(view: c.IntegerView | c.NumberView, step: Fraction) -> Iterator[Edge]:
    """Yield the bounds and what is a step within them, in multiples of the step if it is one."""
    grid = step if view.multiple_of else None
    if view.minimum is not None:
        low = _exact(view.minimum)
        low = ceil(low / grid) * grid if grid else low
        yield Edge("minimum", plain(low))
        yield Edge("just-above-minimum", plain(low + step))
    if view.maximum is not None:
        high = _exact(view.maximum)
        high = floor(high / grid) * grid if grid else high
        yield Edge("just-below-maximum", plain(high - step))
        yield Edge("maximum", plain(high))


def _between(found: Iterator[Edge], view: c.IntegerView | c.NumberView) -> Iterator[Edge]:
    low, high = view.minimum, view.maximum
    for edge in found:
        above = low is None or edge.value >= low
        if above and (high is None or edge.value <= high):
            yield edge


def _step(multiples: Sequence[Json]) -> Fraction:
    """Return the least common multiple, zero for none."""
    values = [_exact(value) for value in multiples]
    if not values:
        return Fraction(0)
    denominator = lcm(*(value.denominator for value in values))
    return Fraction(lcm(*(int(value * denominator) for value in values)), denominator)


def _fine_step(view: c.NumberView) -> Fraction:
    """Return a step that is small beside the room between the bounds."""
    step = Fraction(1, 100)
    if view.minimum is None or view.maximum is None:
        return step
    room = _exact(view.maximum) - _exact(view.minimum)
    while room and room < 10 * step:
        step /= 10
    return step


def _exact(value: Json) -> Fraction:
    return Fraction(str(value))


def plain(value: Fraction) -> int | float:
    """Return a fraction as JSON writes numbers."""
    return value.numerator if value.denominator == 1 else float(value)


def _bounded_texts(view: c.StringView, value: Json) -> Iterator[Edge]:
    low, high = view.min_length or 0, view.max_length
    for name in view.formats:
        yield from (Edge(kind, text) for kind, text in special(name, value).items())
    if view.patterns or view.excluded_patterns:
        yield from _patterned(view)
    else:
        yield from (Edge(kind, _filled(size)) for kind, size in _sizes(low, high).items())
    yield from (Edge(kind, _padded(text, low)) for kind, text in UNICODE.items())


def _sizes(low: int, high: int | None) -> Mapping[str, int]:
    """Return lengths by kind; only a declared bound is the longest."""
    sizes = {"shortest" if low else "empty": low, "just-above-shortest": low + 1}
    if high is None:
        return {**sizes, "long": max(LONGEST, low)}
    if high > LONGEST:
        return {**sizes, "long": LONGEST} if low <= LONGEST else sizes
    return {**sizes, "just-below-longest": high - 1, "longest": high} if high > low else sizes


def _patterned(view: c.StringView) -> Iterator[Edge]:
    """Yield the shortest and the longest text that matches, as far as the patterns can be read."""
    try:
        found = language(
            tuple(view.patterns),
            excluded_patterns=tuple(view.excluded_patterns),
            excluded=tuple(view.excluded),
            min_length=view.min_length or 0,
            max_length=view.max_length,
        )
        shortest = found.shortest()
        limit = max(len(shortest), min(view.max_length or _READ, _READ))
        longest = found.longest(limit)
    except ValueError:
        return
    yield Edge("shortest", shortest)
    yield Edge("longest" if len(longest) < limit or limit == view.max_length else "long", longest)


def _filled(size: int) -> str:
    """Return `size` letters, in words, that end in a letter."""
    text = (_LETTERS * (size // len(_LETTERS) + 1))[:size]
    return f"{text[:-1]}z" if text else text


def _padded(text: str, low: int) -> str:
    return text if len(text) >= low else text * (low // len(text) + 1)


_VIEWS: Final[Mapping[type, _Edges]] = {
    c.ConstView: _constant,
    c.EnumView: _options,
    c.IntegerView: _bounded_integers,
    c.MultiTypeView: _types,
    c.NumberView: _bounded_numbers,
    c.StringView: _bounded_texts,
    c.TrueView: _anything,
}
