"""Write a request for the wire: parameters in their places, a body in its media type.

Covers `style: simple` in paths and headers and `style: form` in queries and cookies, the
defaults of OpenAPI 3.0.3 ("Parameter Object", "Style Values").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias
from urllib.parse import quote

from understudy.codec import dumps
from understudy.contract.model import Operation
from understudy.contract.pointers import MISSING
from understudy.exchange import Sent
from understudy.types import Json

Arguments: TypeAlias = Mapping[tuple[str, str], Json]
"""The values of parameters by location and name; text goes out as it is."""


def request(operation: Operation, arguments: Arguments, body: Json = MISSING) -> Sent:
    """Return the request to `operation`; bytes are a body as they stand, all else becomes JSON."""
    path = operation.path
    for (location, name), value in arguments.items():
        if location == "path":
            path = path.replace(f"{{{name}}}", quote(text(value), safe=""))
    query = "&".join(_pairs(arguments))
    headers = [
        (name, text(value)) for (location, name), value in arguments.items() if location == "header"
    ]
    cookies = [
        f"{name}={text(value)}" for (place, name), value in arguments.items() if place == "cookie"
    ]
    if cookies:
        headers.append(("Cookie", "; ".join(cookies)))
    raw = b""
    if body is not MISSING and operation.body is not None:
        raw = body if isinstance(body, bytes) else dumps(body)
        headers.append(("Content-Type", next(iter(operation.body.schemas), "application/json")))
    target = f"{path}?{query}" if query else path
    return Sent(operation.method.upper(), target, tuple(headers), raw)


def text(value: Json) -> str:
    """Return a value as a parameter says it; the items of an array are joined by commas."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(map(text, value))
    return dumps(value).decode()


def _pairs(arguments: Arguments) -> Iterator[str]:
    for (location, name), value in arguments.items():
        if location == "query":
            for one in value if isinstance(value, list) else [value]:
                yield f"{quote(name, safe='')}={quote(text(one), safe='')}"
