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
    """Where the members of one parent come from; the `known` ids come first.

    `ids` is the product of base and salt that other ids are drawn from.
    """

    source: Source
    ids: int
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
        behaviour = contract.behaviour
        self._bound = sorted({"key", *behaviour.let, *behaviour.parents[kind.parent].let})
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
        ids = source.at("id")
        return Shelf(source, ids.base * ids.salt, known)

    def run(self, home: Home, start: int, stop: int) -> Iterator[JsonObject]:
        """Yield the members of a parent with these indices, in no order."""
        make, identify = self._written()
        shelf, schema, finish = self.shelf(home), self.kind.schema, self._world.finish
        key, outer, place = home.key, home.names, home.place
        product = shelf.source.base * shelf.source.salt
        for index in range(start, stop):
            names = self._names(index)
            identifier = self._id(home, shelf, index, names, identify)
            base = mixed(product, index)
            if make:
                yield finish(schema, make(base, identifier, key, names, outer, place))
            else:
                yield self.made(home, identifier, names, Source(base))

    def one(self, home: Home, index: int, source: Source) -> JsonObject:
        """Return the member with this index, but made from another source."""
        names, (_, identify) = self._names(index), self._written()
        identifier = self._id(home, self.shelf(home), index, names, identify)
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

    def _names(self, index: int) -> dict[str, Json]:
        """Return the names that are bound for the member with this index."""
        names: dict[str, Json] = {"ordinal": index + 1}
        if self.kind.each:
            names[self.kind.each[0]] = self.kind.each[1][index]
        return names

    def _id(
        self,
        home: Home,
        shelf: Shelf,
        index: int,
        names: Mapping[str, Json],
        identify: Program | None,
    ) -> Json:
        """Return the id with this index; it depends on nothing else of the member."""
        if index < len(shelf.known):
            return shelf.known[index]
        if self._ids:
            return self._ids(first(home.key, self.kind) + index)
        if identify:
            base = mixed(shelf.ids, index)
            return identify(base, None, home.key, names, home.names, home.place)
        place = Place({}, draft=Draft(), outer=home.place, names=names)
        return self.maker.maker(self.kind.id[0])(
            Source(mixed(shelf.ids, index)), place, self.kind.id[0]
        )

    def _written(self) -> tuple[Program | None, Program | None]:
        """Return the programs for members and their ids, written when they are first needed."""
        if not self._is_written:
            own = {"ordinal": None, **dict([self.kind.each] if self.kind.each else [])}
            names = member_names(own, self._bound)
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


def _owned(kind: Resource, parent: T) -> dict[str, T]:
    """Return the members that are the same for all of one parent."""
    if kind.parent_field and len(kind.parent_field) == 1:
        return {kind.parent_field[0]: parent}
    return {}
