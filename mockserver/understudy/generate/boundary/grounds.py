"""Valid, coherent objects to start from: for each spot, one that has something there.

Realistic objects come first. Where none of them has what a spot is about, it is put there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import Final

from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema
from understudy.contract.model import Contract
from understudy.contract.pointers import MISSING
from understudy.contract.relations import breaches
from understudy.contract.schemas import instances
from understudy.contract.validate import Validator
from understudy.errors import GenerationError
from understudy.generate.boundary.spots import Spot
from understudy.generate.paths import Path, places, replaced, template, vacancies
from understudy.generate.samples import Subject, sample
from understudy.generate.source import Source
from understudy.generate.world import World
from understudy.types import Json

BASES: Final = 50
"""How many realistic objects are looked at for one that has what a spot is about."""

_FORCED: Final = 3
_ITEMS: Final = 3
_PLACES: Final = 16


@dataclass(frozen=True, slots=True)
class Ground:
    """A valid, coherent object, and what is at the path in it."""

    root: Json
    path: Path
    value: Json


class Grounds:
    """The objects that one subject offers."""

    def __init__(self, contract: Contract, subject: Subject, world: World) -> None:
        self._contract = contract
        self._schema = subject.schema
        self._world = world
        self._validator = Validator(subject.schema, contract.schemas)
        self._source = Source.of(f"boundary {contract.name} {subject.name}")
        self._forced: list[Json] = []
        self._sample = sample(contract, subject, world)
        self.base = lru_cache(maxsize=BASES)(self._short)

    def _short(self, index: int) -> Json:
        """Return the realistic object `index`, with the first few items of long lists."""
        value = self._sample(index)
        short = _shortened(value)
        return short if self.holds(short) else value

    def holds(self, value: Json) -> bool:
        """Tell whether `value` is valid and breaks no relation."""
        if not self._validator.accepts(value):
            return False
        found = instances(value, self._schema, self._contract.schemas)
        return not any(
            any(breaches(relation, nodes))
            for name, nodes in found.items()
            for relation in self._contract.behaviour.relations.get(name, ())
        )

    def ground(self, spot: Spot) -> Ground | None:
        """Return an object with what `spot` is about, None if there is no such one."""
        fits = self._fits(spot)
        for root in chain(map(self.base, range(BASES)), self._forced):
            for path, value in places(root, spot.steps, self._source):
                if fits(value):
                    return Ground(root, path, value)
        return next(self._made_for(spot), None)

    def make(self, schema: CanonicalSchema, label: str, index: int = 0) -> Json:
        """Return a value of `schema`, MISSING where none is found."""
        try:
            return self._world.value(_written(schema), "boundary", label, index)
        except (GenerationError, ValueError):
            return MISSING

    def _made_for(self, spot: Spot) -> Iterator[Ground]:
        """Yield realistic objects into which something for `spot` was put."""
        value = self.make(spot.schema, template(spot.steps))
        roots = chain(map(self.base, range(_FORCED if value is not MISSING else 0)), self._forced)
        for root in list(roots):
            there = (path for path, _ in places(root, spot.steps, self._source))
            paths = chain(there, vacancies(root, spot.steps, self._source))
            for path in islice(paths, _PLACES if value is not MISSING else 0):
                forced = replaced(root, path, value)
                if self.holds(forced):
                    self._forced.append(forced)
                    yield Ground(forced, path, value)

    def _fits(self, spot: Spot) -> Callable[[Json], bool]:
        """Return a test of whether a value is what `spot` is about; scalars can be replaced."""
        containers = (c.ArrayView, c.ObjectView)
        if spot.branch is None and not isinstance(spot.schema.view(), containers):
            return lambda _value: True
        try:
            return Validator(spot.schema.to_json_schema(), self._contract.schemas).accepts
        except ValueError:
            return lambda _value: False


def _shortened(value: Json) -> Json:
    """Return `value` with at most three items in each array that is not in another."""
    if isinstance(value, dict):
        return {name: _shortened(member) for name, member in value.items()}
    return value[:_ITEMS] if isinstance(value, list) else value


def _written(schema: CanonicalSchema) -> Json:
    """Return `schema` by its name if it has one, so that its recipes apply."""
    view = schema.view()
    name = c.component(view) if isinstance(view, c.ReferenceView) else ""
    return {"$ref": f"#/components/schemas/{name}"} if name else schema.to_json_schema()
