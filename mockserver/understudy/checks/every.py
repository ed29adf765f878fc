"""Every check of one exchange, in the order in which their findings are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from understudy.checks import access, method, request, response
from understudy.checks.case import Case, Check
from understudy.checks.meaning import meaning
from understudy.checks.promise import Outcome

EVERY: Final[tuple[Check, ...]] = (
    response.server_error,
    access.granted,
    access.refused,
    access.challenge,
    method.refused,
    method.allow,
    request.accepted,
    request.refused,
    response.status,
    response.media_type,
    response.body,
    response.problem,
    response.headers,
    response.no_body,
    response.undeclared,
    meaning,
)


def judge(case: Case) -> Iterator[Outcome]:
    """Yield the outcomes of every check of one case; without an answer there is but one."""
    yield from response.answered(case)
    for check in EVERY if case.status else ():
        yield from check(case)
