"""Turn the recipes of behaviour.yaml into makers. Their syntax is told in `contract.recipes`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol

from understudy.contract import recipes as r
from understudy.contract.expressions import Name, Relative
from understudy.contract.pointers import MISSING, follow
from understudy.contract.schemas import ANYTHING
from understudy.errors import GenerationError
from understudy.generate.formats import FORMATS
from understudy.generate.place import ABSENT, Maker, Place, UnboundError
from understudy.generate.source import Source
from understudy.generate.templates import Lexicon, draw, or_null, rendered, template_maker
from understudy.generate.texts import whole
from understudy.generate.times import moment_maker
from understudy.generate.vocabulary import known_provider, pool
from understudy.types import Json


@dataclass(frozen=True, slots=True)
class Cap:
    """The highest integer for a property: a member of the object, less what others spent of it."""

    bound: str
    spent: tuple[str, ...] = ()

    def __call__(self, place: Place) -> int:
        """Return what is left in the object at `place`."""
        limit: int = place.value[self.bound]
        return limit - sum(int(place.value[name]) for name in self.spent)


class Context(Lexicon, Protocol):
    """What recipes need to know about their surroundings."""

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


def compile_recipe(
    recipe: r.Recipe, context: Context, schema: Json = ANYTHING, cap: Cap | None = None
) -> Maker:
    """Return the maker that `recipe` describes for a value of `schema`."""
    return _COMPILERS[type(recipe)](recipe, context, schema, cap)


def references(recipe: r.Recipe | None) -> set[str]:
    """Return the properties of the current object that `recipe` looks at."""
    pointers = (part for part in r.parts(recipe) if isinstance(part, Relative))
    return {where.tokens[0] for where in pointers if where.up == 0 and where.tokens}


def refers_to_names(recipe: r.Recipe) -> bool:
    """Tell whether `recipe` uses a binding, a table or what belongs to a parent."""
    return any(isinstance(part, Name | r.Member) for part in r.parts(recipe))


def mistake(part: object) -> tuple[str, str] | None:
    """Return pointer and message for a recipe that is well written but cannot be followed."""
    if isinstance(part, r.Fake) and not known_provider(part.provider):
        return part.pointer, f"Faker has no provider {part.provider!r}"
    if isinstance(part, r.Format) and part.format not in FORMATS:
        return part.pointer, f"unknown format {part.format!r}; known are {', '.join(FORMATS)}"
    if isinstance(part, r.Pattern):
        try:
            whole(part.pattern)
        except ValueError as error:
            return part.pointer, str(error)
    return None


def _literal(recipe: r.Literal, *_: Any) -> Maker:
    return lambda _source, _place, _key: recipe.value


def _template(recipe: r.Template, context: Context, *_: Any) -> Maker:
    return template_maker(recipe, context)


def _list_of(recipe: r.ListOf, context: Context, *_: Any) -> Maker:
    makers = [compile_recipe(item, context) for item in recipe.items]

    def make(source: Source, place: Place, key: str | int) -> list[Json]:
        value: list[Json] = []
        here = place.inside(value, key)
        for index, maker in enumerate(makers):
            value.append(maker(source.at(f"item {index}"), here, index))
        return value

    return make


def _object_of(recipe: r.ObjectOf, context: Context, schema: Json, _cap: Cap | None) -> Maker:
    shaped = context.shaped(schema, dict(recipe.members))
    if shaped:
        return shaped
    makers = [(name, compile_recipe(of, context)) for name, of in recipe.members]

    def make(source: Source, place: Place, key: str | int) -> dict[str, Json]:
        value: dict[str, Json] = {}
        here = place.inside(value, key)
        for name, maker in makers:
            made = maker(source.at(name), here, name)
            if made is not ABSENT:
                value[name] = made
        return value

    return make


def _weighted(recipe: r.Weighted, context: Context, schema: Json, cap: Cap | None) -> Maker:
    weights = [weight for weight, _ in recipe.options]
    makers = [compile_recipe(option, context, schema, cap) for _, option in recipe.options]

    def make(source: Source, place: Place, key: str | int) -> Json:
        index = source.at("which").weigh(weights)
        return makers[index](source.at(f"option {index}"), place, key)

    return make


def _from(recipe: r.From, context: Context, *_: Any) -> Maker:
    at = compile_recipe(recipe.at, context) if recipe.at else None

    def make(source: Source, place: Place, key: str | int) -> Json:
        table = place.lookup(recipe.table.head)
        if table is MISSING:
            if recipe.table.head not in context.tables:
                raise UnboundError(recipe.table.head)
            table = context.tables[recipe.table.head]
        members = recipe.table.members
        if recipe.unique:
            return _turn(table, place)
        if at:
            members = (*members, str(at(source, place, key)))
        return rendered(draw(table, members, source.at("from")), context, source, place, key)

    return make


def _turn(table: Json, place: Place) -> Json:
    """Return the entry whose turn it is: in order, from a start that the parent decides."""
    start = turn_start(place.lookup("key"), len(table))
    return table[(start + int(or_null(place.lookup("ordinal")) or 0)) % len(table)]


@lru_cache(maxsize=4096, typed=True)
def turn_start(key: Json, size: int) -> int:
    """Return the index of the entry with which the parent of this key begins."""
    return Source.of(f"turn {key!r}").below(size)


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
    draw = whole(recipe.pattern).draw
    return lambda source, _place, _key: draw(source)


def _matching(recipe: r.Matching, *_: Any) -> Maker:
    def make(source: Source, place: Place, _key: str | int) -> str:
        found = follow(_bound(place, recipe.pattern.head), recipe.pattern.members)
        return whole(str(found)).draw(source)

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
        entries = or_null(follow(_bound(place, recipe.entries.head), recipe.entries.members))
        value: list[Json] = []
        here = place.inside(value, key)
        for index, entry in enumerate(entries or []):
            child = source.at(index)
            text = rendered(entry, context, child.at(recipe.name), here, index)
            value.append(item(child, replace(here, names={recipe.name: text}), index))
        return value

    return make


def _repeat(recipe: r.Repeat, context: Context, schema: Json, _cap: Cap | None) -> Maker:
    item = compile_recipe(recipe.of, context, context.items(schema))

    def make(source: Source, place: Place, key: str | int) -> list[Json]:
        value: list[Json] = []
        here = place.inside(value, key)
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
        return cases.get(spelled(case), default)(source, place, key)

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


def _as_schema(_recipe: r.AsSchema, context: Context, schema: Json, _cap: Cap | None) -> Maker:
    return context.present(schema)


def _absent(*_: Any) -> Maker:
    return lambda _source, _place, _key: ABSENT


def _bound(place: Place, name: str) -> Json:
    """Return what `name` is bound to. Raises UnboundError if it is not."""
    value = place.lookup(name)
    if value is MISSING:
        raise UnboundError(name)
    return value


def spelled(value: Json) -> str:
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
