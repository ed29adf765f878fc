"""The variants of a schema: what its values can be, one of several; and which belong together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from understudy.codec import identity
from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema
from understudy.types import Json

_KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}


_KINDS_OF_VIEWS = {
    c.ArrayView: "array",
    c.FalseView: "none",
    c.IntegerView: "number",
    c.NumberView: "number",
    c.ObjectView: "object",
    c.StringView: "string",
}


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the schemas whose union a schema is; `name` is the component that it refers to."""

    schema: CanonicalSchema
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """The variants of two schemas that belong together, and those that have no partner."""

    pairs: tuple[tuple[Variant, Variant], ...]
    removed: tuple[Variant, ...]
    added: tuple[Variant, ...]


def target(schema: CanonicalSchema, root: CanonicalSchema) -> CanonicalSchema:
    """Return what is behind the references of `schema` within the document of `root`."""
    seen: set[str] = set()
    view = schema.view()
    while isinstance(view, c.ReferenceView) and view.uri not in seen:
        seen.add(view.uri)
        schema = root.definition(view.uri) or c.anything()
        view = schema.view()
    return schema


def variants(schema: CanonicalSchema, root: CanonicalSchema) -> list[Variant]:
    """Return the variants of `schema`, null and each type and branch on its own."""
    return [
        Variant(part, name, kind_of(target(part, root)))
        for part, name in _split(schema, root, "", frozenset())
    ]


def _split(
    schema: CanonicalSchema, root: CanonicalSchema, name: str, seen: frozenset[str]
) -> Iterator[tuple[CanonicalSchema, str]]:
    match schema.view():
        case c.ReferenceView() as view if view.uri not in seen:
            inner = root.definition(view.uri) or c.anything()
            parts = list(_split(inner, root, c.component(view), seen | {view.uri}))
            yield from parts if len(parts) > 1 else [(schema, c.component(view))]
        case c.AnyOfView(branches):
            yield from _each(branches, root, seen)
        case c.OneOfView(branches) if _disjoint([target(one, root) for one in branches]):
            yield from _each(branches, root, seen)
        case c.MultiTypeView(types) if len(types) > 1:
            yield from ((c.canonical({"type": one}), "") for one in types)
        case c.EnumView(values) if None in values and len(values) > 1:
            yield c.null(), ""
            yield c.canonical({"enum": [one for one in values if one is not None]}), ""
        case _:
            yield schema, name


def _each(
    branches: Sequence[CanonicalSchema], root: CanonicalSchema, seen: frozenset[str]
) -> Iterator[tuple[CanonicalSchema, str]]:
    for branch in branches:
        yield from _split(branch, root, "", seen)


def _disjoint(branches: Sequence[CanonicalSchema]) -> bool:
    """Tell whether it is proven that no value satisfies two of `branches`."""
    return all(
        apart(one, other) for index, one in enumerate(branches) for other in branches[:index]
    )


def apart(one: CanonicalSchema, other: CanonicalSchema) -> bool:
    """Tell whether it is proven that no value satisfies both schemas."""
    both = c.both(one, other)
    return both is not None and c.impossible(both)


def kind_of(schema: CanonicalSchema) -> str:
    """Return the type of all values of `schema`, number for integers too, or any, or none."""
    match schema.view():
        case c.TypedGroupView() as view:
            return _family(view.type_name)
        case c.MultiTypeView(types) if len(types) == 1:
            return _family(types[0])
        case c.ConstView() as view:
            return _kind_of_value(view.value)
        case c.EnumView(values):
            kinds = {_kind_of_value(value) for value in values}
            return kinds.pop() if len(kinds) == 1 else "any"
        case view:
            return _KINDS_OF_VIEWS.get(type(view), "any")


def _family(name: str) -> str:
    return "number" if name == "integer" else name


def _kind_of_value(value: Json) -> str:
    return _KINDS.get(type(value), "number")


def paired(
    old: Sequence[Variant],
    new: Sequence[Variant],
    old_root: CanonicalSchema,
    new_root: CanonicalSchema,
) -> Pairing:
    """Return which variants belong together: equal ones, of one name, or the most alike."""
    pairs: list[tuple[Variant, Variant]] = []
    removed, added = list(old), list(new)

    def alike(one: Variant, other: Variant) -> float:
        before, now = target(one.schema, old_root), target(other.schema, new_root)
        return 0 if one.kind != other.kind or apart(before, now) else _in_common(before, now)

    for likeness in (_equal, _same_name, alike):
        for one in list(removed):
            best = max(added, key=lambda other: likeness(one, other), default=None)
            if best and likeness(one, best):
                pairs.append((one, best))
                removed.remove(one)
                added.remove(best)
    return Pairing(tuple(pairs), tuple(removed), tuple(added))


def _equal(one: Variant, other: Variant) -> float:
    return bool(c.covers(one.schema, other.schema) and c.covers(other.schema, one.schema))


def _same_name(one: Variant, other: Variant) -> float:
    return one.name == other.name != ""


def _in_common(one: CanonicalSchema, other: CanonicalSchema) -> float:
    """Return the share of properties that two schemas declare in common, above 0."""
    mine, yours = _properties(one), _properties(other)
    return (1 + len(mine & yours)) / (1 + len(mine | yours))


def _properties(schema: CanonicalSchema) -> set[str]:
    view = schema.view()
    return set(view.properties) if isinstance(view, c.ObjectView) else set()


def values_of(schema: CanonicalSchema) -> dict[bytes, Json] | None:
    """Return the values of `schema` by their identities, or None where they are not listed."""
    match schema.view():
        case c.ConstView() as view:
            return {identity(view.value): view.value}
        case c.EnumView(values):
            return {identity(value): value for value in values}
        case _:
            return None
