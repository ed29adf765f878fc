"""How two schemas differ in what they say without refusing a value: defaults, formats of numbers.

Schemas are compared as written, member by member. Properties of any value are found here too:
the canonical form does not keep them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from understudy.codec import dumps
from understudy.contract.compare.changes import Difference, Path
from understudy.contract.pointers import MISSING
from understudy.contract.schemas import in_place, members, named, resolve
from understudy.types import Json, JsonObject

_SILENT = frozenset(
    """
    $comment default deprecated description example examples externalDocs readOnly title
    writeOnly xml
    """.split()
)


def notes(
    old: Json, new: Json, old_schemas: Mapping[str, Json], new_schemas: Mapping[str, Json]
) -> Iterator[Difference]:
    """Yield the differences between what two schemas say about each place in their values."""
    yield from _Notes(old_schemas, new_schemas).between([old], [new], ())


class _Notes:
    def __init__(self, old: Mapping[str, Json], new: Mapping[str, Json]) -> None:
        self._old, self._new = old, new
        self._seen: set[bytes] = set()

    def between(self, old: Sequence[Json], new: Sequence[Json], path: Path) -> Iterator[Difference]:
        """Yield the differences between schemas of one place, and of what is within it."""
        key = dumps([old, new])
        if key in self._seen:
            return
        self._seen.add(key)
        before, now = _parts(old, self._old), _parts(new, self._new)
        yield from _said(before, now, path)
        were, are = _names(before), _names(now)
        for name in dict.fromkeys([*were, *are]):
            at, olds, news = (*path, name), self._members(old, name), self._added(new, name)
            if name in were and name in are:
                yield from self.between(olds, news, at)
            elif _says_nothing(olds if name in were else news):
                rule = "property-removed" if name in were else "property-added"
                yield Difference(at, rule, gained=False, lost=False)
        items, now_items = self._members(old, "*"), self._added(new, "*")
        if items and now_items:
            yield from self.between(items, now_items, (*path, "*"))

    def _members(self, schemas: Sequence[Json], token: str) -> list[Json]:
        return list(chain.from_iterable(members(one, token, self._old) for one in schemas))

    def _added(self, schemas: Sequence[Json], token: str) -> list[Json]:
        return list(chain.from_iterable(members(one, token, self._new) for one in schemas))


def _said(
    before: Sequence[JsonObject], now: Sequence[JsonObject], path: Path
) -> Iterator[Difference]:
    for keyword, rule in (("default", "default-changed"), ("format", "format-changed")):
        was, is_ = _value(before, keyword), _value(now, keyword)
        if was != is_:
            yield Difference(path, rule, gained=False, lost=False, before=was, now=is_)
    if not _value(before, "deprecated") and _value(now, "deprecated") == "true":
        yield Difference(path, "deprecated", gained=False, lost=False)


def _value(parts: Sequence[JsonObject], keyword: str) -> str:
    """Return what the first part that says something says by `keyword`, as JSON, or nothing."""
    found = next((part[keyword] for part in parts if keyword in part), MISSING)
    return "" if found is MISSING else dumps(found).decode()


def _parts(schemas: Sequence[Json], named_schemas: Mapping[str, Json]) -> list[JsonObject]:
    """Return the schemas, and what they combine, behind references; each name once."""
    found: list[JsonObject] = []
    waiting, seen = list(schemas), set()
    while waiting:
        schema = waiting.pop(0)
        name = named(schema)
        if name in seen:
            continue
        seen |= {name} - {""}
        part = resolve(schema, named_schemas)
        found.append(part)
        waiting += in_place(part)
    return found


def _names(parts: Sequence[JsonObject]) -> dict[str, None]:
    return dict.fromkeys(name for part in parts for name in part.get("properties", {}))


def _says_nothing(schemas: Sequence[Json]) -> bool:
    """Tell whether any value satisfies `schemas`, as far as they are written in place."""
    return all(
        one is True
        or (isinstance(one, dict) and all(k in _SILENT or k.startswith("x-") for k in one))
        for one in schemas
    )
