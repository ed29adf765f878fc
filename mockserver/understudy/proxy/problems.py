"""The proxy's own answers: problem documents (RFC 9457)."""

from __future__ import annotations

from collections.abc import Sequence

from understudy.checks.inspection import Told
from understudy.codec import dumps, loads
from understudy.exchange import Reply
from understudy.proxy.upstream import Failure
from understudy.respond.problems import refusal

FAILURES = {
    Failure.REFUSED: "no-answer",
    Failure.BROKEN: "no-answer",
    Failure.LATE: "late-answer",
    Failure.UNSENDABLE: "unsendable",
}
"""What a client is told where the service gives no answer, by the name of the kind of error."""


def problem(
    kind: str, detail: str, told: Sequence[Told] = (), headers: tuple[tuple[str, str], ...] = ()
) -> Reply:
    """Return a problem document of a kind, with the findings that led to it."""
    reply = refusal(kind, detail, headers=headers)
    if not told:
        return reply
    body = {**loads(reply.body), "errors": [one.as_json() for one in told]}
    return Reply(reply.status, dumps(body), headers, reply.media_type)
