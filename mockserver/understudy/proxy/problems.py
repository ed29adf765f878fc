"""The proxy's own answers: problem documents (RFC 9457)."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from understudy.checks.inspection import Told
from understudy.codec import dumps
from understudy.exchange import Reply
from understudy.proxy.upstream import Failure
from understudy.types import JsonObject

STATUSES = {
    Failure.REFUSED: 502,
    Failure.BROKEN: 502,
    Failure.LATE: 504,
    Failure.UNSENDABLE: 400,
}
"""What a client gets where the service gives no answer (RFC 9110, sections 15.6.3 and 15.6.5)."""


def problem(
    status: int, detail: str, told: Sequence[Told] = (), headers: tuple[tuple[str, str], ...] = ()
) -> Reply:
    """Return a problem document with the findings that led to it."""
    body: JsonObject = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if told:
        body["errors"] = [one.as_json() for one in told]
    return Reply(status, dumps(body), headers, "application/problem+json")
