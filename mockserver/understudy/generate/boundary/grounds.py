"""Valid, coherent objects to start from: for each spot, one that has something there.

Realistic objects come first. Where none of them has what a spot is about, it is put there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema
from understudy.contract.model import Contract
from understudy.contract.pointers import MISSING
from understudy.contract.schemas import reference
from understudy.contract.validate import Validator
from understudy.errors import GenerationError
from understudy.generate.bases import Bases
from understudy.generate.boundary.spots import Spot
from understudy.generate.paths import Path, places, replaced, template, vacancies
from understudy.generate.samples import Subject
from understudy.generate.source import Source
from understudy.generate.world import World
from understudy.types import Json

_PLACES: Final = 48


@dataclass(frozen=True, slots=True)
class Ground:
    """A valid, coherent object, and what is at the path in it."""

    root: Json
    path: Path
    value: Json


class Grounds:
    """The objects that one subject offers."""

    def __init__(self, contract: Contract, subject: Subject, world: World) -> None:
        self._schemas = contract.schemas
        self._world = world
        self._source = Source.of(f"boundary {contract.name} {subject.name}")
        self._forced: list[Json] = []
        self._bases = Bases(contract, subject, world)
        self.holds = self._bases.holds

    @property
    def base(self) -> Json:
        """Return the first realistic object."""
        return self._bases.short(0)

    def about(self, spot: Spot) -> Iterator[Ground]:
        """Yield objects with what `spot` is about: realistic ones, else one that is made for it."""
        fits, found = self._fits(spot), False
        for root in chain(self._bases.smallest, self._forced):
            for path, value in places(root, spot.steps, self._source):
                if fits(value):
                    found = True
                    yield Ground(root, path, value)
        if not found:
            yield from islice(self._made_for(spot), 1)

    def make(self, schema: CanonicalSchema, label: str, index: int = 0) -> Json:
        """Return a value of `schema`, MISSING where none is found."""
        try:
            return self._world.value(_written(schema), "boundary", label, index)
        except (GenerationError, ValueError):
            return MISSING

    def _made_for(self, spot: Spot) -> Iterator[Ground]:
        """Yield objects into which something for `spot` was put."""
        value = self.make(spot.schema, template(spot.steps))
        if value is MISSING:
            return
        realistic = islice(self._rooms(spot, self._bases.smallest), _PLACES)
        forced = islice(self._rooms(spot, list(self._forced)), _PLACES)
        for root, path in chain(realistic, forced):
            changed = replaced(root, path, value)
            if self.holds(changed):
                self._forced.append(changed)
                yield Ground(changed, path, value)

    def _rooms(self, spot: Spot, roots: Iterable[Json]) -> Iterator[tuple[Json, Path]]:
        """Yield objects and paths in them at which what `spot` is about could be."""
        for root in roots:
            for path, _ in places(root, spot.steps, self._source):
                yield root, path
            for path in vacancies(root, spot.steps, self._source):
                yield root, path

    def _fits(self, spot: Spot) -> Callable[[Json], bool]:
        """Return a test of whether a value is what `spot` is about; scalars can be replaced."""
        containers = (c.ArrayView, c.ObjectView)
        if spot.branch is None and not isinstance(spot.schema.view(), containers):
            return lambda _value: True
        try:
            return Validator(spot.schema.to_json_schema(), self._schemas).accepts
        except ValueError:
            return lambda _value: False


def _written(schema: CanonicalSchema) -> Json:
    """Return `schema` by its name if it has one, so that its recipes apply."""
    view = schema.view()
    name = c.component(view) if isinstance(view, c.ReferenceView) else ""
    return reference(name) if name else schema.to_json_schema()
