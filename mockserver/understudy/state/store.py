"""What one session remembers, as the sum of its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from understudy.types import Json, JsonObject

Changes: TypeAlias = Mapping[str, "JsonObject | None"]
"""Members by their ids as text, those first changed first; None for what was deleted."""

Place: TypeAlias = tuple[str, str, Json]
"""A collection: contract, resource, and the key of the parent."""

_NO_CHANGES: Changes = MappingProxyType({})


@dataclass(slots=True)
class Store:
    """What clients created, changed and deleted, by collection; what was counted, and states.

    A copy shares everything with its original until one of them changes it.
    """

    _created: dict[Place, list[JsonObject]] = field(default_factory=dict)
    _changed: dict[Place, dict[str, JsonObject | None]] = field(default_factory=dict)
    _ordinals: Counter[Place] = field(default_factory=Counter)
    tallies: Counter[str] = field(default_factory=Counter)
    states: dict[str, str] = field(default_factory=dict)
    _own: set[tuple[str, Place]] = field(default_factory=set)

    def created(self, place: Place) -> Sequence[JsonObject]:
        """Return what was created there, oldest first: the same object while it only grows."""
        return self._created.get(place, ())

    def changes(self, place: Place) -> Changes:
        """Return what was changed of the members there."""
        return self._changed.get(place, _NO_CHANGES)

    def ordinal(self, place: Place) -> int:
        """Return how many changes there were."""
        return self._ordinals[place]

    def create(self, place: Place, value: JsonObject) -> None:
        """Remember a new member."""
        if self._is_shared("created", place):
            self._created[place] = [*self._created.get(place, ())]
        self._created[place].append(value)

    def change(self, place: Place, id_: str, value: JsonObject | None) -> None:
        """Remember what became of a member."""
        if self._is_shared("changed", place):
            self._changed[place] = {**self._changed.get(place, {})}
        self._changed[place][id_] = value
        self._ordinals[place] += 1

    def copy(self) -> Store:
        """Return a store that holds the same, and from now on goes its own way."""
        self._own.clear()
        return Store(
            {**self._created},
            {**self._changed},
            Counter(self._ordinals),
            Counter(self.tallies),
            {**self.states},
        )

    def document(self) -> JsonObject:
        """Return everything as JSON."""
        places = dict.fromkeys([*self._created, *self._changed])
        return {
            "collections": [self._collection(place) for place in places],
            "tallies": dict(self.tallies),
            "states": dict(self.states),
        }

    @classmethod
    def of(cls, document: JsonObject) -> Store:
        """Return the store that `document` tells of."""
        store = cls(
            tallies=Counter(document.get("tallies", {})), states={**document.get("states", {})}
        )
        for told in document.get("collections", ()):
            place = told["contract"], told["resource"], told.get("parent", "")
            for value in told.get("created", ()):
                store.create(place, value)
            for id_, value in told.get("changed", {}).items():
                store.change(place, id_, value)
            store._ordinals[place] = max(store._ordinals[place], told.get("changes", 0))
        return store

    def _collection(self, place: Place) -> JsonObject:
        contract, resource, parent = place
        told: JsonObject = {"contract": contract, "resource": resource, "parent": parent}
        if place in self._created:
            told["created"] = [*self._created[place]]
        if place in self._changed:
            told |= {"changed": {**self._changed[place]}, "changes": self._ordinals[place]}
        return told

    def _is_shared(self, kind: str, place: Place) -> bool:
        """Tell whether a collection is not this store's alone; from now on it is."""
        if (kind, place) in self._own:
            return False
        self._own.add((kind, place))
        return True
