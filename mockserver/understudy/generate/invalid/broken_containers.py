"""Breaks of what schemas say about arrays, objects and combinations of schemas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, combinations, count, islice
from typing import Final

from understudy.contract.pointers import MISSING
from understudy.contract.validate import Validator
from understudy.generate.invalid.breaks import Break, Change, Tools, always, but, instead, made
from understudy.generate.source import Source
from understudy.types import Json, JsonObject

_MOST_ITEMS: Final = 10_000
_PAIRS: Final = 6
_UNEXPECTED: Final = "unexpected"
_PLAIN: Final[tuple[Json, ...]] = (None, True, 1.5, "text", [], {})


def shortest(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `minItems`."""
    if limit > 0:
        changes = (_array(lambda items: items[: int(limit) - 1]), *always([]))
        fallback = instead(schema, "minItems", {"minItems": limit}, tools)
        yield Break("minItems", "too few items", limit, (*changes, fallback))


def longest(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `maxItems`, unless that takes more than 10,000 items."""
    if limit < _MOST_ITEMS:
        size = int(limit) + 1
        change = _array(lambda items: (items * size)[:size] if items else MISSING)
        fallback = instead(schema, "maxItems", {"maxItems": limit}, tools)
        yield Break("maxItems", "too many items", limit, (change, fallback))


def distinct(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `uniqueItems`."""
    if limit:
        changes = (
            _array(lambda items: [*items, items[0]] if items else MISSING),
            _array(lambda items: [*items[:-1], items[0]] if len(items) > 1 else MISSING),
        )
        fallback = instead(schema, "uniqueItems", {"uniqueItems": True}, tools)
        yield Break("uniqueItems", "duplicate items", limit, (*changes, fallback))


def contained(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the breaks of `contains`: too few such items, too many."""
    low, high = schema.get("minContains", 1), schema.get("maxContains")
    fits = Validator(limit, tools.schemas).accepts
    if low > 0:
        change = _array(lambda items: _but_few(items, fits, int(low) - 1))
        fallback = instead(schema, "contains", {"contains": limit, "minContains": low}, tools)
        yield Break("contains", "too few such items", limit, (change, fallback))
    if high is not None:
        change = _array(lambda items: _with_many(items, fits, int(high) + 1))
        yield Break("contains", "too many such items", limit, (change,))


def _but_few(items: list[Json], fits: Callable[[Json], bool], most: int) -> list[Json]:
    kept = {id(item) for item in islice(filter(fits, items), most)}
    return [item for item in items if id(item) in kept or not fits(item)]


def _with_many(items: list[Json], fits: Callable[[Json], bool], least: int) -> Json:
    such = [item for item in items if fits(item)]
    return [*items, *such[:1] * (least - len(such))] if such else MISSING


def unevaluated_items(limit: Json, _schema: JsonObject, _tools: Tools) -> Iterator[Break]:
    """Yield the break of `unevaluatedItems: false`."""
    if limit is False:
        change = _array(lambda items: [*items, _UNEXPECTED])
        yield Break("unevaluatedItems", "unexpected item", limit, (change,))


def required(limit: Json, _schema: JsonObject, _tools: Tools) -> Iterator[Break]:
    """Yield a break for each property that is required."""
    for name in limit:
        yield Break("required", "missing", name, (_without(name),))


def dependent(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield a break for each property that another one requires; reported as `required`."""
    for trigger, names in limit.items():
        for name in names:
            present = {*limit, *chain(*limit.values())} - {name}
            wanted = {"required": sorted(present), "not": {"required": [name]}}
            fallback = made(but(schema, "dependentRequired", wanted), tools)
            changes = (_without(name, trigger), fallback)
            yield Break("required", f"missing beside {trigger}", name, changes)


def fewest(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `minProperties`."""
    if limit > 0:
        needed = schema.get("required", [])
        change = _object(lambda members: _reduced(members, needed, int(limit) - 1))
        fallback = instead(schema, "minProperties", {"minProperties": limit}, tools)
        yield Break("minProperties", "too few properties", limit, (change, fallback))


def most(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `maxProperties`, unless that takes more than 10,000."""
    if limit < _MOST_ITEMS:
        change = _object(lambda members: _extended(members, int(limit) + 1))
        fallback = instead(schema, "maxProperties", {"maxProperties": limit}, tools)
        yield Break("maxProperties", "too many properties", limit, (change, fallback))


def _reduced(members: JsonObject, needed: Sequence[str], size: int) -> JsonObject:
    optional = [name for name in members if name not in needed]
    dropped = {*optional[: max(len(members) - size, 0)]}
    return {name: value for name, value in members.items() if name not in dropped}


def _extended(members: JsonObject, size: int) -> JsonObject:
    value = next(iter(members.values()), None)
    names = (name for n in count(1) if (name := f"{_UNEXPECTED}{n}") not in members)
    return {**members, **dict.fromkeys(islice(names, max(size - len(members), 0)), value)}


def closed(keyword: str) -> Callable[[Json, JsonObject, Tools], Iterator[Break]]:
    """Return the breaks of a keyword that forbids further members by being false.

    Where a schema names no members at all, validators report that nothing is allowed.
    """

    def breaks(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
        if limit is False:
            fallback = instead(schema, keyword, {keyword: False}, tools)
            change = _object(lambda members: {**members, _UNEXPECTED: _UNEXPECTED})
            known = schema.keys() & {"properties", "patternProperties"}
            bare = keyword == "additionalProperties" and not known
            told = "falseSchema" if bare else keyword
            yield Break(told, "unexpected property", limit, (change, fallback))

    return breaks


def names(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `propertyNames`; where no name is allowed, all are false schemas."""
    keyword = "propertyNames" if isinstance(limit, dict) else "falseSchema"
    bad = made({"type": "string", "not": limit}, tools)

    def change(value: Json, source: Source) -> Json:
        name = bad(value, source)
        if not isinstance(value, dict) or name is MISSING or name in value:
            return MISSING
        return {**value, name: next(iter(value.values()), _UNEXPECTED)}

    if limit is not True:
        fallback = instead(schema, "propertyNames", {"propertyNames": limit}, tools)
        yield Break(keyword, "bad property name", limit, (change, fallback))


def none_of(keyword: str) -> Callable[[Json, JsonObject, Tools], Iterator[Break]]:
    """Return the breaks of `anyOf` or `oneOf` by values that fit no branch."""

    def breaks(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
        nothing = instead(schema, keyword, {"anyOf": limit}, tools)
        changes = (*always(*_PLAIN), nothing)
        yield Break(keyword, f"none of {keyword}", limit, changes)

    return breaks


def one_of(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the breaks of `oneOf`: no branch fits, several do."""
    yield from none_of("oneOf")(limit, schema, tools)
    pairs = islice(combinations(limit, 2), _PAIRS)
    changes = tuple(made(but(schema, "oneOf", {"allOf": [*pair]}), tools) for pair in pairs)
    yield Break("oneOf", "several of oneOf", limit, changes)


def not_(limit: Json, schema: JsonObject, tools: Tools) -> Iterator[Break]:
    """Yield the break of `not`."""
    change = made(but(schema, "not", {"allOf": [limit]}), tools)
    yield Break("not", "what must not be", limit, (change,))


def _array(change: Callable[[list[Json]], Json]) -> Change:
    return lambda value, _source: change(value) if isinstance(value, list) else MISSING


def _object(change: Callable[[JsonObject], Json]) -> Change:
    return lambda value, _source: change(value) if isinstance(value, dict) else MISSING


def _without(name: str, *others: str) -> Change:
    """Return the change that drops a member that is there, beside `others`."""

    def change(members: JsonObject) -> Json:
        if name not in members or any(other not in members for other in others):
            return MISSING
        return {key: value for key, value in members.items() if key != name}

    return _object(change)
