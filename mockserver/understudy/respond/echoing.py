"""Say again, in an answer that no resource stands behind, what the request said.

A value of the request becomes the member of the same name where the answer stays valid.
"""

from __future__ import annotations

from collections.abc import Iterator

from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.items import unwrapped
from understudy.contract.meaning.model import Tokens
from understudy.contract.meaning.shape import Shapes
from understudy.contract.model import Operation
from understudy.contract.pointers import MISSING, follow
from understudy.exchange import Request
from understudy.generate.entities import Entities
from understudy.respond.fitting import fitted
from understudy.respond.showing import put
from understudy.types import Json

_PAGED = names.SIZE | names.OFFSET | names.PAGE | names.CURSOR


class Echo:
    """What one operation repeats of its requests."""

    def __init__(
        self, operation: Operation, schema: Json, shapes: Shapes, entities: Entities
    ) -> None:
        resource = names.resource(operation.path)
        self._schema = schema
        self._entities = entities
        self._body, inner = unwrapped(schema, resource, shapes)
        self._members = dict(_echoes(operation, inner, resource, shapes))

    def __bool__(self) -> bool:
        return bool(self._members)

    def repeated(self, value: Json, request: Request) -> Json:
        """Return a value of the schema with what `request` says, as far as it stays valid."""
        inner = follow(value, self._body)
        if not isinstance(inner, dict):
            return value
        said = {name: runtime.of(request) for name, runtime in self._members.items()}
        groups = [{name: one} for name, one in said.items() if one is not MISSING]

        def accepts(trial: Json) -> bool:
            return self._entities.accepts(self._schema, put(value, self._body, trial))

        return put(value, self._body, fitted(inner, groups, accepts)) if groups else value


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
