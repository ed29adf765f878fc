"""The ids of the members of an inferred resource: which the world has, and which are free."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import TypeAlias

from understudy.codec import dumps
from understudy.contract.meaning import names
from understudy.contract.meaning.kinds import Kind
from understudy.contract.meaning.shape import Shapes
from understudy.errors import GenerationError
from understudy.generate.entities import Entities
from understudy.generate.source import Source
from understudy.types import Json

Scope: TypeAlias = tuple[Json, ...]

Listed: TypeAlias = Callable[[Scope], Mapping[str, Json]]
"""Returns the ids in a collection, by their text."""

Place: TypeAlias = tuple[Json, Mapping[str, Json]]
"""An id, and the ids of what its member belongs to, by the plain names of members."""

_COLLECTIONS = 256
_TRIES = 64
_APART = 1000
_LONGEST = 4000


class Ids:
    """The ids of one resource. Whole numbers are counted from 1, each collection on its own."""

    def __init__(
        self, kind: Kind, entities: Entities, shapes: Shapes, loaded: Listed | None = None
    ) -> None:
        self._kind = kind
        self._entities = entities
        self.listed = loaded or self._made
        """Returns the ids of the members that one collection begins with, by their text."""
        patterned = any(shapes.keyword(schema, "pattern") for schema in kind.ids)
        self._spell = (lambda number: number, str) if patterned else (lambda number: number,)
        self._known: OrderedDict[Scope, dict[str, Json]] = OrderedDict()

    def _made(self, scope: Scope) -> Mapping[str, Json]:
        """Return the ids of the world's members."""
        found = self._known.get(scope)
        if found is None:
            made = [*self._documented(scope), *(self._nth(scope, n) for n in range(self._count))]
            found = {spelled(id_): id_ for id_ in made[: self._count] if id_ is not None}
            self._known[scope] = found
            if len(self._known) > _COLLECTIONS:
                self._known.popitem(last=False)
        return found

    def fresh(self, scope: Scope, ordinal: int, asked: Json, taken: Container[str]) -> Json:
        """Return the id that a client asked for if it is free, or else another that is."""
        known = self.listed(scope)

        def is_free(id_: Json) -> bool:
            return self._fits(id_) and spelled(id_) not in known and spelled(id_) not in taken

        made = (self._nth(scope, self._count + ordinal + n - 1) for n in range(_TRIES))
        return next((id_ for id_ in (asked, *made) if id_ is not None and is_free(id_)), asked)

    def of(self, key: str) -> Json:
        """Return the id that a text spells."""
        if not self._fits(key) and key.lstrip("-").isdecimal() and len(key) <= _LONGEST:
            return int(key)
        return key

    @property
    def _count(self) -> int:
        return self._kind.count

    def _documented(self, scope: Scope) -> list[Json]:
        """Return the ids that the contract shows; they are in the first collection it shows."""
        shown = zip(scope, self._kind.homes, strict=True)
        if any(home and spelled(one) != spelled(home[0]) for one, home in shown):
            return []
        return [id_ for id_ in map(self.of, map(str, self._kind.shown)) if self._fits(id_)]

    def _nth(self, scope: Scope, index: int) -> Json:
        start = Source.of(spelled_scope(scope)).below(_APART * 9) * _APART if scope else 0
        for spell in self._spell:
            if self._fits(id_ := spell(start + index + 1)):
                return id_
        schema: Json = self._kind.ids[0] if self._kind.ids else {"type": "string"}
        if len(self._kind.ids) > 1:
            schema = {"allOf": [*self._kind.ids]}
        labels: tuple[str | int, ...] = ("id", self._kind.name, *map(spelled, scope), index)
        try:
            made = self._entities.value(schema, *labels)
        except GenerationError:
            return None
        return made if self._fits(made) else None

    def _fits(self, id_: Json) -> bool:
        """Tell whether something can be an id, and a segment of a path."""
        if not isinstance(id_, str | int) or isinstance(id_, bool):
            return False
        if isinstance(id_, str) and (not id_ or set(id_) & set("/?#%") or id_ != id_.strip(" .")):
            return False
        return all(self._entities.validator(schema).accepts(id_) for schema in self._kind.ids)


def references(
    kind: Kind, key: str, places: Callable[[str], Sequence[Place]]
) -> Iterator[tuple[str, Json]]:
    """Yield the members of one resource that hold ids of others, each of which is one of theirs.

    `places` returns the ids of a resource. The first of them are held by more than the last. What
    such a one belongs to comes after it, in the place of what came before.
    """
    members = {names.plain(name): name for name in kind.properties if name not in kind.owners}
    for member, resource in kind.references.items():
        known = places(resource)
        if not known:
            continue
        source = Source.of(key).at(kind.name).at(member)
        among = source.at("among").below(len(known)) + 1
        id_, owners = known[source.at("one").below(among)]
        yield member, id_
        yield from ((members[name], one) for name, one in owners.items() if name in members)


def spelled(id_: Json) -> str:
    """Return an id as text; UUIDs are the same in any case."""
    text = str(id_)
    return text.lower() if len(text) == 36 and text.count("-") == 4 else text


def spelled_scope(scope: Scope) -> str:
    """Return what names a collection among those of its resource."""
    return dumps([spelled(one) for one in scope]).decode() if scope else ""
