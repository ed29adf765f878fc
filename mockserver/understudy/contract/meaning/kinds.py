"""Put together what the operations of one resource tell of it: its whole, its ids and its scope.

This is what the stand-in keeps where behaviour.yaml declares nothing; the checks demand the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.items import view
from understudy.contract.meaning.model import Listing, Meaning, Order, Reading, Writing
from understudy.contract.meaning.shape import Shapes
from understudy.contract.model import Operation, Parameter
from understudy.contract.same import Same
from understudy.types import Json

Part: TypeAlias = Listing | Reading | Writing

MEMBERS = 25
"""How many members a collection has, if its pages are not larger."""

_MOST = 100
_CONTRACTS: Final = 4


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of one resource.

    `whole` is the schema that shows the most of it, `id` leads to its identifier, which satisfies
    all of `ids`. What requests say under the plain names in `scope` tells collections apart;
    `owners` are the members that repeat it. `choices` are the values that filters choose among,
    by member; `count` is how many members a collection has. `shown` are ids that the contract gives
    as examples, `homes` the examples of each value in `scope`; `path` is where members are.
    """

    name: str
    whole: Json
    properties: Mapping[str, Json]
    id: str
    ids: tuple[Json, ...]
    scope: tuple[str, ...]
    owners: Mapping[str, str]
    choices: Mapping[str, tuple[Json, ...]]
    order: Order | None
    count: int
    path: str
    shown: tuple[Json, ...] = ()
    homes: tuple[tuple[Json, ...], ...] = ()


def kinds(meaning: Meaning, shapes: Shapes) -> Mapping[str, Kind]:
    """Return the resources of a contract that the stand-in can keep, by name."""
    return _kinds(Same(meaning), Same(shapes))


@lru_cache(maxsize=_CONTRACTS)
def _kinds(told: Same[Meaning], by: Same[Shapes]) -> Mapping[str, Kind]:
    meaning, shapes = told.of, by.of
    found: dict[str, list[Part]] = defaultdict(list)
    everything: tuple[Part, ...] = (*meaning.lists, *meaning.reads, *meaning.writes)
    for part in everything:
        found[part.resource].append(part)
    known = (_kind(name, parts, shapes) for name, parts in found.items())
    return {kind.name: kind for kind in known if kind is not None}


def scope_of(part: Part, kind: Kind, shapes: Shapes) -> tuple[Runtime, ...]:
    """Return the values of a request that say which collection an operation is about."""
    known = dict(_named(part, shapes))
    return tuple(known[name] for name in kind.scope)


def _kind(name: str, parts: list[Part], shapes: Shapes) -> Kind | None:
    views = [schema for part in parts if (schema := _view(part, shapes)) is not None]
    whole = max(views, key=lambda one: len(shapes.properties(one)), default=None)
    if whole is None:
        return None
    properties = shapes.properties(whole)
    id_ = _identifier(parts, properties)
    scope = _scope(parts, shapes)
    lists = [part for part in parts if isinstance(part, Listing)]
    return Kind(
        name=name,
        whole=whole,
        properties=properties,
        id=id_,
        ids=tuple(_ids(parts, properties.get(id_), shapes)),
        scope=scope,
        owners={m: names.plain(m) for m in properties if names.plain(m) in scope and m != id_},
        choices=dict(_choices(lists, properties, shapes)),
        order=next((one.order for one in lists if one.order), None),
        count=max((_count(one, shapes) for one in lists), default=0),
        path=next((p.operation.path for p in sorted(parts, key=_rank) if _own(p)), ""),
        shown=tuple(_shown(parts)),
        homes=tuple(tuple(_homes(parts, name)) for name in scope),
    )


def _view(part: Part, shapes: Shapes) -> Json:
    """Return how a resource looks in the response of an operation, or None."""
    found = part.schema if isinstance(part, Listing) else view(part.operation, shapes)
    is_object = found is not None and shapes.types(found) == {"object"}
    return found if is_object and shapes.properties(found) else None


def _identifier(parts: list[Part], properties: Mapping[str, Json]) -> str:
    """Return the member that identifies a resource: as it is read, else as it is listed."""
    told = [p.id if isinstance(p, Listing) else p.id_member for p in sorted(parts, key=_rank)]
    return next((one[0] for one in told if one and one[0] in properties), "")


def _rank(part: Part) -> int:
    return {Reading: 0, Writing: 1, Listing: 2}[type(part)]


def _own(part: Part) -> str:
    """Return the name of the parameter that names the resource itself, or an empty text."""
    return "" if isinstance(part, Listing) or part.id is None else part.id.name


def _ids(parts: list[Part], member: Json, shapes: Shapes) -> Iterator[Json]:
    """Yield the schemas that an id satisfies; a parameter may be the text of a number."""
    if member is not None:
        yield member
    for part in parts:
        for one in part.operation.parameters:
            same = member is None or shapes.types(one.schema) == shapes.types(member)
            if (one.location, one.name) == ("path", _own(part)) and same:
                yield one.schema


def _shown(parts: list[Part]) -> Iterator[Json]:
    """Yield the ids that parameters give as examples."""
    for part in parts:
        for one in part.operation.parameters:
            if (one.location, one.name) == ("path", _own(part)):
                yield from one.examples


def _homes(parts: list[Part], name: str) -> Iterator[Json]:
    """Yield the examples of what a plain name in the scope stands for."""
    for part in parts:
        for one in part.operation.parameters:
            if names.plain(one.name) == name and one.name != _own(part):
                yield from one.examples


def _scope(parts: list[Part], shapes: Shapes) -> tuple[str, ...]:
    """Return the plain names that every operation of a resource can tell a value of."""
    known = [[name for name, _ in _named(part, shapes)] for part in sorted(parts, key=_rank)]
    bodies = [part for part in parts if isinstance(part, Writing) and part.kind == "create"]
    wanted = [name for part in parts if part not in bodies for name, _ in _named(part, shapes)]
    common = [name for name in known[0] if all(name in one for one in known)]
    return tuple(dict.fromkeys(name for name in common if name in wanted))


def _named(part: Part, shapes: Shapes) -> Iterator[tuple[str, Runtime]]:
    """Yield what a request says of where a resource is, by plain name."""
    own = _own(part)
    if isinstance(part, Writing) and part.kind == "create" and part.operation.body:
        for name in shapes.properties(next(iter(part.operation.body.schemas.values()), {})):
            yield names.plain(name), Runtime("body", "", (name,))
    if isinstance(part, Listing | Reading):
        for runtime in part.owners.values():
            yield names.plain(runtime.name), runtime
    for one in part.operation.parameters:
        if one.location == "path" and one.name != own:
            yield names.plain(one.name), Runtime("path", one.name)


def _choices(
    lists: list[Listing], properties: Mapping[str, Json], shapes: Shapes
) -> Iterator[tuple[str, tuple[Json, ...]]]:
    for one in lists:
        for tokens, runtime in one.filters.items():
            asked = parameter(one.operation, runtime)
            if asked is None or tokens[0] not in properties:
                continue
            values = shapes.enum(asked.schema) or shapes.enum(properties[tokens[0]])
            if not values and shapes.types(asked.schema) == {"boolean"}:
                values = [True, False]
            if values:
                yield tokens[0], tuple(values)


def parameter(operation: Operation, runtime: Runtime | None) -> Parameter | None:
    """Return the parameter that an expression names."""
    wanted = (runtime.location, runtime.name) if runtime else ("", "")
    return next((p for p in operation.parameters if (p.location, p.name) == wanted), None)


def page_size(listing: Listing, shapes: Shapes) -> int | None:
    """Return how many items come where a request does not say; None for all."""
    asked = parameter(listing.operation, listing.paging.size)
    default = shapes.keyword(asked.schema, "default") if asked else None
    if isinstance(default, int):
        return default
    most = shapes.keyword(asked.schema, "maximum") if asked else None
    usual = 10 if listing.paging.moves else None
    return min(int(most), usual or int(most)) if isinstance(most, int | float) else usual


def _count(listing: Listing, shapes: Shapes) -> int:
    """Return how many members a list has in all: more than a page, where that can be."""
    size, paging = page_size(listing, shapes), listing.paging
    if not paging.moves:
        schema: Json = next(iter(listing.operation.success.schemas.values()), {})
        for token in listing.items:
            schema = shapes.properties(schema).get(token, {})
        most = shapes.keyword(schema, "maxItems")
        fewest = shapes.keyword(schema, "minItems")
        wanted = max(MEMBERS, fewest if isinstance(fewest, int) else 0)
        return min(wanted, most) if isinstance(most, int) else wanted
    return max(MEMBERS, min((size or 0) + 5, _MOST))
