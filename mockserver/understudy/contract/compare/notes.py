"""How two schemas differ in what they say without refusing a value: defaults, formats of numbers.

Schemas are compared as written, member by member. Properties of any value are found here too:
the canonical form does not keep them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from understudy.codec import dumps
from understudy.contract.compare.changes import Difference, Path
from understudy.contract.pointers import MISSING
from understudy.contract.schemas import in_place, named, resolve
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
    """Goes through two schemas at once; no named schema is entered twice."""

    def __init__(self, old: Mapping[str, Json], new: Mapping[str, Json]) -> None:
        self._old, self._new = old, new
        self._entered: set[tuple[str, str]] = set()

    def between(self, old: Sequence[Json], new: Sequence[Json], path: Path) -> Iterator[Difference]:
        """Yield the differences between schemas of one place, and of what is within it."""
        before, old_names = _parts(old, self._old)
        now, new_names = _parts(new, self._new)
        yield from _said(before, now, path)
        names = {("old", name) for name in old_names} | {("new", name) for name in new_names}
        if names and names <= self._entered:
            return
        self._entered |= names
        yield from self._of_members(_members(before), _members(now), path)

    def _of_members(
        self,
        before: Mapping[str, Sequence[Json]],
        now: Mapping[str, Sequence[Json]],
        path: Path,
    ) -> Iterator[Difference]:
        for name in dict.fromkeys([*before, *now]):
            if name in before and name in now:
                yield from self.between(before[name], now[name], (*path, name))
            elif name != "*" and _says_nothing(before.get(name) or now[name]):
                rule = "property-removed" if name in before else "property-added"
                yield Difference((*path, name), rule, gained=False, lost=False)


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


def _parts(
    schemas: Sequence[Json], components: Mapping[str, Json]
) -> tuple[list[JsonObject], set[str]]:
    """Return the schemas, and what they combine, behind references; and the names of those."""
    found: list[JsonObject] = []
    waiting, names = list(schemas), set()
    while waiting:
        schema = waiting.pop(0)
        name = named(schema)
        if name in names:
            continue
        names |= {name} - {""}
        part = resolve(schema, components)
        found.append(part)
        waiting += in_place(part)
    return found, names


def _members(parts: Sequence[JsonObject]) -> dict[str, list[Json]]:
    """Return the schemas of each property that `parts` declare, and under `*` those of items."""
    found: dict[str, list[Json]] = {}
    for part in parts:
        for name, schema in part.get("properties", {}).items():
            found.setdefault(name, []).append(schema)
        for keyword in ("additionalProperties", "items"):
            if isinstance(part.get(keyword), dict):
                found.setdefault("*", []).append(part[keyword])
    return found


def _says_nothing(schemas: Sequence[Json]) -> bool:
    """Tell whether any value satisfies `schemas`, as far as they are written in place."""
    return all(
        one is True
        or (isinstance(one, dict) and all(k in _SILENT or k.startswith("x-") for k in one))
        for one in schemas
    )
