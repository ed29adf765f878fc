"""What it is to break one keyword of a schema: ways to change a value that satisfied it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from understudy.contract.pointers import MISSING
from understudy.generate.source import Source
from understudy.types import Json, JsonObject

Change: TypeAlias = Callable[[Json, Source], Json]
"""Returns what to put in the place of a value, which may be MISSING; MISSING for no idea."""


@dataclass(frozen=True, slots=True)
class Break:
    """A way to miss what `keyword` expects; `keyword` as validators report it.

    `changes` are tried in their order: which of them breaks nothing else depends on the schema.
    """

    keyword: str
    kind: str
    expected: Json
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Tools:
    """What breaks are made with: named schemas, and values made of a schema (none if it fails)."""

    schemas: Mapping[str, Json]
    make: Callable[[Json], tuple[Json, ...]]


def always(*values: Json) -> tuple[Change, ...]:
    """Return the changes to each of `values`."""
    return tuple(lambda _value, _source, one=one: one for one in values)


def made(schema: Json, tools: Tools) -> Change:
    """Return the change to a value made of `schema`, which is compiled when first needed."""

    @cache
    def values() -> tuple[Json, ...]:
        return tools.make(schema)

    return lambda _value, source: source.pick(values()) if values() else MISSING


def but(schema: JsonObject, keyword: str, wanted: JsonObject) -> JsonObject:
    """Return `schema` with what `wanted` says in place of `keyword`."""
    rest = {key: value for key, value in schema.items() if key != keyword}
    return {"allOf": [rest, wanted]}


def instead(schema: JsonObject, keyword: str, negated: JsonObject, tools: Tools) -> Change:
    """Return the change to a value of `schema` that satisfies all but `negated`."""
    return made(but(schema, keyword, {"not": negated}), tools)
