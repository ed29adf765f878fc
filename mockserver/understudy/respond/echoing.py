"""Say again, in an answer that no resource stands behind, what the request said.

A value of the request becomes the member of the same name where the answer stays valid.
"""

from __future__ import annotations

from collections.abc import Sequence

from understudy.contract.meaning.echoes import echoed
from understudy.contract.meaning.shape import Shapes
from understudy.contract.model import Operation
from understudy.contract.pointers import MISSING, follow
from understudy.exchange import Request
from understudy.generate.entities import Entities
from understudy.respond.fitting import fitted
from understudy.respond.showing import put
from understudy.types import Json


class Echo:
    """What one operation repeats of its requests."""

    def __init__(
        self,
        operation: Operation,
        schema: Json,
        shapes: Shapes,
        entities: Entities,
        vetoes: Sequence[str] = (),
    ) -> None:
        self._schema = schema
        self._entities = entities
        self._body, self._members = echoed(operation, schema, shapes, vetoes)

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
