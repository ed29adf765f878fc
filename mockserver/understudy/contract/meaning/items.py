"""Tell from names which operations read, create, change and delete one resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.lists import answer, is_identifying, owners
from understudy.contract.meaning.model import Reading, Tokens, Writing
from understudy.contract.meaning.shape import Shapes
from understudy.contract.model import Operation, Parameter
from understudy.types import Json

_KINDS = {"delete": "delete", "patch": "update", "put": "replace"}
_GONE_BUT_KEPT = frozenset("archived archivedat deleted deletedat isarchived isdeleted".split())
_SCALARS = frozenset({"boolean", "integer", "string"})
_SETTLED = {*names.CHANGING, *names.EARLIEST, *names.LATEST, *names.ENDS}
_UNCHANGED_FORMATS = (None, "uuid", "int32", "int64")


def reading(operation: Operation, shapes: Shapes) -> Reading | None:
    """Return what `operation` reads, as far as names tell, or None."""
    schema, parameter = answer(operation), _naming(operation, shapes)
    if operation.method != "get" or parameter is None or schema is None:
        return None
    resource = names.resource(operation.path)
    body, item = unwrapped(schema, resource, shapes)
    if shapes.types(item) != {"object"}:
        return None
    return Reading(
        operation=operation,
        resource=resource,
        id=Runtime("path", parameter.name),
        body=body,
        id_member=shapes.identifier(item, resource, parameter.name),
        owners=dict(owners(operation, item, resource, shapes, parameter.name)),
    )


def writing(operation: Operation, shapes: Shapes) -> Writing | None:
    """Return what `operation` writes, or None; whether a creation is one is not known here."""
    schema, parameter = answer(operation), _naming(operation, shapes)
    kind = _KINDS.get(operation.method, "") if parameter else ""
    if operation.method == "post" and not names.ends_in_parameter(operation.path):
        kind = "create" if schema is not None else ""
    if not kind or operation.success.status == "202":
        return None
    resource = names.resource(operation.path)
    body, item = unwrapped(schema, resource, shapes) if schema is not None else ((), {})
    own = parameter.name if parameter else ""
    id_member = shapes.identifier(item, resource, own)
    if kind == "create" and id_member is None:
        return None
    return Writing(
        operation=operation,
        resource=resource,
        kind=kind,
        id=Runtime("path", own) if own else None,
        id_member=id_member,
        body=body,
        echoes={} if kind == "delete" else dict(_echoes(operation, item, own, shapes)),
        defaults=dict(_defaults(operation, item, shapes)) if kind == "create" else {},
    )


def view(operation: Operation, shapes: Shapes) -> Json:
    """Return the schema of the resource in the response of `operation`."""
    schema = answer(operation)
    return None if schema is None else unwrapped(schema, names.resource(operation.path), shapes)[1]


def stays(item: Json, shapes: Shapes) -> bool:
    """Tell whether a deleted resource may stay and only be marked."""
    return bool(_GONE_BUT_KEPT & {names.plain(name) for name in shapes.properties(item)})


def unwrapped(schema: Json, resource: str, shapes: Shapes) -> tuple[Tokens, Json]:
    """Return where in a response the resource itself stands, and its schema."""
    if shapes.identifier(schema, resource):
        return (), schema
    about = {*names.WRAPPERS, names.plain(resource), names.words(resource)[-1]}
    for name, member in shapes.properties(schema).items():
        if names.plain(name) in about and shapes.types(member) == {"object"}:
            return (name,), member
    return (), schema


def _naming(operation: Operation, shapes: Shapes) -> Parameter | None:
    """Return the parameter at the end of a path that names one resource, or None."""
    last = names.ends_in_parameter(operation.path)
    resource = names.words(names.resource(operation.path))
    for parameter in operation.parameters:
        if parameter.location != "path" or parameter.name != last:
            continue
        named = names.plain(last) in ("".join(resource), resource[-1], "slug")
        text = not shapes.keyword(parameter.schema, "format")
        if shapes.enum(parameter.schema):
            return None
        return parameter if is_identifying(parameter, shapes) or (named and text) else None
    return None


def _echoes(
    operation: Operation, item: Json, own: str, shapes: Shapes
) -> Iterator[tuple[Tokens, Runtime]]:
    """Yield the members of a resource that repeat what the request said."""
    resource = names.resource(operation.path)
    id_ = shapes.identifier(item, resource, own)
    if own and id_:
        yield id_, Runtime("path", own)
    owned = dict(owners(operation, item, resource, shapes, own))
    yield from owned.items()
    asked = _asked(operation, shapes)
    for name, schema in shapes.properties(item).items():
        begins = not own and names.plain(name) in ("state", "status")
        if name not in asked or (name,) == id_ or (name,) in owned or begins:
            continue
        if _is_kept(name, asked[name], schema, shapes):
            yield (name,), Runtime("body", "", (name,))


def _defaults(operation: Operation, item: Json, shapes: Shapes) -> Iterator[tuple[Tokens, Json]]:
    """Yield what members of a new resource are where the request does not name them."""
    members = shapes.properties(item)
    for name, schema in _asked(operation, shapes).items():
        default = shapes.keyword(schema, "default")
        if name in members and isinstance(default, str | int):
            yield (name,), default


def _asked(operation: Operation, shapes: Shapes) -> Mapping[str, Json]:
    """Return the properties of the body of a request."""
    sent = next(iter(operation.body.schemas.values()), None) if operation.body else None
    return {} if sent is None else shapes.properties(sent)


def _is_kept(name: str, sent: Json, answered: Json, shapes: Shapes) -> bool:
    """Tell whether a server has no reason to write a member in another way than it came."""
    types, plain = shapes.types(sent), names.plain(name)
    if not types or not types <= shapes.types(answered) or plain in _SETTLED:
        return False
    if types == {"array"}:
        return shapes.types(shapes.keyword(sent, "items")) <= _SCALARS
    free = types == {"object"} and not shapes.properties(sent)
    return free or (types <= _SCALARS and shapes.keyword(sent, "format") in _UNCHANGED_FORMATS)
