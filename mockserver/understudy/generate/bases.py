"""Realistic objects to start from, with few items in their arrays: what is to be shown stands out.

Most of what an object can show needs one item in each array; what needs more is looked for in
objects with two and three.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, TypeAlias

from understudy.contract.model import Contract
from understudy.contract.schemas import broken
from understudy.contract.validate import Validator
from understudy.generate.samples import Subject, sample
from understudy.generate.world import World
from understudy.types import Json

Base: TypeAlias = tuple[int, int]
"""The index of a realistic object, and how many items its arrays have at most."""

BASES: Final = 50
"""How many realistic objects are looked at for one that has what is to be shown."""

_ITEMS: Final = 3


class Bases:
    """The valid, coherent objects that one subject offers."""

    def __init__(self, contract: Contract, subject: Subject, world: World) -> None:
        self._contract = contract
        self._schema = subject.schema
        self._sample = sample(contract, subject, world)
        self.validator = Validator(subject.schema, contract.schemas)
        self.at = lru_cache(maxsize=BASES * _ITEMS)(self._short)

    def __iter__(self) -> Iterator[Base]:
        """Yield the bases to look at, those with the fewest items first."""
        return ((index, items) for items in range(1, _ITEMS + 1) for index in range(BASES))

    def holds(self, value: Json) -> bool:
        """Tell whether `value` is valid and breaks no relation."""
        relations = self._contract.behaviour.relations
        found = broken(relations, value, self._schema, self._contract.schemas)
        return self.validator.accepts(value) and not any(found)

    def _short(self, base: Base) -> Json:
        """Return an object with as few items as it can have; whole where it needs more."""
        index, items = base
        value = self._sample(index)
        shorter = (_shortened(value, most) for most in range(items, _ITEMS + 1))
        return next(filter(self.holds, shorter), value)


def _shortened(value: Json, most: int) -> Json:
    """Return `value` with at most so many items in each array."""
    if isinstance(value, dict):
        return {name: _shortened(member, most) for name, member in value.items()}
    if isinstance(value, list):
        return [_shortened(item, most) for item in value[:most]]
    return value
