"""Bodies that are a sequence of items: event streams, JSON lines, JSON text sequences.

Sources: OpenAPI 3.2, "Sequential Media Types"; HTML, "Server-sent events"; RFC 7464. A schema that
is no array is that of each item. An item whose schema has a property `data` is an event with its
fields; of all others an event holds the JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from understudy.codec import dumps, loads
from understudy.contract.model import MediaType
from understudy.contract.wire.styles import text
from understudy.contract.wire.typed import Reader, Tree
from understudy.types import Json, JsonObject

_EVENTS = "text/event-stream"
_LINES = re.compile(r"application/(?:x-)?(?:jsonl|ndjson|jsonlines|json-lines)")
_SEQUENCE = re.compile(r"application/(?:[\w.-]+\+)?json-seq")
_FIELDS = ("event", "id", "retry")
_LINE_END = re.compile("\r\n|\n|\r")
_SEPARATOR = "\x1e"


def is_sequence(name: str) -> bool:
    """Tell whether bodies of a media type are sequences."""
    return name == _EVENTS or bool(_LINES.fullmatch(name) or _SEQUENCE.fullmatch(name))


def item(media: MediaType, reader: Reader) -> Json:
    """Return the schema of each item."""
    if media.item is not None:
        return media.item
    shape = reader.shapes.of(media.schema)
    return shape.items if "array" in shape.kinds else media.schema


def read(said: str, name: str, media: MediaType, reader: Reader) -> Json:
    """Return the items of a sequence; raises ValueError where one of them is not JSON."""
    schema = item(media, reader)
    if name == _EVENTS:
        return [_read_event(fields, schema, reader) for fields in _events(said)]
    parts = said.split(_SEPARATOR) if _SEQUENCE.fullmatch(name) else said.split("\n")
    return [loads(part.strip().encode()) for part in parts if part.strip()]


def write(value: Json, name: str, media: MediaType, reader: Reader) -> bytes:
    """Return items as a sequence; what is no array is the only item."""
    values = value if isinstance(value, list) else [value]
    if name == _EVENTS:
        schema = item(media, reader)
        return "".join(_event(one, schema, reader) for one in values).encode()
    start = _SEPARATOR.encode() if _SEQUENCE.fullmatch(name) else b""
    return b"".join(start + dumps(one) + b"\n" for one in values)


def _events(said: str) -> Iterator[dict[str, str]]:
    """Yield the fields of each event; the last may lack its blank line."""
    fields: dict[str, list[str]] = {}
    for line in [*_LINE_END.split(said.removeprefix("\ufeff")), ""]:
        if not line and "data" in fields:
            last = {name: values[-1] for name, values in fields.items()}
            yield {**last, "data": "\n".join(fields["data"])}
        if not line:
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))


def _read_event(fields: dict[str, str], schema: Json, reader: Reader) -> Json:
    shape = reader.shapes.of(schema)
    if "data" in shape.properties:
        tree: Tree = {**fields}
        return reader.read(tree, schema, [])
    data = fields["data"]
    if shape.kinds == {"string"}:
        return data
    try:
        return loads(data.encode())
    except ValueError:
        if shape.scalars:
            return data
        raise


def _event(value: Json, schema: Json, reader: Reader) -> str:
    shape = reader.shapes.of(schema)
    if "data" not in shape.properties or not isinstance(value, dict):
        said = value if shape.kinds == {"string"} else dumps(value).decode()
        return f"{_data(said)}\n"
    event: JsonObject = value
    known = [(name, event[name]) for name in _FIELDS if event.get(name) is not None]
    fields = "".join(f"{name}: {text(one)}\n" for name, one in known)
    return f"{fields}{_data(text(event.get('data', '')))}\n"


def _data(said: str) -> str:
    return "".join(f"data: {line}\n" for line in _LINE_END.split(said))
