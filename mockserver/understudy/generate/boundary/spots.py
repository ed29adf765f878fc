"""Where parts of a canonical schema apply in a value, those nearest to the root first.

References are followed once on each path and to four places at most, so that walks end.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema
from understudy.generate.objects import member_schema
from understudy.generate.paths import Step, item, items, member, members, other_members
from understudy.generate.patterns.automata import language

_PLACES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A schema, free of references, that applies where `steps` lead to.

    `name` is that of the component schema it is, if it is one; `branch` tells which alternative
    of how many it is there, if it is one; `required` names what must stand beside it.
    """

    schema: CanonicalSchema
    steps: tuple[Step, ...] = ()
    name: str = ""
    branch: tuple[int, int] | None = None
    required: frozenset[str] = frozenset()
    trail: frozenset[str] = frozenset()


def spots(root: CanonicalSchema) -> Iterator[Spot]:
    """Yield the spots of all that `root` says."""
    looked: Counter[str] = Counter()
    ahead = deque([Spot(root)])
    while ahead:
        spot = ahead.popleft()
        view = spot.schema.view()
        if isinstance(view, c.ReferenceView):
            target = root.definition(view.uri)
            looked[view.uri] += 1
            if target is None or view.uri in spot.trail or looked[view.uri] > _PLACES:
                continue
            trail = spot.trail | {view.uri}
            ahead.appendleft(replace(spot, schema=target, name=c.component(view), trail=trail))
            continue
        yield spot
        ahead.extend(_parts(spot))


def _parts(spot: Spot) -> Iterator[Spot]:
    """Yield the spots directly within `spot`."""
    match spot.schema.view():
        case c.ObjectView() as view:
            yield from _members(spot, view)
        case c.ArrayView() as view:
            yield from _items(spot, view)
        case c.AnyOfView() | c.OneOfView() as view:
            for index, schema in enumerate(view.branches):
                branch = (index + 1, len(view.branches))
                yield replace(spot, schema=schema, branch=branch, name="")
        case _:
            for schema in _same(spot.schema):
                yield replace(spot, schema=schema, name="")


def _same(schema: CanonicalSchema) -> Sequence[CanonicalSchema]:
    """Return the schemas that apply beside each other wherever `schema` does."""
    match schema.view():
        case c.AllOfView() as view:
            return view.branches
        case c.TypedGroupView() as view:
            return [view.body]
        case c.RawView() as view:
            return list(c.modelled_parts(view))
        case _:
            return []


def _members(spot: Spot, view: c.ObjectView) -> Iterator[Spot]:
    for name in sorted({*view.properties, *view.required}):
        below = _below(spot, member(name), member_schema(view, name))
        yield replace(below, required=frozenset(view.required))
    for pattern, schema in view.pattern_properties.items():
        yield _below(spot, members(_matching(pattern)), schema)
    if view.additional_properties is not None:
        matching = [_matching(pattern) for pattern in view.pattern_properties]
        rest = other_members({*view.properties}, lambda name: any(fits(name) for fits in matching))
        yield _below(spot, rest, view.additional_properties)


def _items(spot: Spot, view: c.ArrayView) -> Iterator[Spot]:
    for index, schema in enumerate(view.prefix_items):
        yield _below(spot, item(index), schema)
    if view.items is not None:
        yield _below(spot, items(len(view.prefix_items)), view.items)


def _below(spot: Spot, step: Step, schema: CanonicalSchema) -> Spot:
    return Spot(schema, (*spot.steps, step), trail=spot.trail)


def _matching(pattern: str) -> Callable[[str], bool]:
    """Return a test of names; one that cannot be read fits none."""
    try:
        return language((pattern,)).matches
    except ValueError:
        return lambda _name: False
