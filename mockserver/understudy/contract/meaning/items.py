"""Tell from names which operations read, create, change and delete one resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.lists import is_exact
from understudy.contract.meaning.model import Reading, Tokens, Writing
from understudy.contract.meaning.shape import Shapes
from understudy.contract.model import Operation
from understudy.types import Json

_KINDS = {"delete": "delete", "patch": "update", "put": "replace"}


def reading(operation: Operation, shapes: Shapes) -> Reading | None:
    """Return what `operation` reads, as far as names tell, or None."""
    parameter = names.ends_in_parameter(operation.path)
    schema = next(iter(operation.success.schemas.values()), None)
    if operation.method != "get" or not parameter or schema is None:
        return None
    resource = names.resource(operation.path)
    body, item = unwrapped(schema, resource, shapes)
    if shapes.types(item) != {"object"}:
        return None
    owners = _repeated(operation, item, shapes, ("path",))
    owners.pop(shapes.identifier(item, resource, parameter) or (), None)
    return Reading(
        operation=operation,
        resource=resource,
        id=Runtime("path", parameter),
        body=body,
        id_member=shapes.identifier(item, resource, parameter),
        owners=owners,
    )


def writing(operation: Operation, shapes: Shapes, listed: frozenset[str]) -> Writing | None:
    """Return what `operation` writes; to create is to post where resources in `listed` are."""
    parameter = names.ends_in_parameter(operation.path)
    resource = names.resource(operation.path)
    kind = _KINDS.get(operation.method) if parameter else None
    schema = next(iter(operation.success.schemas.values()), None)
    if (
        operation.method == "post"
        and not parameter
        and (operation.success.status == "201" or resource in listed)
    ):
        kind = "create" if schema is not None else None
    if kind is None:
        return None
    body, item = unwrapped(schema, resource, shapes) if schema is not None else ((), {})
    id_member = shapes.identifier(item, resource, parameter)
    if kind == "create" and id_member is None:
        return None
    return Writing(
        operation=operation,
        resource=resource,
        kind=kind,
        id=Runtime("path", parameter) if parameter else None,
        id_member=id_member,
        body=body,
        echoes={} if schema is None or kind == "delete" else dict(_echoes(operation, item, shapes)),
        defaults=dict(_defaults(operation, item, shapes)) if kind == "create" else {},
    )


def _defaults(operation: Operation, item: Json, shapes: Shapes) -> Iterator[tuple[Tokens, Json]]:
    """Yield what members of a new resource are where the request does not name them."""
    sent = next(iter(operation.body.schemas.values()), None) if operation.body else None
    members = shapes.properties(item)
    for name, schema in (shapes.properties(sent) if sent is not None else {}).items():
        default = shapes.keyword(schema, "default")
        if name in members and default is not None:
            yield (name,), default


def unwrapped(schema: Json, resource: str, shapes: Shapes) -> tuple[Tokens, Json]:
    """Return where in a response the resource itself stands, and its schema."""
    properties = shapes.properties(schema)
    objects = [name for name, member in properties.items() if shapes.types(member) == {"object"}]
    for name in objects:
        if names.plain(name) in {*names.WRAPPERS, resource} and not shapes.identifier(
            schema, resource
        ):
            return (name,), properties[name]
    return (), schema


def _echoes(operation: Operation, item: Json, shapes: Shapes) -> Iterator[tuple[Tokens, Runtime]]:
    """Yield the members of a resource that repeat what the request said."""
    yield from _repeated(operation, item, shapes, ("path", "query")).items()
    sent = next(iter(operation.body.schemas.values()), None) if operation.body else None
    asked = shapes.properties(sent) if sent is not None else {}
    for name, schema in shapes.properties(item).items():
        if name in asked and shapes.types(schema) >= shapes.types(asked[name]):
            yield (name,), Runtime("body", "", (name,))


def _repeated(
    operation: Operation, item: Json, shapes: Shapes, locations: tuple[str, ...]
) -> dict[Tokens, Runtime]:
    """Return the members that are named as a parameter of the operation is."""
    members: Mapping[str, str] = {names.plain(name): name for name in shapes.properties(item)}
    schemas = shapes.properties(item)
    found: dict[Tokens, Runtime] = {}
    for parameter in operation.parameters:
        name = names.plain(parameter.name)
        if parameter.location not in locations or name not in members:
            continue
        member = members[name]
        same = shapes.types(schemas[member]) == shapes.types(parameter.schema)
        if same and is_exact(parameter.schema, name, shapes):
            found[member,] = Runtime(parameter.location, parameter.name)
    return found
