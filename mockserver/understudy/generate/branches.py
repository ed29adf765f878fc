"""Branches of a union: which are meant, what only one says, and a maker that follows one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import product

from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema
from understudy.errors import GenerationError
from understudy.generate.place import DEPTH, Maker, Place
from understudy.generate.source import Source
from understudy.types import Json

_TYPED: Mapping[type, str] = {
    c.ArrayView: "array",
    c.NumberView: "number",
    c.ObjectView: "object",
    c.StringView: "string",
}
_NULLS_IN_100 = 10
_ALL_TYPES = {"boolean", *_TYPED.values()}


def meant(branches: list[CanonicalSchema]) -> list[CanonicalSchema]:
    """Return branches without the one that `properties` without `type` leave: all other types."""
    views = [branch.view() for branch in branches]
    said = [b for b, view in zip(branches, views, strict=True) if type(view) in _TYPED]
    free = {kind for view in views if isinstance(view, c.MultiTypeView) for kind in view.types}
    typed = {_TYPED[type(view)] for view in views if type(view) in _TYPED}
    is_rest = len(said) == len(branches) - 1 and free | typed >= _ALL_TYPES
    return said if said and is_rest else branches


def one_of(makers: Sequence[Maker], cheap: Sequence[Maker]) -> Maker:
    """Return a maker that follows one of `makers`; deep down, one of the cheap ones."""

    def make(source: Source, place: Place, key: str | int) -> Json:
        options = cheap if place.depth > DEPTH else makers
        chosen = source.at("branch").pick(options)
        try:
            return chosen(source, place, key)
        except GenerationError:
            for other in makers if place.depth <= DEPTH else ():
                if other is not chosen:
                    with suppress(GenerationError):
                        return other(source, place, key)
            raise

    return make


def often_whole(maker: Maker) -> Maker:
    """Return a maker that every second time leaves nothing out: that tells branches apart."""

    def make(source: Source, place: Place, key: str | int) -> Json:
        before = place.draft.whole
        place.draft.whole = before or source.at("whole").below(2) == 1
        try:
            return maker(source, place, key)
        finally:
            place.draft.whole = before

    return make


def nullable(maker: Maker) -> Maker:
    """Return a maker that sometimes gives null, and always does deep down."""

    def make(source: Source, place: Place, key: str | int) -> Json:
        if place.depth > DEPTH or source.at("null").below(100) < _NULLS_IN_100:
            return None
        return maker(source, place, key)

    return make


def apart(schema: CanonicalSchema) -> list[CanonicalSchema]:
    """Return what each branch of a union admits and no other does, as far as that can be said."""
    view = schema.view()
    if isinstance(view, c.AllOfView):
        combined = (_folded(parts) for parts in product(*map(apart, view.branches)))
        return [one for one in combined if one is not None and not c.impossible(one)]
    if not isinstance(view, c.OneOfView):
        return [*view.branches] if isinstance(view, c.AnyOfView) else [schema]
    found = []
    for branch in view.branches:
        alone = branch
        for other in view.branches:
            alone = alone if other is branch else c.without(alone, other) or alone
        found.append(alone)
    return [one for one in found if not c.impossible(one)]


def distributed(parts: Sequence[CanonicalSchema]) -> list[CanonicalSchema]:
    """Return each branch of the first union among `parts`, with all else that they say."""
    for index, part in enumerate(parts):
        view = part.view()
        if isinstance(view, c.AnyOfView | c.OneOfView):
            rest = [*parts[:index], *parts[index + 1 :]]
            found = (_folded([branch, *rest]) for branch in view.branches)
            return [one for one in found if one is not None and not c.impossible(one)]
    return []


def _folded(parts: Sequence[CanonicalSchema]) -> CanonicalSchema | None:
    found: CanonicalSchema | None = c.anything()
    for part in parts:
        found = c.both(found, part) if found is not None else None
    return found
