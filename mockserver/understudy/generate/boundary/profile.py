"""Valid data at its limits, enumerated and not drawn: each object says which boundary it shows.

One boundary at a time comes first, then pairs of them across the properties of the root. Each
object is valid and keeps the relations of the contract; what cannot be both is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final

from understudy.codec import dumps, identity
from understudy.contract import canonical as c
from understudy.contract.model import Contract
from understudy.contract.pointers import MISSING, join
from understudy.generate.boundary.edges import Edge, edges
from understudy.generate.boundary.grounds import Ground, Grounds
from understudy.generate.boundary.pairs import pairings
from understudy.generate.boundary.resized import sized_arrays, sized_objects
from understudy.generate.boundary.spots import Spot, spots
from understudy.generate.labels import Labelled
from understudy.generate.paths import Path, at, replaced
from understudy.generate.samples import Subject
from understudy.generate.world import World
from understudy.types import Json, JsonObject

_FACTORS: Final = 40
_GROUNDS: Final = 20
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An object, `root`, that may show a boundary: `new` at `path` (MISSING for absent).

    Where it is not valid and coherent, the next of `others` may be, or the same in another object
    with what `spot` is about. It is `simple` if nothing but `new` makes it different from the
    object that it came from.
    """

    kind: str
    path: Path
    new: Json
    root: Json
    others: tuple[_Candidate, ...] = ()
    simple: bool = True
    spot: Spot | None = None

    @property
    def mark(self) -> bytes:
        """Return what tells this boundary from others."""
        absent = self.new is MISSING
        whole = self.kind if self.kind == "present" or self.kind.startswith("branch") else ""
        return identity([self.path, absent, None if absent else self.new, whole])


def boundaries(
    contract: Contract, subject: Subject, world: World, *, budget: int = 500
) -> Iterator[Labelled]:
    """Yield valid, coherent objects, labelled `{pointer, boundary, value}`, in a fixed order.

    Every single boundary comes; pairs follow until there are `budget` objects in all.
    """
    grounds = Grounds(contract, subject, world)
    seen: set[bytes] = set()
    singles: list[_Candidate] = []
    for candidate in _singles(grounds, c.canonical(subject.schema, contract.schemas)):
        one = _fitting(candidate, grounds)
        if one and one.mark not in seen:
            seen.add(one.mark)
            singles.append(one)
            yield _labelled(one)
    pairs = _pairs(grounds, singles, attempts=2 * budget)
    yield from islice(pairs, max(budget - len(singles), 0))


def _fitting(candidate: _Candidate, grounds: Grounds) -> _Candidate | None:
    """Return the first way to show a boundary that is valid and coherent."""
    ways = chain((candidate, *candidate.others), _elsewhere(candidate, grounds))
    return next((one for one in ways if grounds.holds(one.root)), None)


def _elsewhere(candidate: _Candidate, grounds: Grounds) -> Iterator[_Candidate]:
    """Yield the same boundary in other objects."""
    found = islice(grounds.about(candidate.spot), 1, _GROUNDS) if candidate.spot else ()
    for ground in found:
        root = replaced(ground.root, ground.path, candidate.new)
        yield replace(candidate, path=ground.path, root=root)


def _singles(grounds: Grounds, root: c.CanonicalSchema) -> Iterator[_Candidate]:
    """Yield what may show one boundary, wherever it is."""
    for spot in spots(root):
        ground = _ground(grounds, spot)
        if ground is None:
            continue
        if spot.branch:
            kind = f"branch {spot.branch[0]} of {spot.branch[1]}"
            yield _Candidate(kind, ground.path, ground.value, ground.root)
        for edge in edges(spot.schema, ground.value):
            yield replace(_changed(ground, edge, spot.required), spot=spot)
        yield from _of_container(grounds, spot, ground)


def _ground(grounds: Grounds, spot: Spot) -> Ground | None:
    """Return an object with what `spot` is about; if that is an array, rather one with items."""
    found = grounds.about(spot)
    first = next(found, None)
    if first is None or first.value != []:
        return first
    return next((one for one in found if one.value), first)


def _changed(ground: Ground, edge: Edge, required: frozenset[str]) -> _Candidate:
    """Return `ground` with `edge`; if need be, with only what is required beside it."""
    path, values = ground.path, (edge.value, *edge.others)
    ways = [_Candidate(edge.kind, path, new, replaced(ground.root, path, new)) for new in values]
    around = at(ground.root, path[:-1])
    if path and isinstance(around, dict):
        kept = {name: value for name, value in around.items() if name in required}
        for new in values:
            root = replaced(ground.root, path[:-1], {**kept, path[-1]: new})
            ways.append(_Candidate(edge.kind, path, new, root, simple=False))
    return replace(ways[0], others=tuple(ways[1:]))


def _of_container(grounds: Grounds, spot: Spot, ground: Ground) -> Iterator[_Candidate]:
    """Yield the boundaries of an array or an object: how much is in it, and what."""
    match spot.schema.view():
        case c.ArrayView() as view:
            for edge in sized_arrays(view, ground.value, grounds):
                yield replace(_changed(ground, edge, spot.required), spot=spot)
        case c.ObjectView() as view:
            yield from _presence(grounds, ground, view, spot.required)
            for edge in sized_objects(spot.schema, ground.value, grounds):
                yield _changed(ground, edge, spot.required)


def _presence(
    grounds: Grounds, ground: Ground, view: c.ObjectView, required: frozenset[str]
) -> Iterator[_Candidate]:
    """Yield the object without each optional member, with each, with none and with all."""
    optional = sorted({*view.properties} - {*view.required})
    bare = {name: value for name, value in ground.value.items() if name not in optional}
    full = _full(grounds, ground, view, optional)
    if optional:
        yield _changed(ground, Edge("all-optionals-absent", bare), required)
        yield _changed(ground, Edge("all-optionals-present", full), required)
    for name in optional:
        path = (*ground.path, name)
        least = _Candidate(
            "absent", path, MISSING, replaced(ground.root, ground.path, bare), simple=False
        )
        yield replace(_absent(ground, path, full), others=(least,))
        if name in full:
            beside = _beside(ground, path, full[name], ground.value)
            yield replace(_beside(ground, path, full[name], bare), others=(beside,))


def _absent(ground: Ground, path: Path, full: JsonObject) -> _Candidate:
    """Return the object without an optional member; if it has none, with all others beside it."""
    if path[-1] in ground.value:
        return _Candidate("absent", path, MISSING, replaced(ground.root, path, MISSING))
    others = {name: value for name, value in full.items() if name != path[-1]}
    root = replaced(ground.root, ground.path, others)
    return _Candidate("absent", path, MISSING, root, simple=False)


def _beside(ground: Ground, path: Path, new: Json, others: JsonObject) -> _Candidate:
    """Return the object in which an optional member is present beside `others`."""
    root = replaced(ground.root, ground.path, {**others, path[-1]: new})
    return _Candidate("present", path, new, root, simple=False)


def _full(
    grounds: Grounds, ground: Ground, view: c.ObjectView, optional: Sequence[str]
) -> JsonObject:
    """Return the object with those of its optional members that can be made."""
    full: JsonObject = dict(ground.value)
    for name in optional:
        if name not in full and not c.impossible(view.properties[name]):
            made = grounds.make(view.properties[name], join("", *ground.path, name))
            if made is not MISSING:
                full[name] = made
    return full


def _pairs(grounds: Grounds, singles: Sequence[_Candidate], *, attempts: int) -> Iterator[Labelled]:
    """Yield objects in which boundaries of several properties of the root meet."""
    base = grounds.base
    factors = _factors(singles) if isinstance(base, dict) else {}
    seen: set[bytes] = set()
    rows = pairings({name: len(options) for name, options in factors.items()})
    for row in islice(rows, attempts):
        chosen = [factors[name][index] for name, index in row.items()]
        root, kept = _combined(grounds, base, chosen)
        mark = identity(root)
        if len(kept) > 1 and mark not in seen:
            seen.add(mark)
            told = ", ".join(f"{one.path[0]}: {one.kind}" for one in kept)
            yield Labelled(root, {"pointer": "", "boundary": "pairwise", "value": told})


def _factors(singles: Sequence[_Candidate]) -> dict[str, list[_Candidate]]:
    """Return the boundaries of each property of the root that stands alone."""
    factors: dict[str, list[_Candidate]] = {}
    for one in singles:
        if len(one.path) == 1 and one.simple:
            factors.setdefault(str(one.path[0]), []).append(one)
    return dict(islice(factors.items(), _FACTORS))


def _combined(
    grounds: Grounds, base: JsonObject, chosen: Sequence[_Candidate]
) -> tuple[JsonObject, list[_Candidate]]:
    """Return `base` with what was chosen, one after the other, but for what does not fit."""
    root: JsonObject = base
    kept: list[_Candidate] = []
    for one in chosen:
        if one.new is MISSING and one.path[0] not in root:
            continue
        changed = replaced(root, one.path, one.new)
        if grounds.holds(changed):
            root = changed
            kept.append(one)
    return root, kept


def _labelled(one: _Candidate) -> Labelled:
    label = {"pointer": join("", *one.path), "boundary": one.kind, "value": _told(one.new)}
    return Labelled(one.root, label)


def _told(value: Json) -> str:
    """Return a short description of `value`."""
    if value is MISSING:
        return "absent"
    text = dumps(value).decode()
    if len(text) <= _SHOWN:
        return text
    units = {"str": "characters", "list": "items", "dict": "properties"}
    unit = units.get(type(value).__name__)
    return f"{len(value)} {unit}" if unit else f"{text[:_SHOWN]}..."
