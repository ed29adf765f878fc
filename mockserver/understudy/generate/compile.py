"""Compile schemas into makers, once; what behaviour.yaml says about a property comes first.

A maker builds values that validate. It does not clip or repair, and recursion ends by itself:
deep down, optional members are left out and lists are as short as they may be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from graphlib import TopologicalSorter

from understudy.contract.behaviour import Behaviour, Values
from understudy.contract.recipes import AsSchema, Recipe
from understudy.contract.relations import Relation
from understudy.contract.schemas import named, resolve
from understudy.errors import GenerationError
from understudy.generate.conjoin import conjoined
from understudy.generate.formats import FORMATS, text
from understudy.generate.numbers import integers, numbers
from understudy.generate.patterns import pattern_text
from understudy.generate.place import ABSENT, Maker, Place
from understudy.generate.recipes import Cap, Context, compile_recipe, moment_maker, references
from understudy.generate.source import Source
from understudy.types import Json, JsonObject

_ATTEMPTS = 20
_DEPTH = 6
_MONTH = 30 * 86400
_NO_VALUES = Values({}, {})
_OPTIONAL_PRESENT = 80
_NULLABLE_NULL = 10


@dataclass(frozen=True, slots=True)
class ObjectMaker:
    """Makes objects of one schema: bindings, then members in an order that fits their recipes."""

    name: str
    keys: tuple[str, ...]
    let: tuple[tuple[str, Maker], ...]
    members: tuple[tuple[str, Maker], ...]
    related: bool

    def __call__(self, source: Source, place: Place, key: str | int) -> JsonObject:
        """Return a new object, the value for `key` of what `place` holds."""
        here = Place(dict.fromkeys(self.keys), place, key, place.draft, outer=place)
        return self.fill(source, here, {})

    def fill(self, source: Source, here: Place, fixed: Mapping[str, Json]) -> JsonObject:
        """Make the members of the object at `here`; those in `fixed` are given."""
        value: JsonObject = here.value
        names = dict(here.names)
        here.names = names
        for name, maker in self.let:
            if name not in names:
                names[name] = maker(source.at(name).at("let"), here, name)
        for name, maker in self.members:
            value[name] = fixed[name] if name in fixed else maker(source.at(name), here, name)
        for name in [name for name, member in value.items() if member is ABSENT]:
            del value[name]
        if self.related:
            here.draft.places.append((self.name, here))
        return value


class Compiler:
    """Compiles the schemas of one contract under one behaviour."""

    def __init__(self, schemas: Mapping[str, Json], behaviour: Behaviour, context: Context) -> None:
        self._schemas = schemas
        self._behaviour = behaviour
        self._context = context
        self._named: dict[str, Maker] = {}

    def object(self, name: str) -> ObjectMaker:
        """Return the maker of the named object schema."""
        merged = self._merged(resolve(self._schemas[name], self._schemas))
        return self._object(merged, name, 0)

    def recipes(self, recipes: Mapping[str, Recipe]) -> tuple[tuple[str, Maker], ...]:
        """Return the makers of recipes that no schema describes."""
        return tuple((k, compile_recipe(v, self._context)) for k, v in recipes.items())

    def schema(self, schema: Json, depth: int = 0) -> Maker:
        """Return the maker of values of `schema`, named or not."""
        name = named(schema)
        if not name:
            return self._plain(self._merged(schema if isinstance(schema, dict) else {}), "", depth)
        if name not in self._named:
            self._named[name] = lambda source, place, key: self._named[name](source, place, key)
            merged = self._merged(resolve(schema, self._schemas))
            self._named[name] = self._plain(merged, name, depth)
        return self._named[name]

    def present(self, schema: Json) -> Maker:
        """Return the maker of values of `schema` that are not null."""
        merged = self._merged(resolve(schema, self._schemas))
        kind = merged.get("type")
        if isinstance(kind, list) and kind != ["null"]:
            merged = {**merged, "type": next(k for k in kind if k != "null")}
        return self._plain(merged, named(schema), 0)

    def shaped(self, schema: Json, members: Mapping[str, Recipe]) -> Maker | None:
        """Return the maker of objects of `schema` with these recipes; None without properties."""
        merged = self._merged(resolve(schema, self._schemas))
        if "properties" not in merged:
            return None
        return self._object(merged, named(schema), 0, members)

    def items(self, schema: Json) -> Json:
        """Return the schema of the items of `schema`."""
        return self._merged(resolve(schema, self._schemas)).get("items", True)

    def _merged(self, schema: JsonObject) -> JsonObject:
        """Return `schema` with the members of its allOf folded in."""
        own = {key: value for key, value in schema.items() if key != "allOf"}
        parts = [self._merged(resolve(part, self._schemas)) for part in schema.get("allOf", ())]
        return reduce(conjoined, [*parts, own])

    def _plain(self, schema: JsonObject, name: str, depth: int) -> Maker:
        if "const" in schema:
            return lambda _source, _place, _key: schema["const"]
        if "enum" in schema:
            options = tuple(schema["enum"])
            return lambda source, _place, _key: source.pick(options)
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                return _one_of([self.schema(part, depth) for part in _branches(schema, keyword)])
        kind = schema.get("type", _implied_type(schema))
        if isinstance(kind, list):
            maker = self._of_type(
                [k for k in kind if k != "null"][:1] or ["null"], schema, name, depth
            )
            return _nullable(maker) if "null" in kind else maker
        return self._of_type([kind], schema, name, depth)

    def _of_type(self, kinds: list[str], schema: JsonObject, name: str, depth: int) -> Maker:
        kind = kinds[0]
        if kind == "object":
            return self._object(schema, name, depth)
        if kind == "array":
            return self._array(schema, depth)
        return _SCALARS[kind](schema)

    def _array(self, schema: JsonObject, depth: int) -> Maker:
        item = self.schema(schema.get("items", True), depth + 1)
        low = schema.get("minItems", 0)
        high = min(schema.get("maxItems", low + 3), low + 3)
        unique = schema.get("uniqueItems", False)

        def make(source: Source, place: Place, key: str | int) -> list[Json]:
            value: list[Json] = []
            here = Place(value, place, key, place.draft, outer=place)
            last = low if _level(place) > _DEPTH else high
            count = source.at("count").between(low, last)
            for attempt in range(count * _ATTEMPTS if unique else count):
                made = item(source.at(attempt), here, len(value))
                if len(value) < count and not (unique and made in value):
                    value.append(made)
            if len(value) < low:
                raise GenerationError(f"{key}: there are not {low} different items")
            return value

        return make

    def _object(
        self,
        schema: JsonObject,
        name: str,
        depth: int,
        recipes: Mapping[str, Recipe] | None = None,
    ) -> ObjectMaker:
        values = self._behaviour.values.get(name, _NO_VALUES)
        recipes = {**values.members, **(recipes or {})}
        relations = self._behaviour.relations.get(name, ())
        properties = _properties(schema)
        identities = (
            kind.id[0] for kind in self._behaviour.resources.values() if kind.schema == name
        )
        required = {*schema.get("required", ()), *identities}
        caps = _caps(relations)
        makers = {}
        for key, member in properties.items():
            recipe = recipes.get(key)
            if recipe is not None and not isinstance(recipe, AsSchema):
                makers[key] = compile_recipe(recipe, self._context, member, caps.get(key))
                continue
            maker = self.schema(member, depth + 1)
            wanted = key in required or recipe is not None
            makers[key] = maker if wanted else _optional(maker)
        order = _order(tuple(properties), recipes, relations)
        return ObjectMaker(
            name=name,
            keys=tuple(properties),
            let=self.recipes(values.let),
            members=tuple((key, makers[key]) for key in order),
            related=bool(relations),
        )


def _branches(schema: JsonObject, keyword: str) -> list[Json]:
    """Return the schemas that `keyword` lists, each with the properties that stand beside it."""
    beside = {key: value for key, value in schema.items() if key != keyword}
    if not beside.keys() & {"properties", "required"}:
        return list(schema[keyword])
    return [{"allOf": [beside, part]} for part in schema[keyword]]


def _properties(schema: JsonObject) -> JsonObject:
    """Return the schemas of the properties, and of those that are only said to be required."""
    properties: JsonObject = schema.get("properties", {})
    other = schema.get("additionalProperties", True)
    undescribed = [key for key in schema.get("required", ()) if key not in properties]
    return {**properties, **dict.fromkeys(undescribed, other)}


def _order(
    keys: tuple[str, ...], recipes: Mapping[str, Recipe], relations: tuple[Relation, ...]
) -> tuple[str, ...]:
    """Return `keys` so that each comes after those its recipe or its cap looks at."""
    needs = {key: references(recipes.get(key)) & set(keys) - {key} for key in keys}
    for subjects, bound in _bounded(relations):
        for index, subject in enumerate(subjects):
            needs[subject] = needs.get(subject, set()) | {bound, *subjects[:index]}
    return tuple(TopologicalSorter(needs).static_order())


def _bounded(relations: tuple[Relation, ...]) -> list[tuple[tuple[str, ...], str]]:
    """Return (subjects, bound) of the at_most relations among properties of the object itself."""
    return [
        (tuple(where.tokens[0] for where in r.terms[0]), r.terms[1][0].tokens[0])
        for r in relations
        if r.kind == "at_most" and all(w.up == 0 and len(w.tokens) == 1 for t in r.terms for w in t)
    ]


def _caps(relations: tuple[Relation, ...]) -> dict[str, Cap]:
    caps: dict[str, Cap] = {}
    for subjects, bound in _bounded(relations):
        for index, subject in enumerate(subjects):
            caps[subject] = _cap(subjects[:index], bound)
    return caps


def _cap(spent: tuple[str, ...], bound: str) -> Cap:
    return lambda place: place.value[bound] - sum(place.value[name] for name in spent)


def _level(place: Place) -> int:
    return 0 if place.parent is None else 1 + _level(place.parent)  # type: ignore[arg-type]


def _one_of(makers: list[Maker]) -> Maker:
    return lambda source, place, key: source.at("branch").pick(makers)(source, place, key)


def _nullable(maker: Maker) -> Maker:
    def make(source: Source, place: Place, key: str | int) -> Json:
        if _level(place) > _DEPTH or source.at("null").below(100) < _NULLABLE_NULL:
            return None
        return maker(source, place, key)

    return make


def _optional(maker: Maker) -> Maker:
    def make(source: Source, place: Place, key: str | int) -> Json:
        if _level(place) > _DEPTH or source.at("present").below(100) >= _OPTIONAL_PRESENT:
            return ABSENT
        return maker(source, place, key)

    return make


def _implied_type(schema: JsonObject) -> str:
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema:
        return "array"
    return "integer" if "minimum" in schema or "maximum" in schema else "string"


def _string(schema: JsonObject) -> Maker:
    if "pattern" in schema:
        pattern = pattern_text(schema["pattern"])
        return lambda source, _place, _key: pattern(source)
    if schema.get("format") == "date-time":
        return moment_maker(0, _MONTH)
    if schema.get("format") in FORMATS:
        maker = FORMATS[schema["format"]]
        return lambda source, _place, _key: maker(source)
    low = schema.get("minLength", 0)
    high = schema.get("maxLength", low + 64)
    return lambda source, _place, _key: text(source, low, high)


def _integer(schema: JsonObject) -> Maker:
    draw = integers(schema)
    return lambda source, _place, _key: draw(source)


def _number(schema: JsonObject) -> Maker:
    draw = numbers(schema)
    return lambda source, _place, _key: draw(source)


_SCALARS = {
    "boolean": lambda _schema: lambda source, _place, _key: source.below(2) == 1,
    "integer": _integer,
    "null": lambda _schema: lambda _source, _place, _key: None,
    "number": _number,
    "string": _string,
}
