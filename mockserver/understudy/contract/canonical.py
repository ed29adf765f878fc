"""The canonical form of a schema: conditions folded together, contradictions found.

The gate to `jsonschema_rs.canonicalize`, which is experimental upstream: what is relied on is
named in `__all__` and held by tests. Views are typed records of what a value must be; references
stay references, so that recursive schemas are finite.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from jsonschema_rs import CanonicalSchema, canonicalize
from jsonschema_rs.canonical import (
    AllOfView,
    AnyOfView,
    ArrayView,
    CanonicalizationError,
    ConstView,
    Containment,
    ContainsView,
    Distinctness,
    EnumView,
    FalseView,
    IntegerView,
    MultiTypeView,
    NameFailsView,
    NotView,
    NumberView,
    ObjectView,
    OneOfView,
    PatternValueFailsView,
    RawView,
    ReferenceView,
    Satisfiability,
    StringView,
    TrueView,
    TypedGroupView,
    UndeclaredValueFailsView,
    UnsatisfiableReason,
    find_unsatisfiable,
)

from understudy.codec import dumps
from understudy.contract.joined import all_joined, joined
from understudy.contract.same import Same
from understudy.contract.schemas import reachable
from understudy.types import Json, JsonObject

__all__ = [
    "AllOfView",
    "AnyOfView",
    "ArrayView",
    "CanonicalSchema",
    "ConstView",
    "ContainsView",
    "EnumView",
    "FalseView",
    "IntegerView",
    "MultiTypeView",
    "NameFailsView",
    "NotView",
    "NumberView",
    "ObjectView",
    "OneOfView",
    "PatternValueFailsView",
    "RawView",
    "ReferenceView",
    "StringView",
    "TrueView",
    "TypedGroupView",
    "UndeclaredValueFailsView",
    "all_distinct",
    "anything",
    "both",
    "canonical",
    "component",
    "conflicts",
    "covers",
    "impossible",
    "modelled_parts",
    "nothing",
    "null",
    "some_repeated",
    "without",
]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_UNMODELLED = frozenset({"$dynamicRef", "unevaluatedItems", "unevaluatedProperties"})
_COMPONENTS = "#/components/schemas/"
_NONE: Final[Mapping[str, Json]] = {}
_REMEMBERED: Final = 256
"""How many canonical forms are remembered: one schema is looked at, made and made for a seed."""


def canonical(schema: Json, schemas: Mapping[str, Json] | None = None) -> CanonicalSchema:
    """Return the canonical form of `schema`, whose references lead into `schemas` or itself.

    Raises ValueError for what is not a schema.
    """
    return _canonical(_Said(dumps(schema), schema), Same(schemas or _NONE))


@dataclass(frozen=True, slots=True)
class _Said:
    """A schema, equal to those that say the same in the same order."""

    text: bytes
    schema: Json = field(compare=False)


@lru_cache(maxsize=_REMEMBERED)
def _canonical(said: _Said, same: Same[Mapping[str, Json]]) -> CanonicalSchema:
    known = same.of
    others = all_joined(reachable(said.schema, known), known)
    return canonicalize(_document(joined(said.schema, known), others), validate_formats=True)


def component(view: ReferenceView) -> str:
    """Return the name of the component schema that a reference means, or an empty text."""
    _, found, name = unquote(view.uri).rpartition(_COMPONENTS)
    return name.replace("~1", "/").replace("~0", "~") if found and "/" not in name else ""


def both(first: CanonicalSchema, second: CanonicalSchema) -> CanonicalSchema | None:
    """Return what both schemas admit, or None where that cannot be said in canonical form."""
    try:
        return first.intersect(second)
    except CanonicalizationError:
        return None


def without(schema: CanonicalSchema, other: CanonicalSchema) -> CanonicalSchema | None:
    """Return what `schema` admits and `other` does not, or None where that cannot be said."""
    try:
        return schema.subtract(other)
    except CanonicalizationError:
        return None


def covers(schema: CanonicalSchema, other: CanonicalSchema) -> bool | None:
    """Tell whether `schema` admits all that `other` admits, or None where that is undecided."""
    verdict = schema.covers(other)
    return None if verdict == Containment.UNKNOWN else verdict == Containment.YES


@lru_cache(maxsize=1)
def anything() -> CanonicalSchema:
    """Return the schema that every value satisfies."""
    return canonical({})


@lru_cache(maxsize=1)
def nothing() -> CanonicalSchema:
    """Return the schema that no value satisfies."""
    return canonical({"not": {}})


@lru_cache(maxsize=1)
def null() -> CanonicalSchema:
    """Return the schema of null."""
    return canonical({"type": "null"})


def impossible(schema: CanonicalSchema) -> bool:
    """Tell whether it is proven that nothing satisfies `schema`."""
    return schema.satisfiability() == Satisfiability.NO


def all_distinct(view: ArrayView) -> bool:
    """Tell whether the items of an array must all differ."""
    return view.distinctness == Distinctness.ALL_DISTINCT


def some_repeated(view: ArrayView) -> bool:
    """Tell whether some item of an array must occur twice."""
    return view.distinctness == Distinctness.SOME_REPEATED


def conflicts(schema: Json, schemas: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield pointer and reason for each part of `schema` that nothing can satisfy."""
    document = _document(schema, reachable(schema, schemas))
    for pointer, reason in find_unsatisfiable(document, validate_formats=True).items():
        match reason:
            case UnsatisfiableReason.Conflict(causes):
                keywords = (keyword for cause in causes for keyword in cause.keywords)
                yield pointer, f"{', '.join(keywords)} contradict each other"
            case UnsatisfiableReason.Empty(cause):
                yield pointer, f"nothing satisfies {', '.join(cause.keywords) or cause.pointer}"


def _document(schema: Json, schemas: Mapping[str, Json]) -> Json:
    """Return `schema` as a document of its own, in the dialect that it names or the inner one."""
    if not isinstance(schema, dict):
        return schema
    document: JsonObject = {"$schema": _DRAFT, **schema}
    return {**document, "components": {"schemas": dict(schemas)}} if schemas else document


def modelled_parts(view: RawView) -> Iterator[CanonicalSchema]:
    """Yield what an unmodelled schema says beside the keywords that are not modelled."""
    if isinstance(view.schema, dict):
        rest = {key: value for key, value in view.schema.items() if key not in _UNMODELLED}
        try:
            yield canonical(rest)
        except ValueError:
            return
