"""Methods that the contract does not declare, and those that HTTP gives every resource."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.checks.case import Case
from understudy.checks.promise import Outcome, promise

REFUSED = promise(
    "method/refused",
    "A method that is not declared for a path is refused with 405",
    "RFC 9110, section 15.5.6",
)
ALLOW = promise(
    "method/allow",
    "Allow names every method that is declared for the path",
    "RFC 9110, section 10.2.1",
)

_GIVEN = frozenset({"HEAD", "OPTIONS"})


def refused(case: Case) -> Iterator[Outcome]:
    """Check that an undeclared method is refused."""
    if case.route is None or case.operation is not None:
        return
    if case.status >= 500 and case.status != 501:
        return
    method = case.exchange.sent.method
    if case.status in (405, 501) or (method in _GIVEN and (case.ok or case.status == 401)):
        yield case.held(REFUSED)
        return
    if method == "HEAD" and "GET" in case.route.operations:
        return  # answered as GET would be; the law of HEAD compares the two
    yield case.broken(REFUSED, "405", f"{case.status}", subject=method)


def allow(case: Case) -> Iterator[Outcome]:
    """Check that the methods in Allow are all that are declared."""
    if case.route is None:
        return
    text = case.exchange.reply.header("allow")
    method = case.exchange.sent.method
    if text is None and not (case.status == 405 or (method == "OPTIONS" and case.status == 200)):
        return
    told = {part.strip().upper() for part in (text or "").split(",")}
    declared = set(case.route.operations)
    missing = sorted(declared - told)
    if (missing and case.status == 405) or (missing and text is not None):
        got = f"{text!r}, without {', '.join(missing)}" if text is not None else "no Allow header"
        yield case.broken(ALLOW, ", ".join(sorted(declared)), got, subject="header Allow")
    elif method in told and case.status == 405:
        yield case.broken(ALLOW, f"not {method}", f"{text!r}", subject="header Allow")
    elif not missing:
        yield case.held(ALLOW)
