"""Recipes as values: what behaviour.yaml says of how a value is made. See `recipe_syntax`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TypeAlias

from understudy.contract.expressions import Name, Reference
from understudy.types import Json


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands for itself."""

    value: Json


@dataclass(frozen=True, slots=True)
class Template:
    """Text with references in it; one reference alone yields the value itself."""

    parts: tuple[str | Reference, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list with a recipe for each item."""

    items: tuple[Recipe, ...]


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """An object with a recipe for each member."""

    members: tuple[tuple[str, Recipe], ...]


@dataclass(frozen=True, slots=True)
class Weighted:
    """One of several recipes."""

    options: tuple[tuple[int, Recipe], ...]


@dataclass(frozen=True, slots=True)
class From:
    """An entry of a table or a list; if `unique`, members of one parent get different ones."""

    table: Name
    at: Recipe | None
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """An integer between two bounds."""

    low: Recipe
    high: Recipe


@dataclass(frozen=True, slots=True)
class Pattern:
    """Text that matches a regular expression."""

    pattern: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Matching:
    """Text that matches a regular expression found elsewhere."""

    pattern: Name


@dataclass(frozen=True, slots=True)
class Format:
    """Text of a format."""

    format: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Fake:
    """A text of a Faker provider."""

    provider: str
    locale: Recipe
    pointer: str


@dataclass(frozen=True, slots=True)
class Each:
    """A list with one item for each entry of another."""

    entries: Name
    name: str
    of: Recipe


@dataclass(frozen=True, slots=True)
class Repeat:
    """A list of so many items."""

    low: int
    high: int
    of: Recipe


@dataclass(frozen=True, slots=True)
class Switch:
    """A recipe chosen by a value."""

    on: Recipe
    cases: Mapping[str, Recipe]
    default: Recipe


@dataclass(frozen=True, slots=True)
class Member:
    """A member of another resource: the one with `id` if given, else one that fits `where`."""

    resource: str
    id: Recipe | None
    where: tuple[tuple[tuple[str, ...], Recipe], ...]


@dataclass(frozen=True, slots=True)
class After:
    """An instant, so many seconds after what must precede it."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class AsSchema:
    """What the schema alone gives, null excepted."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A property that is left out."""


Recipe: TypeAlias = (
    Literal
    | Template
    | ListOf
    | ObjectOf
    | Weighted
    | From
    | Number
    | Pattern
    | Matching
    | Format
    | Fake
    | Each
    | Repeat
    | Switch
    | Member
    | After
    | AsSchema
    | Absent
)


def parts(value: object) -> Iterator[object]:
    """Yield `value` and everything within it: recipes, templates, references, texts."""
    yield value
    within: Iterable[object] = ()
    if is_dataclass(value):
        within = (getattr(value, field.name) for field in fields(value))
    elif isinstance(value, Mapping):
        within = value.values()
    elif isinstance(value, tuple):
        within = value
    for part in within:
        yield from parts(part)
