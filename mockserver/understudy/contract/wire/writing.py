"""Write a request for the wire: parameters in their places and styles, a body in its media type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias
from urllib.parse import quote

from understudy.contract.model import MediaType, Operation, Parameter
from understudy.contract.pointers import MISSING
from understudy.contract.wire import media
from understudy.contract.wire.styles import (
    DEFAULTS,
    Style,
    style_of,
    text,
    write_pairs,
    write_text,
)
from understudy.exchange import Sent
from understudy.types import Json

__all__ = ["Arguments", "request", "text"]

Arguments: TypeAlias = Mapping[tuple[str, str], Json]
"""The values of parameters by location and name; text goes out as it is."""

_NOTHING: Mapping[str, Json] = {}


def request(
    operation: Operation,
    arguments: Arguments,
    body: Json = MISSING,
    schemas: Mapping[str, Json] = _NOTHING,
) -> Sent:
    """Return the request to `operation`, whose references lead to `schemas`.

    Bytes are a body as they stand; all else is written in the first documented media type.
    """
    known = {(one.location, one.name): one for one in operation.parameters}
    path, _, query = operation.path.partition("?")
    pairs = [query] if query else []
    headers: list[tuple[str, str]] = []
    cookies: list[str] = []
    for (location, name), value in arguments.items():
        parameter = known.get((location, name)) or Parameter(
            name, location, required=False, schema={}
        )
        if location == "path":
            path = path.replace(f"{{{name}}}", _text(parameter, value, schemas))
        elif location == "header":
            headers.append((name, _text(parameter, value, schemas)))
        elif location == "cookie":
            cookies.extend(_pairs(parameter, value, schemas))
        else:
            pairs.extend(_pairs(parameter, value, schemas))
    if cookies:
        headers.append(("Cookie", "; ".join(cookies)))
    raw = b""
    if body is not MISSING and operation.body is not None:
        raw, kind = _body(operation, body, schemas)
        headers.append(("Content-Type", kind))
    target = f"{path}?{'&'.join(pairs)}" if pairs else path
    return Sent(operation.method.upper(), target, tuple(headers), raw)


def _body(operation: Operation, body: Json, schemas: Mapping[str, Json]) -> tuple[bytes, str]:
    content = operation.body.content if operation.body else {}
    name, kind = next(iter(content.items()), ("application/json", MediaType({})))
    return (body, name) if isinstance(body, bytes) else media.encode(body, name, kind, schemas)


def _style(parameter: Parameter) -> Style:
    found = style_of(
        parameter.name,
        parameter.location,
        parameter.style,
        explode=parameter.explode,
        allow_reserved=parameter.allow_reserved,
    )
    location = parameter.location
    return found or Style(parameter.name, location, DEFAULTS.get(location, "form"), explode=False)


def _text(parameter: Parameter, value: Json, schemas: Mapping[str, Json]) -> str:
    """Return the value of a path parameter or a header field."""
    if not parameter.style and not isinstance(value, list | dict):
        return quote(text(value), safe="") if parameter.location == "path" else text(value)
    if not parameter.media_type:
        return write_text(_style(parameter), value)
    said = _content(parameter, value, schemas)
    return quote(said, safe="") if parameter.location == "path" else said.decode("latin-1")


def _pairs(parameter: Parameter, value: Json, schemas: Mapping[str, Json]) -> Iterator[str]:
    """Yield what a query or cookies hold of a parameter."""
    if not parameter.style and not isinstance(value, list | dict) and not parameter.allow_reserved:
        yield f"{quote(parameter.name, safe='')}={quote(text(value), safe='')}"
        return
    if not parameter.media_type:
        yield from write_pairs(_style(parameter), value)
        return
    said = _content(parameter, value, schemas)
    if parameter.location != "querystring":
        yield f"{quote(parameter.name, safe='')}={quote(said, safe='')}"
    else:
        is_form = "urlencoded" in parameter.media_type
        yield said.decode() if is_form else quote(said, safe="")


def _content(parameter: Parameter, value: Json, schemas: Mapping[str, Json]) -> bytes:
    kind = MediaType(parameter.schema)
    return media.encode(value, parameter.media_type, kind, schemas)[0]
