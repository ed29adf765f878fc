"""A world: everything a contract's resources hold under one seed and one clock.

Every value is a pure function of seed, resource, parent and id. What is cached could be thrown
away at any time without anybody noticing. What clients create is not here, see `state`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from understudy.config import DEFAULT_NOW, DEFAULT_SEED
from understudy.contract.behaviour import Resource
from understudy.contract.model import Contract
from understudy.contract.pointers import follow
from understudy.contract.recipes import Recipe
from understudy.errors import ContractError
from understudy.exchange import Request
from understudy.generate.compile import Compiler
from understudy.generate.feasible import infeasible, unmakable
from understudy.generate.obey import obey
from understudy.generate.objects import ObjectMaker
from understudy.generate.place import ABSENT, Draft, Maker, Place
from understudy.generate.recipes import compile_recipe
from understudy.generate.source import Source
from understudy.generate.times import format_instant
from understudy.generate.verify import Verifier, allows_null
from understudy.types import Json, JsonObject

Creation: TypeAlias = Callable[[Json, int, Request], JsonObject]
"""Makes the member that the n-th creation, from 1, for a parent brings into being."""

_CACHED_PARENTS = 256
_OLDEST = 45 * 86400 * 1_000_000


@dataclass(frozen=True, slots=True)
class Collection:
    """The members of one resource that one parent has, newest first, and each by its id."""

    members: tuple[JsonObject, ...]
    by_id: Mapping[Json, JsonObject]


@dataclass(slots=True)
class _Home:
    """One parent with its bindings and those of its collections that were asked for."""

    place: Place
    collections: dict[str, Collection] = field(default_factory=dict)


class World:
    """Generates what an API holds. Safe to share; two worlds of one seed and clock are equal.

    Every value is validated before it leaves, unless `verify` is false.
    """

    def __init__(
        self,
        contract: Contract,
        *,
        seed: int = DEFAULT_SEED,
        now: datetime = DEFAULT_NOW,
        verify: bool = True,
    ) -> None:
        problems = list(infeasible(contract))
        if problems:
            raise ContractError(problems)
        self._contract = contract
        self._behaviour = contract.behaviour
        self._now = now
        self.verifies = verify
        self._verifier = Verifier(contract.schemas if verify else None)
        self._verifier = Verifier(contract.schemas if verify else None)
        self.tables = contract.behaviour.tables
        self._source = Source.of(f"understudy {contract.name} {seed}")
        self._compiler = Compiler(contract.schemas, contract.behaviour, self)
        self._homes: OrderedDict[tuple[str, Json], _Home] = OrderedDict()
        self._makers: dict[str, ObjectMaker] = {}
        problems = list(unmakable(contract.behaviour, self._maker))
        if problems:
            raise ContractError(problems)
        self._root = Place(None)
        self._root.names = self._bound(self._behaviour.let, self._source)

    def collection(self, resource: str, parent: Json) -> Collection:
        """Return the members of `resource` that `parent` has."""
        kind = self._behaviour.resources[resource]
        home = self._home(kind.parent, parent)
        if resource not in home.collections:
            home.collections[resource] = self._populate(kind, parent, home.place)
        return home.collections[resource]

    def creation(
        self, resource: str, let: Mapping[str, Recipe], assign: Mapping[str, Recipe]
    ) -> Creation:
        """Return what makes members that clients create, compiled once."""
        kind = self._behaviour.resources[resource]
        bound = self._compiler.recipes(let)
        assigned = self._compiler.recipes(assign)
        schemas = self._contract.schemas
        nullable = {name for name in assign if allows_null(schemas, kind.schema, name)}

        def make(parent: Json, ordinal: int, request: Request) -> JsonObject:
            outer = self._home(kind.parent, parent).place
            source = self._source.at(resource).at(_text(parent)).at("created").at(ordinal)
            here = Place({}, draft=Draft(request), outer=outer)
            names = {name: maker(source.at(name), here, name) for name, maker in bound}
            here.names = names = {**names, "ordinal": ordinal}
            made = {n: maker(source.at("assign").at(n), here, n) for n, maker in assigned}
            fixed = {n: v for n, v in made.items() if v is not None or n in nullable}
            return self._build(
                kind, parent, source, request=request, names=names, outer=outer, fixed=fixed
            )

        return make

    def value(self, schema: Json, *labels: str | int) -> Json:
        """Return the value of `schema`, which no resource stands behind, that `labels` name."""
        source = self._source.at("value")
        for label in labels:
            source = source.at(label)
        return self.value_from(schema, source)

    def value_from(self, schema: Json, source: Source) -> Json:
        """Return the value of `schema`, which no resource stands behind, that `source` makes."""
        draft, root = Draft(latest=self._now), {"": None}
        place = Place(root, draft=draft, outer=self._root)
        value = self._compiler.schema(schema)(source, place, "")
        root[""] = None if value is ABSENT else value
        self._obey(draft, source)
        self._verifier.verify(schema, root[""])
        return root[""]

    def trials(self, schema: Json) -> tuple[str, ...]:
        """Return which schemas, of those that `schema` is made of, are made by trial, and why."""
        self._compiler.schema(schema)
        found = self._compiler.trials.items()
        return tuple(f"{at or 'the root'}: {reason}" for at, reason in found)

    def parent(self, name: str, index: int) -> Json:
        """Return the key of the `index`-th parent of this kind."""
        known = [
            key
            for kind in self._behaviour.resources.values()
            for key, _ in kind.known
            if kind.parent == name
        ]
        if index < len(known):
            return known[index]
        place = Place(None, outer=self._root, names={"ordinal": index + 1})
        maker = self._recipe(self._behaviour.parents[name].key)
        return maker(self._source.at("key").at(name).at(index), place, "")

    def nth(self, resource: str, index: int) -> JsonObject:
        """Return the `index`-th member of `resource` in this world, counted parent by parent."""
        kind = self._behaviour.resources[resource]
        if not kind.parent and not kind.each:
            return self._member(kind, "", index, self._home("", "").place)
        size = len(kind.each[1]) if kind.each else kind.count[0]
        parent = self.parent(kind.parent, index // size)
        return self._member(kind, parent, index % size, self._home(kind.parent, parent).place)

    def member_from(self, resource: str, source: Source) -> JsonObject:
        """Return the member of `resource`, of some parent, that `source` makes."""
        kind = self._behaviour.resources[resource]
        parent = self.parent(kind.parent, source.at("parent").below(_CACHED_PARENTS))
        size = len(kind.each[1]) if kind.each else kind.count[0]
        index = source.at("index").below(size)
        return self._member(kind, parent, index, self._home(kind.parent, parent).place, source)

    def present(self, schema: Json) -> Maker:
        """Return the maker for what `schema` alone says, null excepted."""
        return self._compiler.present(schema)

    def shaped(self, schema: Json, members: Mapping[str, Recipe]) -> Maker | None:
        """Return the maker of objects of `schema` with these recipes; None without properties."""
        return self._compiler.shaped(schema, members)

    def items(self, schema: Json) -> Json:
        """Return the schema of the items of `schema`."""
        return self._compiler.items(schema)

    def member(self, name: str, place: Place, identifier: Json) -> Json:
        """Return the member of resource `name` with that id, for the parent of `place`.

        Clients bring ids that this world never showed; those have members all the same.
        """
        kind, parent = self._behaviour.resources[name], place.lookup("key")
        found = self.collection(name, parent).by_id.get(identifier)
        if found is not None:
            return found
        outer = self._home(kind.parent, parent).place
        source = self._source.at(name).at(_text(parent)).at(_text(identifier))
        names = {"ordinal": None}
        return self._build(kind, parent, source, identifier=identifier, names=names, outer=outer)

    def members(self, name: str, place: Place) -> list[Json]:
        """Return the members of resource `name` that the parent of `place` has."""
        return list(self.collection(name, place.lookup("key")).members)

    def now(self) -> str:
        """Return the time of the clock as an RFC 3339 date-time."""
        return format_instant(self._now, self._behaviour.fraction)

    def _home(self, kind: str, key: Json) -> _Home:
        """Return the parent, from the cache or anew; the one longest unused makes room."""
        home = self._homes.get((kind, key))
        if home is None:
            source = self._source.at("parent").at(kind).at(_text(key))
            place = Place(None, outer=self._root)
            place.names = {"key": key}
            place.names = self._bound(self._behaviour.parents[kind].let, source, place)
            home = self._homes[kind, key] = _Home(place)
            if len(self._homes) > _CACHED_PARENTS:
                self._homes.popitem(last=False)
        else:
            self._homes.move_to_end((kind, key))
        return home

    def _bound(
        self, let: Mapping[str, Recipe], source: Source, place: Place | None = None
    ) -> dict[str, Json]:
        """Return the names that `let` recipes bind; each can use those before it."""
        place = place or Place(None)
        names = dict(place.names)
        place.names = names
        for name, maker in self._compiler.recipes(let):
            names[name] = maker(source.at(name), place, name)
        return names

    def _populate(self, kind: Resource, parent: Json, outer: Place) -> Collection:
        source = self._source.at(kind.name).at(_text(parent))
        low, high = kind.count if kind.each is None else (len(kind.each[1]),) * 2
        count = source.at("count").between(low, high)
        members = [self._member(kind, parent, index, outer) for index in range(count)]
        if kind.newest:
            members.sort(key=lambda member: str(follow(member, kind.newest or ())), reverse=True)
        by_id = {follow(member, kind.id): member for member in members}
        return Collection(tuple(members), by_id)

    def _member(
        self,
        kind: Resource,
        parent: Json,
        index: int,
        outer: Place,
        made_from: Source | None = None,
    ) -> JsonObject:
        """Return the `index`-th member, in no order, that `parent` has.

        What it is like follows from its id, unless it is made from another source.
        """
        source = self._source.at(kind.name).at(_text(parent))
        known = [identifier for key, identifier in kind.known if key == parent]
        names = {"ordinal": index + 1}
        if kind.each:
            names[kind.each[0]] = kind.each[1][index]
        identifier = known[index] if index < len(known) else self._id(kind, source, index, outer)
        child = made_from or source.at(_text(identifier))
        return self._build(kind, parent, child, identifier=identifier, names=names, outer=outer)

    def _id(self, kind: Resource, source: Source, index: int, outer: Place) -> Json:
        """Return the id of the `index`-th member; it depends on nothing else of the member."""
        maker = dict(self._maker(kind.schema).members)[kind.id[0]]
        place = Place({}, draft=Draft(), outer=outer, names={"ordinal": index + 1})
        return maker(source.at("id").at(index), place, kind.id[0])

    def _build(
        self,
        kind: Resource,
        parent: Json,
        source: Source,
        *,
        names: Mapping[str, Json],
        outer: Place,
        identifier: Json = None,
        request: Request | None = None,
        fixed: Mapping[str, Json] | None = None,
    ) -> JsonObject:
        fixed = dict(fixed or {})
        if identifier is not None:
            fixed[kind.id[0]] = identifier
        if kind.parent_field and len(kind.parent_field) == 1:
            fixed[kind.parent_field[0]] = parent
        draft = Draft(request or Request(), self._now, given=request is not None)
        maker = self._maker(kind.schema)
        place = Place({}, draft=draft, names=names, outer=outer)
        value = maker.fill(source, place, fixed)
        self._obey(draft, source)
        self._verifier.verify(_reference(kind.schema), value)
        return value

    def _obey(self, draft: Draft, source: Source) -> None:
        """Settle `draft`; recent times are likelier than old ones."""
        share = source.at("age").below(1 << 20) / (1 << 20)
        latest = self._now - timedelta(microseconds=int(share * share * _OLDEST) + 1_000_000)
        obey(draft, self._behaviour.relations, latest, self._behaviour.fraction)

    def _maker(self, schema: str) -> ObjectMaker:
        if schema not in self._makers:
            self._makers[schema] = self._compiler.object(schema)
        return self._makers[schema]

    def _recipe(self, recipe: Recipe) -> Maker:
        return compile_recipe(recipe, self)


def _reference(name: str) -> JsonObject:
    return {"$ref": f"#/components/schemas/{name}"}


def _text(key: Json) -> str:
    """Return a key as a label; 1 and "1" are different keys."""
    return key if isinstance(key, str) else f"({key!r})"
