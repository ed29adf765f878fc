"""A world: everything a contract's resources hold under one seed and one clock.

Every value is a pure function of seed, resource, parent and id. What is cached could be thrown
away at any time without anybody noticing. What clients create is not here, see `state`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias, TypeVar

from understudy.config import DEFAULT_LOCALE, DEFAULT_NOW, DEFAULT_SEED
from understudy.contract.behaviour import Resource
from understudy.contract.model import Contract
from understudy.contract.pointers import follow
from understudy.contract.recipes import Recipe
from understudy.errors import ContractError
from understudy.exchange import Request
from understudy.generate.compile import Compiler
from understudy.generate.domains import ids_of
from understudy.generate.feasible import infeasible, unmakable
from understudy.generate.ids import Ids, first
from understudy.generate.obey import obey
from understudy.generate.objects import ObjectMaker
from understudy.generate.parents import MOST, Collection, Home, Parents, Shelf, as_label
from understudy.generate.place import ABSENT, Draft, Maker, Place
from understudy.generate.program.build import (
    IDENTIFIER,
    PARENT,
    Clock,
    Program,
    id_program,
    member_names,
    program,
)
from understudy.generate.program.lines import Value
from understudy.generate.source import Source, mixed
from understudy.generate.times import ended, microseconds, stamp
from understudy.generate.verify import Verifier, allows_null
from understudy.types import Json, JsonObject

Creation: TypeAlias = Callable[[Json, int, Request], JsonObject]
"""Makes the member that the n-th creation, from 1, for a parent brings into being."""

T = TypeVar("T")


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
        locale: str = DEFAULT_LOCALE,
    ) -> None:
        problems = list(infeasible(contract))
        if problems:
            raise ContractError(problems)
        self._contract = contract
        self._behaviour = contract.behaviour
        self._now = microseconds(now)
        self._clock = Clock(self._now, self._behaviour.fraction)
        self.verifies = verify
        self._verifier = Verifier(contract.schemas if verify else None)
        self.tables = contract.behaviour.tables
        self._source = Source.of(f"understudy {contract.name} {seed}")
        self._compiler = Compiler(contract.schemas, contract.behaviour, self, locale)
        self._makers: dict[str, ObjectMaker] = {}
        self._programs: dict[str, Program | None] = {}
        problems = list(unmakable(contract, self._maker))
        if problems:
            raise ContractError(problems)
        self._parents = Parents(contract, self._source, self._compiler.recipes)
        self._id_programs = {
            kind.name: id_program(
                self._maker(kind.schema), kind.id[0], self._compiler, self, self._names(kind)
            )
            for kind in self._behaviour.resources.values()
        }
        self._ids = {
            name: Ids(domain, self._source.at("ids").at(name), [known for _, known in kind.known])
            if (domain := ids_of(contract, name))
            else None
            for name, kind in self._behaviour.resources.items()
        }

    def collection(self, resource: str, parent: Json) -> Collection:
        """Return the members of `resource` that `parent` has."""
        kind = self._behaviour.resources[resource]
        home = self._parents.home(kind.parent, parent)
        if resource not in home.collections:
            home.collections[resource] = self._populate(kind, home)
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
            home = self._parents.home(kind.parent, parent)
            source = self._shelf(kind, home).source.at("created").at(ordinal)
            draft = Draft(request, self._now, given=True)
            here = Place({}, draft=draft, outer=home.place)
            names = {name: maker(source.at(name), here, name) for name, maker in bound}
            here.names = names = {**names, "ordinal": ordinal}
            made = {n: maker(source.at("assign").at(n), here, n) for n, maker in assigned}
            fixed = {n: v for n, v in made.items() if v is not None or n in nullable}
            fixed |= _fixed(kind, parent)
            return self._filled(
                kind, source, Place({}, draft=draft, outer=home.place), names, fixed
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
        place = Place(root, draft=draft, outer=self._parents.root)
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
        return self._parents.key(name, index)

    def nth(self, resource: str, index: int) -> JsonObject:
        """Return the `index`-th member of `resource` in this world, counted parent by parent."""
        kind = self._behaviour.resources[resource]
        if not kind.parent and not kind.each:
            return self._member(kind, self._parents.home("", ""), index)
        parent, turn = divmod(index, len(kind.each[1]) if kind.each else kind.count[0])
        return self._member(kind, self._parents.nth(kind.parent, parent), turn)

    def member_from(self, resource: str, source: Source) -> JsonObject:
        """Return the member of `resource`, of some parent, that `source` makes."""
        kind = self._behaviour.resources[resource]
        home = self._parents.nth(kind.parent, source.at("parent").below(MOST))
        index = source.at("index").below(len(kind.each[1]) if kind.each else kind.count[0])
        return self._member(kind, home, index, source)

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
        home = self._parents.home(kind.parent, parent)
        source = self._shelf(kind, home).source.under(as_label(identifier))
        return self._made(kind, home, identifier, {"ordinal": None}, source)

    def members(self, name: str, place: Place) -> list[Json]:
        """Return the members of resource `name` that the parent of `place` has."""
        return list(self.collection(name, place.lookup("key")).members)

    def now(self) -> str:
        """Return the time of the clock as an RFC 3339 date-time."""
        return stamp(self._now, self._behaviour.fraction)

    def _populate(self, kind: Resource, home: Home) -> Collection:
        low, high = kind.count if kind.each is None else (len(kind.each[1]),) * 2
        count = self._shelf(kind, home).source.at("count").between(low, high)
        members = [self._member(kind, home, index) for index in range(count)]
        if kind.newest:
            members.sort(key=lambda member: str(follow(member, kind.newest or ())), reverse=True)
        by_id = {follow(member, kind.id): member for member in members}
        return Collection(tuple(members), by_id)

    def _member(
        self, kind: Resource, home: Home, index: int, source: Source | None = None
    ) -> JsonObject:
        """Return the `index`-th member, in no order, that a parent has."""
        shelf = self._shelf(kind, home)
        names = {"ordinal": index + 1}
        if kind.each:
            names[kind.each[0]] = kind.each[1][index]
        identifier = shelf.known[index] if index < len(shelf.known) else None
        if identifier is None:
            identifier = self._id(kind, home, shelf, index)
        make = self._program(kind)
        if source or make is None:
            return self._made(kind, home, identifier, names, source or shelf.source.at(index))
        base = mixed(shelf.product, index)
        value: JsonObject = make(base, identifier, home.key, names, home.names, home.place)
        self._verifier.verify(kind.schema, value)
        return value

    def _id(self, kind: Resource, home: Home, shelf: Shelf, index: int) -> Json:
        """Return the id of the `index`-th member; it depends on nothing else of the member."""
        ids = self._ids[kind.name]
        if ids:
            return ids(first(home.key, kind) + index)
        base, names = mixed(shelf.ids, index), {"ordinal": index + 1}
        make = self._id_programs[kind.name]
        if make:
            return make(base, None, home.key, names, home.names, home.place)
        maker = self._maker(kind.schema).maker(kind.id[0])
        place = Place({}, draft=Draft(), outer=home.place, names=names)
        return maker(Source(base), place, kind.id[0])

    def _made(
        self,
        kind: Resource,
        home: Home,
        identifier: Json,
        names: Mapping[str, Json],
        source: Source,
    ) -> JsonObject:
        """Return the member with this id that `source` makes."""
        fixed = {**_fixed(kind, home.key), kind.id[0]: identifier}
        place = Place({}, draft=Draft(latest=self._now), outer=home.place)
        return self._filled(kind, source, place, names, fixed)

    def _filled(
        self,
        kind: Resource,
        source: Source,
        place: Place,
        names: Mapping[str, Json],
        fixed: Mapping[str, Json],
    ) -> JsonObject:
        place.names = names
        value = self._maker(kind.schema).fill(source, place, fixed)
        self._obey(place.draft, source)
        self._verifier.verify(kind.schema, value)
        return value

    def _shelf(self, kind: Resource, home: Home) -> Shelf:
        """Return where the members of one resource come from that a parent has."""
        if kind.name not in home.shelves:
            source = self._source.at(kind.name).under(as_label(home.key))
            ids = source.at("id")
            known = tuple(identifier for key, identifier in kind.known if key == home.key)
            home.shelves[kind.name] = Shelf(
                source, source.base * source.salt, ids.base * ids.salt, known
            )
        return home.shelves[kind.name]

    def _obey(self, draft: Draft, source: Source) -> None:
        age = source.at("age")
        latest = ended(age.base * age.salt, self._now)
        obey(draft, self._behaviour.relations, latest, self._behaviour.fraction)

    def _maker(self, schema: str) -> ObjectMaker:
        if schema not in self._makers:
            self._makers[schema] = self._compiler.object(schema)
        return self._makers[schema]

    def _program(self, kind: Resource) -> Program | None:
        if kind.name not in self._programs:
            fixed = {**_fixed(kind, PARENT), kind.id[0]: IDENTIFIER}
            maker, names = self._maker(kind.schema), self._names(kind)
            self._programs[kind.name] = program(
                maker, self._compiler, self, names=names, fixed=fixed, clock=self._clock
            )
        return self._programs[kind.name]

    def _names(self, kind: Resource) -> Mapping[str, Value]:
        own = {"ordinal": None, **dict([kind.each] if kind.each else [])}
        bound = {"key", *self._behaviour.let, *self._behaviour.parents[kind.parent].let}
        return member_names(own, sorted(bound))


def _fixed(kind: Resource, parent: T) -> dict[str, T]:
    """Return the members that are the same for all of one parent."""
    if kind.parent_field and len(kind.parent_field) == 1:
        return {kind.parent_field[0]: parent}
    return {}


def _reference(name: str) -> JsonObject:
    return {"$ref": f"#/components/schemas/{name}"}
