"""Compile schemas into makers, once; what behaviour.yaml says about a property comes first.

A maker builds values that validate. It does not clip or repair, and recursion ends by itself:
deep down, optional members are left out and lists are as short as they may be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

from understudy.contract.behaviour import Behaviour, Values
from understudy.contract.recipes import AsSchema, Recipe
from understudy.contract.relations import Relation
from understudy.contract.schemas import named, resolve
from understudy.generate.formats import FORMATS, text
from understudy.generate.patterns import pattern_text
from understudy.generate.place import ABSENT, Maker, Place
from understudy.generate.recipes import Cap, Context, compile_recipe, moment_maker, references
from understudy.generate.source import Source
from understudy.types import Json, JsonObject

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
        if "allOf" not in schema:
            return schema
        merged: JsonObject = {key: value for key, value in schema.items() if key != "allOf"}
        for part in schema["allOf"]:
            other = self._merged(resolve(part, self._schemas))
            properties = {**other.get("properties", {}), **merged.get("properties", {})}
            required = [*other.get("required", []), *merged.get("required", [])]
            merged = {**other, **merged, "properties": properties, "required": required}
        return merged

    def _plain(self, schema: JsonObject, name: str, depth: int) -> Maker:
        if "const" in schema:
            return lambda _source, _place, _key: schema["const"]
        if "enum" in schema:
            options = tuple(schema["enum"])
            return lambda source, _place, _key: source.pick(options)
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                return _one_of([self.schema(part, depth) for part in schema[keyword]])
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

        def make(source: Source, place: Place, key: str | int) -> list[Json]:
            value: list[Json] = []
            here = Place(value, place, key, place.draft, outer=place)
            last = low if _level(place) > _DEPTH else high
            for index in range(source.at("count").between(low, last)):
                value.append(item(source.at(index), here, index))
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
        properties: JsonObject = schema.get("properties", {})
        caps = _caps(relations)
        makers = {}
        for key, member in properties.items():
            recipe = recipes.get(key)
            if recipe is not None and not isinstance(recipe, AsSchema):
                makers[key] = compile_recipe(recipe, self._context, member, caps.get(key))
                continue
            maker = self.schema(member, depth + 1)
            wanted = key in schema.get("required", ()) or recipe is not None
            makers[key] = maker if wanted else _optional(maker)
        order = _order(tuple(properties), recipes, relations)
        return ObjectMaker(
            name=name,
            keys=tuple(properties),
            let=self.recipes(values.let),
            members=tuple((key, makers[key]) for key in order),
            related=bool(relations),
        )


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
    step = int(schema.get("multipleOf", 1)) or 1
    low = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
    high = schema.get("maximum", schema.get("exclusiveMaximum", low + 1001) - 1)
    first, last = -(-int(low) // step), int(high) // step
    return lambda source, _place, _key: source.between(first, last) * step


def _number(schema: JsonObject) -> Maker:
    low: float = _first(schema, ("minimum", "exclusiveMinimum"), 0)
    high: float = _first(schema, ("maximum", "exclusiveMaximum"), low + 1000)
    step = schema.get("multipleOf")
    if step:
        return lambda source, _place, _key: (
            source.between(-int(-low // step), int(high // step)) * step
        )
    return lambda source, _place, _key: round(low + (high - low) * source.between(1, 999) / 1000, 6)


def _first(schema: JsonObject, keywords: tuple[str, ...], default: float) -> float:
    return next((float(schema[key]) for key in keywords if key in schema), default)


_SCALARS = {
    "boolean": lambda _schema: lambda source, _place, _key: source.below(2) == 1,
    "integer": _integer,
    "null": lambda _schema: lambda _source, _place, _key: None,
    "number": _number,
    "string": _string,
}
