"""The little language of behaviour.yaml for saying how a value is made.

A scalar stands for itself, a list or mapping for itself with recipes inside, text in braces for
what it refers to, and a mapping with a key that begins with `$` for a recipe:

    {$pick: [a, b]}                   one of them
    {$weigh: [[9, a], [1, null]]}     one of them, by weight
    {$from: table, at: key}           an entry of a vocabulary table, or of a bound list;
                                      with `unique: true`, another one for each member of a parent
    {$number: [1, 60]}                an integer between two bounds, both included
    {$pattern: "asst_[0-9a-z]{24}"}   text that matches a regular expression
    {$matching: place.postal_code}    text that matches the expression found there
    {$format: uuid}                   text of a JSON Schema format
    {$faker: last_name, locale: de_DE}
    {$each: talk.turns, as: turn}     a list with one item for each entry
    {$repeat: [0, 3], of: recipe}     a list of so many items
    {$switch: "{kind}", cases: {...}, default: recipe}
    {$resource: customer}             a member of another resource of the same parent
    {$after: [5, 240]}                an instant, seconds after whatever must come before it
    {$schema: true}                   what the schema alone gives, but not null
    {$absent: true}                   nothing: the optional property is left out
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from understudy.contract import pointers
from understudy.contract.expressions import (
    Name,
    Reference,
    parse_name,
    parse_reference,
    parse_runtime,
)
from understudy.contract.recipes import (
    Absent,
    After,
    AsSchema,
    Each,
    Fake,
    Format,
    From,
    ListOf,
    Literal,
    Matching,
    Member,
    Number,
    ObjectOf,
    Pattern,
    Recipe,
    Repeat,
    Switch,
    Template,
    Weighted,
)
from understudy.types import Json, JsonObject

Report: TypeAlias = Callable[[str, str, str], None]
"""Takes pointer, message and hint of a mistake."""

_NULL = Literal(None)
_SPLIT = re.compile(r"\{([^{}]*)\}")


def parse_recipe(data: Json, pointer: str, report: Report) -> Recipe:
    """Return the recipe that `data` spells; report what cannot be understood and stand in null."""
    if isinstance(data, str):
        return _parse_text(data, pointer, report)
    if isinstance(data, list):
        return ListOf(_parse_all(data, pointer, report))
    if not isinstance(data, dict):
        return Literal(data)
    keyword = next((key for key in data if key.startswith("$")), None)
    if keyword is None:
        members = ((k, parse_recipe(v, pointers.join(pointer, k), report)) for k, v in data.items())
        return ObjectOf(tuple(members))
    if keyword not in _KEYWORDS:
        report(pointer, f"unknown recipe {keyword}", f"known are {', '.join(sorted(_KEYWORDS))}")
        return _NULL
    try:
        return _KEYWORDS[keyword](data, pointer, report)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        report(pointer, f"{keyword} is not written as it should be", str(error))
        return _NULL


def parse_template(text: str) -> Template | Literal | str:
    """Return `text` as a template, a literal if nothing is braced, or the part not understood."""
    parts: list[str | Reference] = []
    for index, piece in enumerate(_SPLIT.split(text)):
        if index % 2 == 0:
            parts.extend([piece] if piece else [])
            continue
        reference = parse_reference(piece)
        if reference is None:
            return piece
        parts.append(reference)
    if all(isinstance(part, str) for part in parts):
        return Literal(text)
    return Template(tuple(parts))


def _parse_text(text: str, pointer: str, report: Report) -> Recipe:
    runtime = parse_runtime(text)
    if runtime is not None:
        return Template((runtime,))
    parsed = parse_template(text)
    if isinstance(parsed, str):
        report(pointer, f"{{{parsed}}} refers to nothing", "a name, a pointer or $request...")
        return _NULL
    return parsed


def _parse_all(items: list[Json], pointer: str, report: Report) -> tuple[Recipe, ...]:
    numbered = enumerate(items)
    return tuple(parse_recipe(item, pointers.join(pointer, i), report) for i, item in numbered)


def _optional(data: JsonObject, key: str, pointer: str, report: Report) -> Recipe | None:
    return parse_recipe(data[key], pointers.join(pointer, key), report) if key in data else None


def _name(text: str) -> Name:
    name = parse_name(text)
    if name is None:
        raise ValueError(text)
    return name


def _pick(data: JsonObject, pointer: str, report: Report) -> Recipe:
    options = _parse_all(data["$pick"], pointers.join(pointer, "$pick"), report)
    if not options:
        raise ValueError("nothing to pick from")
    return Weighted(tuple((1, option) for option in options))


def _weigh(data: JsonObject, pointer: str, report: Report) -> Recipe:
    at = pointers.join(pointer, "$weigh")
    weights = [int(weight) for weight, _ in data["$weigh"]]
    if min(weights) < 0 or not sum(weights):
        raise ValueError("weights are not below zero, and not all zero")
    pairs = enumerate(data["$weigh"])
    return Weighted(
        tuple((int(w), parse_recipe(v, pointers.join(at, i, 1), report)) for i, (w, v) in pairs)
    )


def _from(data: JsonObject, pointer: str, report: Report) -> Recipe:
    at = _optional(data, "at", pointer, report)
    return From(_name(data["$from"]), at, unique=data.get("unique", False) is True)


def _number(data: JsonObject, pointer: str, report: Report) -> Recipe:
    low, high = _parse_all(data["$number"], pointers.join(pointer, "$number"), report)
    ends = [end.value for end in (low, high) if isinstance(end, Literal)]
    if not all(type(end) is int for end in ends):
        raise ValueError("the bounds are no integers")
    if len(ends) > 1 and ends[0] > ends[1]:
        raise ValueError("the bounds are the wrong way round")
    return Number(low, high)


def _fake(data: JsonObject, pointer: str, report: Report) -> Recipe:
    locale = _optional(data, "locale", pointer, report) or Literal("en_US")
    return Fake(str(data["$faker"]), locale, pointer)


def _each(data: JsonObject, pointer: str, report: Report) -> Recipe:
    of = _optional(data, "of", pointer, report) or AsSchema()
    return Each(_name(data["$each"]), str(data["as"]), of)


def _repeat(data: JsonObject, pointer: str, report: Report) -> Recipe:
    low, high = data["$repeat"]
    if not 0 <= low <= high:
        raise ValueError("the bounds are the wrong way round")
    return Repeat(int(low), int(high), _optional(data, "of", pointer, report) or AsSchema())


def _switch(data: JsonObject, pointer: str, report: Report) -> Recipe:
    at = pointers.join(pointer, "cases")
    cases = {k: parse_recipe(v, pointers.join(at, k), report) for k, v in data["cases"].items()}
    on = parse_recipe(data["$switch"], pointers.join(pointer, "$switch"), report)
    return Switch(on, cases, _optional(data, "default", pointer, report) or _NULL)


def _member(data: JsonObject, pointer: str, report: Report) -> Recipe:
    at = pointers.join(pointer, "where")
    where = (
        (pointers.split(key), parse_recipe(value, pointers.join(at, key), report))
        for key, value in data.get("where", {}).items()
    )
    return Member(str(data["$resource"]), _optional(data, "id", pointer, report), tuple(where))


def _after(data: JsonObject, _pointer: str, _report: Report) -> Recipe:
    low, high = data["$after"]
    if not 0 <= low <= high:
        raise ValueError("the bounds are the wrong way round, or below zero")
    return After(int(low), int(high))


_KEYWORDS: Mapping[str, Callable[[JsonObject, str, Report], Recipe]] = {
    "$absent": lambda _data, _pointer, _report: Absent(),
    "$after": _after,
    "$each": _each,
    "$faker": _fake,
    "$format": lambda data, pointer, _report: Format(str(data["$format"]), pointer),
    "$from": _from,
    "$matching": lambda data, _pointer, _report: Matching(_name(data["$matching"])),
    "$number": _number,
    "$pattern": lambda data, pointer, _report: Pattern(str(data["$pattern"]), pointer),
    "$pick": _pick,
    "$repeat": _repeat,
    "$resource": _member,
    "$schema": lambda _data, _pointer, _report: AsSchema(),
    "$switch": _switch,
    "$weigh": _weigh,
}
