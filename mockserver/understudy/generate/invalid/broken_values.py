"""Breaks of what schemas say about single values: types, options, bounds, text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Final

from understudy.contract.pointers import MISSING
from understudy.generate.invalid.breaks import Break, Change, Tools, always, instead
from understudy.generate.invalid.near_misses import near_misses
from understudy.generate.patterns.automata import language
from understudy.generate.source import Source
from understudy.types import Json, JsonObject

_LONGEST: Final = 100_000
_READ: Final = 1000  # how far patterns are followed


def _half_more(value: Json, _source: Source) -> Json:
    return value + 0.5 if _is_number(value) else MISSING


def _quoted(value: Json, _source: Source) -> Json:
    return str(value) if _is_number(value) else MISSING


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: Final[Mapping[str, tuple[Change, ...]]] = {
    "null": always(None),
    "boolean": always(*[True]),
    "number": (_half_more, *always(1.5, 0.5, -1.5)),
    "string": (_quoted, *always("text")),
    "array": always([]),
    "object": always({}),
}


def types(limit: Json, _schema: JsonObject, _tools: Tools) -> Iterator[Break]:
    """Yield a break for each type of JSON that is refused."""
    allowed = [limit] if isinstance(limit, str) else limit
    for name, changes in _TYPES.items():
        if name not in allowed:
            kind = "null" if name == "null" else f"wrong type: {name}"
            yield Break("type", kind, limit, changes)


def options(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `enum`."""
    others = [other for option in limit for other in _like(option)]
    fallback = instead(schema, "enum", {"enum": limit}, tools)
    yield Break("enum", "not in enum", limit, (*always(*_unlike(others, limit)), fallback))


def constant(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `const`."""
    fallback = instead(schema, "const", {"const": limit}, tools)
    changes = (*always(*_unlike(_like(limit), [limit])), fallback)
    yield Break("const", "not the constant", limit, changes)


def _like(option: Json) -> list[Json]:
    """Return values that are nearly `option`."""
    match option:
        case bool():
            return [not option]
        case str():
            return [option.swapcase(), f"{option}x"]
        case int() | float():
            return [option + 1, option - 1]
        case list():
            return [[*option, None]]
        case dict():
            return [{**option, "unexpected": None}]
        case _:
            return []


def _unlike(values: list[Json], options: list[Json]) -> list[Json]:
    return [value for value in values if value not in options]


def minimum(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `minimum`."""
    changes = always(*_beyond(limit, schema, -1))
    fallback = instead(schema, "minimum", {"minimum": limit}, tools)
    yield Break("minimum", "below minimum", limit, (*changes, fallback))


def maximum(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `maximum`."""
    changes = always(*_beyond(limit, schema, 1))
    fallback = instead(schema, "maximum", {"maximum": limit}, tools)
    yield Break("maximum", "above maximum", limit, (*changes, fallback))


def exclusive_minimum(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the breaks of `exclusiveMinimum`: at it, and below."""
    negated = {"exclusiveMinimum": limit}
    fallback = instead(schema, "exclusiveMinimum", negated, tools)
    yield Break("exclusiveMinimum", "at exclusive minimum", limit, always(limit))
    changes = (*always(*_beyond(limit, schema, -1)), fallback)
    yield Break("exclusiveMinimum", "below minimum", limit, changes)


def exclusive_maximum(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the breaks of `exclusiveMaximum`: at it, and above."""
    negated = {"exclusiveMaximum": limit}
    fallback = instead(schema, "exclusiveMaximum", negated, tools)
    yield Break("exclusiveMaximum", "at exclusive maximum", limit, always(limit))
    changes = (*always(*_beyond(limit, schema, 1)), fallback)
    yield Break("exclusiveMaximum", "above maximum", limit, changes)


def _beyond(limit: Json, schema: JsonObject, way: int) -> Iterator[Json]:
    """Yield numbers beyond `limit`: the next step, the next integer, the next but a bit."""
    exact = Fraction(str(limit))
    step = Fraction(str(schema.get("multipleOf", 1)))
    for unit in (step, Fraction(1), Fraction(1, 100)):
        count = ceil(exact / unit) - 1 if way < 0 else floor(exact / unit) + 1
        yield _plain(count * unit)


def _plain(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)


def multiple(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `multipleOf`."""
    step = Fraction(str(limit))
    shifts = (Fraction(1), Fraction(-1), step / 2, -step / 2, step / 3)
    changes = [_shifted(shift) for shift in shifts if shift % step]
    fallback = instead(schema, "multipleOf", {"multipleOf": limit}, tools)
    yield Break("multipleOf", "not a multiple", limit, (*changes, fallback))


def _shifted(shift: Fraction) -> Change:
    def change(value: Json, _source: Source) -> Json:
        return _plain(Fraction(str(value)) + shift) if _is_number(value) else MISSING

    return change


def shortest(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `minLength`."""
    if limit < 1:
        return
    room = int(limit) - 1
    changes = (_text(lambda text: text[:room]), *_within(schema, 0, room), *always("x" * room))
    fallback = instead(schema, "minLength", {"minLength": limit}, tools)
    yield Break("minLength", "too short", limit, (*changes, fallback))


def longest(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `maxLength`, unless that takes more than 100,000 characters."""
    if limit >= _LONGEST:
        return
    size = int(limit) + 1
    changes = (_text(lambda text: text.ljust(size, "x")), *_within(schema, size, None))
    fallback = instead(schema, "maxLength", {"maxLength": limit}, tools)
    yield Break("maxLength", "too long", limit, (*changes, *always("x" * size), fallback))


def pattern(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `pattern`: a near miss where the pattern can be read."""
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    fallback = instead(schema, "pattern", {"pattern": limit}, tools)

    def change(_value: Json, source: Source) -> Json:
        if low > _READ:
            return MISSING
        try:
            missed = language((limit,), min_length=low, max_length=high).near_miss(source)
        except ValueError:
            return MISSING
        return MISSING if missed is None else missed

    yield Break("pattern", "pattern missed", limit, (change, fallback))


def format_(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `format`."""
    changes = tuple(_text(spoil) for spoil in near_misses(limit))
    fallback = instead(schema, "format", {"format": limit}, tools)
    yield Break("format", f"not {limit}", limit, (*changes, fallback))


def _text(change: Callable[[str], str]) -> Change:
    """Return the change of text; other values give no occasion."""
    return lambda value, _source: change(value) if isinstance(value, str) else MISSING


def _within(schema: JsonObject, low: int, high: int | None) -> tuple[Change, ...]:
    """Return the change to text of a length that matches the pattern of `schema`, if it has one."""
    if "pattern" not in schema or max(low, high or 0) > _READ:
        return ()

    def change(_value: Json, source: Source) -> Json:
        try:
            return language((schema["pattern"],), min_length=low, max_length=high).draw(source)
        except ValueError:
            return MISSING

    return (change,)
