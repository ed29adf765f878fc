"""Turn the recipes of behaviour.yaml into makers. Their syntax is told in `contract.recipes`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

from understudy.contract import recipes as r
from understudy.contract.expressions import Name, Reference, Relative, Runtime
from understudy.contract.pointers import MISSING, follow
from understudy.contract.relations import first_value
from understudy.contract.schemas import ANYTHING
from understudy.errors import GenerationError
from understudy.generate.formats import FORMATS
from understudy.generate.patterns import pattern_text
from understudy.generate.place import ABSENT, Maker, Moment, Place
from understudy.generate.source import Source
from understudy.generate.vocabulary import pool
from understudy.types import Json

Cap: TypeAlias = Callable[[Place], int]
"""Tells the highest integer that relations leave for a property of the object at a place."""


class Context(Protocol):
    """What recipes need to know about their surroundings."""

    tables: Mapping[str, Json]

    def present(self, schema: Json) -> Maker:
        """Return the maker for what `schema` alone says, null excepted."""

    def shaped(self, schema: Json, members: Mapping[str, r.Recipe]) -> Maker | None:
        """Return the maker of objects of `schema` with these recipes; None without properties."""

    def items(self, schema: Json) -> Json:
        """Return the schema of the items of `schema`."""

    def member(self, name: str, place: Place, identifier: Json) -> Json:
        """Return the member of resource `name` with that id, for the parent of `place`."""

    def members(self, name: str, place: Place) -> list[Json]:
        """Return the members of resource `name` that the parent of `place` has."""

    def now(self) -> str:
        """Return the time of the clock as an RFC 3339 date-time."""


def compile_recipe(
    recipe: r.Recipe, context: Context, schema: Json = ANYTHING, cap: Cap | None = None
) -> Maker:
    """Return the maker that `recipe` describes for a value of `schema`."""
    return _COMPILERS[type(recipe)](recipe, context, schema, cap)


def references(recipe: Any) -> set[str]:
    """Return the properties of the current object that `recipe` looks at."""
    if isinstance(recipe, Relative):
        return {recipe.tokens[0]} if recipe.up == 0 and recipe.tokens else set()
    if isinstance(recipe, tuple):
        return set().union(*map(references, recipe))
    if isinstance(recipe, Mapping):
        return set().union(*map(references, recipe.values()))
    slots = getattr(recipe, "__slots__", ())
    return set().union(*(references(getattr(recipe, slot)) for slot in slots))


def _literal(recipe: r.Literal, *_: Any) -> Maker:
    return lambda _source, _place, _key: recipe.value


def _template(recipe: r.Template, context: Context, *_: Any) -> Maker:
    parts = [_part(part, context) for part in recipe.parts]
    if len(parts) == 1:
        return parts[0]

    def make(source: Source, place: Place, key: str | int) -> str:
        found = (part(source.at(i), place, key) for i, part in enumerate(parts))
        return "".join("" if value is None else str(value) for value in found)

    return make


def _part(part: str | Reference, context: Context) -> Maker:
    if isinstance(part, str):
        return lambda _source, _place, _key: part
    if isinstance(part, Runtime):
        return _runtime(part, context)
    if isinstance(part, Relative):
        return lambda _source, place, _key: _or_null(first_value(place, (part,)))
    return _named(part, context)


def _runtime(part: Runtime, context: Context) -> Maker:
    if part.location == "now":
        return lambda _source, _place, _key: context.now()
    return lambda _source, place, _key: _or_null(part.of(place.draft.request))


def _named(name: Name, context: Context) -> Maker:
    def make(source: Source, place: Place, key: str | int) -> Json:
        value = place.lookup(name.head)
        if value is MISSING:
            value = _draw(context.tables.get(name.head), name.members, source)
        else:
            value = _or_null(follow(value, name.members))
        return _rendered(value, context, source, place, key)

    return make


def _draw(table: Json, members: tuple[str, ...], source: Source) -> Json:
    """Return an entry of `table`; a list on the way to `members` is drawn from as well."""
    if isinstance(table, list) and table:
        return _draw(source.pick(table), members, source.at("entry"))
    if not isinstance(table, dict) or not table:
        return table
    if members:
        return _draw(table.get(members[0]), members[1:], source)
    if all(type(weight) is int for weight in table.values()):
        return list(table)[source.weigh(list(table.values()))]
    return table


def _rendered(value: Json, context: Context, source: Source, place: Place, key: str | int) -> Json:
    """Return `value`; text with braces is a template in its own right."""
    if not isinstance(value, str) or "{" not in value:
        return value
    template = _parsed(value)
    if isinstance(template, r.Literal):
        return value
    return _template(template, context)(source.at("text"), place, key)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> r.Template | r.Literal:
    parsed = r.parse_template(text)
    return r.Literal(text) if isinstance(parsed, str) else parsed


def _list_of(recipe: r.ListOf, context: Context, *_: Any) -> Maker:
    makers = [compile_recipe(item, context) for item in recipe.items]

    def make(source: Source, place: Place, key: str | int) -> list[Json]:
        return [maker(source.at(i), place, key) for i, maker in enumerate(makers)]

    return make


def _object_of(recipe: r.ObjectOf, context: Context, schema: Json, _cap: Cap | None) -> Maker:
    shaped = context.shaped(schema, dict(recipe.members))
    if shaped:
        return shaped
    makers = [(name, compile_recipe(of, context)) for name, of in recipe.members]

    def make(source: Source, place: Place, key: str | int) -> dict[str, Json]:
        made = {name: maker(source.at(name), place, key) for name, maker in makers}
        return {name: value for name, value in made.items() if value is not ABSENT}

    return make


def _weighted(recipe: r.Weighted, context: Context, schema: Json, cap: Cap | None) -> Maker:
    weights = [weight for weight, _ in recipe.options]
    makers = [compile_recipe(option, context, schema, cap) for _, option in recipe.options]

    def make(source: Source, place: Place, key: str | int) -> Json:
        return makers[source.at("which").weigh(weights)](source, place, key)

    return make


def _from(recipe: r.From, context: Context, *_: Any) -> Maker:
    at = compile_recipe(recipe.at, context) if recipe.at else None

    def make(source: Source, place: Place, key: str | int) -> Json:
        table = place.lookup(recipe.table.head)
        if table is MISSING:
            table = context.tables.get(recipe.table.head)
        members = recipe.table.members
        if at:
            members = (*members, str(at(source, place, key)))
        return _rendered(_draw(table, members, source.at("from")), context, source, place, key)

    return make


def _number(recipe: r.Number, context: Context, _schema: Json, cap: Cap | None) -> Maker:
    low, high = (compile_recipe(end, context) for end in (recipe.low, recipe.high))

    def make(source: Source, place: Place, key: str | int) -> int:
        first, last = low(source, place, key), high(source, place, key)
        if cap:
            last = min(last, cap(place))
        if first > last:
            raise GenerationError(f"{key}: there is no integer from {first} to {last}")
        return source.at("number").between(first, last)

    return make


def _pattern(recipe: r.Pattern, *_: Any) -> Maker:
    text = pattern_text(recipe.pattern)
    return lambda source, _place, _key: text(source)


def _matching(recipe: r.Matching, *_: Any) -> Maker:
    def make(source: Source, place: Place, _key: str | int) -> str:
        found = follow(_or_null(place.lookup(recipe.pattern.head)), recipe.pattern.members)
        return pattern_text(str(found))(source)

    return make


def _format(recipe: r.Format, *_: Any) -> Maker:
    text = FORMATS[recipe.format]
    return lambda source, _place, _key: text(source)


def _fake(recipe: r.Fake, context: Context, *_: Any) -> Maker:
    locale = compile_recipe(recipe.locale, context)
    return lambda source, place, key: source.pick(pool(recipe.provider, locale(source, place, key)))


def _each(recipe: r.Each, context: Context, schema: Json, _cap: Cap | None) -> Maker:
    item = compile_recipe(recipe.of, context, context.items(schema))

    def make(source: Source, place: Place, key: str | int) -> list[Json]:
        entries = _or_null(
            follow(_or_null(place.lookup(recipe.entries.head)), recipe.entries.members)
        )
        value: list[Json] = []
        here = Place(value, place, key, place.draft, outer=place)
        for index, entry in enumerate(entries or []):
            bound = Place(value, place, key, place.draft, {recipe.name: entry}, here)
            value.append(item(source.at(index), bound, index))
        return value

    return make


def _repeat(recipe: r.Repeat, context: Context, schema: Json, _cap: Cap | None) -> Maker:
    item = compile_recipe(recipe.of, context, context.items(schema))

    def make(source: Source, place: Place, key: str | int) -> list[Json]:
        value: list[Json] = []
        here = Place(value, place, key, place.draft, outer=place)
        for index in range(source.at("count").between(recipe.low, recipe.high)):
            value.append(item(source.at(index), here, index))
        return value

    return make


def _switch(recipe: r.Switch, context: Context, schema: Json, cap: Cap | None) -> Maker:
    on = compile_recipe(recipe.on, context)
    cases = {key: compile_recipe(of, context, schema, cap) for key, of in recipe.cases.items()}
    default = compile_recipe(recipe.default, context, schema, cap)

    def make(source: Source, place: Place, key: str | int) -> Json:
        case = on(source.at("on"), place, key)
        return cases.get(_spelled(case), default)(source, place, key)

    return make


def _member(recipe: r.Member, context: Context, *_: Any) -> Maker:
    identifier = compile_recipe(recipe.id, context) if recipe.id else None
    where = [(tokens, compile_recipe(of, context)) for tokens, of in recipe.where]

    def make(source: Source, place: Place, key: str | int) -> Json:
        if identifier:
            wanted = identifier(source, place, key)
            return None if wanted is None else context.member(recipe.resource, place, wanted)
        found = context.members(recipe.resource, place)
        for tokens, maker in where:
            value = maker(source, place, key)
            found = [member for member in found if follow(member, tokens) == value]
        return source.at("member").pick(found) if found else None

    return make


def _after(recipe: r.After, *_: Any) -> Maker:
    return moment_maker(recipe.low, recipe.high)


def moment_maker(low: int, high: int) -> Maker:
    """Return a maker of instants, `low` to `high` seconds after whatever must come before."""

    def make(source: Source, place: Place, key: str | int) -> Moment:
        moment = Moment(place.value, key, source.between(low * 1_000_000, high * 1_000_000))
        place.draft.moments.append(moment)
        return moment

    return make


def _as_schema(_recipe: r.AsSchema, context: Context, schema: Json, _cap: Cap | None) -> Maker:
    return context.present(schema)


def _absent(*_: Any) -> Maker:
    return lambda _source, _place, _key: ABSENT


def _or_null(value: Json) -> Json:
    return None if value is MISSING else value


def _spelled(value: Json) -> str:
    """Return `value` as the key of a case: JSON spelling for what is not text."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


_COMPILERS: Mapping[type, Callable[..., Maker]] = {
    r.Absent: _absent,
    r.After: _after,
    r.AsSchema: _as_schema,
    r.Each: _each,
    r.Fake: _fake,
    r.Format: _format,
    r.From: _from,
    r.ListOf: _list_of,
    r.Literal: _literal,
    r.Matching: _matching,
    r.Member: _member,
    r.Number: _number,
    r.ObjectOf: _object_of,
    r.Pattern: _pattern,
    r.Repeat: _repeat,
    r.Switch: _switch,
    r.Template: _template,
    r.Weighted: _weighted,
}
