"""Objects that are made on their own, without the names that their recipes need.

Recipes obey the `holds` relations of a schema. Where their names are bound nowhere, values come
from the schema, which does not know those relations: they are then folded into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from understudy.contract import canonical as c
from understudy.contract.behaviour import Behaviour, Values
from understudy.contract.expressions import Name
from understudy.contract.pointers import MISSING
from understudy.contract.recipes import AsSchema, Each, Recipe, parts
from understudy.contract.validate import Validator
from understudy.generate.place import Maker, Place
from understudy.generate.shapes import Names, Shapes, Written
from understudy.generate.source import Source
from understudy.types import Json


class Recipes(Names, Protocol):
    """Knows schemas as written, and takes other recipes for the members of an object."""

    def objects_of(
        self,
        view: c.ObjectView,
        written: Written,
        shapes: Shapes,
        recipes: Mapping[str, Recipe] = ...,
    ) -> Maker:
        """Return the maker of objects; `recipes` replace those of the behaviour."""


def with_rules(
    maker: Maker, name: str, names: Recipes, behaviour: Behaviour, schemas: Mapping[str, Json]
) -> Maker:
    """Return a maker of the named schema that keeps its `holds` relations everywhere."""
    rules = [r.validator.schema for r in behaviour.relations.get(name, ()) if r.validator]
    needed = _needed(behaviour.values[name], behaviour) if name in behaviour.values else set()
    if not rules or not needed:
        return maker
    root = c.canonical({"allOf": [schemas[name], *rules]}, schemas)
    alone = _Alone(names, name, {member: AsSchema() for rule in rules for member in _told(rule)})
    by_rules = Shapes(root, alone).maker(root, Written(schemas[name], name, at=name))

    def make(source: Source, place: Place, key: str | int) -> Json:
        known = all(place.lookup(one) is not MISSING for one in needed)
        return (maker if known else by_rules)(source, place, key)

    return make


@dataclass(frozen=True, slots=True)
class _Alone:
    """Names that take some members of one named schema from the schema, whatever recipes say."""

    names: Recipes
    name: str
    recipes: Mapping[str, Recipe]

    @property
    def locale(self) -> str:
        return self.names.locale

    def made_by(self, view: c.ReferenceView, shapes: Shapes) -> Maker:
        return self.names.made_by(view, shapes)

    def objects_of(self, view: c.ObjectView, written: Written, shapes: Shapes) -> Maker:
        recipes = self.recipes if written.name == self.name else {}
        return self.names.objects_of(view, written, shapes, recipes)

    def member(self, written: Written, token: str) -> Written:
        return self.names.member(written, token)

    def validator(self, schema: c.CanonicalSchema) -> Validator:
        return self.names.validator(schema)

    def exact(self, written: Written) -> c.CanonicalSchema | None:
        return self.names.exact(written)

    def tried(self, at: str, reason: str) -> None:
        self.names.tried(at, reason)


def _needed(values: Values, behaviour: Behaviour) -> set[str]:
    """Return the names that recipes of an object take from around it."""
    found = list(parts((values.let, values.members)))
    own = {*values.let, *behaviour.tables, *(one.name for one in found if isinstance(one, Each))}
    return {one.head for one in found if isinstance(one, Name)} - own


def _told(rule: Json) -> Iterator[str]:
    """Yield the names of all members that a schema tells about."""
    if isinstance(rule, dict):
        yield from rule.get("properties", {})
        yield from rule.get("required", ())
        for part in rule.values():
            yield from _told(part)
    elif isinstance(rule, list):
        for part in rule:
            yield from _told(part)
