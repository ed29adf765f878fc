"""Tell what an operation, of which nothing else is told, repeats of its requests by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.facts import pointer_id
from understudy.contract.meaning.infer import is_vetoed
from understudy.contract.meaning.items import unwrapped
from understudy.contract.meaning.model import Fact, Tokens
from understudy.contract.meaning.shape import Shapes
from understudy.contract.meaning.words import place, said
from understudy.contract.model import Operation
from understudy.types import Json

_PAGED = names.SIZE | names.OFFSET | names.PAGE | names.CURSOR


def echoed(
    operation: Operation, schema: Json, shapes: Shapes, vetoes: Sequence[str] = ()
) -> tuple[Tokens, Mapping[str, Runtime]]:
    """Return where in a response the resource stands, and which of its members repeat what."""
    resource = names.resource(operation.path)
    body, inner = unwrapped(schema, resource, shapes)
    found = dict(_echoes(operation, inner, resource, shapes))
    kept = {
        name: runtime
        for name, runtime in found.items()
        if not any(is_vetoed(pointer_id(operation, "echo", (name,)), veto) for veto in vetoes)
    }
    return body, kept


def facts_of(operation: Operation, shapes: Shapes, vetoes: Sequence[str]) -> Iterator[Fact]:
    """Yield what the stand-in repeats in the answers of an operation, as facts."""
    schema = next(iter(operation.success.schemas.values()), None)
    if schema is None:
        return
    for name, runtime in echoed(operation, schema, shapes, vetoes)[1].items():
        says = f"{place((name,))} repeats {said(runtime)}"
        id_ = pointer_id(operation, "echo", (name,))
        yield Fact(id_, says, "told from names", about=operation.id)


def _echoes(
    operation: Operation, inner: Json, resource: str, shapes: Shapes
) -> Iterator[tuple[str, Runtime]]:
    """Yield the members that repeat the request: the body first, then what goes before it."""
    members = {names.plain(name): name for name in shapes.properties(inner)}
    for schema in list(operation.body.schemas.values())[:1] if operation.body else ():
        for name in shapes.properties(schema):
            if names.plain(name) in members:
                yield members[names.plain(name)], Runtime("body", "", (name,))
    own = names.ends_in_parameter(operation.path)
    for one in operation.parameters:
        plain = names.plain(one.name)
        if one.location not in ("path", "query") or (one.location == "query" and plain in _PAGED):
            continue
        id_: Tokens | None = None
        if one.location == "path" and one.name == own:
            id_ = shapes.identifier(inner, resource, own)
        if id_ or plain in members:
            yield (id_[0] if id_ else members[plain]), Runtime(one.location, one.name)
