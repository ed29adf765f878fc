"""A world: everything a contract's resources hold under one seed and one clock.

Every value is a pure function of seed, resource, parent and id. What is cached could be thrown
away at any time without anybody noticing. What clients create is not here, see `state`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias, TypeVar

from understudy.config import DEFAULT_LOCALE, DEFAULT_NOW, DEFAULT_SEED
from understudy.contract.behaviour import Resource
from understudy.contract.model import Contract
from understudy.contract.pointers import MISSING, follow
from understudy.contract.recipes import Recipe
from understudy.contract.relations import Relation
from understudy.errors import ContractError
from understudy.exchange import Request
from understudy.generate.compile import Compiler
from understudy.generate.entities import Entities
from understudy.generate.feasible import LOOKED_AT, infeasible, unfollowable, unmakable
from understudy.generate.loaded import NOTHING, Loaded, Owned
from understudy.generate.members import Members
from understudy.generate.obey import keep_apart, obey
from understudy.generate.parents import MOST, Collection, Home, Parents, as_label
from understudy.generate.place import ABSENT, Draft, Maker, Place, UnboundError
from understudy.generate.program.build import (
    Clock,
)
from understudy.generate.source import Source
from understudy.generate.times import ended, microseconds, stamp
from understudy.generate.verify import Verifier, allows_null
from understudy.types import Json, JsonObject

Creation: TypeAlias = Callable[[Json, int, Request, int], JsonObject]
"""Makes the member that the n-th creation, from 1, for a parent brings into being at a time."""

T = TypeVar("T")


class World:
    """Generates what an API holds, for one thread. Two worlds of one seed and clock are equal.

    Every value is validated before it leaves, unless `verify` is false. Schemas that nothing can
    satisfy are refused at once, as far as they are found in little time; a `tolerant` world does
    not look for them and can make all else. Of what is `loaded`, nothing is made.
    """

    def __init__(
        self,
        contract: Contract,
        *,
        seed: int = DEFAULT_SEED,
        now: datetime = DEFAULT_NOW,
        verify: bool = True,
        locale: str = DEFAULT_LOCALE,
        tolerant: bool = False,
        loaded: Loaded = NOTHING,
    ) -> None:
        impossible = () if tolerant else infeasible(contract, LOOKED_AT)
        refused = [*unfollowable(contract.behaviour), *impossible]
        if refused:
            raise ContractError(refused)
        self._contract = contract
        self._behaviour = contract.behaviour
        self.clock = Clock(microseconds(now), contract.behaviour.fraction)
        self.verifies = verify
        self._verifier = Verifier(contract.schemas if verify else None)
        self.tables = contract.behaviour.tables
        self._source = Source.of(f"understudy {contract.name} {seed}")
        self._compiler = Compiler(contract.schemas, contract.behaviour, self, locale)
        refused = list(unmakable(contract, self._compiler.object))
        if self._behaviour.resources:
            self._compiler.complete()
        if refused:
            raise ContractError(refused)
        self._parents = Parents(contract, self._source, self._compiler.recipes)
        self._members = {
            name: Members(contract, kind, self._source, self._compiler, self)
            for name, kind in self._behaviour.resources.items()
        }
        self.loaded = loaded
        self._owned = {
            name: Owned(loaded[name], [kind.parent_field] if kind.parent_field else [])
            for name, kind in self._behaviour.resources.items()
            if name in loaded
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
        makes = self._members[resource]

        def make(parent: Json, ordinal: int, request: Request, now: int) -> JsonObject:
            home = self._parents.home(kind.parent, parent)
            source = makes.shelf(home).source.at("created").at(ordinal)
            draft = Draft(request, now, given=True)
            here = Place({}, draft=draft, outer=home.place)
            names = {name: maker(source.at(name), here, name) for name, maker in bound}
            here.names = names = {**names, "ordinal": ordinal}
            made = {n: maker(source.at("assign").at(n), here, n) for n, maker in assigned}
            fixed = {n: v for n, v in made.items() if v is not None or n in nullable}
            keep_apart(fixed, self._behaviour.relations.get(kind.schema, ()), nullable)
            return makes.filled(home, source, here, names, fixed)

        return make

    def value(self, schema: Json, *labels: str | int) -> Json:
        """Return the value of `schema`, which no resource stands behind, that `labels` name."""
        source = self._source.at("value")
        for label in labels:
            source = source.at(label)
        return self.value_from(schema, source)

    def value_from(self, schema: Json, source: Source) -> Json:
        """Return the value of `schema`, which no resource stands behind, that `source` makes."""
        draft, root = Draft(latest=self.clock.now), {"": None}
        place = Place(root, draft=draft, outer=self._parents.root)
        value = self._compiler.schema(schema)(source, place, "")
        root[""] = None if value is ABSENT else value
        self.settle(draft, source)
        self._verifier.verify(schema, root[""])
        return root[""]

    def entities(self, relations: Mapping[str, tuple[Relation, ...]]) -> Entities:
        """Return what makes objects with given members, in which these relations hold."""
        source = self._source.at("entities")
        return Entities(self._contract, relations, self, source, self.clock, self._compiler.locale)

    def compile(self, schema: Json) -> None:
        """Compile `schema`, and what it leads to, now, and not when it is first made."""
        self._compiler.schema(schema)
        self._compiler.complete()

    def trials(self, schema: Json) -> tuple[str, ...]:
        """Return which schemas, of those that `schema` is made of, are made by trial, and why."""
        self.compile(schema)
        found = self._compiler.trials.items()
        return tuple(f"{at or 'the root'}: {reason}" for at, reason in found)

    def parent(self, name: str, index: int) -> Json:
        """Return the key of the `index`-th parent of this kind."""
        return self._parents.key(name, index)

    def nth(self, resource: str, index: int) -> JsonObject:
        """Return the `index`-th member of `resource` in this world, counted parent by parent."""
        return next(self.run(resource, index, index + 1))

    def run(self, resource: str, start: int, stop: int) -> Iterator[JsonObject]:
        """Yield the members of `resource` with these indices, counted parent by parent."""
        kind, makes = self._behaviour.resources[resource], self._members[resource]
        size = kind.least if kind.parent or kind.each else stop
        while start < stop:
            parent, turn = divmod(start, size)
            last = min(size, turn + stop - start)
            yield from makes.run(self._parents.nth(kind.parent, parent), turn, last)
            start += last - turn

    def member_from(self, resource: str, source: Source) -> JsonObject:
        """Return the member of `resource`, of some parent, that `source` makes."""
        kind = self._behaviour.resources[resource]
        home = self._parents.nth(kind.parent, source.at("parent").below(MOST))
        index = source.at("index").below(kind.least)
        return self._members[resource].one(home, index, source)

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
        kind, parent = self._behaviour.resources[name], _key(place)
        found = self.collection(name, parent).by_id.get(identifier)
        if found is not None:
            return found
        home = self._parents.home(kind.parent, parent)
        makes = self._members[name]
        source = makes.shelf(home).source.under(as_label(identifier))
        return makes.made(home, identifier, {"ordinal": None}, source)

    def members(self, name: str, place: Place) -> list[Json]:
        """Return the members of resource `name` that the parent of `place` has."""
        return list(self.collection(name, _key(place)).members)

    def now(self, draft: Draft | None = None) -> str:
        """Return the time of the clock, or that of a document, as an RFC 3339 date-time."""
        latest = draft.latest if draft else 0
        return stamp(latest or self.clock.now, self.clock.fraction)

    def finish(self, schema: str, value: JsonObject) -> JsonObject:
        """Return a finished value of the named schema. Raises GenerationError if it is invalid."""
        self._verifier.verify(schema, value)
        return value

    def settle(self, draft: Draft, source: Source) -> None:
        """Make the document under construction obey its relations."""
        age = source.at("age")
        latest = ended(age.base * age.salt, draft.latest)
        obey(draft, self._behaviour.relations, latest, self.clock.fraction)

    def _populate(self, kind: Resource, home: Home) -> Collection:
        given = self._owned.get(kind.name)
        members = given.of([home.key]) if given else list(self._made(kind, home))
        if kind.newest:
            members.sort(key=lambda member: str(follow(member, kind.newest or ())), reverse=True)
        by_id = {follow(member, kind.id): member for member in members}
        return Collection(tuple(members), by_id)

    def _made(self, kind: Resource, home: Home) -> Iterator[JsonObject]:
        makes = self._members[kind.name]
        count = makes.shelf(home).source.at("count").between(*kind.count)
        return makes.run(home, 0, count)


def _key(place: Place) -> Json:
    """Return the key of the parent around. Raises UnboundError where there is none."""
    key = place.lookup("key")
    if key is MISSING:
        raise UnboundError("key")
    return key
