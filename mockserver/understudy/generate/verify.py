"""Hold what was made to its schema, before anybody sees it."""

from __future__ import annotations

from collections.abc import Mapping

from understudy.codec import dumps
from understudy.contract.discriminator import exact
from understudy.contract.schemas import members, named, reference
from understudy.contract.validate import Validator
from understudy.errors import GenerationError
from understudy.types import Json


class Verifier:
    """Validates values against schemas of one contract; without schemas, lets everything pass."""

    def __init__(self, schemas: Mapping[str, Json] | None) -> None:
        self._schemas = schemas
        self._validators: dict[bytes | str, Validator] = {}

    def verify(self, schema: Json, value: Json) -> None:
        """Raise GenerationError unless `value` satisfies `schema`, or what it names."""
        if self._schemas is None:
            return
        key = schema if isinstance(schema, str) else dumps(schema)
        if key not in self._validators:
            said = reference(schema) if isinstance(schema, str) else schema
            self._validators[key] = Validator(*exact(said, self._schemas))
        if self._validators[key].accepts(value):
            return
        for violation in self._validators[key].violations(value):
            name = schema if isinstance(schema, str) else named(schema)
            where = "/".join(map(str, violation.path))
            raise GenerationError(f"{name}: /{where}: {violation.message}")


def allows_null(schemas: Mapping[str, Json], schema: str, name: str) -> bool:
    """Tell whether a property of the named schema may be null."""
    found = list(members(schemas[schema], name, schemas))
    return all(Validator(member, schemas).accepts(None) for member in found)
