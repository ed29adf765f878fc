"""Realistic objects to start from, small ones first: then what is to be shown stands out.

Most of what an object can show needs one item in each array, hardly anything more than three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import product
from typing import Final, TypeAlias

from understudy.codec import dumps
from understudy.contract.instances import broken
from understudy.contract.model import Contract
from understudy.contract.validate import Validator
from understudy.generate.samples import Subject, sample
from understudy.generate.world import World
from understudy.types import Json

BASES: Final = 50
"""How many realistic objects are looked at for one that has what is to be shown."""

_SIZES: Final = tuple(product((1, 2, 3), repeat=2))
_CONTAINERS: Final = (dict, list)
_Test: TypeAlias = Callable[[Json], bool]


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
        sizes = (short for value in self._looked_at for short in _sizes(value, self._fits))
        found = {dumps(short): short for short in sizes}
        return [found[text] for text in sorted(found, key=len)]

    @cached_property
    def shortest(self) -> Sequence[Json]:
        """Return realistic objects with as few items in their arrays as they can have."""
        return [next(_sizes(value, self._fits)) for value in self._looked_at]

    def short(self, index: int) -> Json:
        """Return a realistic object with as few items in its arrays as it can have."""
        return next(_sizes(self._sample(index), self._fits))

    def holds(self, value: Json) -> bool:
        """Tell whether `value` is valid and breaks no relation."""
        return self.validator.accepts(value) and self._relates(value)

    def _relates(self, value: Json) -> bool:
        relations = self._contract.behaviour.relations
        return not any(broken(relations, value, self._schema, self._contract.schemas))

    @cached_property
    def _fits(self) -> _Test:
        """Return the test of objects with fewer items.

        Relations are tested, which takes long, only if one was seen to break for want of items.
        """
        accepts = self.validator.accepts
        valid = (short for value in self._looked_at for short in _sizes(value, accepts))
        return accepts if all(map(self._relates, valid)) else self.holds

    @cached_property
    def _looked_at(self) -> Sequence[Json]:
        return [self._sample(index) for index in range(BASES)]


def _sizes(value: Json, fits: _Test) -> Iterator[Json]:
    """Yield `value` with few items in its arrays, whole if it needs them all."""
    whole = True
    for outer, inner in _SIZES:
        short = _shortened(value, outer, inner)
        if fits(short):
            whole = False
            yield short
    if whole:
        yield value


def _shortened(value: Json, outer: int, inner: int) -> Json:
    """Return `value` with at most so many items in arrays, and in those within arrays."""
    if isinstance(value, dict):
        return {
            name: _shortened(member, outer, inner) if isinstance(member, _CONTAINERS) else member
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [_shortened(item, inner, inner) for item in value[:outer]]
    return value
