"""The members of object schemas and the items of array schemas, apart from all else they say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from understudy.contract import canonical as c
from understudy.contract.canonical import CanonicalSchema
from understudy.contract.compare.variants import values_of
from understudy.contract.validate import Validator
from understudy.types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Members:
    """What an object schema says of its members; `others` describes those not in `known`."""

    known: Mapping[str, CanonicalSchema] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    others: CanonicalSchema = field(default_factory=c.anything)
    names: CanonicalSchema | None = None
    patterned: bool = False

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
    required, patterned = frozenset(view.required), bool(view.pattern_properties)
    names = values_of(view.property_names) if view.property_names else None
    others = view.additional_properties or c.anything()
    if names is None:
        return Members(view.properties, required, others, view.property_names, patterned)
    open_names = Members(view.properties, required, others, None, patterned)
    known = {name: open_names.schema(name) or c.anything() for name in names.values()}
    return Members(known, required, c.nothing())


def items_of(schema: CanonicalSchema) -> CanonicalSchema | None:
    """Return what all items of an array schema must be, or None where they differ."""
    view = schema.view()
    if isinstance(view, c.ArrayView):
        return None if view.prefix_items else view.items or c.anything()
    return c.anything()


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
