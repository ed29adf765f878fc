"""Tell which operations are about one resource: those of one path, and those that go together.

`GET /users/{id}/posts` and `GET /posts/{id}` are about the same posts if nothing else lists or
reads some; `/orders/{id}/notes` and `/customers/{id}/notes` are not about the same notes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from understudy.contract.meaning import names
from understudy.contract.meaning.items import stays, view
from understudy.contract.meaning.model import Listing, Reading, Writing
from understudy.contract.meaning.shape import Shapes
from understudy.types import Json


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told of the operations of a contract."""

    lists: tuple[Listing, ...]
    reads: tuple[Reading, ...]
    writes: tuple[Writing, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one operation does, and how the resource looks in its response."""

    role: str
    one: Listing | Reading | Writing
    schema: Json

    @property
    def path(self) -> str:
        return names.collection(self.one.operation.path)


def related(told: Told, declared: Mapping[str, str], shapes: Shapes) -> Told:
    """Return what is told, with one name for each resource, and without what then is no longer so.

    A creation needs something that lists or reads what it made; a resource that is marked as
    deleted need not be gone. `declared` are the resources of operations in behaviour.yaml.
    """
    parts = tuple(_parts(told, shapes))
    units = _units(parts, declared)
    named: dict[str, str] = {}
    kept: set[tuple[str, str]] = set()
    for name, unit in _named(units, declared, shapes):
        for part in unit:
            named[part.one.operation.id] = name
            if part.one.operation.id in declared or _is_so(part, unit, shapes):
                kept.add((part.one.operation.id, part.role))
    return Told(
        tuple(replace(one, resource=named[one.operation.id]) for one in told.lists),
        tuple(replace(one, resource=named[one.operation.id]) for one in told.reads),
        tuple(
            replace(one, resource=named[one.operation.id])
            for one in told.writes
            if (one.operation.id, one.kind) in kept
        ),
    )


def _parts(told: Told, shapes: Shapes) -> Iterator[_Part]:
    yield from (_Part("list", one, one.schema) for one in told.lists)
    yield from (_Part("read", one, view(one.operation, shapes)) for one in told.reads)
    yield from (_Part(one.kind, one, view(one.operation, shapes)) for one in told.writes)


def _units(parts: Sequence[_Part], declared: Mapping[str, str]) -> list[tuple[_Part, ...]]:
    """Return the parts of one path, or of one declared resource, together."""
    by_path = {
        part.path: declared[part.one.operation.id]
        for part in parts
        if part.one.operation.id in declared
    }
    found: dict[tuple[str, str], list[_Part]] = defaultdict(list)
    for part in parts:
        known = by_path.get(part.path)
        found["declared" if known else "path", known or part.path].append(part)
    return [tuple(unit) for unit in found.values()]


def _named(
    units: Sequence[tuple[_Part, ...]], declared: Mapping[str, str], shapes: Shapes
) -> Iterator[tuple[str, tuple[_Part, ...]]]:
    """Yield the parts of each resource with its name."""
    groups: dict[str, list[tuple[_Part, ...]]] = defaultdict(list)
    for unit in units:
        groups[names.words(_name(unit, declared))[-1]].append(unit)
    for group in groups.values():
        if _go_together(group, shapes):
            first = min(group, key=lambda unit: not _is_declared(unit, declared))
            yield _name(first, declared), tuple(part for unit in group for part in unit)
            continue
        taken = [_name(unit, declared) for unit in group]
        for unit, name in zip(group, taken, strict=True):
            alone = taken.count(name) == 1 or _is_declared(unit, declared)
            yield name if alone else unit[0].path, unit


def _is_declared(unit: Sequence[_Part], declared: Mapping[str, str]) -> bool:
    return any(part.one.operation.id in declared for part in unit)


def _name(unit: Sequence[_Part], declared: Mapping[str, str]) -> str:
    known = (declared.get(part.one.operation.id) for part in unit)
    return next(filter(None, known), names.resource(unit[0].path))


def _go_together(group: Sequence[tuple[_Part, ...]], shapes: Shapes) -> bool:
    """Tell whether units complete each other: each does something else to alike things."""
    if len(group) == 1:
        return True
    roles = [{part.role for part in unit} for unit in group]
    everything = set().union(*roles)
    if sum(map(len, roles)) > len(everything):
        return False
    apart = any(("list" in one) != ("create" in one) for one in roles)
    if apart and {"list", "create"} <= everything:
        return False  # what is listed elsewhere may be somebody else's
    views = [part.schema for unit in group for part in unit if part.schema is not None]
    return all(shapes.alike(views[0], one) for one in views[1:])


def _is_so(part: _Part, unit: Sequence[_Part], shapes: Shapes) -> bool:
    shown = [other.schema for other in unit if other.role in ("list", "read")]
    if part.role == "create":
        return bool(shown) and all(shapes.alike(part.schema, one) for one in shown)
    return part.role != "delete" or not any(stays(one, shapes) for one in shown)
