"""The members of object schemas and the items of array schemas, apart from all else they say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema
from understudy.contract.compare.variants import values_of
from understudy.contract.validate import Validator
from understudy.types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Members:
    """What an object schema says of its members; `others` describes those not in `known`.

    `alone` tells that it says nothing else.
    """

    known: Mapping[str, CanonicalSchema] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    others: CanonicalSchema = field(default_factory=c.anything)
    names: CanonicalSchema | None = None
    patterned: bool = False
    alone: bool = True

    def schema(self, name: str) -> CanonicalSchema | None:
        """Return what the member `name` must be, or None where that cannot be told."""
        if name in self.known:
            return self.known[name]
        if self.names and not Validator(self.names.to_json_schema()).accepts(name):
            return c.nothing()
        return None if self.patterned else self.others


def members_of(schema: CanonicalSchema) -> Members | None:
    """Return the members of an object schema, or None for what is not one."""
    match schema.view():
        case c.MultiTypeView(types) if types == ["object"]:
            return Members()
        case c.ConstView(value) if value == {}:
            return Members(others=c.nothing())
        case c.ObjectView() as view:
            return _members(view)
        case _:
            return None


def _members(view: c.ObjectView) -> Members:
    listed = values_of(view.property_names) if view.property_names else None
    bounds = view.min_properties, view.max_properties
    found = Members(
        known=view.properties,
        required=frozenset(view.required),
        others=view.additional_properties or c.anything(),
        names=view.property_names if listed is None else None,
        patterned=bool(view.pattern_properties),
        alone=bounds == (None, None) and not (view.pattern_properties or view.violations),
    )
    if listed is None:
        return replace(found, alone=found.alone and view.property_names is None)
    known = {name: found.schema(name) or c.anything() for name in listed.values()}
    return Members(known, found.required, c.nothing(), alone=found.alone)


@dataclass(frozen=True, slots=True)
class Items:
    """What all items of an array schema must be; `alone` tells that it says nothing else."""

    schema: CanonicalSchema
    alone: bool = True


def items_of(schema: CanonicalSchema) -> Items | None:
    """Return the items of an array schema, or None for what is not one or has places."""
    match schema.view():
        case c.MultiTypeView(types) if types == ["array"]:
            return Items(c.anything())
        case c.ArrayView() as view if not view.prefix_items:
            bounds = view.min_items, view.max_items, c.all_distinct(view), c.some_repeated(view)
            alone = bounds == (None, None, False, False) and not view.contains
            return Items(view.items or c.anything(), alone)
        case _:
            return None


def without_items(schema: CanonicalSchema) -> CanonicalSchema:
    """Return what an array schema says beside its items."""
    written = _written(schema)
    written.pop("items", None)
    return c.canonical(written)


def without_members(schema: CanonicalSchema, known: Collection[str]) -> CanonicalSchema:
    """Return what an object schema says beside its members, of which some are `known`."""
    written = _written(schema)
    for keyword in ("additionalProperties", "const", "required"):
        written.pop(keyword, None)
    if {"const", "enum"} & written.get("propertyNames", {}).keys():
        del written["propertyNames"]
    return c.canonical({**written, "properties": dict.fromkeys(known, True)})


def _written(schema: CanonicalSchema) -> JsonObject:
    written: Json = schema.to_json_schema()
    return dict(written) if isinstance(written, dict) else {}
