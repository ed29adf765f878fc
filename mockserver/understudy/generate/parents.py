"""What resources belong to: parents, each with its bindings, made from its key alone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from understudy.codec import identity
from understudy.contract.model import Contract
from understudy.contract.recipes import Recipe
from understudy.generate.domains import keys_of
from understudy.generate.ids import Ids
from understudy.generate.place import Maker, Place
from understudy.generate.source import Source
from understudy.types import Json, JsonObject

Compile: TypeAlias = Callable[[Mapping[str, Recipe]], tuple[tuple[str, Maker], ...]]
"""Returns the makers of recipes that no schema describes."""

MOST = 256
"""How many parents are kept; the one longest unused makes room."""


@dataclass(frozen=True, slots=True)
class Collection:
    """The members of one resource that one parent has, newest first, and each by its id."""

    members: tuple[JsonObject, ...]
    by_id: Mapping[Json, JsonObject]


@dataclass(slots=True)
class Home:
    """One parent: its key, its bindings, and those of its collections that were asked for.

    `names` are its own and those of the world.
    """

    key: Json
    place: Place
    names: Mapping[str, Json]
    collections: dict[str, Collection] = field(default_factory=dict)


class Parents:
    """The parents of every kind in one world, from the cache or anew."""

    def __init__(self, contract: Contract, source: Source, compiled: Compile) -> None:
        behaviour = contract.behaviour
        self._source = source
        self._homes: OrderedDict[tuple[str, bytes], Home] = OrderedDict()
        kinds = behaviour.parents.items()
        self.key = lru_cache(maxsize=MOST)(self._key)
        """Returns the key of the n-th parent of a kind, those that exist everywhere first."""
        self._keys = {name: compiled({"": kind.key})[0][1] for name, kind in kinds}
        self._lets = {name: compiled(kind.let) for name, kind in kinds}
        resources = behaviour.resources.values()
        self._known = {
            name: list(dict.fromkeys(k for r in resources if r.parent == name for k, _ in r.known))
            for name, _ in kinds
        }
        self._numbered = {
            name: Ids(domain, source.at("keys").at(name), self._known[name])
            if (domain := keys_of(contract, name)) and domain.size > len(self._known[name])
            else None
            for name in self._keys
        }
        self.root = Place(None)
        self.root.names = _bound(compiled(behaviour.let), source, self.root)

    def home(self, kind: str, key: Json) -> Home:
        """Return the parent of `kind` with this key."""
        known = kind, identity(key)
        home = self._homes.get(known)
        if home is not None:
            self._homes.move_to_end(known)
            return home
        if isinstance(key, float) and key.is_integer():
            key = int(key)  # the same number in JSON
        place = Place(None, outer=self.root)
        place.names = {"key": key}
        source = self._source.at("parent").at(kind).under(as_label(key))
        place.names = _bound(self._lets[kind], source, place)
        home = self._homes[known] = Home(key, place, {**self.root.names, **place.names})
        if len(self._homes) > MOST:
            self._homes.popitem(last=False)
        return home

    def nth(self, kind: str, index: int) -> Home:
        """Return the `index`-th parent of `kind`."""
        return self.home(kind, self.key(kind, index))

    def _key(self, kind: str, index: int) -> Json:
        known = self._known[kind]
        if index < len(known):
            return known[index]
        numbered = self._numbered[kind]
        if numbered:
            return numbered(index - len(known))
        key = self._made(kind, index)
        for _ in known:  # the first ordinals are free, because known keys stand there
            if key in known:
                key = self._made(kind, known.index(key))
        return key

    def _made(self, kind: str, index: int) -> Json:
        """Return the key that the recipe of a kind makes."""
        place = Place(None, outer=self.root, names={"ordinal": index + 1})
        return self._keys[kind](self._source.at("key").at(kind).at(index), place, "")


def as_label(key: Json) -> str:
    """Return a key as a label; 1 and "1" are different keys."""
    return key if isinstance(key, str) else f"({key!r})"


def _bound(makers: tuple[tuple[str, Maker], ...], source: Source, place: Place) -> dict[str, Json]:
    """Return the names that are bound at `place`; each can use those before it."""
    names = dict(place.names)
    place.names = names
    for name, maker in makers:
        names[name] = maker(source.at(name), place, name)
    return names
