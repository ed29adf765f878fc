"""Members that were read from files and stand in the place of generated ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from understudy.contract.pointers import MISSING, follow
from understudy.types import Json, JsonObject

Loaded: TypeAlias = Mapping[str, Sequence[JsonObject]]
"""Everything there is of some resources, by their names; the others are generated."""

NOTHING: Loaded = MappingProxyType({})


class Owned:
    """Members of one resource by those whom they name, at `places` within, as their owners.

    Members that do not name all of their owners are everybody's.
    """

    def __init__(self, members: Sequence[JsonObject], places: Sequence[tuple[str, ...]]) -> None:
        self._places = tuple(places)
        self._members: dict[tuple[str, ...] | None, list[JsonObject]] = defaultdict(list)
        for member in members:
            self._members[self._owners(member)].append(member)

    def of(self, owners: Sequence[Json]) -> list[JsonObject]:
        """Return the members that these have, in the order in which they were given."""
        return [*self._members.get(_texts(owners), ()), *self._members.get(None, ())]

    def _owners(self, member: JsonObject) -> tuple[str, ...] | None:
        named = [follow(member, place) for place in self._places]
        return _texts(named) if named and MISSING not in named and None not in named else None


def _texts(owners: Sequence[Json]) -> tuple[str, ...]:
    return tuple(map(str, owners))
