"""Realistic objects to start from, small ones first: then what is to be shown stands out.

Most of what an object can show needs one item in each array, hardly anything more than three.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import product
from typing import Final

from understudy.codec import dumps
from understudy.contract.model import Contract
from understudy.contract.schemas import broken
from understudy.contract.validate import Validator
from understudy.generate.samples import Subject, sample
from understudy.generate.world import World
from understudy.types import Json

BASES: Final = 50
"""How many realistic objects are looked at for one that has what is to be shown."""

_SIZES: Final = tuple(product((1, 2, 3), repeat=2))


class Bases:
    """The valid, coherent objects that one subject offers."""

    def __init__(self, contract: Contract, subject: Subject, world: World) -> None:
        self._contract = contract
        self._schema = subject.schema
        self._sample = sample(contract, subject, world)
        self.validator = Validator(subject.schema, contract.schemas)

    @cached_property
    def smallest(self) -> Sequence[Json]:
        """Return realistic objects in all sizes that they can have, small ones first."""
        found = {dumps(value): value for index in range(BASES) for value in self._sizes(index)}
        return [found[text] for text in sorted(found, key=len)]

    def short(self, index: int) -> Json:
        """Return a realistic object with as few items in its arrays as it can have."""
        return next(self._sizes(index))

    def holds(self, value: Json) -> bool:
        """Tell whether `value` is valid and breaks no relation."""
        relations = self._contract.behaviour.relations
        found = broken(relations, value, self._schema, self._contract.schemas)
        return self.validator.accepts(value) and not any(found)

    def _sizes(self, index: int) -> Iterator[Json]:
        """Yield a realistic object with few items in its arrays, whole if it needs them all."""
        value, whole = self._sample(index), True
        for outer, inner in _SIZES:
            short = _shortened(value, outer, inner)
            if self.holds(short):
                whole = False
                yield short
        if whole:
            yield value


def _shortened(value: Json, outer: int, inner: int) -> Json:
    """Return `value` with at most so many items in arrays, and in those within arrays."""
    if isinstance(value, dict):
        return {name: _shortened(member, outer, inner) for name, member in value.items()}
    if isinstance(value, list):
        return [_shortened(item, inner, inner) for item in value[:outer]]
    return value
