"""Arrays within canonical bounds: positions, items that must be contained, distinct items."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from understudy.codec import identity
from understudy.contract import canonical as c
from understudy.contract.canonical import ArrayView, CanonicalSchema
from understudy.errors import GenerationError
from understudy.generate.domains import Domain, domain_of
from understudy.generate.likely import likely
from understudy.generate.permutation import Permutation
from understudy.generate.place import DEPTH, Maker, Place
from understudy.generate.source import Source
from understudy.types import Json

if TYPE_CHECKING:
    from understudy.generate.shapes import Shapes, Written

_MORE = 3
_MANY = 8
_TRIES = 60


@dataclass(frozen=True, slots=True)
class _Slots:
    """A maker for each position: the first ones by name, all later ones alike, of a domain."""

    first: Sequence[Maker]
    rest: Maker | None
    domain: Domain | None = None

    def at(self, index: int) -> Maker | None:
        return self.first[index] if index < len(self.first) else self.rest


def array_maker(
    schema: CanonicalSchema, view: ArrayView, written: Written, shapes: Shapes
) -> Maker:
    """Return a maker of arrays as `view` describes them."""
    wanted = _contained(view, shapes)
    slots = _slots(view, written, shapes)
    low = max(view.min_items or 0, len(wanted), 2 if c.some_repeated(view) else 0)
    high = min(_longest(view, slots), max(low + _MORE, len(slots.first)))
    distinct, repeated = c.all_distinct(view), c.some_repeated(view)
    domain = slots.domain if distinct and not wanted and not slots.first else None
    if domain:
        return _drawn(domain, low, min(high, domain.size))

    def make(source: Source, place: Place, key: str | int) -> list[Json]:
        value: list[Json] = []
        here = place.inside(value, key)
        count = low if here.depth > DEPTH else source.at("count").between(low, max(low, high))
        makers = _arranged(slots, wanted, count)
        seen: set[bytes] = set()
        for index, maker in enumerate(makers):
            child = source.at(index)
            if not distinct:
                value.append(maker(child, here, index))
                continue
            with suppress(GenerationError) if index >= low and not wanted else nullcontext():
                value.append(_another(maker, child, here, index, seen))
        if repeated and len(value) > 1:
            value[-1] = makers[0](source.at(0), here, len(value) - 1)
        return value

    if not _unsure(view):
        return make
    return shapes.checked(make, schema, written, "contains beside other items")


def _drawn(domain: Domain, low: int, high: int) -> Maker:
    """Return a maker of arrays of different values of `domain`."""

    def make(source: Source, place: Place, key: str | int) -> list[Json]:
        if low > high:
            raise GenerationError(f"{key}: {low} distinct items are asked for, there are {high}")
        count = low if place.depth >= DEPTH else source.at("count").between(low, high)
        order = Permutation(domain.size, source.at("order"))
        return [domain.nth(order(index)) for index in range(count)]

    return make


def _slots(view: ArrayView, written: Written, shapes: Shapes) -> _Slots:
    """Return makers by position; where contained items are limited, others avoid being such."""
    limits = [one.schema for one in view.contains if one.max_contains is not None]
    first = [
        shapes.maker(_avoiding(schema, limits), shapes.names.member(written, str(index)))
        for index, schema in enumerate(view.prefix_items)
    ]
    items = view.items if view.items is not None else c.anything()
    items = _avoiding(items, limits)
    if c.impossible(items):
        return _Slots(first, None)
    member = shapes.names.member(written, "*")
    if not c.all_distinct(view):
        return _Slots(first, shapes.maker(items, member))
    found = likely(member, items, shapes)
    if found and found.domain and found.domain.size < max((view.min_items or 0) + _MORE, _MANY):
        found, member = None, replace(member, schema=True, name="", property="")
    return _Slots(first, shapes.maker(items, member), found.domain if found else domain_of(items))


def _avoiding(schema: CanonicalSchema, limits: Sequence[CanonicalSchema]) -> CanonicalSchema:
    for limit in limits:
        rest = c.without(schema, limit)
        if rest is not None and not c.impossible(rest):
            schema = rest
    return schema


def _contained(view: ArrayView, shapes: Shapes) -> list[Maker]:
    """Return a maker for each item that `contains` asks for."""
    makers: list[Maker] = []
    for one in view.contains:
        needed = 1 if one.min_contains is None else one.min_contains
        joined = c.both(view.items, one.schema) if view.items is not None else one.schema
        schema = joined if joined is not None and not c.impossible(joined) else one.schema
        makers += [shapes.maker(schema)] * needed
    return makers


def _longest(view: ArrayView, slots: _Slots) -> int:
    longest = view.max_items if view.max_items is not None else 1 << 30
    return longest if slots.rest is not None else min(longest, len(slots.first))


def _arranged(slots: _Slots, wanted: Sequence[Maker], count: int) -> list[Maker]:
    """Return a maker for each of `count` positions; what must be contained comes last."""
    plain = count - len(wanted)
    makers = [slots.at(index) for index in range(plain)]
    return [maker for maker in makers if maker is not None] + list(wanted)


def _another(maker: Maker, source: Source, place: Place, index: int, seen: set[bytes]) -> Json:
    """Return an item that is not among those `seen`; its instants are settled to compare it."""
    with place.draft.settled() as forget:
        for attempt in range(_TRIES):
            value = maker(source.at("distinct").at(attempt) if attempt else source, place, index)
            mark = identity(value)
            if mark not in seen:
                seen.add(mark)
                return value
            forget()
    raise GenerationError(f"{place.key}: fewer distinct items than asked for")


def _unsure(view: ArrayView) -> bool:
    return bool(view.contains) and (bool(view.prefix_items) or len(view.contains) > 1)
