"""Bodies in parts (RFC 2046, section 5.1; RFC 7578): fields and files of a form, or items.

Several parts of one name are an array. A part is read by its own media type, else by what
`encoding` says of it, else by its schema: an object is JSON, all else text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from understudy.codec import dumps
from understudy.contract.model import MediaType
from understudy.contract.wire.media_types import bare, is_json, is_xml
from understudy.contract.wire.shapes import Shape
from understudy.contract.wire.styles import text
from understudy.contract.wire.typed import Reader
from understudy.types import Json, JsonObject

_PARAMETER = re.compile(r';\s*([\w*]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"\s]+))')
_ESCAPES = {'"': "%22", "\r": "%0D", "\n": "%0A"}
_BYTES = frozenset({"binary", "byte"})
_PARTS = 10_000

Inner: TypeAlias = Callable[[bytes, str, Json], Json]
"""Reads the body of a part by its media type and schema."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name, its media type (empty for none given), its bytes."""

    name: str
    kind: str
    body: bytes


def split(raw: bytes, boundary: str) -> list[Part]:
    """Return the parts of a body; raises ValueError where it is not written as RFC 2046 says."""
    if not boundary:
        raise ValueError("no boundary is given in Content-Type")
    delimiter = b"\r\n--" + boundary.encode("latin-1", "replace")
    _, *parts = (b"\r\n" + raw).split(delimiter, _PARTS)
    if not parts or not parts[-1].startswith(b"--"):
        raise ValueError("the last boundary is missing")
    return [_part(part) for part in parts[:-1]]


def read(parts: Sequence[Part], media: MediaType, reader: Reader, inner: Inner) -> Json:
    """Return what the parts say; raises ValueError where one is not of its media type."""
    shape = reader.shapes.of(media.schema)
    if "array" in shape.kinds:
        schemas = map(shape.item, range(len(parts)))
        pairs = zip(parts, schemas, strict=True)
        return [_value(part, part.kind, one, reader, inner) for part, one in pairs]
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(part.name, []).append(part)
    return {
        name: _field(group, media, shape.member(name), reader, inner)
        for name, group in found.items()
    }


def write(value: Json, name: str, media: MediaType, reader: Reader) -> tuple[bytes, str]:
    """Return parts, and the media type with the boundary between them."""
    lines = list(_lines(value, media, reader))
    seed = hashlib.sha256(b"".join(lines)).hexdigest()
    boundary = f"understudy-{seed[:32]}"
    mark = b"--" + boundary.encode()
    raw = b"".join(mark + b"\r\n" + line + b"\r\n" for line in lines) + mark + b"--\r\n"
    return raw, f"{bare(name)}; boundary={boundary}"


def _part(raw: bytes) -> Part:
    head, blank, body = raw.partition(b"\r\n\r\n")
    if not blank or head.strip(b" \t")[:2] not in (b"\r\n", b""):
        raise ValueError("a part has no blank line after its header fields")
    fields = {}
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        fields[key.strip().lower()] = value.strip().decode("utf-8", "replace")
    told = {m[1].lower(): _unescaped(m) for m in _PARAMETER.finditer(_disposition(fields))}
    return Part(told.get("name", ""), fields.get(b"content-type", ""), body)


def _disposition(fields: dict[bytes, str]) -> str:
    return fields.get(b"content-disposition", "")


def _unescaped(match: re.Match[str]) -> str:
    if match[2] is None:
        return match[3]
    found = re.sub(r"\\([\"\\])", r"\1", match[2])
    for plain, escape in _ESCAPES.items():
        found = found.replace(escape, plain)
    return found


def _field(
    group: Sequence[Part], media: MediaType, schema: Json, reader: Reader, inner: Inner
) -> Json:
    """Return what all parts of one name say: an array where the schema has one, or several came."""
    shape = reader.shapes.of(schema)
    one = reader.shapes.of(shape.item(0)) if "array" in shape.kinds else shape
    documented = _documented(media.encoding.get(group[0].name, {}), one)
    kinds = [part.kind or documented for part in group]
    if "array" in shape.kinds or len(group) > 1:
        if len(group) == 1 and is_json(kinds[0]):
            whole = inner(group[0].body, kinds[0], {})
            return whole if isinstance(whole, list) else [whole]
        told = zip(group, kinds, strict=True)
        return [
            _value(part, kind, shape.item(index), reader, inner)
            for index, (part, kind) in enumerate(told)
        ]
    return _value(group[0], kinds[0], schema, reader, inner)


def _documented(encoding: JsonObject, shape: Shape) -> str:
    """Return the media type of parts that say none, where they are not simply text.

    Only what is text or bytes by its schema can be of any other type than JSON.
    """
    kind = str(encoding.get("contentType", ""))
    single = "," not in kind and "*" not in kind
    if is_json(kind) or (kind and single and shape.kinds == {"string"}):
        return kind
    return "application/octet-stream" if shape.formats & _BYTES else ""


def _value(part: Part, kind: str, schema: Json, reader: Reader, inner: Inner) -> Json:
    shape = reader.shapes.of(schema)
    if (is_json(kind) or is_xml(kind)) and shape.kinds != {"string"}:
        return inner(part.body, kind, schema)
    if kind and not kind.lower().startswith("text/"):
        return inner(part.body, bare(kind), {"type": "string"})
    said = inner(part.body, kind or "text/plain", {"type": "string"})
    return reader.read(said, schema, [])


def _lines(value: Json, media: MediaType, reader: Reader) -> Iterator[bytes]:
    """Yield each part with its header fields."""
    shape = reader.shapes.of(media.schema)
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield _line("", one, shape.item(index), "", reader)
        return
    for name, member in value.items():
        schema = shape.member(name)
        kind = str(media.encoding.get(name, {}).get("contentType", "")).partition(",")[0].strip()
        if not isinstance(member, list) or is_json(kind):
            yield _line(name, member, schema, kind, reader)
            continue
        items = reader.shapes.of(schema)
        for index, one in enumerate(member):
            yield _line(name, one, items.item(index), kind, reader)


def _line(name: str, value: Json, schema: Json, kind: str, reader: Reader) -> bytes:
    shape = reader.shapes.of(schema)
    is_file = isinstance(value, str) and bool(shape.formats & _BYTES)
    disposition = "form-data" if name else "attachment"
    if name:
        disposition += f'; name="{_escaped(name)}"'
    if is_file and name:
        disposition += f'; filename="{_escaped(name)}"'
    if not isinstance(value, str) and (is_json(kind) or not shape.scalars or value is None):
        kind, body = kind if is_json(kind) else "application/json", dumps(value)
    else:
        body = (dumps(value).decode() if is_json(kind) else text(value)).encode()
        kind = kind or ("application/octet-stream" if is_file else "")
    head = f"Content-Disposition: {disposition}\r\n"
    head += f"Content-Type: {kind}\r\n" if kind and "*" not in kind else ""
    return head.encode() + b"\r\n" + body


def _escaped(name: str) -> str:
    for plain, escape in _ESCAPES.items():
        name = name.replace(plain, escape)
    return name.replace("\\", "\\\\")
