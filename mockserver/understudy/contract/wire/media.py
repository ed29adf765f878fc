"""Bodies as bytes and back, in the media type that is asked for.

JSON, text, forms, XML and sequences of items are read by their schema; all else is text as it
stands: UTF-8, or one character for each byte where it is not.
"""

from __future__ import annotations

from collections.abc import Mapping

from understudy.codec import dumps, loads
from understudy.contract.model import MediaType
from understudy.contract.wire import forms, multipart, sequences, xml
from understudy.contract.wire.media_types import bare, is_json, is_xml, parameter
from understudy.contract.wire.styles import text
from understudy.contract.wire.typed import Reader
from understudy.types import Json

_FORM = "application/x-www-form-urlencoded"
_CONCRETE = {"text/*": "text/plain", "application/*": "application/json", "image/*": "image/png"}


class Decoder:
    """Reads bodies of one documented media type, compiled once."""

    def __init__(self, media: MediaType, schemas: Mapping[str, Json]) -> None:
        self._media = media
        self._reader = Reader(schemas)

    def read(self, raw: bytes, content_type: str) -> Json:
        """Return what `raw` says; raises ValueError where it is not of its media type."""
        name = bare(content_type)
        if is_json(name):
            return loads(raw)
        if self.is_text:
            return _as_text(raw, content_type)
        if sequences.is_sequence(name):
            return sequences.read(raw.decode(), name, self._media, self._reader)
        if name == _FORM:
            return forms.read(raw.decode(), self._media, self._reader)
        if name.startswith("multipart/"):
            return self._parts(raw, content_type)
        if is_xml(name):
            charset = parameter(content_type, "charset")
            return xml.read(raw, charset, self._media.schema, self._reader)
        return self._reader.read(_as_text(raw, content_type), self._media.schema, [])

    def validates(self, content_type: str) -> bool:
        """Tell whether what is read of this media type can be held against the schema."""
        shape = self._reader.shapes.of(self._media.schema)
        return bool(shape.scalars) or _is_structured(bare(content_type))

    @property
    def is_text(self) -> bool:
        """Tell whether bodies are nothing but text, or bytes, by their schema."""
        return _is_text(self._media, self._reader)

    def whole(self, content_type: str) -> Json:
        """Return the schema of all that is read: for a sequence of items, that of an array."""
        name = bare(content_type)
        if self.is_text or not sequences.is_sequence(name):
            return self._media.schema
        return {"type": "array", "items": sequences.item(self._media, self._reader)}

    def _parts(self, raw: bytes, content_type: str) -> Json:
        def inner(body: bytes, kind: str, schema: Json) -> Json:
            return Decoder(MediaType(schema), self._reader.shapes.schemas).read(body, kind)

        parts = multipart.split(raw, parameter(content_type, "boundary"))
        return multipart.read(parts, self._media, self._reader, inner)


def decode(
    raw: bytes, content_type: str, name: str, media: MediaType, schemas: Mapping[str, Json]
) -> Json:
    """Return the value of a body documented as `name`; `content_type` is what came with it.

    Raises ValueError where it is not of that media type. What is no valid text of its type stays
    text, for the schema to refuse.
    """
    return Decoder(media, schemas).read(raw, content_type or name)


def encode(
    value: Json, name: str, media: MediaType, schemas: Mapping[str, Json]
) -> tuple[bytes, str]:
    """Return `value` as a body of the media type `name`, and the value of Content-Type for it."""
    name = _concrete(name, value)
    kind = bare(name)
    if is_json(kind):
        return dumps(value), name
    reader = Reader(schemas)
    is_element = not isinstance(value, str) or not (
        value.lstrip().startswith("<") or _is_text(media, reader)
    )
    if is_xml(kind) and is_element:
        return xml.write(value, media.schema, reader), name
    if isinstance(value, str):
        return _plain(value, name)
    if sequences.is_sequence(kind):
        return sequences.write(value, kind, media, reader), name
    if kind == _FORM and isinstance(value, dict):
        return forms.write(value, media), name
    if kind.startswith("multipart/") and isinstance(value, dict | list):
        return multipart.write(value, name, media, reader)
    return _plain(text(value), name)


def is_spoken(name: str, schema: Json, schemas: Mapping[str, Json]) -> bool:
    """Tell whether values of a schema are read and written here in the media type `name`."""
    return Decoder(MediaType(schema), schemas).validates(name)


def _is_text(media: MediaType, reader: Reader) -> bool:
    shape = reader.shapes.of(media.schema)
    return shape.kinds - {"null"} == {"string"} and media.item is None


def _is_structured(name: str) -> bool:
    return (
        is_json(name)
        or is_xml(name)
        or name == _FORM
        or name.startswith("multipart/")
        or sequences.is_sequence(name)
    )


def _concrete(name: str, value: Json) -> str:
    """Return a media type for a range; JSON or text where all may be."""
    if bare(name) == "*/*":
        return "text/plain" if isinstance(value, str) else "application/json"
    return _CONCRETE.get(bare(name), name)


def _text(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset or "utf-8")
    except LookupError:
        raise UnicodeError(f"charset {charset} is not known") from None


def _as_text(raw: bytes, content_type: str) -> str:
    """Return text in its charset; what is no text by its media type may be any bytes."""
    charset = parameter(content_type, "charset")
    if charset or bare(content_type).startswith("text/"):
        return _text(raw, charset)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _plain(value: str, name: str) -> tuple[bytes, str]:
    charset = parameter(name, "charset")
    try:
        raw = value.encode(charset or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return value.encode("utf-8", "replace"), f"{bare(name)}; charset=utf-8"
    if charset or value.isascii() or not name.startswith("text/"):
        return raw, name
    return raw, f"{name}; charset=utf-8"
