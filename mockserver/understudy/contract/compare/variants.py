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
    """One of the schemas whose union a schema is, and what is behind its reference.

    `name` is the component that it refers to.
    """

    schema: CanonicalSchema
    target: CanonicalSchema
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """The variants of two schemas that belong together, and those that have no partner."""

    pairs: tuple[tuple[Variant, Variant], ...]
    removed: tuple[Variant, ...]
    added: tuple[Variant, ...]

    def several(self, kind: str) -> bool:
        """Tell whether more than one variant or pair of them may hold values of a kind."""
        firsts = [one for one, _ in self.pairs]
        found = [one for one in (*firsts, *self.removed, *self.added) if one.kind in (kind, "any")]
        return len(found) > 1


def target(schema: CanonicalSchema, root: CanonicalSchema) -> CanonicalSchema:
    """Return what is behind the references of `schema` within the document of `root`."""
    seen: set[str] = set()
    view = schema.view()
    while isinstance(view, c.ReferenceView) and view.uri not in seen:
        seen.add(view.uri)
        schema = root.definition(view.uri) or c.anything()
        view = schema.view()
    return schema


def name_of(schema: CanonicalSchema) -> str:
    """Return the name of the component that `schema` refers to, or an empty text."""
    view = schema.view()
    return c.component(view) if isinstance(view, c.ReferenceView) else ""


def variants(schema: CanonicalSchema, root: CanonicalSchema) -> list[Variant]:
    """Return the variants of `schema`, null and each type and branch on its own."""
    found = []
    for part in _split(schema, root, frozenset()):
        behind = target(part, root)
        found.append(Variant(part, behind, name_of(part), kind_of(behind)))
    return found


def overlapping(schema: CanonicalSchema, root: CanonicalSchema) -> bool:
    """Tell whether values of `schema` satisfy exactly one of several schemas that may overlap."""
    unions = [target(schema, root)]
    while unions:
        view = unions.pop().view()
        if isinstance(view, c.AnyOfView | c.OneOfView):
            branches = [target(one, root) for one in view.branches]
            if isinstance(view, c.OneOfView) and not _disjoint(branches):
                return True
            unions += branches
    return False


def _split(
    schema: CanonicalSchema, root: CanonicalSchema, seen: frozenset[str]
) -> Iterator[CanonicalSchema]:
    match schema.view():
        case c.ReferenceView(uri) if uri not in seen:
            inner = root.definition(uri) or c.anything()
            parts = list(_split(inner, root, seen | {uri}))
            yield from parts if len(parts) > 1 else [schema]
        case c.AnyOfView(branches) | c.OneOfView(branches):
            for branch in branches:
                yield from _split(branch, root, seen)
        case c.MultiTypeView(types) if len(types) > 1:
            yield from (c.canonical({"type": one}) for one in types)
        case c.EnumView(values) if None in values and len(values) > 1:
            yield c.null()
            yield c.canonical({"enum": [one for one in values if one is not None]})
        case _:
            yield schema


def _disjoint(branches: Sequence[CanonicalSchema]) -> bool:
    """Tell whether it is proven that no value satisfies two of `branches`."""
    return all(
        _apart(one, other) for index, one in enumerate(branches) for other in branches[:index]
    )


def _apart(one: CanonicalSchema, other: CanonicalSchema) -> bool:
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


def paired(old: Sequence[Variant], new: Sequence[Variant]) -> Pairing:
    """Return which variants belong together: of one name, or equal, or else the most alike."""
    pairs: list[tuple[Variant, Variant]] = []
    removed, added = list(old), list(new)
    for likeness in (_same_name, _equal, _alike):
        for one in list(removed):
            best = max(added, key=lambda other: likeness(one, other), default=None)
            if best and likeness(one, best):
                pairs.append((one, best))
                removed.remove(one)
                added.remove(best)
    return Pairing(tuple(pairs), tuple(removed), tuple(added))


def _same_name(one: Variant, other: Variant) -> float:
    return one.name == other.name != ""


def _equal(one: Variant, other: Variant) -> float:
    if one.kind != other.kind or one.kind == "null":
        return one.kind == other.kind
    return bool(c.covers(one.schema, other.schema) and c.covers(other.schema, one.schema))


def _alike(one: Variant, other: Variant) -> float:
    if one.kind != other.kind or _apart(one.target, other.target):
        return 0
    return _in_common(one.target, other.target)


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
