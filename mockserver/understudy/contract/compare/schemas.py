"""How two schemas differ, place by place.

Both are taken in canonical form. Where they are built alike, their members are compared; where
not, inclusion decides: does one admit all that the other does? A pair of named schemas is
compared where it is met first, so recursion ends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from understudy.codec import dumps
from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema
from understudy.contract.compare.changes import Difference, Path
from understudy.contract.compare.inclusion import changed, exceeds, same_scalar, shown
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
    name_of,
    overlapping,
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
        canonical = c.canonical(old, befores), c.canonical(new, nows)
        found = _Walk(*canonical, _unchanged(befores, nows)).differences()
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


def _unchanged(old: Mapping[str, Json], new: Mapping[str, Json]) -> set[str]:
    """Return the names of schemas that are the same in both, with all that they refer to."""
    same = {name for name, schema in old.items() if name in new and new[name] == schema}
    used = {name: {one for one in referred(old[name]) if one in old} for name in same}
    while touched := {name for name in same if not used[name] <= same}:
        same -= touched
    return same


class _Walk:
    """Compares two canonical schemas and what is within them.

    Named schemas in `unchanged`, and pairs that are compared already, are passed by. Within
    alternatives that may overlap, what is found means something else, and is looked for again.
    """

    def __init__(
        self, old: CanonicalSchema, new: CanonicalSchema, unchanged: Collection[str]
    ) -> None:
        self._old, self._new = old, new
        self._unchanged = unchanged
        self._seen: set[tuple[bytes, bool]] = set()
        self._doubts = False

    def differences(self) -> list[Difference]:
        """Return all differences, without what is ruled out by what is known of the whole."""
        found = list(self._between(self._old, self._new, ()))
        if any(one.gained is not False for one in found) and c.covers(self._old, self._new):
            found = [replace(one, gained=False) for one in found]
        if any(one.lost is not False for one in found) and c.covers(self._new, self._old):
            found = [replace(one, lost=False) for one in found]
        return [one for one in found if _matters(one)]

    def _between(
        self, old: CanonicalSchema, new: CanonicalSchema, path: Path
    ) -> Iterator[Difference]:
        if same_scalar(old, new):
            return
        key, name = (_key(old, new), self._doubts), name_of(old)
        if key in self._seen or (name in self._unchanged and name == name_of(new)):
            return
        if key[0]:
            self._seen.add(key)
        yield from filter(_matters, self._within(old, new, path))

    def _within(
        self, old: CanonicalSchema, new: CanonicalSchema, path: Path
    ) -> Iterator[Difference]:
        befores, nows = variants(old, self._old), variants(new, self._new)
        if len(befores) > 1 or len(nows) > 1:
            pairing = paired(befores, nows)
            if self._doubts or not (overlapping(old, self._old) or overlapping(new, self._new)):
                yield from self._of_variants(old, new, pairing, path)
                return
            self._doubts = True
            found = list(self._of_variants(old, new, pairing, path))
            self._doubts = False
            yield from map(_doubted, found)
            return
        old, new = target(old, self._old), target(new, self._new)
        before, now = members_of(old), members_of(new)
        item, other = items_of(old), items_of(new)
        if before and now:
            yield from self._of_members(before, now, path)
            if before.alone and now.alone:
                return
            known = {*before.known, *now.known}
            old, new = without_members(old, known), without_members(new, known)
        elif item and other:
            yield from self._between(item.schema, other.schema, (*path, "*"))
            if item.alone and other.alone:
                return
            old, new = without_items(old), without_items(new)
        yield from _of_wholes(old, new, path)

    def _of_variants(
        self, old: CanonicalSchema, new: CanonicalSchema, pairing: Pairing, path: Path
    ) -> Iterator[Difference]:
        for one, partner in pairing.pairs:
            yield from self._between(one.schema, partner.schema, path)
        yield from _alone(old, new, pairing, path)

    def _of_members(self, before: Members, now: Members, path: Path) -> Iterator[Difference]:
        for name in sorted({*before.known, *now.known, *before.required, *now.required}):
            at = (*path, name)
            if name in before.known and name in now.known:
                yield from self._between(before.known[name], now.known[name], at)
            else:
                yield from _presence(before, now, name, at)
            yield from _requirement(before, now, name, at)
        if c.impossible(before.others) != c.impossible(now.others):
            allowed = c.impossible(before.others)
            rule = "other-properties-allowed" if allowed else "other-properties-forbidden"
            yield Difference(path, rule, gained=allowed, lost=not allowed)
        else:
            yield from self._between(before.others, now.others, (*path, "*"))


def _alone(
    old: CanonicalSchema, new: CanonicalSchema, pairing: Pairing, path: Path
) -> Iterator[Difference]:
    """Yield what variants without a partner add to `old` and take from it."""
    for one in pairing.added:
        rule = _rule_of_variant(one, pairing, "added")
        gained = exceeds(one.schema, old)
        yield Difference(path, rule, gained, lost=False, now=shown(one.schema))
    for one in pairing.removed:
        rule = _rule_of_variant(one, pairing, "removed")
        lost = exceeds(one.schema, new)
        yield Difference(path, rule, gained=False, lost=lost, before=shown(one.schema))


def _matters(one: Difference) -> bool:
    return one.gained is not False or one.lost is not False or one.rule in _PRESENCE


def _doubted(one: Difference) -> Difference:
    """Return a difference of one of several schemas of which values satisfy exactly one.

    What one admits beyond before, another may admit as well, and then neither does.
    """
    return replace(one, gained=one.gained or None, lost=one.lost or None)


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


def _presence(before: Members, now: Members, name: str, path: Path) -> Iterator[Difference]:
    """Yield the difference that a property makes which one side alone declares."""
    old, new = before.schema(name), now.schema(name)
    gained = exceeds(new, old) if old and new else None
    lost = exceeds(old, new) if old and new else None
    if name in before.known:
        optional = name in before.required - now.required
        yield Difference(path, "property-removed", optional or gained, lost)
    elif name in now.known:
        required = name in now.required - before.required
        rule = "required-property-added" if required else "property-added"
        yield Difference(path, rule, gained, required or lost)


def _requirement(before: Members, now: Members, name: str, path: Path) -> Iterator[Difference]:
    """Yield the difference that it makes whether a property is required, if not told already."""
    removed, added = name not in now.known, name not in before.known
    if name in now.required - before.required and (removed or not added):
        yield Difference(path, "property-required", gained=False, lost=True)
    if name in before.required - now.required and (added or not removed):
        yield Difference(path, "property-optional", gained=True, lost=False)


def _rule_of_variant(one: Variant, pairing: Pairing, done: str) -> str:
    if one.kind == "null":
        return f"null-{done}"
    alike = pairing.several(one.kind) or one.kind in ("any", "none")
    return f"variant-{done}" if alike else f"type-{done}"


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
