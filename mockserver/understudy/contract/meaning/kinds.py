"""Put together what the operations of one resource tell of it: its whole, its ids and its scope.

This is what the stand-in keeps where behaviour.yaml declares nothing; the checks demand the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, TypeAlias

from understudy.contract.behaviour import Behaviour
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
    by member; `references` are the members that hold an id of another resource, with its name.
    `count` is how many members a collection has. `shown` are ids that the contract gives as
    examples, `homes` the examples of each value in `scope`; `path` is where members are.
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
    references: Mapping[str, str] = field(default_factory=dict)

    @property
    def noun(self) -> str:
        """Return what a member is called, as a plain name."""
        return names.plain(names.resource(self.path) if self.path else self.name)


def kinds(meaning: Meaning, shapes: Shapes) -> Mapping[str, Kind]:
    """Return the resources of a contract that the stand-in can keep, by name."""
    return _kinds(Same(meaning), Same(shapes))


@lru_cache(maxsize=_CONTRACTS)
def _kinds(told: Same[Meaning], by: Same[Shapes]) -> Mapping[str, Kind]:
    meaning, shapes = told.of, by.of
    found = _parts(meaning)
    known = [kind for name, parts in found.items() if (kind := _kind(name, parts, shapes))]
    return {
        kind.name: replace(kind, references=dict(_references(kind, known, shapes)))
        for kind in known
    }


def homes(meaning: Meaning, shapes: Shapes, behaviour: Behaviour) -> Mapping[str, str]:
    """Return the resources that are some of another one, by name, with its name.

    `/customers/{id}/orders` are those of `/orders` that have the customer's id. What is declared
    in `behaviour`, or has a size there, is on its own.
    """
    told, parts = kinds(meaning, shapes), _parts(meaning)
    known = {name: kind for name, kind in told.items() if name not in behaviour.resources}
    lists = {
        part.operation.path: known[part.resource]
        for part in meaning.lists
        if "{" not in part.operation.path and part.resource in known
    }
    return {
        name: home.name
        for name, kind in known.items()
        if name not in behaviour.sizes
        for path, home in lists.items()
        if not home.scope and all(_is_some_of(part, path) for part in parts[name])
        if shapes.alike(kind.whole, home.whole)
    }


def _is_some_of(part: Part, path: str) -> bool:
    """Tell whether a part lists or creates those of the list at a path that have an owner."""
    base, _, last = path.rstrip("/").rpartition("/")
    below = part.operation.path.rstrip("/")
    if not below.startswith(f"{base}/") or not below.endswith(f"}}/{last}"):
        return False
    if isinstance(part, Listing):
        owners = part.owners
    elif isinstance(part, Writing) and part.kind == "create":
        owners = part.echoes
    else:
        return False
    said = {runtime.name for runtime in owners.values() if runtime.location == "path"}
    return said == {one.name for one in part.operation.parameters if one.location == "path"}


def _references(kind: Kind, others: Sequence[Kind], shapes: Shapes) -> Iterator[tuple[str, str]]:
    """Yield the members that hold an id of a resource; what belongs to another comes after that."""
    known = {
        f"{other.noun}id": other
        for other in sorted(others, key=lambda one: -len(one.path))
        if other is not kind and other.count and other.id
    }
    person = next((known[one] for one in names.PERSONS if one in known), None)
    if person is not None:
        known = {**dict.fromkeys(names.ROLES, person), **known}
    found: list[tuple[str, Kind]] = []
    for member, schema in kind.properties.items():
        other = known.get(names.plain(member))
        if other is None or member == kind.id or member in kind.owners or shapes.enum(schema):
            continue
        if shapes.types(schema) & shapes.types(other.properties[other.id]):
            found.append((member, other))
    for member, other in sorted(found, key=lambda one: len(one[1].scope)):
        yield member, other.name


def _parts(meaning: Meaning) -> Mapping[str, list[Part]]:
    found: dict[str, list[Part]] = defaultdict(list)
    everything: tuple[Part, ...] = (*meaning.lists, *meaning.reads, *meaning.writes)
    for part in everything:
        found[part.resource].append(part)
    return found


def scope_of(part: Part, kind: Kind, shapes: Shapes) -> tuple[Runtime, ...]:
    """Return the values of a request that say which collection an operation is about."""
    known = dict(_named(part, shapes))
    return tuple(known[name] for name in kind.scope)


def name_of(part: Part, runtime: Runtime) -> str:
    """Return the plain name of what a request says, as members say it."""
    if runtime.location == "path":
        return names.of_parameter(part.operation.path, runtime.name)
    return names.plain(runtime.name)


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
            same = name_of(part, Runtime(one.location, one.name)) == name
            if same and one.name != _own(part):
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
            yield name_of(part, runtime), runtime
    for one in part.operation.parameters:
        if one.location == "path" and one.name != own:
            runtime = Runtime("path", one.name)
            yield name_of(part, runtime), runtime


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
