"""Lower `discriminator` to JSON Schema: each branch says which tag its objects carry.

A tag is a key of the mapping, or else the name of the schema. Where a property cannot be the tag
(its enum says otherwise), the branch stays as it is. A parent from which others inherit by allOf
stands for itself and all of them. Where nothing but these tags tells the branches of a oneOf
apart, it keeps the keyword: what is answered must satisfy one branch without them too, see `exact`.
Source: OpenAPI 3.0.3 and 3.1.1, "Discriminator Object".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from understudy.contract.schemas import (
    in_place,
    mapped,
    members,
    named,
    reachable,
    reference,
    remembered,
    resolve,
)
from understudy.types import Json, JsonObject

_UNIONS = ("anyOf", "oneOf")


def tagged(schema: Json, schemas: Mapping[str, Json]) -> Json:
    """Return `schema` with tags for discriminators; `schemas` are those written beside it."""
    if not isinstance(schema, dict):
        return schema
    lowered = mapped(schema, lambda part: tagged(part, schemas))
    found = lowered.pop("discriminator", {})
    bare = lowered.get("oneOf", [])
    for keyword in _UNIONS if found else ():
        if keyword in lowered:
            lowered[keyword] = [_branch(one, found, schemas) for one in lowered[keyword]]
    if bare == lowered.get("oneOf", []) or _apart(bare, found["propertyName"], schemas):
        return lowered
    return {**lowered, "discriminator": {"propertyName": found["propertyName"]}}


def exact(schema: Json, schemas: Mapping[str, Json]) -> tuple[Json, Mapping[str, Json]]:
    """Return a tagged schema, and those that it refers to, with each oneOf as JSON Schema has it.

    A value must satisfy exactly one branch, whether tags are looked at or not.
    """
    known = remembered("exact", schemas)
    found: dict[str, Json] = {}
    for name, one in reachable(schema, schemas).items():
        if name not in known:
            known[name] = _exact(one)
        found[name] = known[name]
    return _exact(schema), found


def ambiguous(schema: Json, schemas: Mapping[str, Json], depth: int = 8) -> bool:
    """Tell whether only tags tell apart the branches of a union that `schema` is made of."""
    own = resolve(schema, schemas)
    return _is_untold(own) or bool(
        depth and any(ambiguous(part, schemas, depth - 1) for part in in_place(own))
    )


def inherited(schemas: Mapping[str, Json]) -> dict[str, Json]:
    """Return the named schemas with tags for those that inherit a discriminator."""
    found, children = dict(schemas), _children(schemas)
    for name, schema in schemas.items():
        if isinstance(schema, dict) and "discriminator" in schema:
            family = {name, *_descendants(name, children)}
            closed = any(keyword in schema for keyword in _UNIONS)
            for member in family - {name} if closed else family:
                bare = _bare(member, schemas, family)
                own = _with_tag(bare, member, schema["discriminator"], schemas)
                heir = _heir(member, own, schema["discriminator"], children.get(member, ()))
                found[member] = {**heir, "discriminator": schema["discriminator"]}
    return found


def _heir(name: str, own: JsonObject, found: JsonObject, children: Sequence[str]) -> JsonObject:
    """Return one of a family as itself, with its tag, or as any of those that inherit from it."""
    heirs: list[Json] = [reference(child) for child in children]
    if not heirs:
        return own
    abstract = "mapping" in found and not _mapped_tags(name, found)
    return {"anyOf": heirs if abstract else [own, *heirs]}


def _bare(name: str, schemas: Mapping[str, Json], family: set[str]) -> JsonObject:
    """Return what one of a family says itself, with what it inherits written out."""
    left_out = ("discriminator", *_UNIONS) if "discriminator" in schemas[name] else ()
    said = {key: value for key, value in schemas[name].items() if key not in left_out}
    if "allOf" in said:
        said["allOf"] = [
            _bare(parent, schemas, family - {name}) if (parent := named(part)) in family else part
            for part in said["allOf"]
        ]
    return said


def _descendants(name: str, children: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    fresh = [name]
    while fresh:
        fresh = [c for parent in fresh for c in children.get(parent, ()) if c not in found]
        found.update(fresh)
    return found


def _children(schemas: Mapping[str, Json]) -> Mapping[str, Sequence[str]]:
    """Return by name the schemas that refer to it in their allOf."""
    found: dict[str, list[str]] = {}
    for child, schema in schemas.items():
        parts = schema.get("allOf", ()) if isinstance(schema, dict) else ()
        for parent in {named(part): None for part in parts if isinstance(part, dict)}:
            if parent:
                found.setdefault(parent, []).append(child)
    return found


def _exact(schema: Json) -> Json:
    if not isinstance(schema, dict):
        return schema
    found = mapped(schema, _exact)
    if not _is_untold(schema):
        return found
    member = found.pop("discriminator")["propertyName"]
    bare = {"oneOf": [_untold(branch, member) for branch in found["oneOf"]]}
    return {**found, "allOf": [*found.get("allOf", []), bare]}


def _is_untold(schema: JsonObject) -> bool:
    return "discriminator" in schema and "oneOf" in schema


def _untold(branch: Json, member: str) -> Json:
    """Return a branch without what `_with_tag` says of it."""
    match branch:
        case {"allOf": [own, {"required": [name], "properties": {**told}}]} if name == member and [
            *told
        ] == [member]:
            return own
    return branch


def _apart(branches: Sequence[Json], member: str, schemas: Mapping[str, Json]) -> bool:
    """Tell whether each branch says itself that its `member` is what no other allows."""
    seen: list[Json] = []
    for branch in branches if len(branches) > 1 else ():
        first, *others = _allowed(branch, member, schemas) or [()]
        values = [one for one in first if all(one in each for each in others)]
        if not values or any(value in seen for value in values):
            return False
        seen += values
    return True


def _branch(branch: Json, found: JsonObject, schemas: Mapping[str, Json]) -> Json:
    """Return a branch with its tag, unless it is nameless or tells its objects apart itself."""
    name = named(branch)
    own = resolve(branch, schemas).get("discriminator", {})
    if not name or own.get("propertyName") == found["propertyName"]:
        return branch
    return _with_tag(branch, name, found, schemas)


def _with_tag(
    schema: JsonObject, name: str, found: JsonObject, schemas: Mapping[str, Json]
) -> JsonObject:
    member = found["propertyName"]
    allowed = _allowed(schema, member, schemas)
    tags = _mapped_tags(name, found) or [name]
    possible = [tag for tag in tags if all(tag in values for values in allowed)]
    if not possible:
        return schema
    return {"allOf": [schema, {"required": [member], "properties": {member: {"enum": possible}}}]}


def _allowed(schema: Json, member: str, schemas: Mapping[str, Json]) -> list[Sequence[Json]]:
    """Return what a property may be, as each part of `schema` that lists its values says."""
    written = [resolve(one, schemas) for one in members(schema, member, schemas)]
    return [one["enum"] if "enum" in one else [one["const"]] for one in written if _fixed(one)]


def _fixed(schema: JsonObject) -> bool:
    return "enum" in schema or "const" in schema


def _mapped_tags(name: str, found: JsonObject) -> list[str]:
    """Return the keys that the mapping of a discriminator has for a named schema."""
    targets = (name, reference(name)["$ref"])
    return [tag for tag, target in found.get("mapping", {}).items() if target in targets]
