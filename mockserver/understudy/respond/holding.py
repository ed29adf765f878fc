"""The members of one inferred resource: those of the world, and what clients made of them.

Every id that its schema allows has a member, which is the same for everybody and at any time;
lists show some of them. What was deleted is gone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import TypeAlias

from understudy.codec import loads
from understudy.contract.meaning import names
from understudy.contract.meaning.kinds import Kind
from understudy.contract.meaning.shape import Shapes
from understudy.errors import GenerationError
from understudy.generate.entities import Entities
from understudy.generate.source import Source
from understudy.respond.fitting import difference, fitted, patched
from understudy.respond.ids import Ids, Place, Scope, references, spelled, spelled_scope
from understudy.respond.loaded import LoadedMembers
from understudy.state.session import Session
from understudy.state.store import Changes
from understudy.types import Json, JsonObject

_Change: TypeAlias = Callable[[JsonObject], JsonObject]

_MADE = 4096
_TIMES = frozenset(names.CREATED + names.LATEST)


class Holding:
    """One resource of one contract, as far as the names of its operations tell."""

    def __init__(
        self,
        contract: str,
        kind: Kind,
        entities: Entities,
        shapes: Shapes,
        *,
        strict: bool = False,
        loaded: LoadedMembers | None = None,
        places: Callable[[str], Sequence[Place]] = lambda _resource: (),
    ) -> None:
        self.kind = kind
        self.strict = strict or loaded is not None
        """Whether only what lists show, or clients created, exists."""
        self._contract = contract
        self._entities = entities
        self._shapes = shapes
        self._loaded = loaded
        self._ids = Ids(kind, entities, shapes, loaded.ids if loaded else None)
        self.listed = self._ids.listed
        """Returns the ids of the members that one collection begins with, by their text."""
        self._places = places
        self._made: OrderedDict[tuple[Scope, str], JsonObject] = OrderedDict()

    def keys(self, session: Session, scope: Scope, *, new: bool = False) -> list[str]:
        """Return the ids, as text, of the members that lists show: created ones stand first.

        What is `new` has only those that clients created.
        """
        known, changes = self._ids.listed(scope), self._changes(session, scope)
        fresh = [key for key, value in changes.items() if value is not None and key not in known]
        if new:
            return fresh[::-1]
        return fresh[::-1] + [key for key in known if changes.get(key, key) is not None]

    def member(self, session: Session, scope: Scope, key: str) -> JsonObject | None:
        """Return the member with this id, or None for one that was deleted or never there."""
        return self._present(scope, key, self._changes(session, scope))

    def is_new(self, session: Session, scope: Scope, key: str) -> bool:
        """Tell whether a client created the member with this id."""
        changes = self._changes(session, scope)
        return changes.get(key) is not None and key not in self._ids.listed(scope)

    def is_gone(self, session: Session, scope: Scope, key: str) -> bool:
        """Tell whether the member with this id was deleted."""
        return self._changes(session, scope).get(key, key) is None

    def is_known(self, session: Session, scope: Scope, key: str) -> bool:
        """Tell whether lists show the member with this id."""
        changes = self._changes(session, scope)
        return changes[key] is not None if key in changes else key in self._ids.listed(scope)

    def scope(self, place: str) -> Scope:
        """Return the collection at a place as the records of a session name it."""
        texts = loads(place.encode()) if place else []
        return tuple(map(self._said, self.kind.scope, texts))

    def _said(self, name: str, text: str) -> Json:
        """Return what a text stands for under a name of the scope, where members repeat it."""
        repeating = [member for member, named in self.kind.owners.items() if named == name]
        is_number = text.isdecimal() and not all(self._takes(one, text) for one in repeating)
        return int(text) if is_number else text

    def create(
        self, session: Session, scope: Scope, body: Mapping[str, Json], given: Mapping[str, Json]
    ) -> JsonObject:
        """Return a new member with what the request names, as far as it fits."""
        made: JsonObject = {}

        def make(ordinal: int, changes: Changes) -> tuple[str, JsonObject]:
            id_ = self._ids.fresh(scope, ordinal, body.get(self.kind.id), changes)
            made.update(self._created(session.now, scope, id_, body, given))
            return spelled(id_), made

        session.change(self._contract, self.kind.name, spelled_scope(scope), make)
        return made

    def update(self, session: Session, scope: Scope, key: str, body: Json) -> JsonObject | None:
        """Return the member with this id, patched by `body`; None if it was deleted.

        Raises PatchError for a JSON Patch that does not fit what is there.
        """
        return self._changed(
            session, scope, key, lambda old: self._touched(session, old, patched(old, body))
        )

    def replace(
        self,
        session: Session,
        scope: Scope,
        key: str,
        body: Mapping[str, Json],
        asked: Mapping[str, Json],
    ) -> JsonObject:
        """Return the member with this id, of which `asked` members are as in `body`, or gone."""

        def replaced(old: JsonObject) -> JsonObject:
            kept = {k: v for k, v in old.items() if k not in asked or k == self.kind.id}
            wanted = {k: v for k, v in body.items() if k != self.kind.id}
            return self._touched(session, old, {**kept, **wanted})

        found = self._changed(session, scope, key, replaced, anew=True)
        return found if found is not None else {}

    def delete(self, session: Session, scope: Scope, key: str) -> JsonObject | None:
        """Return the member with this id, which is gone from now on; None if it was already."""
        found: list[JsonObject] = []

        def make(_ordinal: int, changes: Changes) -> tuple[str, None] | None:
            old = self._present(scope, key, changes)
            if old is None:
                return None
            found.append(old)
            return key, None

        session.change(self._contract, self.kind.name, spelled_scope(scope), make)
        return found[0] if found else None

    def _present(self, scope: Scope, key: str, changes: Changes) -> JsonObject | None:
        if key in changes:
            return changes[key]
        if self.strict and key not in self._ids.listed(scope):
            return None
        return self._generated(scope, key)

    def _changes(self, session: Session, scope: Scope) -> Changes:
        return session.changes(self._contract, self.kind.name, spelled_scope(scope))

    def _changed(
        self, session: Session, scope: Scope, key: str, change: _Change, *, anew: bool = False
    ) -> JsonObject | None:
        """Remember what `change` makes of a member; with `anew`, also of one that was deleted."""
        made: list[JsonObject] = []

        def make(_ordinal: int, changes: Changes) -> tuple[str, JsonObject] | None:
            old = self._present(scope, key, changes)
            if old is None and anew:
                old = self._generated(scope, key)
            if old is None:
                return None
            made.append(change(old))
            return key, made[0]

        session.change(self._contract, self.kind.name, spelled_scope(scope), make)
        return made[0] if made else None

    def _touched(self, session: Session, old: JsonObject, new: JsonObject) -> JsonObject:
        """Return a member changed to `new` as far as it stays valid, with the time of it."""
        whole, now = self.kind.whole, self._entities.stamp(session.now)
        changed = {k: v for k, v in difference(old, new).items() if k in self.kind.properties}
        changed.pop(self.kind.id, None)
        latest = names.first_of(names.LATEST, self.kind.properties)
        groups = [
            {key: value, **self._ends(key, value, old, now)} for key, value in changed.items()
        ]
        if latest and latest not in changed:
            groups.append({latest: now})

        def accepts(value: JsonObject) -> bool:
            return self._entities.accepts(whole, self._entities.counted(whole, value))

        nulls = [{key: None} for key in changed if key not in new]
        found = fitted(old, groups, accepts)
        found = fitted(found, [n for n in nulls if next(iter(n)) in found], accepts)
        return self._entities.counted(whole, found)

    def _ends(self, key: str, value: Json, old: JsonObject, now: str) -> dict[str, Json]:
        """Return the times that a new state says something of: of its own end, and of no other."""
        if names.plain(key) not in ("state", "status"):
            return {}
        ends = {
            name: str(state)
            for state in self._shapes.enum(self.kind.properties[key])
            if (name := names.first_of((f"{state}at",), self.kind.properties))
        }
        return {
            name: (old.get(name) or now) if state == value else None
            for name, state in ends.items()
            if (old.get(name) is None) == (state == value)
        }

    def _created(
        self,
        now: int,
        scope: Scope,
        id_: Json,
        body: Mapping[str, Json],
        given: Mapping[str, Json],
    ) -> JsonObject:
        properties, whole = self.kind.properties, self.kind.whole
        must = {**self._fixed(scope, id_), **given}
        sent = {k: v for k, v in body.items() if k in properties and k not in must}
        sent = {k: v for k, v in sent.items() if self._takes(k, v)}
        wanted = {**self._references(spelled(id_), must), **dict(self._first(now)), **sent}
        try:
            labels = self._labels(scope, id_)
            made = self._entities.make(whole, {**must, **wanted}, *labels, now=now)
        except GenerationError:
            made = self._make(scope, id_, must, now)
            groups = [{key: value} for key, value in wanted.items()]
            made = fitted(made, groups, lambda one: self._entities.accepts(whole, one))
        return self._entities.counted(whole, made)

    def _first(self, now: int) -> Iterator[tuple[str, Json]]:
        """Yield what members of a new resource are, of which the request says nothing."""
        for name, schema in self.kind.properties.items():
            plain, enum = names.plain(name), self._shapes.enum(schema)
            default = self._shapes.keyword(schema, "default")
            validator = self._entities.validator(schema)
            if default is not None and validator.accepts(default):
                yield name, default
            elif plain in _TIMES and self._shapes.is_instant(schema):
                yield name, self._entities.stamp(now)
            elif plain in ("state", "status") and enum:
                yield name, enum[0]
            elif validator.accepts(None) and (self._shapes.is_instant(schema) or plain == "rating"):
                yield name, None
            elif self._shapes.items(schema) and validator.accepts([]):
                yield name, []
            elif plain.endswith("count") and validator.accepts(0):
                yield name, 0

    def _generated(self, scope: Scope, key: str) -> JsonObject:
        """Return the world's member with this id: loaded, from the cache or anew."""
        given = self._loaded.of(scope).get(key) if self._loaded else None
        if given is not None:
            return given
        made = self._made.get((scope, key))
        if made is None:
            known = self._ids.listed(scope)
            must = self._fixed(scope, known.get(key, self._ids.of(key)))
            made = self._chosen(scope, key, must, list(known).index(key) if key in known else None)
            self._made[scope, key] = made
            if len(self._made) > _MADE:
                self._made.popitem(last=False)
        return made

    def _chosen(
        self, scope: Scope, key: str, must: Mapping[str, Json], index: int | None
    ) -> JsonObject:
        """Return a member; listed ones take turns in what filters choose among."""
        turns = {
            name: choices[(index + Source.of(name).below(len(choices))) % len(choices)]
            for name, choices in self.kind.choices.items()
            if index is not None and name not in must
        }
        given = {**must, **self._references(key, must), **turns}
        try:
            return self._entities.make(self.kind.whole, given, *self._labels(scope, key))
        except GenerationError:
            return self._make(scope, key, must)

    def _references(self, key: str, given: Container[str]) -> dict[str, Json]:
        """Return the members that hold ids of others, but for those that are given."""
        found = references(self.kind, key, self._places)
        return {m: id_ for m, id_ in found if m not in given and self._takes(m, id_)}

    def _make(
        self, scope: Scope, id_: Json, must: Mapping[str, Json], now: int | None = None
    ) -> JsonObject:
        """Return a member with what is given, as far as that is possible."""
        labels, whole = self._labels(scope, id_), self.kind.whole
        try:
            return self._entities.make(whole, must, *labels, now=now)
        except GenerationError:
            made = self._entities.make(whole, {}, *labels, now=now)
            groups = [{name: value} for name, value in must.items()]
            return fitted(made, groups, lambda one: self._entities.accepts(whole, one))

    def _fixed(self, scope: Scope, id_: Json) -> dict[str, Json]:
        """Return the members that follow from where a resource is."""
        said = dict(zip(self.kind.scope, scope, strict=True))
        fixed = {member: said[name] for member, name in self.kind.owners.items()}
        fixed |= {self.kind.id: id_} if self.kind.id else {}
        return {k: v for k, v in fixed.items() if self._takes(k, v)}

    def _takes(self, name: str, value: Json) -> bool:
        """Tell whether a member can have a value."""
        return self._entities.validator(self.kind.properties[name]).accepts(value)

    def _labels(self, scope: Scope, id_: Json) -> Sequence[str]:
        return ("member", self.kind.name, *map(spelled, scope), spelled(id_))
