"""The members of one resource: by its program if it has one, else by its maker.

A member follows from its parent and its index among the members; its id from the same, alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from understudy.contract.behaviour import Resource
from understudy.contract.model import Contract
from understudy.generate.compile import Compiler
from understudy.generate.domains import ids_of
from understudy.generate.ids import Ids, first
from understudy.generate.parents import Home, as_label
from understudy.generate.place import Draft, Place
from understudy.generate.program.build import (
    IDENTIFIER,
    PARENT,
    Clock,
    Program,
    id_program,
    member_names,
    program,
)
from understudy.generate.source import Source, mixed
from understudy.generate.templates import Lexicon
from understudy.types import Json, JsonObject

T = TypeVar("T")


class Surroundings(Lexicon, Protocol):
    """What members need of the world they are in."""

    clock: Clock

    def finish(self, schema: str, value: JsonObject) -> JsonObject:
        """Return a finished value of the named schema. Raises GenerationError if it is invalid."""

    def settle(self, draft: Draft, source: Source) -> None:
        """Make the document under construction obey its relations."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the members of one parent come from; the `known` ids come first."""

    source: Source
    ids: Source
    known: tuple[Json, ...]


class Members:
    """Makes the members of one resource, whichever parent they have."""

    def __init__(
        self,
        contract: Contract,
        kind: Resource,
        source: Source,
        compiler: Compiler,
        world: Surroundings,
    ) -> None:
        self.kind = kind
        self.maker = compiler.object(kind.schema)
        self._world = world
        self._source = source.at(kind.name)
        self._compiler = compiler
        self._parents = contract.behaviour.parents
        self._let = contract.behaviour.let
        self._program: Program | None = None
        self._identify: Program | None = None
        self._is_written = False
        domain = ids_of(contract, kind.name)
        known = [identifier for _, identifier in kind.known]
        self._ids = Ids(domain, source.at("ids").at(kind.name), known) if domain else None

    def shelf(self, home: Home) -> Shelf:
        """Return where the members of a parent come from."""
        source = self._source.under(as_label(home.key))
        known = tuple(identifier for key, identifier in self.kind.known if key == home.key)
        return Shelf(source, source.at("id"), known)

    def run(self, home: Home, start: int, stop: int) -> Iterator[JsonObject]:
        """Yield the members of a parent with these indices, in no order."""
        make, identify = self._written()
        shelf, each, finish = self.shelf(home), self.kind.each, self._world.finish
        schema, key, outer, place = self.kind.schema, home.key, home.names, home.place
        ids, product = _product(shelf.ids), _product(shelf.source)
        for index in range(start, stop):
            names: dict[str, Json] = {"ordinal": index + 1}
            if each:
                names[each[0]] = each[1][index]
            if index < len(shelf.known):
                identifier = shelf.known[index]
            elif identify:
                identifier = identify(mixed(ids, index), None, key, names, outer, place)
            else:
                identifier = self._id(home, shelf, index, names)
            base = mixed(product, index)
            if make:
                yield finish(schema, make(base, identifier, key, names, outer, place))
            else:
                yield self.made(home, identifier, names, Source(base))

    def one(self, home: Home, index: int, source: Source) -> JsonObject:
        """Return the member with this index, but made from another source."""
        shelf = self.shelf(home)
        names: dict[str, Json] = {"ordinal": index + 1}
        if self.kind.each:
            names[self.kind.each[0]] = self.kind.each[1][index]
        known = index < len(shelf.known)
        identifier = shelf.known[index] if known else self._id(home, shelf, index, names)
        return self.made(home, identifier, names, source)

    def made(
        self, home: Home, identifier: Json, names: Mapping[str, Json], source: Source
    ) -> JsonObject:
        """Return the member with this id that `source` makes."""
        draft = Draft(latest=self._world.clock.now)
        fixed = {self.kind.id[0]: identifier}
        return self.filled(home, source, Place({}, draft=draft, outer=home.place), names, fixed)

    def filled(
        self,
        home: Home,
        source: Source,
        place: Place,
        names: Mapping[str, Json],
        fixed: Mapping[str, Json],
    ) -> JsonObject:
        """Return the member that `source` makes at `place`, of which some members are given."""
        place.names = names
        value = self.maker.fill(source, place, {**fixed, **_owned(self.kind, home.key)})
        self._world.settle(place.draft, source)
        return self._world.finish(self.kind.schema, value)

    def _id(self, home: Home, shelf: Shelf, index: int, names: Mapping[str, Json]) -> Json:
        """Return the id with this index; it depends on nothing else of the member."""
        if self._ids:
            return self._ids(first(home.key, self.kind) + index)
        place = Place({}, draft=Draft(), outer=home.place, names=names)
        return self.maker.maker(self.kind.id[0])(shelf.ids.at(index), place, self.kind.id[0])

    def _written(self) -> tuple[Program | None, Program | None]:
        """Return the programs for members and their ids, written when they are first needed."""
        if not self._is_written:
            own = {"ordinal": None, **dict([self.kind.each] if self.kind.each else [])}
            bound = {"key", *self._let, *self._parents[self.kind.parent].let}
            names = member_names(own, sorted(bound))
            fixed = {**_owned(self.kind, PARENT), self.kind.id[0]: IDENTIFIER}
            self._program = program(
                self.maker,
                self._compiler,
                self._world,
                names=names,
                own=own.keys(),
                fixed=fixed,
                clock=self._world.clock,
            )
            if self._ids is None:
                self._identify = id_program(
                    self.maker, self.kind.id[0], self._compiler, self._world, names
                )
            self._is_written = True
        return self._program, self._identify


def _product(source: Source) -> int:
    return source.base * source.salt


def _owned(kind: Resource, parent: T) -> dict[str, T]:
    """Return the members that are the same for all of one parent."""
    if kind.parent_field and len(kind.parent_field) == 1:
        return {kind.parent_field[0]: parent}
    return {}
