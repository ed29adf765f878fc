"""Fold two schemas that hold together into one: the bounds of both, the properties of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from understudy.types import Json, JsonObject


def conjoined(first: JsonObject, second: JsonObject) -> JsonObject:
    """Return a schema of what both allow; of a keyword without a rule, the second one's."""
    both = {**first, **second}
    for key in first.keys() & second.keys() & _RULES.keys():
        both[key] = _RULES[key](first[key], second[key])
    return both


def _all(first: Json, second: Json) -> Json:
    return first if first == second else {"allOf": [first, second]}


def _properties(first: JsonObject, second: JsonObject) -> JsonObject:
    shared = {key: _all(first[key], second[key]) for key in first if key in second}
    return {**first, **second, **shared}


def _types(first: str | list[str], second: str | list[str]) -> list[str]:
    """Return the types that both name; every integer is a number."""
    ones, others = _listed(first), _listed(second)
    if {"integer", "number"} <= {*ones, *others}:
        ones, others = (
            ["integer" if k == "number" else k for k in kinds] for kinds in (ones, others)
        )
    return [kind for kind in ones if kind in others]


def _listed(kind: str | list[str]) -> list[str]:
    return kind if isinstance(kind, list) else [kind]


_RULES: Mapping[str, Callable[[Json, Json], Json]] = {
    "enum": lambda first, second: [option for option in first if option in second],
    "exclusiveMaximum": min,
    "exclusiveMinimum": max,
    "items": _all,
    "maxItems": min,
    "maxLength": min,
    "maximum": min,
    "minItems": max,
    "minLength": max,
    "minimum": max,
    "properties": _properties,
    "required": lambda first, second: list(dict.fromkeys((*first, *second))),
    "type": _types,
    "uniqueItems": lambda first, second: first or second,
}
