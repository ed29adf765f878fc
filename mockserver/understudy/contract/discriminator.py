"""Lower `discriminator` to JSON Schema: each branch says which tag its objects carry.

A tag is a key of the mapping, or else the name of the schema. Where a property cannot be the tag
(its enum says otherwise), the branch stays as it is. A parent from which others inherit by allOf
stands for itself and all of them. Source: OpenAPI 3.0.3 and 3.1.1, "Discriminator Object".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from understudy.contract.schemas import mapped, members, named, reference, resolve
from understudy.types import Json, JsonObject

_UNIONS = ("anyOf", "oneOf")


def tagged(schema: Json, schemas: Mapping[str, Json]) -> Json:
    """Return `schema` with tags for discriminators; `schemas` are those written beside it."""
    if not isinstance(schema, dict):
        return schema
    lowered = mapped(schema, lambda part: tagged(part, schemas))
    found = lowered.pop("discriminator", {})
    for keyword in _UNIONS if found else ():
        if keyword in lowered:
            lowered[keyword] = [_branch(one, found, schemas) for one in lowered[keyword]]
    return lowered


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
    written = [resolve(one, schemas) for one in members(schema, member, schemas)]
    allowed = [one["enum"] if "enum" in one else [one["const"]] for one in written if _fixed(one)]
    tags = _mapped_tags(name, found) or [name]
    possible = [tag for tag in tags if all(tag in values for values in allowed)]
    if not possible:
        return schema
    return {"allOf": [schema, {"required": [member], "properties": {member: {"enum": possible}}}]}


def _fixed(schema: JsonObject) -> bool:
    return "enum" in schema or "const" in schema


def _mapped_tags(name: str, found: JsonObject) -> list[str]:
    """Return the keys that the mapping of a discriminator has for a named schema."""
    targets = (name, reference(name)["$ref"])
    return [tag for tag, target in found.get("mapping", {}).items() if target in targets]
