"""Validate JSON against a schema, and say of each error which keyword refused what.

The gate to jsonschema-rs. Formats are checked. A violation is a value, never raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import jsonschema_rs

from understudy.contract.schemas import reachable
from understudy.types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Violation:
    """One keyword that refused one value.

    `path` leads from the validated value to the refused one; `limit` is the keyword's argument
    as far as the validator tells it (the missing name for `required`).
    """

    keyword: str
    path: tuple[str | int, ...]
    message: str
    limit: Json
    value: Json


class Validator:
    """A schema compiled once, with the named schemas that its references point to."""

    def __init__(self, schema: Json, schemas: Mapping[str, Json] | None = None) -> None:
        self.schema = schema
        self._compiled = jsonschema_rs.Draft202012Validator(
            _rooted(schema, schemas or {}), validate_formats=True
        )

    def accepts(self, value: Json) -> bool:
        """Tell whether `value` is valid."""
        return self._compiled.is_valid(value)

    def violations(self, value: Json) -> list[Violation]:
        """Return every reason why `value` is not valid."""
        return [
            Violation(
                keyword=error.kind.name,
                path=tuple(error.instance_path),
                message=error.message,
                limit=getattr(error.kind, "value", None),
                value=error.instance,
            )
            for error in self._compiled.iter_errors(value)
        ]


def _rooted(schema: Json, schemas: Mapping[str, Json]) -> Json:
    """Return `schema` as a document in which `#/components/schemas/...` can be found."""
    if not isinstance(schema, dict):
        return schema
    components: JsonObject = {"components": {"schemas": reachable(schema, schemas)}}
    return {**schema, **components}
