"""Make what a documented response holds: its body in a media type, and its header fields.

Seed and label decide every byte; values come from the schema, or are given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from graphlib import CycleError
from typing import Final

from understudy.codec import dumps
from understudy.contract.meaning.shape import shapes_of
from understudy.contract.model import Header, MediaType, Response
from understudy.contract.schemas import resolve
from understudy.contract.validate import Validator
from understudy.contract.wire import media_types
from understudy.contract.wire.media import encode
from understudy.errors import ContractError, GenerationError
from understudy.exchange import Reply
from understudy.generate.world import World
from understudy.respond.choice import Choice
from understudy.respond.examples import SEQUENTIAL
from understudy.respond.problems import Headers
from understudy.types import Json

UNMAKABLE: Final = (ContractError, GenerationError, CycleError, ValueError)
"""What is raised where nothing satisfies a schema, or nothing can be made of it."""

_ITEMS = 3
_NOT_OURS: Final = frozenset(
    """
    connection content-encoding content-length date keep-alive te trailer transfer-encoding
    upgrade
    """.split()
)
"""Header fields that are about the connection or the bytes, which the server says itself."""

_FIELD = re.compile("[!-~](?:[ -~]*[!-~])?")
_TRIES = 8


class Content:
    """Makes the content of responses in one world."""

    def __init__(self, schemas: Mapping[str, Json], world: World) -> None:
        self._schemas = schemas
        self._world = world
        self._shapes = shapes_of(schemas)
        self._validators: dict[bytes, Validator] = {}

    def value(self, name: str, media: MediaType, label: str) -> Json:
        """Return the generated body of a media type: of a sequential one, a few items."""
        schema = media.schema
        if media_types.bare(name) not in SEQUENTIAL:
            return self._world.value(schema, label)
        if media.item is None and resolve(schema, self._schemas).get("type") == "array":
            return self._world.value(schema, label)
        item = schema if media.item is None else media.item
        return [self._world.value(item, label, index) for index in range(_ITEMS)]

    def reply(self, choice: Choice, named: tuple[str, str], value: Json, headers: Headers) -> Reply:
        """Return the reply with `value` as its body in the documented and the sent media type."""
        name, sent = named
        media = choice.response.content[name]
        written = isinstance(value, str) and not media_types.is_json(sent)
        if written and not self.accepts(media.schema, value):  # an example as it goes on the wire
            return Reply(choice.status, value.encode(), headers, sent)
        body, content_type = encode(value, sent, media, self._schemas)
        return Reply(choice.status, body, headers, content_type)

    def accepts(self, schema: Json, value: Json) -> bool:
        """Tell whether a value satisfies a schema."""
        key = dumps(schema)
        if key not in self._validators:
            self._validators[key] = Validator(schema, self._schemas)
        return self._validators[key].accepts(value)

    def properties(self, schema: Json) -> dict[str, Json]:
        """Return the properties of an object schema and of the schemas it combines."""
        return self._shapes.properties(schema)

    def items(self, schema: Json) -> Json:
        """Return the schema of the items of an array, or that of everything."""
        return self._shapes.keyword(schema, "items")

    def headers(self, response: Response, label: str) -> Headers:
        """Return the documented header fields of a response."""
        found = ((header.name, self._field(header, label)) for header in response.headers)
        return tuple((name, text) for name, text in found if text is not None)

    def _field(self, header: Header, label: str) -> str | None:
        """Return the text of a header field: its example, or one that its schema makes."""
        if header.name.lower() in _NOT_OURS:
            return None
        for example in header.examples:
            if self.accepts(header.schema, example.value):
                return _text(example.value)
        for turn in range(_TRIES):
            try:
                text = _text(self._world.value(header.schema, label, header.name, turn))
            except UNMAKABLE:
                return None
            if _FIELD.fullmatch(text):
                return text
        return None


def _text(value: Json) -> str:
    """Return a value in the style `simple` (OpenAPI 3.1.1, "Style Values")."""
    if isinstance(value, dict):
        value = [part for pair in value.items() for part in pair]
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return value if isinstance(value, str) else dumps(value).decode()
