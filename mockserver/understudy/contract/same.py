"""Tell things apart by identity, where what they hold cannot be hashed or is costly to compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, eq=False, slots=True)
class Same(Generic[T_co]):
    """A thing that never changes, equal to itself alone: the key of what is remembered of it."""

    of: T_co

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.of is other.of

    def __hash__(self) -> int:
        return id(self.of)
