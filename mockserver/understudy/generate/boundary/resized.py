"""Arrays and objects with as few and as many members as they may have, and one more or less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from understudy.contract import canonical as c
from understudy.contract.canonical import ArrayView, CanonicalSchema
from understudy.contract.pointers import MISSING
from understudy.generate.boundary.edges import Edge
from understudy.generate.boundary.grounds import Grounds
from understudy.types import Json, JsonObject

MOST: Final = 1000
"""How many members arrays and objects have at most here, whatever their schema allows."""


def sized_arrays(view: ArrayView, value: list[Json], grounds: Grounds) -> Iterator[Edge]:
    """Yield arrays like `value` with other numbers of items."""
    bounds = ("minItems", "maxItems")
    for kind, size in _sizes(view.min_items or 0, view.max_items, bounds).items():
        ways = list(_arrays(view, value, size, grounds))
        if ways:
            yield Edge(kind, ways[0], tuple(ways[1:]))


def _arrays(
    view: ArrayView, value: list[Json], size: int, grounds: Grounds
) -> Iterator[list[Json]]:
    """Yield arrays of `size` items, the most like `value` first."""
    if size <= len(value):
        yield value[:size]
        return
    fresh = [grounds.make(_slot(view, index), "item", index) for index in range(size)]
    if MISSING not in fresh:
        yield [*value, *fresh[len(value) :]]
        yield fresh
    if value:
        yield (value * size)[:size]


def _slot(view: ArrayView, index: int) -> CanonicalSchema:
    """Return the schema of the item at `index`."""
    if index < len(view.prefix_items):
        return view.prefix_items[index]
    return view.items if view.items is not None else c.anything()


def sized_objects(schema: CanonicalSchema, value: JsonObject, grounds: Grounds) -> Iterator[Edge]:
    """Yield objects of `schema` by their number of properties, where it can be chosen."""
    view = schema.view()
    if not isinstance(view, c.ObjectView):
        return
    bounded = view.min_properties is not None or view.max_properties is not None
    if view.properties and not bounded:
        return
    bounds = ("minProperties", "maxProperties")
    for kind, size in _sizes(view.min_properties or 0, view.max_properties, bounds).items():
        made = grounds.make(_of_size(schema, size), kind) if size else MISSING
        others = () if made is MISSING else (made,)
        if len(value) >= size:
            yield Edge(kind, dict(list(value.items())[:size]), others)
        elif others:
            yield Edge(kind, made)


def _of_size(schema: CanonicalSchema, size: int) -> CanonicalSchema:
    sized = c.canonical({"type": "object", "minProperties": size, "maxProperties": size})
    return c.both(schema, sized) or schema


def _sizes(low: int, high: int | None, names: tuple[str, str]) -> Mapping[str, int]:
    """Return sizes by kind, none of them twice; only declared bounds are named."""
    sizes = {"empty" if low == 0 else names[0]: low, "one": 1}
    if low:
        sizes["just-above-minimum"] = low + 1
    if high is not None:
        sizes["just-below-maximum"] = high - 1
        sizes[names[1]] = high
    known: dict[int, str] = {}
    for kind, size in reversed(sizes.items()):
        if low <= size <= (MOST if high is None else min(high, MOST)):
            known[size] = kind
    return {kind: size for size, kind in reversed(known.items())}
