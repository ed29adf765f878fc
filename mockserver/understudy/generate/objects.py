"""Objects within canonical bounds: which members there are, and what names the others have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema, ObjectView
from understudy.contract.recipes import Recipe
from understudy.contract.relations import Relation
from understudy.contract.validate import Validator
from understudy.errors import GenerationError
from understudy.generate.formats import word
from understudy.generate.patterns.automata import Language, language
from understudy.generate.place import ABSENT, DEPTH, Maker, Place, UnboundError
from understudy.generate.recipes import Cap
from understudy.generate.source import Source
from understudy.types import Json, JsonObject

if TYPE_CHECKING:
    from understudy.generate.shapes import Shapes

_ABSENT_IN_100 = 20
_MOST_EXTRAS = 3
_TRIES = 40

NameMaker: TypeAlias = Callable[[Source], str]


@dataclass(frozen=True, slots=True)
class Extra:
    """A way to make members beyond the named ones."""

    name: NameMaker
    value: Maker


@dataclass(frozen=True, slots=True)
class Extras:
    """Members beyond the named ones: `forced` always, of `kinds` as many as bounds ask for.

    Kinds are compiled when one is wanted, which for most objects is never.
    """

    forced: tuple[Extra, ...] = ()
    kinds: Callable[[], tuple[Extra, ...]] = tuple
    usual: int = 0


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of objects, before it is compiled; `needs` is what a member looks at."""

    let: Mapping[str, Recipe]
    recipes: Mapping[str, Recipe]
    relations: tuple[Relation, ...]
    schemas: Mapping[str, Json]
    caps: Mapping[str, Cap]
    needs: Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class ObjectMaker:
    """Makes objects of one schema: bindings, then members in an order that fits their recipes."""

    name: str
    keys: tuple[str, ...]
    required: frozenset[str]
    let: tuple[tuple[str, Maker], ...]
    members: tuple[tuple[str, Maker], ...]
    declared: Declared
    least: int = 0
    most: int | None = None
    extras: Extras = Extras()

    def maker(self, key: str) -> Maker:
        """Return the maker of a member."""
        return dict(self.members)[key]

    def __call__(self, source: Source, place: Place, key: str | int) -> JsonObject:
        """Return a new object, the value for `key` of what `place` holds."""
        return self.fill(source, place.inside({}, key), {})

    def fill(self, source: Source, here: Place, fixed: Mapping[str, Json]) -> JsonObject:
        """Make the members of the object at `here`; those in `fixed` are given."""
        chosen = self._chosen(source, here)
        value: JsonObject = here.value
        value.update((key, None) for key in self.keys if key in chosen)
        names = here.names = dict(here.names)
        for name, maker in self.let:
            if name not in names:
                with suppress(UnboundError):
                    names[name] = maker(source.at(name).at("let"), here, name)
        for name, maker in self.members:
            if name in chosen:
                given = name in fixed
                value[name] = (
                    fixed[name] if given else self._member(maker, source.at(name), here, name)
                )
        for name in [name for name, member in value.items() if member is ABSENT]:
            del value[name]
        self._extend(source.at("extras"), here)
        if self.declared.relations:
            here.draft.places.append((self.name, here))
        return value

    def _member(self, maker: Maker, source: Source, here: Place, name: str) -> Json:
        """Return a new member; ABSENT where none can be made and none is needed."""
        try:
            return maker(source, here, name)
        except GenerationError:
            if name in self.required:
                raise
            return ABSENT

    def _chosen(self, source: Source, here: Place) -> frozenset[str] | set[str]:
        """Return the names of the members that there will be."""
        if len(self.required) == len(self.keys):
            return self.required
        optional = [key for key in self.keys if key not in self.required]
        rare = 100 if here.depth > DEPTH else 0 if here.draft.whole else _ABSENT_IN_100
        liked = [k for k in optional if source.at(k).at("present").below(100) >= rare]
        others = [key for key in optional if key not in liked]
        least = max(self.least - len(self.required), 0)
        most = len(optional) if self.most is None else self.most - len(self.required)
        wanted = min(max(len(liked), least), most)
        return {*self.required, *(liked + others)[:wanted]}

    def _extend(self, source: Source, here: Place) -> None:
        """Add members beyond the named ones."""
        value = here.value
        for index, extra in enumerate(self.extras.forced):
            _add(extra, source.at("forced").at(index), here)
        usual = 0 if here.depth > DEPTH else source.at("count").between(0, self.extras.usual)
        wanted = max(self.least, len(value) + usual)
        wanted = wanted if self.most is None else min(wanted, self.most)
        if len(value) >= wanted:
            return
        kinds = self.extras.kinds()
        for attempt in range(_TRIES + wanted if kinds else 0):
            if len(value) >= wanted:
                return
            _add(kinds[attempt % len(kinds)], source.at(attempt), here)


def _add(extra: Extra, source: Source, here: Place) -> None:
    name = extra.name(source.at("name"))
    if name not in here.value:
        here.value[name] = None
        here.value[name] = extra.value(source.at("value"), here, name)


def permitted(view: ObjectView, keys: Sequence[str]) -> list[str]:
    """Return those of `keys` that may stand in an object of `view`."""
    possible = [k for k in keys if k not in view.properties or not c.impossible(view.properties[k])]
    if view.property_names is None:
        return possible
    names = Validator(view.property_names.to_json_schema())
    return [key for key in possible if names.accepts(key)]


def member_schema(view: ObjectView, name: str) -> CanonicalSchema:
    """Return what the member `name` of an object of `view` must be."""
    if name in view.properties:
        return view.properties[name]
    found = c.anything()
    matching = [s for p, s in view.pattern_properties.items() if language((p,)).matches(name)]
    undeclared = (
        [] if matching or view.additional_properties is None else [view.additional_properties]
    )
    for schema in matching + undeclared:
        joined = c.both(found, schema)
        found = schema if joined is None else joined
    return found


def extras(view: ObjectView, shapes: Shapes, liked: Sequence[str] = ()) -> Extras:
    """Return how objects of `view` get members beyond their named ones; these names are liked."""
    names = tuple(view.properties)
    patterns = tuple(view.pattern_properties)
    free = view.additional_properties

    @cache
    def kinds() -> tuple[Extra, ...]:
        found = [kind for p in patterns if (kind := _patterned(view, p, shapes))]
        if free is None or not c.impossible(free):
            maker = shapes.maker(free if free is not None else c.anything())
            found += [Extra(name, maker) for name in _free_names(view, patterns, names, liked)]
        return tuple(found)

    usual = 0 if free is None and not patterns else _MOST_EXTRAS if not names else 0
    forced = tuple(_forced(one, shapes) for one in view.violations)
    return Extras(forced, kinds, usual)


def _patterned(view: ObjectView, pattern: str, shapes: Shapes) -> Extra | None:
    """Return a way to make members whose names match `pattern` and, if possible, no other."""
    others = tuple(p for p in view.pattern_properties if p != pattern)
    patterns: tuple[str, ...] = (pattern,)
    schema = view.pattern_properties[pattern]
    if language(patterns, excluded_patterns=others).is_empty():
        patterns, others = (pattern, *others), ()
        for other in patterns:
            schema = c.both(schema, view.pattern_properties[other]) or schema
    if c.impossible(schema):
        return None
    return Extra(_name(view, patterns, others, tuple(view.properties)), shapes.maker(schema))


def _name(
    view: ObjectView, patterns: tuple[str, ...], barred: tuple[str, ...], names: tuple[str, ...]
) -> NameMaker:
    """Return a maker of names that match `patterns` and what propertyNames says."""
    found = _names(view, patterns, barred, names)
    return (_names(view, patterns, (), ()) if found.is_empty() else found).draw


def _names(
    view: ObjectView, patterns: tuple[str, ...], barred: tuple[str, ...], names: tuple[str, ...]
) -> Language:
    shortest, longest = 0, None
    said = view.property_names.view() if view.property_names is not None else None
    if isinstance(said, c.StringView):
        patterns = (*patterns, *said.patterns)
        shortest, longest = said.min_length or 0, said.max_length
    return language(
        patterns,
        excluded_patterns=barred,
        excluded=names,
        min_length=shortest,
        max_length=longest,
    )


def _free_names(
    view: ObjectView, patterns: tuple[str, ...], names: tuple[str, ...], liked: Sequence[str]
) -> list[NameMaker]:
    """Return a maker of names that no property and no pattern knows; one of those liked, if any."""
    said = view.property_names.view() if view.property_names is not None else None
    if isinstance(said, c.ConstView | c.EnumView):
        values = said.values if isinstance(said, c.EnumView) else [said.value]
        free = language((), excluded_patterns=patterns, excluded=names)
        options = tuple(value for value in map(str, values) if free.matches(value))
        return [lambda source: source.pick(options)] if options else []
    if said is None and not patterns:
        if liked and not view.min_properties:
            return [lambda source: source.pick(liked)]
        return [lambda source: f"{word(source.at(0))}_{word(source.at(1))}"]
    found = _names(view, (), patterns, names)
    return [] if found.is_empty() else [found.draw]


def _forced(
    violation: c.NameFailsView | c.PatternValueFailsView | c.UndeclaredValueFailsView,
    shapes: Shapes,
) -> Extra:
    """Return a member that breaks what a negated schema says of all members."""
    match violation:
        case c.NameFailsView():
            maker = shapes.maker(violation.schema.negate())
            nowhere = Place(None)
            return Extra(lambda source: str(maker(source, nowhere, "")), shapes.maker(c.anything()))
        case c.PatternValueFailsView():
            name = language((violation.pattern,)).draw
            return Extra(name, shapes.maker(violation.schema.negate()))
        case _:
            name = language(
                (),
                excluded_patterns=tuple(violation.patterns),
                excluded=tuple(violation.names),
                min_length=1,
            ).draw
            return Extra(name, shapes.maker(violation.additional.negate()))
