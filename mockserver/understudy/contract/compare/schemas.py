"""How two schemas differ, place by place.

Both are taken in canonical form. Where they are built alike, their members are compared; where
not, inclusion decides: does one admit all that the other does? A pair of named schemas is
compared where it is met first, so recursion ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from understudy.codec import dumps
from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema
from understudy.contract.compare.changes import Difference, Path
from understudy.contract.compare.inclusion import changed, exceeds, shown
from understudy.contract.compare.members import (
    Members,
    items_of,
    members_of,
    without_items,
    without_members,
)
from understudy.contract.compare.notes import notes
from understudy.contract.compare.variants import (
    Pairing,
    Variant,
    kind_of,
    paired,
    target,
    values_of,
    variants,
)
from understudy.contract.schemas import referred
from understudy.types import Json

_PRESENCE = frozenset(("property-added", "property-removed", "required-property-added"))
"""Rules that matter to clients whatever the schemas admit."""

_SAID_ONCE = frozenset(("format-changed", "property-added", "property-removed"))
"""Notes that are not worth it where the schemas were found to differ."""


def differences(
    old: Json, new: Json, old_schemas: Mapping[str, Json], new_schemas: Mapping[str, Json]
) -> list[Difference]:
    """Return how two schemas differ; their references lead into named schemas.

    Where nothing is gained, the new schema admits only what the old one did; where nothing is
    lost, it admits all of it.
    """
    befores, nows = _reached(old, old_schemas), _reached(new, new_schemas)
    if (old, befores) == (new, nows):
        return []
    try:
        found = _Walk(c.canonical(old, befores), c.canonical(new, nows)).differences()
    except ValueError as error:
        return [Difference((), "changed", None, None, "a schema", f"none: {error}")]
    places = {one.path for one in found}
    return list(dict.fromkeys(found)) + [
        note
        for note in notes(old, new, befores, nows)
        if note.rule not in _SAID_ONCE
        or not any(note.path[:length] in places for length in range(len(note.path) + 1))
    ]


def _reached(schema: Json, schemas: Mapping[str, Json]) -> dict[str, Json]:
    """Return the named schemas to which references lead from `schema`, directly or not."""
    found: dict[str, Json] = {}
    waiting = [schema]
    while waiting:
        fresh = {n: schemas[n] for n in referred(waiting.pop()) if n in schemas.keys() - found}
        found.update(fresh)
        waiting += fresh.values()
    return found


@dataclass(frozen=True, slots=True)
class _Room:
    """What can differ at a place; what is around it may rule out that anything is gained."""

    gains: bool = True
    loses: bool = True

    def between(self, old: CanonicalSchema, new: CanonicalSchema) -> _Room:
        """Return what can differ between two schemas here."""
        gains = self.gains and c.covers(old, new) is not True
        return _Room(gains, self.loses and c.covers(new, old) is not True)

    def within(self, one: Difference) -> Difference | None:
        """Return what is left of a difference, or None where it makes none."""
        gained = one.gained if self.gains else False
        lost = one.lost if self.loses else False
        if gained is False and lost is False and one.rule not in _PRESENCE:
            return None
        return replace(one, gained=gained, lost=lost)


class _Walk:
    """Compares two canonical schemas and what is within them."""

    def __init__(self, old: CanonicalSchema, new: CanonicalSchema) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[bytes, _Room]] = set()

    def differences(self) -> list[Difference]:
        """Return all differences; what is proven of the whole and found nowhere is told as such."""
        found = list(self._between(self._old, self._new, (), _Room()))
        missed = _Room(
            all(one.gained is False for one in found), all(one.lost is False for one in found)
        )
        whole = changed(self._old, self._new, ())
        if whole and ((whole.gained and missed.gains) or (whole.lost and missed.loses)):
            found.append(whole)
        return found

    def _between(
        self, old: CanonicalSchema, new: CanonicalSchema, path: Path, room: _Room
    ) -> Iterator[Difference]:
        key = _key(old, new), room
        if key in self._seen:
            return
        if key[0]:
            self._seen.add(key)
        room = room.between(old, new)
        if room.gains or room.loses:
            found = self._within(old, new, path, room)
            yield from filter(None, map(room.within, found))

    def _within(
        self, old: CanonicalSchema, new: CanonicalSchema, path: Path, room: _Room
    ) -> Iterator[Difference]:
        befores, nows = variants(old, self._old), variants(new, self._new)
        old, new = target(old, self._old), target(new, self._new)
        if len(befores) > 1 or len(nows) > 1:
            pairing = paired(befores, nows, self._old, self._new)
            for one, other in pairing.pairs:
                gains = room.gains and c.covers(old, other.schema) is not True
                loses = room.loses and c.covers(new, one.schema) is not True
                yield from self._between(one.schema, other.schema, path, _Room(gains, loses))
            yield from _alone(pairing, befores, nows, old, new, path)
            return
        before, now = members_of(old), members_of(new)
        if before and now:
            yield from self._of_members(before, now, path, room)
            known = {*before.known, *now.known}
            old, new = without_members(old, known), without_members(new, known)
        elif kind_of(old) == kind_of(new) == "array":
            item, other_item = items_of(old), items_of(new)
            if item and other_item:
                yield from self._between(item, other_item, (*path, "*"), room)
                old, new = without_items(old), without_items(new)
        yield from _of_wholes(old, new, path)

    def _of_members(
        self, before: Members, now: Members, path: Path, room: _Room
    ) -> Iterator[Difference]:
        for name in sorted({*before.known, *now.known, *before.required, *now.required}):
            at = (*path, name)
            if (name in before.known) != (name in now.known):
                yield _presence(before, now, name, at)
                continue
            if name in before.known:
                yield from self._between(before.known[name], now.known[name], at, room)
            if name in now.required - before.required:
                yield Difference(at, "property-required", gained=False, lost=True)
            if name in before.required - now.required:
                yield Difference(at, "property-optional", gained=True, lost=False)
        if c.impossible(before.others) != c.impossible(now.others):
            allowed = c.impossible(before.others)
            rule = "other-properties-allowed" if allowed else "other-properties-forbidden"
            yield Difference(path, rule, gained=allowed, lost=not allowed)
        else:
            yield from self._between(before.others, now.others, (*path, "*"), room)


def _key(old: CanonicalSchema, new: CanonicalSchema) -> bytes:
    """Return what identifies a pair of schemas of which one is a reference, or nothing."""
    views = old.view(), new.view()
    if not any(isinstance(view, c.ReferenceView) for view in views):
        return b""
    return dumps(
        [
            view.uri if isinstance(view, c.ReferenceView) else schema.to_json_schema()
            for view, schema in zip(views, (old, new), strict=True)
        ]
    )


def _presence(before: Members, now: Members, name: str, path: Path) -> Difference:
    """Return the difference that a property makes which one side alone declares."""
    old, new = before.schema(name), now.schema(name)
    gained = exceeds(new, old) if old and new else None
    lost = exceeds(old, new) if old and new else None
    if name in before.known:
        return Difference(path, "property-removed", name in before.required or gained, lost)
    required = name in now.required - before.required
    rule = "required-property-added" if required else "property-added"
    return Difference(path, rule, gained, required or lost)


def _alone(
    pairing: Pairing,
    befores: Sequence[Variant],
    nows: Sequence[Variant],
    old: CanonicalSchema,
    new: CanonicalSchema,
    path: Path,
) -> Iterator[Difference]:
    """Yield what variants without a partner add to `old` and take from it."""
    for one in pairing.added:
        rule = _rule_of_variant(one, befores, "added")
        gained = exceeds(one.schema, old)
        yield Difference(path, rule, gained, lost=False, now=shown(one.schema))
    for one in pairing.removed:
        rule = _rule_of_variant(one, nows, "removed")
        lost = exceeds(one.schema, new)
        yield Difference(path, rule, gained=False, lost=lost, before=shown(one.schema))


def _rule_of_variant(one: Variant, others: Sequence[Variant], done: str) -> str:
    if one.kind == "null":
        return f"null-{done}"
    alike = any(other.kind == one.kind for other in others)
    return f"variant-{done}" if alike or one.kind in ("any", "none") else f"type-{done}"


def _of_wholes(old: CanonicalSchema, new: CanonicalSchema, path: Path) -> Iterator[Difference]:
    """Yield how two schemas differ that are not taken apart any further."""
    were, are = values_of(old), values_of(new)
    kinds = {kind_of(old), kind_of(new)}
    if were is not None and are is not None:
        yield from _of_values(were, are, path)
    elif len(kinds) > 1 and not kinds & {"any", "none"}:
        before, now = shown(old), shown(new)
        yield Difference(path, "type-changed", gained=True, lost=True, before=before, now=now)
    else:
        whole = changed(old, new, path)
        yield from [whole] if whole else []


def _of_values(
    were: Mapping[bytes, Json], are: Mapping[bytes, Json], path: Path
) -> Iterator[Difference]:
    added = [dumps(are[key]).decode() for key in are.keys() - were.keys()]
    removed = [dumps(were[key]).decode() for key in were.keys() - are.keys()]
    if added:
        now = ", ".join(sorted(added))
        yield Difference(path, "enum-value-added", gained=True, lost=False, now=now)
    if removed:
        before = ", ".join(sorted(removed))
        yield Difference(path, "enum-value-removed", gained=False, lost=True, before=before)
