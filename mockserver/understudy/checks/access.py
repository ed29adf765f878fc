"""Authentication as a contract: who shows no good credential is refused as documented."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.checks.case import Case
from understudy.checks.credentials import Shown, found_in
from understudy.checks.promise import Outcome, Severity, promise
from understudy.contract.model import Operation

REFUSED = promise(
    "access/refused",
    "A request without a good credential is refused with 401 or 403",
    "OpenAPI 3.0.3, Security Requirement Object",
)
STATUS = promise(
    "access/status",
    "Who shows no good credential gets 401 where 401 is documented",
    "RFC 9110, section 15.5.2",
)
FIRST = promise(
    "access/first",
    "Authentication is decided before anything else about the request is judged",
    "OWASP API Security Top 10, API2",
)
CHALLENGE = promise(
    "access/challenge",
    "A 401 says in WWW-Authenticate how to authenticate",
    "RFC 9110, section 11.6.1",
    Severity.WARNING,
)
GRANTED = promise(
    "access/granted",
    "A good credential is not answered with 401",
    "RFC 9110, section 15.5.2",
)

_ELSEWHERE = frozenset({405, 406, 408, 413, 414, 415, 429, 431})


def granted(case: Case) -> Iterator[Outcome]:
    """Check that a good credential is taken for one."""
    if case.operation is None or not case.operation.security or case.shown is not Shown.GOOD:
        return
    if case.rules.credentials.lenient:  # whether it was good is not known
        return
    if case.status == 401:
        yield case.broken(GRANTED, "not 401", "401")
    else:
        yield case.held(GRANTED)


def refused(case: Case) -> Iterator[Outcome]:
    """Check the refusal of a request without a good credential."""
    operation = case.operation
    if operation is None or case.shown is Shown.GOOD or case.status >= 500:
        return
    way = how(case, operation)
    if case.status < 400:
        yield case.broken(REFUSED, _expected(operation), f"{case.status}", keyword=way)
        return
    if case.status in _ELSEWHERE:
        return
    if case.status not in (401, 403):
        invalid = case.understood is not None and case.understood.invalid
        kind = FIRST if invalid else REFUSED
        yield case.broken(kind, _expected(operation), f"{case.status}", keyword=way)
        return
    yield case.held(REFUSED, way)
    yield case.held(FIRST)
    wanted = _wanted(operation)
    if wanted and case.status != wanted:
        yield case.broken(STATUS, f"{wanted}", f"{case.status}", keyword=way)
    else:
        yield case.held(STATUS, way)


def challenge(case: Case) -> Iterator[Outcome]:
    """Check that a 401 says how to authenticate."""
    if case.operation is None or case.status != 401:
        return
    if case.exchange.reply.header("www-authenticate"):
        yield case.held(CHALLENGE)
    elif not _is_promised(case):
        yield case.broken(CHALLENGE, "a WWW-Authenticate header", "none")


def how(case: Case, operation: Operation) -> str:
    """Return in which way the request lacks a good credential, as its bytes show."""
    sent, values = case.exchange.sent, case.rules.credentials.values
    ways = []
    for scheme in (one for schemes in operation.security for one in schemes):
        good = values.get(scheme.name, "")
        bare = good.partition(" ")[2] if scheme.kind != "apiKey" else good
        found = found_in(sent, scheme)
        if found and not found[0].strip():
            ways.append("empty")
        elif found and bare and scheme.kind != "apiKey" and found[0] == bare:
            ways.append("bare token")
        elif found and bare and scheme.kind != "apiKey" and found[0].endswith(f" {bare}"):
            ways.append("wrong scheme")
        elif found:
            ways.append("wrong value")
        elif bare and bare in f"{sent.target} {sent.headers}":
            ways.append("wrong place")
    return next(iter(ways), "absent")


def _is_promised(case: Case) -> bool:
    """Tell whether the contract itself demands the header, so that another check speaks of it."""
    names = case.response.headers if case.response else ()
    return any(h.required and h.name.lower() == "www-authenticate" for h in names)


def _wanted(operation: Operation) -> int:
    """Return the one status that is documented for those who are not authenticated, or 0."""
    for status in (401, 403):
        if str(status) in operation.responses:
            return status
    return 0


def _expected(operation: Operation) -> str:
    return f"{_wanted(operation) or '401 or 403'}"
