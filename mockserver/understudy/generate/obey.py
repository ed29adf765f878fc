"""Make a finished draft obey its relations: copy what is equal, then put instants in order.

Instants become a graph: each comes its own gap after the latest of those that must precede it.
The whole is then moved so that the last of them lies before the clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from html import escape
from itertools import pairwise
from typing import TypeAlias

from understudy.contract.expressions import Relative
from understudy.contract.nodes import Node, Slot, first_value, instant, slots, values
from understudy.contract.pointers import MISSING, follow
from understudy.contract.relations import Relation, ordered
from understudy.errors import GenerationError
from understudy.generate.place import Draft, Moment, Place
from understudy.generate.times import microseconds, stamp
from understudy.types import JsonObject

Relations: TypeAlias = Mapping[str, tuple[Relation, ...]]
_Aliases: TypeAlias = dict[Moment, Moment]


def obey(draft: Draft, relations: Relations, latest: int, fraction: int) -> None:
    """Settle `draft` so that its relations hold and no instant is after `latest`.

    That is in microseconds since 1970; text has `fraction` digits of a second, 0 to 6.
    """
    aliases: _Aliases = {}
    equals = list(_pairs(draft, relations, "equal"))
    for _ in range(len(equals)):  # what is copied may have to be copied on
        changes = [_obey_equal(relation, place, aliases) for relation, place in equals]
        if not any(changes):
            break
    _settle(draft, relations, aliases, latest, fraction)
    for kind, patch in _PATCHES.items():
        for relation, place in _pairs(draft, relations, kind):
            patch(relation, place)


def keep_apart(value: JsonObject, relations: Iterable[Relation], nullable: Collection[str]) -> None:
    """Let go of what a client gave and must be different from something else, where null may be."""
    for relation in relations:
        if relation.kind != "different":
            continue
        (first,), (second,) = relation.terms
        others = [box[key] for box, key in slots(Node(value), second)]
        for box, key in slots(Node(value), first):
            if box is value and key in nullable and box[key] in others:
                box[key] = None


def _pairs(draft: Draft, relations: Relations, kind: str) -> Iterator[tuple[Relation, Place]]:
    """Yield each relation of `kind` with each place it applies to, outer places first."""
    for name, place in reversed(draft.places):
        for relation in relations[name]:
            if relation.kind == kind:
                yield relation, place


def _obey_equal(relation: Relation, place: Place, aliases: _Aliases) -> bool:
    """Copy what `relation` says is equal; tell whether that changed anything."""
    (subject,), others = relation.terms
    wanted = first_value(place, others)
    if wanted is MISSING or wanted is None:
        return False
    changed = False
    for container, key in slots(place, subject):
        held = container[key]
        if isinstance(held, Moment) and isinstance(wanted, Moment):
            held, target = _followed(held, aliases), _followed(wanted, aliases)
            if held is not target:
                aliases[held] = target
        elif held is not None and held != wanted:
            container[key] = wanted
            changed = True
    return changed


def _followed(moment: Moment, aliases: _Aliases) -> Moment:
    """Return the instant that `moment` is the same as."""
    while moment in aliases:
        moment = aliases[moment]
    return moment


def _settle(
    draft: Draft, relations: Relations, aliases: _Aliases, latest: int, fraction: int
) -> None:
    if not draft.moments:
        return
    before = _precedence(draft, relations, aliases)
    try:
        order = tuple(TopologicalSorter(before).static_order())
    except CycleError as error:
        raise GenerationError("the in_order relations contradict each other") from error
    gaps: dict[Moment, int] = {}
    for moment in order:
        gaps[moment] = max((gaps[early] for early in before[moment]), default=0) + moment.gap
    origin = latest - max(gaps.values())
    floors = _floors(draft, relations, aliases)
    at: dict[Moment, int] = {}
    for moment in order:
        own = max(origin + gaps[moment], floors.get(moment, origin))
        at[moment] = max((at[early] for early in before[moment]), default=own)
        at[moment] = max(at[moment], own)
    for moment in draft.moments:
        when = at[_followed(moment, aliases)]
        moment.container[moment.key] = stamp(when, fraction)


def _floors(draft: Draft, relations: Relations, aliases: _Aliases) -> dict[Moment, int]:
    """Return the latest of the given instants that must not come after each open one."""
    floors: dict[Moment, int] = {}
    if not draft.given:
        return floors
    for relation, place in _pairs(draft, relations, "in_order"):
        for earlier, later in pairwise(ordered(relation, place)):
            given = [microseconds(at) for box, key in earlier if (at := instant(box[key]))]
            for late in _moments(later, aliases) if given else ():
                floors[late] = max([*given, floors.get(late, given[0])])
    return floors


def _precedence(draft: Draft, relations: Relations, aliases: _Aliases) -> dict[Moment, set[Moment]]:
    """Return, for each instant, those that must not come after it."""
    before: dict[Moment, set[Moment]] = {_followed(m, aliases): set() for m in draft.moments}
    for relation, place in _pairs(draft, relations, "in_order"):
        for earlier, later in pairwise(ordered(relation, place)):
            for late in _moments(later, aliases):
                before[late].update(early for early in _moments(earlier, aliases) if early != late)
    return before


def _moments(places: list[Slot], aliases: _Aliases) -> list[Moment]:
    held = (container[key] for container, key in places)
    return [_followed(value, aliases) for value in held if isinstance(value, Moment)]


def _obey_renders(relation: Relation, place: Place) -> None:
    (subject,), source = relation.terms
    text = first_value(place, source)
    for container, key in slots(place, subject):
        if container[key] is not None and isinstance(text, str):
            container[key] = render(text)


def obey_clock_id(relation: Relation, place: Place) -> None:
    """Make an identifier of the time that `relation` names."""
    (subject,), times = relation.terms
    at, epoch = instant(first_value(place, times)), instant(relation.options["epoch"])
    if at is None or epoch is None:
        return
    milliseconds = (at - epoch) // timedelta(milliseconds=1)
    identifier = milliseconds << int(relation.options["shift"]) | int(relation.options["low"])
    for container, key in slots(place, subject):
        container[key] = str(identifier)


def _obey_sorted(relation: Relation, place: Place) -> None:
    """Put the items of an array in the order of their times."""
    (where,) = relation.terms[0]
    *array, _, inner = where.tokens
    backwards = relation.options["direction"] == "descending"
    for items in values(place, Relative(where.up, where.shift, tuple(array))):
        if isinstance(items, list):
            items.sort(key=lambda item: str(follow(item, (inner,))), reverse=backwards)


def _obey_counts(relation: Relation, place: Place) -> None:
    (number,), (array,) = relation.terms
    for items in values(place, array):
        for container, key in slots(place, number):
            if isinstance(items, list) and isinstance(container[key], int):
                container[key] = len(items)


_PATCHES: Mapping[str, Callable[[Relation, Place], None]] = {
    "clock_id": obey_clock_id,
    "counts": _obey_counts,
    "renders": _obey_renders,
    "sorted": _obey_sorted,
}


@lru_cache(maxsize=4096)
def render(markdown: str) -> str:
    """Return the HTML of a message: paragraphs, numbered lists, bold and code; all else escaped."""
    return "".join(_block(block) for block in re.split(r"\n\s*\n", markdown.strip()))


def _block(block: str) -> str:
    lines = block.split("\n")
    steps = [re.match(r"\d+\. (.*)", line) for line in lines]
    start = next((i for i, step in enumerate(steps) if step), len(lines))
    if not all(steps[start:]):
        start = len(lines)
    intro = "<br>".join(_inline(line) for line in lines[:start])
    items = "".join(f"<li>{_inline(step[1])}</li>" for step in steps[start:] if step)
    return (f"<p>{intro}</p>" if intro else "") + (f"<ol>{items}</ol>" if items else "")


def _inline(line: str) -> str:
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(line, quote=False))
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
