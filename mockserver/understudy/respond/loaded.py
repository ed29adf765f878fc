"""The members of one inferred resource, where they were read from files: there are no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from understudy.contract.meaning.kinds import Kind
from understudy.errors import GenerationError
from understudy.generate.entities import Entities
from understudy.generate.loaded import Owned
from understudy.respond.ids import Scope, spelled
from understudy.types import Json, JsonObject

_COLLECTIONS = 256


class LoadedMembers:
    """Members by collection and id; what they lack to be whole is made."""

    def __init__(self, kind: Kind, members: Sequence[JsonObject], entities: Entities) -> None:
        self._kind = kind
        whole = [_whole(kind, index, one, entities) for index, one in enumerate(members)]
        self._owned = Owned(whole, [(member,) for member in kind.owners])
        self.of = lru_cache(maxsize=_COLLECTIONS)(self._of)
        """Returns the members of one collection by their ids as text, in order."""

    def ids(self, scope: Scope) -> Mapping[str, Json]:
        """Return the ids in one collection, by their text."""
        return {key: one.get(self._kind.id, key) for key, one in self.of(scope).items()}

    def _of(self, scope: Scope) -> Mapping[str, JsonObject]:
        said = dict(zip(self._kind.scope, scope, strict=True))
        found = self._owned.of([said[name] for name in self._kind.owners.values()])
        return {self._key(one, index): one for index, one in enumerate(found, 1)}

    def _key(self, member: JsonObject, index: int) -> str:
        """Return the id of a member; without one, they are counted."""
        return spelled(member.get(self._kind.id, index))


def _whole(kind: Kind, index: int, member: JsonObject, entities: Entities) -> JsonObject:
    """Return a member as the schema that shows the most of it wants it."""
    if entities.accepts(kind.whole, member):
        return member
    labels = "loaded", kind.name, spelled(member.get(kind.id, index))
    try:
        return entities.make(kind.whole, member, *labels)
    except GenerationError:
        return member
