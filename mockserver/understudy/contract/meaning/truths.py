"""Tell from names what holds between the members of a schema: times, counts, ids, sequences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from understudy.contract.meaning import names
from understudy.contract.meaning.shape import Shapes
from understudy.contract.relations import Relation, related, told_holds
from understudy.types import Json

_ORDERED = re.compile(r"\b(oldest|earliest|newest|latest)\b[^.;]{0,30}\bfirst\b|chronological")


def truths(schemas: Mapping[str, Json], shapes: Shapes) -> Mapping[str, tuple[Relation, ...]]:
    """Return the relations that the names in each object schema tell of."""
    found = {
        name: (
            *_times(name, shapes.properties(schema), shapes),
            *_states(name, shapes.properties(schema), shapes),
            *_arrays(name, schema, shapes),
        )
        for name, schema in schemas.items()
        if shapes.types(schema) == {"object"}
    }
    return {name: relations for name, relations in found.items() if relations}


def _times(name: str, properties: Mapping[str, Json], shapes: Shapes) -> Iterator[Relation]:
    """Yield that nothing is changed or ended before it was created."""
    times = [
        one for one, schema in properties.items() if shapes.keyword(schema, "format") == "date-time"
    ]
    first = names.first_of(names.EARLIEST, times)
    if not first:
        return
    for later in times:
        if later != first and names.plain(later) in names.LATEST + names.ENDS:
            yield related("in_order", name, f"/{first}", f"/{later}")


def _states(name: str, properties: Mapping[str, Json], shapes: Shapes) -> Iterator[Relation]:
    """Yield that what is closed tells when it was closed, and so for every other end."""
    for state, schema in properties.items():
        if names.plain(state) not in ("state", "status"):
            continue
        for value in shapes.keyword(schema, "enum") or ():
            time = names.first_of((f"{value}at", f"date{value}", f"{value}on"), properties)
            if time and f"{value}at" in names.ENDS:
                condition = {"properties": {state: {"const": value}}, "required": [state, time]}
                then = {"properties": {time: {"type": "string"}}}
                yield told_holds(name, {"if": condition, "then": then})


def _arrays(name: str, schema: Json, shapes: Shapes) -> Iterator[Relation]:
    properties = shapes.properties(schema)
    for member, array in properties.items():
        item = shapes.items(array)
        if item is None:
            continue
        inner = shapes.properties(item)
        kind = names.singular((names.words(member) or ("",))[-1])
        yield from _belonging(name, member, schema, inner, shapes)
        yield from _count(name, member, properties, shapes)
        id_ = names.first_of((f"{kind}id", "id", "uuid"), inner)
        if id_:
            yield related("distinct", name, f"/{member}/*/{id_}")
        said = str(shapes.keyword(array, "description") or "").lower()
        time = names.first_of(names.EARLIEST, inner)
        if time and (names.plain(member) in names.SEQUENCES or _ORDERED.search(said)):
            direction = _direction(said)
            yield related("sorted", name, f"/{member}/*/{time}", direction=direction)


def _direction(said: str) -> str:
    match = _ORDERED.search(said)
    if match is None:
        return "either"
    newest = match[1] in ("newest", "latest") or re.search(r"reverse[- ]chronological", said)
    return "descending" if newest else "ascending"


def _belonging(
    name: str, member: str, schema: Json, inner: Mapping[str, Json], shapes: Shapes
) -> Iterator[Relation]:
    """Yield that items name the object that they are in."""
    id_ = shapes.identifier(schema, names.words(name)[-1] if names.words(name) else "")
    for word in dict.fromkeys(names.words(name)):
        reference = names.first_of((f"{word}id",), inner)
        if reference and id_:
            own = names.first_of((f"{word}id",), shapes.properties(schema)) or id_[0]
            yield related("equal", name, f"/{member}/*/{reference}", f"/{own}")
            return


def _count(
    name: str, member: str, properties: Mapping[str, Json], shapes: Shapes
) -> Iterator[Relation]:
    """Yield that a count beside an array is its length."""
    plural = names.plain(member)
    one = names.singular(plural)
    wanted = {
        f"{one}count",
        f"{plural}count",
        f"numberof{plural}",
        f"num{plural}",
        f"total{plural}",
    }
    for other, schema in properties.items():
        if names.plain(other) in wanted and shapes.types(schema) == {"integer"}:
            yield related("counts", name, f"/{other}", f"/{member}")
