"""Makers for canonical schemas: one for each kind of view, in a table.

What a view says is built, not tried. Where the canonical form cannot say it (`oneOf` of
overlapping branches, exotic keywords), values are made and checked, within a stated budget.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema
from understudy.contract.validate import Validator
from understudy.errors import GenerationError
from understudy.generate.arrays import array_maker
from understudy.generate.branches import apart, distributed, meant, nullable, often_whole, one_of
from understudy.generate.cost import Cost
from understudy.generate.formats import word
from understudy.generate.likely import BESIDE, column_of, exemplified, likely, together
from understudy.generate.numbers import steps_of
from understudy.generate.place import Maker, Place
from understudy.generate.source import Source
from understudy.generate.texts import faithful, text_maker
from understudy.types import Json

TRIES = 100
"""How many values are made before a schema that can only be checked counts as impossible."""

FEW = 2
"""How many are made of a union before what only one of its branches admits is looked for."""


@dataclass(frozen=True, slots=True)
class Written:
    """A schema as it was written, and its names: what the canonical form drops.

    It is that of a `property` of what is called `parent`, or of its items; `at` tells people
    where it is: below which named schema.
    """

    schema: Json = True
    name: str = ""
    property: str = ""
    parent: str = ""
    at: str = ""


class Names(Protocol):
    """Knows schemas as written: names, property order, recipes; and the language of words."""

    @property
    def locale(self) -> str:
        """Return the locale of likely words."""

    def made_by(self, view: c.ReferenceView, shapes: Shapes) -> Maker:
        """Return the maker of what a reference leads to."""

    def objects_of(self, view: c.ObjectView, written: Written, shapes: Shapes) -> Maker:
        """Return the maker of objects."""

    def member(self, written: Written, token: str) -> Written:
        """Return the written schema of what `token` leads to."""

    def validator(self, schema: CanonicalSchema) -> Validator:
        """Return the validator of a schema of the contract."""

    def exact(self, written: Written) -> CanonicalSchema | None:
        """Return what a union whose branches only tags tell apart says without them, too."""

    def tried(self, at: str, reason: str) -> None:
        """Note that values of the schema at `at` are made by trial, and why."""


class Shapes:
    """Makers for the parts of one canonical document."""

    def __init__(self, root: CanonicalSchema, names: Names, *, unmodelled: bool = False) -> None:
        self.root = root
        self.names = names
        self.unmodelled = unmodelled
        self.cost = Cost(root)
        self._targets: dict[str, Maker] = {}

    def maker(self, schema: CanonicalSchema, written: Written = Written()) -> Maker:
        """Return the maker of values of `schema`; `written` is the same before it was reduced."""
        view = schema.view()
        return _MAKERS[type(view)](self, schema, view, written)

    def target(self, uri: str) -> Maker:
        """Return the maker of what a reference within this document leads to."""
        if uri not in self._targets:
            self._targets[uri] = lambda source, place, key: self._targets[uri](source, place, key)
            found = self.root.definition(uri)
            self._targets[uri] = self.maker(found if found is not None else c.anything())
        return self._targets[uri]

    def checked(
        self,
        maker: Maker,
        schema: CanonicalSchema,
        written: Written,
        reason: str,
        most: int = TRIES,
    ) -> Maker:
        """Return a maker that makes values until one satisfies `schema`, and note the reason.

        Trials within trials share a budget, so that they end.
        """
        validator = cache(lambda: self.names.validator(schema))
        self.names.tried(written.at, reason)

        def make(source: Source, place: Place, key: str | int) -> Json:
            with place.draft.settled() as forget:
                for attempt in range(most):
                    if place.draft.tries <= 0:
                        break
                    place.draft.tries -= 1
                    with suppress(GenerationError):
                        value = maker(source.at("attempt").at(attempt), place, key)
                        if validator().accepts(value):
                            return value
                    forget()
            where = written.at or key
            raise GenerationError(f"{where}: no value found in {most} tries: {reason}")

        return make


_PLAIN: Mapping[str, Maker] = {
    "array": lambda _source, _place, _key: [],
    "boolean": lambda source, _place, _key: source.below(2) == 1,
    "integer": lambda source, _place, _key: source.between(0, 1000),
    "null": lambda _source, _place, _key: None,
    "number": lambda source, _place, _key: source.between(0, 100_000) / 100,
    "object": lambda _source, _place, _key: {},
    "string": lambda source, _place, _key: word(source),
}


def _plain(shapes: Shapes, kind: str, written: Written) -> Maker:
    """Return a maker of values of which only the type is known."""
    schema = c.canonical({"type": kind})
    found = likely(written, schema, shapes)
    if found:
        return found.maker
    return exemplified(written, schema, _PLAIN[kind]) if kind == "string" else _PLAIN[kind]


def _anything(
    shapes: Shapes, _schema: CanonicalSchema, _view: c.TrueView, written: Written
) -> Maker:
    return _plain(shapes, "string", written)


def _nothing(*_: Any) -> Maker:
    def make(_source: Source, _place: Place, key: str | int) -> Json:
        raise GenerationError(f"{key}: nothing satisfies this schema")

    return make


def _types(
    shapes: Shapes, _schema: CanonicalSchema, view: c.MultiTypeView, written: Written
) -> Maker:
    makers = [_plain(shapes, kind, written) for kind in view.types if kind != "null"]
    if not makers:
        return _PLAIN["null"]
    maker = makers[0] if len(makers) == 1 else one_of(makers, makers)
    return nullable(maker) if "null" in view.types else maker


def _group(
    shapes: Shapes, schema: CanonicalSchema, view: c.TypedGroupView, written: Written
) -> Maker:
    maker = shapes.maker(view.body, written)
    return shapes.checked(maker, schema, written, "conditions of several types")


def _constant(
    _shapes: Shapes, _schema: CanonicalSchema, view: c.ConstView, _written: Written
) -> Maker:
    return lambda _source, _place, _key: view.value


def _enumeration(
    _shapes: Shapes, _schema: CanonicalSchema, view: c.EnumView, written: Written
) -> Maker:
    values = tuple(view.values)
    group, column = column_of(written)
    texts = [value for value in values if isinstance(value, str)]
    maker: Maker = lambda source, _place, _key: source.pick(values)  # noqa: E731
    return together(group, column, texts, maker) if group else maker


def _branches(
    shapes: Shapes, schema: CanonicalSchema, view: c.AnyOfView | c.OneOfView, written: Written
) -> Maker:
    nulls = [branch for branch in view.branches if branch == c.null()]
    others = meant([branch for branch in view.branches if branch != c.null()])
    makers = [shapes.maker(branch, written) for branch in others]
    costs = [shapes.cost(branch) for branch in others]
    cheap = [maker for maker, cost in zip(makers, costs, strict=True) if cost == min(costs)]
    maker = makers[0] if len(makers) == 1 else one_of(makers, cheap)
    maker = nullable(maker) if nulls else maker
    untold = shapes.names.exact(written) if len(makers) > 1 else None
    if untold is not None:
        alone, often = Shapes(untold, shapes.names), often_whole(maker)
        return _exact(alone, often, untold, written, "oneOf, which only tags tell apart", FEW)
    if isinstance(view, c.OneOfView):
        return _exact(shapes, maker, schema, written, "oneOf, whose branches overlap", TRIES)
    return maker


def _exact(
    shapes: Shapes, maker: Maker, schema: CanonicalSchema, written: Written, reason: str, most: int
) -> Maker:
    """Return a maker of what satisfies a `oneOf`: the likely first, then what one branch has."""
    plain = shapes.checked(maker, schema, written, reason, most)

    @cache
    def alone() -> Maker:
        makers = [_late(shapes, branch, written) for branch in apart(schema)]
        return shapes.checked(one_of(makers, makers), schema, written, reason) if makers else plain

    def make(source: Source, place: Place, key: str | int) -> Json:
        try:
            return plain(source, place, key)
        except GenerationError:
            return alone()(source, place, key)

    return make


def _late(shapes: Shapes, schema: CanonicalSchema, written: Written) -> Maker:
    """Return a maker that is compiled at its first use."""
    maker = cache(lambda: shapes.maker(schema, written))
    return lambda source, place, key: maker()(source, place, key)


def _all(shapes: Shapes, schema: CanonicalSchema, view: c.AllOfView, written: Written) -> Maker:
    options = distributed(view.branches) or view.branches
    makers = [shapes.maker(branch, written) for branch in options]
    return shapes.checked(one_of(makers, makers), schema, written, "allOf with recursion")


def _not(shapes: Shapes, schema: CanonicalSchema, _view: c.NotView, written: Written) -> Maker:
    plain = list(_PLAIN.values())
    return shapes.checked(one_of(plain, plain), schema, written, "not")


def _raw(shapes: Shapes, schema: CanonicalSchema, view: c.RawView, written: Written) -> Maker:
    """Make values of what the modelled parts of a schema say, and check the whole."""
    makers = list(_PLAIN.values())
    if not shapes.unmodelled:
        inner = Shapes(shapes.root, shapes.names, unmodelled=True)
        makers += [inner.maker(part) for part in c.modelled_parts(view)]
    reason = ", ".join(sorted(view.schema)) if isinstance(view.schema, dict) else "no view"
    return shapes.checked(one_of(makers, makers), schema, written, reason)


def _reference(
    shapes: Shapes, _schema: CanonicalSchema, view: c.ReferenceView, _written: Written
) -> Maker:
    return shapes.names.made_by(view, shapes)


def _array(shapes: Shapes, schema: CanonicalSchema, view: c.ArrayView, written: Written) -> Maker:
    return array_maker(schema, view, written, shapes)


def _text(shapes: Shapes, schema: CanonicalSchema, view: c.StringView, written: Written) -> Maker:
    found = likely(written, schema, shapes) if view.formats != ["date-time"] else None
    if found:
        return found.maker
    maker = text_maker(view)
    if not faithful(view):
        return shapes.checked(maker, schema, written, BESIDE)
    return maker if view.formats or view.patterns else exemplified(written, schema, maker)


def _number(
    shapes: Shapes, schema: CanonicalSchema, view: c.IntegerView | c.NumberView, written: Written
) -> Maker:
    found = likely(written, schema, shapes)
    return found.maker if found else steps_of(view).maker()


def _object(shapes: Shapes, schema: CanonicalSchema, view: c.ObjectView, written: Written) -> Maker:
    maker = shapes.names.objects_of(view, written, shapes)
    if not view.violations:
        return maker
    return shapes.checked(maker, schema, written, "not, about all members")


_MAKERS: Mapping[type, Callable[..., Maker]] = {
    c.AllOfView: _all,
    c.AnyOfView: _branches,
    c.ArrayView: _array,
    c.ConstView: _constant,
    c.EnumView: _enumeration,
    c.FalseView: _nothing,
    c.IntegerView: _number,
    c.MultiTypeView: _types,
    c.NotView: _not,
    c.NumberView: _number,
    c.ObjectView: _object,
    c.OneOfView: _branches,
    c.RawView: _raw,
    c.ReferenceView: _reference,
    c.StringView: _text,
    c.TrueView: _anything,
    c.TypedGroupView: _group,
}
