"""Tell from names what holds between the members of a schema: times, counts, ids, sequences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from understudy.contract import pointers
from understudy.contract.meaning import names
from understudy.contract.meaning.order import NEWEST, OLDEST
from understudy.contract.meaning.shape import Shapes
from understudy.contract.relations import Relation, related, told_holds
from understudy.types import Json

_PART = re.compile(
    r"\b(first|last|latest|limit\w*|max\w*|most recent|newest|page|preview|recent|sample|some|top"
    r"|up to)\b"
)
_PAGED = names.OFFSET | names.PAGE | names.CURSOR | names.NEXT | names.ECHOED | names.PAGES


def truths(schemas: Mapping[str, Json], shapes: Shapes) -> Mapping[str, tuple[Relation, ...]]:
    """Return the relations that the names in each object schema of a response tell of."""
    found = {
        name: (
            *_times(name, shapes.properties(schema), shapes),
            *_states(name, shapes.properties(schema), shapes),
            *_arrays(name, schema, shapes),
        )
        for name, schema in schemas.items()
        if not name.endswith(".request") and shapes.types(schema) == {"object"}
    }
    return {name: relations for name, relations in found.items() if relations}


def _times(name: str, properties: Mapping[str, Json], shapes: Shapes) -> Iterator[Relation]:
    """Yield that nothing is changed before it was created, or ends before it starts."""
    times = {names.plain(n): n for n, s in properties.items() if shapes.is_instant(s)}
    for earlier, later in names.SPANS:
        if earlier in times and later in times:
            yield related("in_order", name, _to(times[earlier]), _to(times[later]))


def _states(name: str, properties: Mapping[str, Json], shapes: Shapes) -> Iterator[Relation]:
    """Yield that what is closed tells when it was closed, and so for every other end."""
    for state, schema in properties.items():
        if names.plain(state) not in ("state", "status"):
            continue
        for value in shapes.enum(schema):
            time = names.first_of((f"{value}at", f"date{value}", f"{value}on"), properties)
            if time and f"{value}at" in names.ENDS:
                condition = {"properties": {state: {"const": value}}, "required": [state, time]}
                then = {"properties": {time: {"type": "string"}}}
                says = f"{time} is not null where {state} is {value}"
                yield told_holds(name, {"if": condition, "then": then}, _to(time), says)


def _arrays(name: str, schema: Json, shapes: Shapes) -> Iterator[Relation]:
    properties = shapes.properties(schema)
    for member, array in properties.items():
        item = shapes.items(array)
        if item is None:
            continue
        kind = names.singular(names.words(member)[-1])
        id_ = shapes.identifier(item, kind)
        if id_:
            yield from _belonging(name, member, schema, item, shapes)
            yield related("distinct", name, _to(member, "*", id_[0]))
        yield from _count(name, member, properties, shapes)
        yield from _sorted(name, member, schema, item, shapes)


def _sorted(name: str, member: str, schema: Json, item: Json, shapes: Shapes) -> Iterator[Relation]:
    """Yield that a sequence is in order, and began after what it belongs to."""
    array = shapes.properties(schema)[member]
    said = shapes.said(array)
    newest, oldest = NEWEST.search(said), OLDEST.search(said)
    inner = shapes.properties(item)
    times = [one for one, schema in inner.items() if shapes.is_instant(schema)]
    time = names.first_of(names.EARLIEST, times)
    if time and (newest or oldest or names.plain(member) in names.SEQUENCES):
        direction = "descending" if newest else "ascending" if oldest else "either"
        yield related("sorted", name, _to(member, "*", time), direction=direction)
        around = shapes.properties(schema)
        begun = [one for one, part in around.items() if shapes.is_instant(part)]
        start = names.first_of(names.EARLIEST[:1], begun)
        if start and names.plain(member) in names.SEQUENCES:
            yield related("in_order", name, _to(start), _to(member, "*", time))


def _belonging(
    name: str, member: str, schema: Json, item: Json, shapes: Shapes
) -> Iterator[Relation]:
    """Yield that items name the object that they are in; items without an id name others."""
    noun, kind = shapes.nouns(name)[-1], names.singular(names.words(member)[-1])
    component = shapes.nouns(shapes.name(item)) if shapes.name(item) else (kind,)
    if set(names.words(member)) & names.OTHERS or kind not in component:
        return
    id_ = shapes.identifier(schema, noun)
    reference = shapes.first_named(item, (f"{noun}id",))
    if not reference or not id_ or (reference,) == shapes.identifier(item, kind):
        return
    told, meant = shapes.properties(item)[reference], shapes.properties(schema)[id_[0]]
    if shapes.types(told) == shapes.types(meant):
        yield related("equal", name, _to(member, "*", reference), _to(id_[0]))


def _count(
    name: str, member: str, properties: Mapping[str, Json], shapes: Shapes
) -> Iterator[Relation]:
    """Yield that a count beside an array is its length, unless the array is a part of more."""
    plural, array = names.plain(member), properties[member]
    said = OLDEST.sub("", NEWEST.sub("", shapes.said(array)))
    told = f"{said} {' '.join(names.words(member))}"
    paged = _PAGED & {names.plain(one) for one in properties}
    if paged or _PART.search(told) or shapes.keyword(array, "maxItems") is not None:
        return
    one = names.singular(plural)
    wanted = {f"{one}count", f"{plural}count", f"numberof{plural}", f"num{plural}"}
    for other, schema in properties.items():
        if names.plain(other) in wanted and shapes.types(schema) == {"integer"}:
            yield related("counts", name, _to(other), _to(member))


def _to(*tokens: str) -> str:
    return pointers.join("", *tokens)
