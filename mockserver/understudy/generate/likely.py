"""What a property is likely to hold: values that look real, by its name, its parent's, its format.

The table is `likely.yaml`. The schema has the last word: what it does not allow is not drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from understudy.codec import dumps, loads
from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema
from understudy.contract.document import read_document
from understudy.contract.validate import Validator
from understudy.generate.domains import Domain, domain_of, listed
from understudy.generate.formats import FORMATS
from understudy.generate.place import Maker, Place
from understudy.generate.places import places
from understudy.generate.source import Source
from understudy.generate.texts import faithful, matching, whole
from understudy.generate.vocabulary import known_provider, persons, pool
from understudy.types import Json, JsonObject

if TYPE_CHECKING:
    from understudy.generate.shapes import Shapes, Written

BESIDE: Final = "a format beside other facets of text"
"""Why texts are made by trial: the canonical form does not say which they are."""

PROVIDER: Final = "x-faker"
"""The keyword by which a schema names a provider of Faker."""

_TABLE: Final = Path(__file__).with_name("likely.yaml")
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_]+")
_WRAPPING: Final = frozenset(
    "base body create data details dto entity in info input item model object out output payload "
    "read request response result schema summary update view".split()
)
"""Words at the end of a schema's name that do not say what it is about."""

_GROUPS: Mapping[str, Callable[[str], Sequence[Mapping[str, Json]]]] = {
    "person": persons,
    "place": places,
}
_SAMPLES: Final = 256
_DRAWS: Final = 20
_HALF: Final = 2
_TESTS: Final = 512
_NAMES: Final = 8192


@dataclass(frozen=True, slots=True)
class Likely:
    """A maker of likely values, and what there is of them if that can be counted."""

    maker: Maker
    domain: Domain | None


def likely(written: Written, schema: CanonicalSchema, shapes: Shapes) -> Likely | None:
    """Return what a property of `schema`, which has one type, is likely to hold, if it is known."""
    kind = _type(schema)
    if not kind:
        return None
    for row in _rows(written, kind):
        listing = _values(row, kind, shapes.names.locale)
        values = tuple(filter(_allowing(schema), listing)) if listing else ()
        group = next((name for name in _GROUPS if name in row), "")
        if values:
            maker = (
                together(group, row[group], values, _one_of(values)) if group else _one_of(values)
            )
            return Likely(maker, listed(values))
        found = (
            _narrowed(written, schema, {"type": kind, **row}, shapes) if _is_schema(row) else None
        )
        if found:
            return found
    return None


def exemplified(written: Written, schema: CanonicalSchema, otherwise: Maker) -> Maker:
    """Return a maker that draws from the examples of a schema as often as it does otherwise."""
    said = written.schema if isinstance(written.schema, dict) else {}
    given = [said[name] for name in ("example", "default") if name in said]
    given += _list(said.get("examples"))
    values = tuple(filter(_allowing(schema), given)) if given else ()

    def make(source: Source, place: Place, key: str | int) -> Json:
        if source.at("example").below(_HALF):
            return source.at("example").at("which").pick(values)
        return otherwise(source, place, key)

    return make if values else otherwise


def column_of(written: Written, kind: str = "string") -> tuple[str, str]:
    """Return group and column of a property that belongs to a group, or empty texts."""
    for row in _rows(written, kind):
        for group in _GROUPS:
            if group in row:
                return group, row[group]
    return "", ""


def together(group: str, column: str, values: Sequence[Json], otherwise: Maker) -> Maker:
    """Return a maker that follows what the object drew for `group`, if that is among `values`."""
    allowed = frozenset(values)
    name = _binding(group)

    def make(source: Source, place: Place, key: str | int) -> Json:
        row = place.names.get(name)
        if row is not None and row[column] in allowed:
            return row[column]
        return otherwise(source, place, key)

    return make


def drawn_once(
    members: Sequence[tuple[Written, CanonicalSchema]], locale: str
) -> Iterator[tuple[str, Maker]]:
    """Yield a binding for each group that several members of one object belong to."""
    for group, rows in _GROUPS.items():
        columns = [found for member in members if (found := _accepted(group, *member))]
        if len(columns) > 1:
            fitting = tuple(
                row for row in rows(locale) if all(accepts(row[name]) for name, accepts in columns)
            )
            if fitting:
                yield _binding(group), _one_of(fitting)


def _accepted(
    group: str, written: Written, schema: CanonicalSchema
) -> tuple[str, Callable[[Json], bool]] | None:
    """Return the column of `group` that a member holds, and what it allows there."""
    if all(column_of(written, kind)[0] != group for kind in ("string", "number")):
        return None  # before anything is subtracted, which is slow in large documents
    present = c.without(schema, c.null()) or schema
    listed = isinstance(present.view(), c.EnumView | c.ConstView)
    kind = "string" if listed else _type(present)
    found, column = column_of(written, kind) if kind else ("", "")
    return (column, _allowing(schema)) if found == group else None


def _binding(group: str) -> str:
    """Return the name that a group is bound to; no recipe can say it."""
    return f" {group}"


def _type(schema: CanonicalSchema) -> str:
    """Return the only type of `schema`, if it is text or number."""
    match schema.view():
        case c.StringView():
            return "string"
        case c.IntegerView():
            return "integer"
        case c.NumberView():
            return "number"
        case c.MultiTypeView() as view if len(view.types) == 1:
            return view.types[0] if view.types[0] in ("string", "integer", "number") else ""
        case _:
            return ""


def _values(row: JsonObject, kind: str, locale: str) -> Sequence[Json]:
    """Return the values that a row lists."""
    for group, rows in _GROUPS.items():
        if group in row:
            return [one[row[group]] for one in rows(locale)]
    if "words" in row and ("faker" not in row or locale.startswith("en")):
        return _list(row["words"])
    if "faker" not in row:
        return []
    try:
        texts = pool(row["faker"], locale)
        return texts if kind == "string" else [loads(text.encode()) for text in texts]
    except ValueError:
        return []


def _is_schema(row: JsonObject) -> bool:
    return not row.keys() & {"words", "faker", *_GROUPS}


def _narrowed(
    written: Written, schema: CanonicalSchema, row: JsonObject, shapes: Shapes
) -> Likely | None:
    """Return what both a schema and a row of the table say, if they agree."""
    found = c.both(schema, c.canonical(row))
    if found is None or c.impossible(found):
        return None
    match found.view():
        case c.StringView() as view if not faithful(view):
            return _sampled(written, schema, row, shapes)
        case c.StringView() as view if view.formats or not matching(view).is_empty():
            return Likely(shapes.maker(found), domain_of(found))
        case c.IntegerView() | c.NumberView():
            domain = domain_of(found)
            return Likely(shapes.maker(found), domain) if domain and domain.size else None
        case _:
            return None


def _sampled(
    written: Written, schema: CanonicalSchema, row: JsonObject, shapes: Shapes
) -> Likely | None:
    """Return those texts of a row that a schema allows; where few are, those of a sample."""
    draw = whole(row["pattern"]).draw if "pattern" in row else FORMATS.get(row["format"])
    if draw is None:
        return None
    accepts, samples = _allowing(schema), Source.of("sample")
    values = tuple(filter(accepts, (draw(samples.at(i)) for i in range(_SAMPLES))))

    def make(source: Source, _place: Place, _key: str | int) -> Json:
        drawn = (draw(source.at("attempt").at(attempt)) for attempt in range(_DRAWS))
        return next(filter(accepts, drawn), source.pick(values))

    view = schema.view()
    if isinstance(view, c.StringView) and not faithful(view):
        shapes.names.tried(written.at, BESIDE)
    if len(values) == _SAMPLES:
        return Likely(make, None)
    return Likely(make, listed(values)) if values else None


def _rows(written: Written, kind: str) -> Iterator[JsonObject]:
    """Yield the rows of the table for a property, the most particular first."""
    said = written.schema if isinstance(written.schema, dict) else {}
    if isinstance(said.get(PROVIDER), str) and known_provider(said[PROVIDER]):
        yield {"faker": said[PROVIDER]}
    table = _table()["text" if kind == "string" else "number"]
    of = written.property or written.name
    names = [*_names(of, written.parent), "".join(_words(str(said.get("format", ""))))]
    yield from (table[name] for name in names if name in table)


@lru_cache(maxsize=_NAMES)
def _names(name: str, parent: str) -> tuple[str, ...]:
    """Return what a property can be looked up as: its last words, the most first."""
    found: list[str] = []
    words = _words(name)
    parents = [word for word in _words(parent) if word not in _WRAPPING]
    for start in range(len(words)):
        before = words[start - 1 : start] or parents[-1:]
        tail = "".join(words[start:])
        for form in (tail, _singular(tail)):
            found += [f"{_singular(owner)}.{form}" for owner in before]
            found.append(form)
    return tuple(found)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.removesuffix("s") if not word.endswith(("ss", "us", "is")) else word


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, JsonObject]]:
    """Return the table by section, one row for each name."""
    return {
        section: {name: row for names, row in rows.items() for name in names.split()}
        for section, rows in read_document(_TABLE).data.items()
    }


def _one_of(values: Sequence[Json]) -> Maker:
    return lambda source, _place, _key: source.pick(values)


def _allowing(schema: CanonicalSchema) -> Callable[[Json], bool]:
    """Return a test of whether a value satisfies `schema`, which leads nowhere else."""
    return _test(dumps(schema.to_json_schema()))


@lru_cache(maxsize=_TESTS)
def _test(schema: bytes) -> Callable[[Json], bool]:
    return Validator(loads(schema)).accepts


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
