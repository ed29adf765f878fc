"""Compile schemas into makers, once; what behaviour.yaml says about a property comes first.

The canonical form of a schema says what values must be; the schema as written says in which
order properties stand, and its name says which recipes and relations there are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from graphlib import TopologicalSorter

from understudy.codec import dumps
from understudy.config import DEFAULT_LOCALE
from understudy.contract import canonical as c
from understudy.contract.behaviour import Behaviour, Values
from understudy.contract.canonical import CanonicalSchema
from understudy.contract.discriminator import ambiguous, exact
from understudy.contract.recipes import AsSchema, Recipe
from understudy.contract.relations import Relation
from understudy.contract.schemas import ANYTHING, in_place, members, named, reference, resolve
from understudy.contract.validate import Validator
from understudy.generate.likely import drawn_once
from understudy.generate.objects import (
    Declared,
    ObjectMaker,
    extras,
    member_schema,
    permitted,
)
from understudy.generate.place import Maker, Place, UnboundError
from understudy.generate.recipes import Cap, Context, compile_recipe, references, refers_to_names
from understudy.generate.rules import with_rules
from understudy.generate.shapes import Shapes, Written
from understudy.generate.source import Source
from understudy.types import Json

_NO_VALUES = Values({}, {})
_NO_RECIPES: Mapping[str, Recipe] = {}


class Compiler:
    """Compiles the schemas of one contract under one behaviour."""

    def __init__(
        self,
        schemas: Mapping[str, Json],
        behaviour: Behaviour,
        context: Context,
        locale: str = DEFAULT_LOCALE,
    ) -> None:
        self.locale = locale
        self._schemas = schemas
        self._behaviour = behaviour
        self._context = context
        self._makers: dict[bytes, Maker] = {}
        self._named: dict[str, _Late] = {}
        self.trials: dict[str, str] = {}

    def schema(self, schema: Json) -> Maker:
        """Return the maker of values of `schema`."""
        key = dumps(schema)
        if key not in self._makers:
            root = c.canonical(schema, self._schemas)
            self._makers[key] = Shapes(root, self).maker(root, _written(schema))
        return self._makers[key]

    def present(self, schema: Json) -> Maker:
        """Return the maker of values of `schema` that are not null."""
        root, written = self._present(schema)
        maker = Shapes(root, self).maker(root, written)
        return maker.maker if isinstance(maker, _Late) else maker

    def object(self, name: str) -> ObjectMaker:
        """Return the maker of the named object schema. Raises TypeError for what is none."""
        maker = self.present(reference(name))
        if not isinstance(maker, ObjectMaker):
            raise TypeError(f"{name} is not an object schema")
        return maker

    def shaped(self, schema: Json, recipes: Mapping[str, Recipe]) -> ObjectMaker | None:
        """Return the maker of objects of `schema` with these recipes; None without properties."""
        root, written = self._present(schema)
        view = root.view()
        if not isinstance(view, c.ObjectView) or not view.properties:
            return None
        return self._object(view, written, Shapes(root, self), recipes)

    def items(self, schema: Json) -> Json:
        """Return the schema of the items of `schema`."""
        return next(members(schema, "*", self._schemas), ANYTHING)

    def recipes(self, recipes: Mapping[str, Recipe]) -> tuple[tuple[str, Maker], ...]:
        """Return the makers of recipes that no schema describes."""
        return tuple((k, compile_recipe(v, self._context)) for k, v in recipes.items())

    def made_by(self, view: c.ReferenceView, shapes: Shapes) -> Maker:
        """Return the maker of what a reference leads to; it is compiled when first used."""
        name = c.component(view)
        if name not in self._schemas:
            return shapes.target(view.uri)
        if name not in self._named:
            self._named[name] = _Late(lambda: self._of_named(name, view.uri, shapes))
        return self._named[name]

    def complete(self) -> None:
        """Compile now what waits for its first use."""
        known = -1
        while known < len(self._named):
            known = len(self._named)
            for late in [*self._named.values()]:
                late.maker  # noqa: B018 - compiled when it is asked for

    def _of_named(self, name: str, uri: str, shapes: Shapes) -> Maker:
        root = shapes.root.definition(uri) or c.anything()
        maker = shapes.maker(root, Written(self._schemas[name], name, at=name))
        return with_rules(maker, name, self, self._behaviour, self._schemas)

    def objects_of(
        self,
        view: c.ObjectView,
        written: Written,
        shapes: Shapes,
        recipes: Mapping[str, Recipe] = _NO_RECIPES,
    ) -> Maker:
        """Return the maker of objects; `recipes` replace those of the behaviour."""
        return self._object(view, written, shapes, recipes)

    def member(self, written: Written, token: str) -> Written:
        """Return the written schema of what `token` leads to."""
        schema = next(members(written.schema, token, self._schemas), True)
        at = f"{written.at}/{token}"
        if token == "*" or token.isdecimal():
            return Written(schema, named(schema), written.property, written.parent, at)
        return Written(schema, named(schema), token, written.property or written.name, at)

    def validator(self, schema: CanonicalSchema) -> Validator:
        """Return the validator of a schema of the contract."""
        return Validator(schema.to_json_schema(), self._schemas)

    def exact(self, written: Written) -> CanonicalSchema | None:
        """Return what a union whose branches only tags tell apart says without them, too."""
        if not ambiguous(written.schema, self._schemas):
            return None
        return c.canonical(*exact(resolve(written.schema, self._schemas), self._schemas))

    def tried(self, at: str, reason: str) -> None:
        """Note that values of the schema at `at` are made by trial, and why."""
        self.trials.setdefault(at, reason)

    def _present(self, schema: Json) -> tuple[CanonicalSchema, Written]:
        written = _written(schema)
        target = resolve(schema, self._schemas) if written.name else schema
        root = c.canonical(target, self._schemas)
        return c.without(root, c.null()) or root, written

    def _object(
        self,
        view: c.ObjectView,
        written: Written,
        shapes: Shapes,
        overriding: Mapping[str, Recipe],
    ) -> ObjectMaker:
        values = self._behaviour.values.get(written.name, _NO_VALUES)
        recipes = {**values.members, **overriding}
        keys = permitted(view, self._keys(view, written))
        known = {key: (self.member(written, key), member_schema(view, key)) for key in keys}
        declared = _declared(
            values.let,
            recipes,
            self._behaviour.relations.get(written.name, ()),
            {key: member.schema for key, (member, _) in known.items()},
        )
        makers = {
            key: self._member(shapes.maker(schema, member), member, declared, key)
            for key, (member, schema) in known.items()
        }
        alone = [known[k] for k in keys if isinstance(recipes.get(k), AsSchema | None)]
        return ObjectMaker(
            name=written.name,
            keys=tuple(keys),
            required=frozenset(
                {*view.required, *recipes, *self._identities(written.name)} & {*keys}
            ),
            let=(*self.recipes(values.let), *drawn_once(alone, self.locale)),
            members=tuple((key, makers[key]) for key in _order(declared.needs)),
            declared=declared,
            least=view.min_properties or 0,
            most=view.max_properties,
            extras=extras(view, shapes, self._unsaid(view, written)),
        )

    def _member(self, by_schema: Maker, member: Written, declared: Declared, key: str) -> Maker:
        recipe = declared.recipes.get(key)
        if recipe is None or isinstance(recipe, AsSchema):
            return by_schema
        by_recipe = compile_recipe(recipe, self._context, member.schema, declared.caps.get(key))
        return _or_else(by_recipe, by_schema) if refers_to_names(recipe) else by_recipe

    def is_scalar(self, schema: Json) -> bool:
        """Tell whether values of `schema` are no containers and no instants."""
        view = c.canonical(schema, self._schemas).view()
        if isinstance(view, c.StringView):
            return "date-time" not in view.formats
        return isinstance(view, c.ConstView | c.EnumView | c.IntegerView | c.NumberView)

    def _keys(self, view: c.ObjectView, written: Written) -> list[str]:
        """Return the names of the members of `view`, those written first in their order."""
        known = {*view.properties, *view.required}
        in_order = [name for name in self._names(written.schema, 0) if name in known]
        return list(dict.fromkeys([*in_order, *sorted(known)]))

    def _unsaid(self, view: c.ObjectView, written: Written) -> list[str]:
        """Return the names that are written, of which nothing is said but for all other members."""
        if view.additional_properties is None:
            return []
        found = dict.fromkeys(self._names(written.schema, 0))
        return [name for name in found if name not in view.properties]

    def _names(self, schema: Json, depth: int) -> Iterator[str]:
        """Yield the property names in `schema` and in what it combines, as they are written."""
        schema = resolve(schema, self._schemas)
        for part in in_place(schema) if depth < 32 else ():
            yield from self._names(part, depth + 1)
        yield from schema.get("properties", {})

    def _identities(self, name: str) -> Iterator[str]:
        """Yield the properties that identify resources of the named schema."""
        kinds = self._behaviour.resources.values()
        return (kind.id[0] for kind in kinds if kind.schema == name)


class _Late:
    """A maker that is compiled at its first use: most schemas of a large document have none."""

    def __init__(self, compiled: Callable[[], Maker]) -> None:
        self._compiled = compiled

    @cached_property
    def maker(self) -> Maker:
        return self._compiled()

    def __call__(self, source: Source, place: Place, key: str | int) -> Json:
        return self.maker(source, place, key)


def _written(schema: Json) -> Written:
    return Written(schema, named(schema), at=named(schema))


def _or_else(by_recipe: Maker, by_schema: Maker) -> Maker:
    """Return a maker that follows the recipe, or the schema where its names are not bound."""

    def make(source: Source, place: Place, key: str | int) -> Json:
        try:
            return by_recipe(source, place, key)
        except UnboundError:
            return by_schema(source, place, key)

    return make


def _declared(
    let: Mapping[str, Recipe],
    recipes: Mapping[str, Recipe],
    relations: tuple[Relation, ...],
    schemas: Mapping[str, Json],
) -> Declared:
    """Return what is declared of objects whose members have these schemas."""
    needs = {key: references(recipes.get(key)) & {*schemas} - {key} for key in schemas}
    caps: dict[str, Cap] = {}
    for subjects, bound in _bounded(relations):
        for index, subject in enumerate(subjects):
            caps[subject] = Cap(bound, subjects[:index])
            needs[subject] = needs.get(subject, set()) | {bound, *subjects[:index]}
    return Declared(let, recipes, relations, schemas, caps, needs)


def _order(needs: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Return the members so that each comes after those it looks at."""
    keys = [*needs]
    ordered = {key: sorted(needs[key], key=keys.index) for key in keys}
    return tuple(TopologicalSorter(ordered).static_order())


def _bounded(relations: tuple[Relation, ...]) -> list[tuple[tuple[str, ...], str]]:
    """Return (subjects, bound) of the at_most relations among properties of the object itself."""
    return [
        (tuple(where.tokens[0] for where in r.terms[0]), r.terms[1][0].tokens[0])
        for r in relations
        if r.kind == "at_most" and all(w.up == 0 and len(w.tokens) == 1 for t in r.terms for w in t)
    ]
