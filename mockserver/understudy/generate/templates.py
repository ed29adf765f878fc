"""Fill templates: text with names, pointers and runtime expressions in braces."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

from understudy.contract.expressions import Name, Reference, Relative, Runtime
from understudy.contract.nodes import first_value
from understudy.contract.pointers import MISSING, follow
from understudy.contract.recipe_syntax import parse_template
from understudy.contract.recipes import Literal, Template
from understudy.generate.place import Draft, Maker, Place, UnboundError
from understudy.generate.source import Source
from understudy.types import Json


class Lexicon(Protocol):
    """What templates look things up in, beside the place they are filled at."""

    tables: Mapping[str, Json]

    def now(self, draft: Draft | None = None) -> str:
        """Return the time of the clock, or that of a document, as an RFC 3339 date-time."""


def template_maker(template: Template, lexicon: Lexicon) -> Maker:
    """Return the maker of what `template` spells; one reference alone yields its value as it is."""
    parts = [_part(part, lexicon) for part in template.parts]
    if len(parts) == 1:
        return parts[0]

    def make(source: Source, place: Place, key: str | int) -> str:
        found = (part(source.at(f"part {i}"), place, key) for i, part in enumerate(parts))
        return "".join("" if value is None else str(value) for value in found)

    return make


def _part(part: str | Reference, lexicon: Lexicon) -> Maker:
    if isinstance(part, str):
        return lambda _source, _place, _key: part
    if isinstance(part, Runtime):
        return _runtime(part, lexicon)
    if isinstance(part, Relative):
        return lambda _source, place, _key: or_null(first_value(place, (part,)))
    return _named(part, lexicon)


def _runtime(part: Runtime, lexicon: Lexicon) -> Maker:
    if part.location == "now":
        return lambda _source, place, _key: lexicon.now(place.draft)
    return lambda _source, place, _key: or_null(part.of(place.draft.request))


def _named(name: Name, lexicon: Lexicon) -> Maker:
    def make(source: Source, place: Place, key: str | int) -> Json:
        value = place.lookup(name.head)
        if value is MISSING and name.head not in lexicon.tables:
            raise UnboundError(name.head)
        if value is MISSING:
            value = draw(lexicon.tables[name.head], name.members, source)
        elif not name.members:
            return value  # what is bound is text already, perhaps a client's, and no template
        else:
            value = or_null(follow(value, name.members))
        return rendered(value, lexicon, source, place, key)

    return make


def draw(table: Json, members: tuple[str, ...], source: Source) -> Json:
    """Return an entry of `table`; a list on the way to `members` is drawn from as well."""
    if isinstance(table, list) and table:
        return draw(source.pick(table), members, source.at("entry"))
    if not isinstance(table, dict) or not table:
        return table
    if members:
        return draw(table.get(members[0]), members[1:], source)
    if is_weights(table):
        return list(table)[source.weigh(list(table.values()))]
    return table


def is_weights(table: Json) -> bool:
    """Tell whether `table` is an object that says how often its keys are drawn."""
    return isinstance(table, dict) and bool(table) and all(type(w) is int for w in table.values())


def rendered(value: Json, lexicon: Lexicon, source: Source, place: Place, key: str | int) -> Json:
    """Return `value`; text with braces is a template in its own right."""
    if not isinstance(value, str) or "{" not in value:
        return value
    template = _parsed(value)
    if isinstance(template, Literal):
        return value
    return template_maker(template, lexicon)(source.at("text"), place, key)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Template | Literal:
    parsed = parse_template(text)
    return Literal(text) if isinstance(parsed, str) else parsed


def or_null(value: Json) -> Json:
    """Return `value`, or null for what is missing."""
    return None if value is MISSING else value
