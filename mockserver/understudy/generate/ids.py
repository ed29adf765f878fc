"""Ids and keys where there is an end of them: each from its index, no two the same."""

from __future__ import annotations

from collections.abc import Sequence

from understudy.codec import identity
from understudy.contract.behaviour import Resource
from understudy.generate.domains import Domain
from understudy.generate.permutation import Permutation
from understudy.generate.source import Source
from understudy.types import Json


class Ids:
    """The values of a domain in an order that a source chooses, those that are `known` left out."""

    def __init__(self, domain: Domain, source: Source, known: Sequence[Json]) -> None:
        self._nth = domain.nth
        self._order = Permutation(domain.size, source)
        marks = dict.fromkeys(map(identity, known))
        self._known = {mark: place for place, mark in enumerate(marks)}
        self.size = domain.size - len(self._known)

    def __call__(self, index: int) -> Json:
        """Return the value with this index; after `size` of them they begin again."""
        value = self._nth(self._order(index % self.size))
        while (place := self._known.get(identity(value))) is not None:
            value = self._nth(self._order(self.size + place))
        return value


def first(key: Json, kind: Resource) -> int:
    """Return the index of the first id of a parent; parents with integers for keys share none."""
    number = key if isinstance(key, int) else Source.of(f"first {key!r}").key
    return number * kind.count[1]
