"""Bodies that are `application/x-www-form-urlencoded`: each property a field in its own style.

An array is one field for each item and an object is JSON, unless `encoding` says otherwise
(OpenAPI 3.1.1, "Encoding Object"). What is null, and what is empty, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from understudy.codec import dumps, loads
from understudy.contract.model import MediaType
from understudy.contract.wire import deep
from understudy.contract.wire.invalid import Invalid
from understudy.contract.wire.media_types import is_json
from understudy.contract.wire.shapes import Shape
from understudy.contract.wire.styles import (
    Style,
    read_pairs,
    split_pairs,
    style_of,
    write_pairs,
)
from understudy.contract.wire.typed import Pairs, Reader, Tree
from understudy.types import Json, JsonObject

_STYLED = frozenset({"style", "explode", "allowReserved"})


def read(said: str, media: MediaType, reader: Reader) -> Json:
    """Return the object that a form says; raises ValueError where it is not written as one."""
    pairs = split_pairs(said.split("&"))
    shape = reader.shapes.of(media.schema)
    styles = {name: _style(name, media.encoding) for name in shape.properties}
    found: JsonObject = {}
    for name, style in styles.items():
        encoding = media.encoding.get(name, {})
        if is_json(str(encoding.get("contentType", ""))):
            values = [loads(style.decoded(v).encode()) for k, v in pairs if k == name]
            if values:
                found[name] = values[0] if len(values) == 1 else values
            continue
        schema = shape.properties[name]
        for tree in _trees(style, pairs, reader.shapes.of(schema), styled=_is_styled(encoding)):
            wrong: list[Invalid] = []
            value = reader.read(tree, schema, wrong)
            found.setdefault(name, value)
            if not wrong:
                found[name] = value
                break
    return {**found, **dict(_others(pairs, styles, shape, reader))}


def write(value: JsonObject, media: MediaType) -> bytes:
    """Return an object as a form."""
    pairs: list[str] = []
    for name, member in value.items():
        style, encoding = _style(name, media.encoding), media.encoding.get(name, {})
        said = member
        is_styled = not isinstance(member, dict) or _is_styled(encoding)
        if is_json(str(encoding.get("contentType", ""))) or not is_styled:
            said = dumps(member).decode()
        if said is not None:
            pairs.extend(write_pairs(style, said))
    return "&".join(pairs).encode()


def _style(name: str, encodings: Mapping[str, JsonObject]) -> Style:
    encoding = encodings.get(name, {})
    found = style_of(
        name,
        "query",
        encoding.get("style", ""),
        explode=encoding.get("explode"),
        allow_reserved=bool(encoding.get("allowReserved")),
    )
    return found or Style(name, "query", "form", explode=True)


def _is_styled(encoding: JsonObject) -> bool:
    return not _STYLED.isdisjoint(encoding)


def _trees(style: Style, pairs: Pairs, shape: Shape, *, styled: bool) -> Iterator[Tree]:
    """Yield what the pairs say of a property, by each of the types that it may have."""
    kinds = ["object"] if styled and "object" in shape.kinds else []
    kinds += ["array"] if "array" in shape.kinds else []
    kinds += ["string"] if shape.scalars or not styled else []
    for kind in kinds:
        yield from read_pairs(style, pairs, kind, shape.properties.__contains__) or ()


def _others(
    pairs: Pairs, styles: Mapping[str, Style], shape: Shape, reader: Reader
) -> Iterator[tuple[str, Json]]:
    """Yield the fields that are not declared."""
    plain = Style("", "query", "form", explode=True)
    bracketed = [name for name, style in styles.items() if style.style == "deepObject"]
    grouped: dict[str, list[Tree]] = {}
    for name, value in pairs:
        if name not in styles and not any(deep.is_part(name, of) for of in bracketed):
            grouped.setdefault(name, []).append(plain.decoded(value))
    for name, values in grouped.items():
        tree: Tree = values if len(values) > 1 else values[0]
        yield name, reader.read(tree, shape.member(name), [])
