"""Take in a request: read its body as its operation allows, and decode all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from starlette.types import Receive, Scope

from understudy.contract.wire.invalid import Invalid
from understudy.exchange import Reply, Request
from understudy.respond.service import Handler
from understudy.server.send import header, read_body

BODY: Final = "understudy.body"
"""Where in the scope the body of a request stands once it was read."""

Arrived: TypeAlias = tuple[Request, Sequence[Invalid]]
"""A decoded request, and all that is wrong with it."""


async def arrive(
    handler: Handler,
    scope: Scope,
    receive: Receive,
    path: Mapping[str, Any],
    encoded: Mapping[str, str],
) -> Arrived | Reply:
    """Return what was asked, or the refusal of what the contract does not allow."""
    raw, content_type = b"", ""
    if handler.body is not None:
        content_type = header(scope, b"content-type")
        length = header(scope, b"content-length")
        size = int(length) if length.isdecimal() else 1
        refusal = handler.expect(content_type, size)
        body = await read_body(receive, handler.longest)
        if body is not None:
            scope[BODY] = body
        if refusal is None and body is None:
            refusal = handler.too_large()
        if refusal is not None:
            return refusal
        raw = body or b""
    query, headers = scope["query_string"], scope["headers"]
    found = handler.read(path, query, headers, raw, content_type, encoded)
    refusal = handler.refuse(found[1], headers, query) if found[1] else None
    return refusal or found
