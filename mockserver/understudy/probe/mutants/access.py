"""Mutants of authentication and of methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeAlias
from urllib.parse import unquote_plus

from understudy.checks.case import Case
from understudy.checks.credentials import Shown, found_in
from understudy.contract.model import Operation, SecurityScheme
from understudy.exchange import Reply, Sent
from understudy.probe.mutants.mutant import (
    Alter,
    Ask,
    Mutant,
    Original,
    asked,
    is_valid,
    only,
    replied,
    with_status,
)
from understudy.probe.mutants.requests import authorized, stripped

_Taken: TypeAlias = Callable[[list[str], Sent, str, str], bool]
"""Tells whether what is shown is taken for good: the values in its place, the request, the good
credential, and that without its scheme."""


def _any(found: list[str], _sent: Sent, good: str, bare: str) -> bool:
    word = good.removesuffix(bare)
    return bool(found) and len(found[0].strip()) > len(word) and found[0].startswith(word)


def _empty(found: list[str], _sent: Sent, good: str, bare: str) -> bool:
    return bool(found) and found[0].strip() in ("", good.removesuffix(bare).strip())


def _elsewhere(found: list[str], sent: Sent, _good: str, bare: str) -> bool:
    return not found and f"={bare}" in unquote_plus(sent.query)


def _in_cookie(found: list[str], sent: Sent, _good: str, bare: str) -> bool:
    return not found and f"={bare}" in sent.header("cookie")


def _prefix(found: list[str], _sent: Sent, good: str, bare: str) -> bool:
    return bool(found) and good.startswith(found[0]) and len(found[0]) > len(good) - len(bare)


_TAKEN: Mapping[str, tuple[str, _Taken]] = {
    "no credential taken": ("no credential", lambda found, *_rest: not found),
    "any credential taken": ("a credential that was never given out", _any),
    "empty credential taken": ("an empty credential", _empty),
    "credential in the query taken": ("a credential in the query", _elsewhere),
    "credential in a cookie taken": ("a credential in a cookie", _in_cookie),
    "start of the credential taken": ("the start of a credential", _prefix),
    "longer credential taken": (
        "a credential that goes on",
        lambda found, _sent, good, _bare: bool(found) and found[0].startswith(good),
    ),
    "credential in any case taken": (
        "a credential in another case",
        lambda found, _sent, good, bare: (
            bool(found) and found[0].endswith(bare.swapcase()) and found[0].lower() == good.lower()
        ),
    ),
}
_SCHEMES: Mapping[str, tuple[str, _Taken]] = {
    "bare token taken": (
        "a token without its scheme",
        lambda found, _sent, _good, bare: bool(found) and found[0] == bare,
    ),
    "another scheme taken": (
        "a token with another scheme",
        lambda found, _sent, good, bare: (
            bool(found) and found[0].endswith(f" {bare}") and found[0].lower() != good.lower()
        ),
    ),
}


def access(original: Original, operation: Operation) -> Iterator[Mutant]:
    """Yield the mutants of who may call an operation."""
    credentials = original.rules.credentials
    known = credentials.alternative(operation)
    if not known or any(not schemes for schemes in operation.security):
        return
    for scheme in (one for schemes in operation.security for one in schemes):
        if scheme.name in credentials.values:
            yield from _taken(original, operation, scheme)
    yield from _order(original, operation)
    yield Mutant(
        f"{operation.id}/403 for 401",
        "Who shows no good credential gets 401",
        replied(
            operation,
            lambda case: with_status(case, 403) if case.status == 401 else None,
        ),
    )
    yield Mutant(
        f"{operation.id}/good credential refused",
        "A good credential is not answered with 401",
        asked(
            operation,
            lambda asked: (
                stripped(asked.exchange.sent, known) if asked.shown is Shown.GOOD else None
            ),
        ),
    )


def _taken(original: Original, operation: Operation, scheme: SecurityScheme) -> Iterator[Mutant]:
    credentials = original.rules.credentials
    good = credentials.values[scheme.name]
    bare = good.rpartition(" ")[2]
    found = _TAKEN if scheme.kind == "apiKey" else {**_TAKEN, **_SCHEMES}
    where = f" ({scheme.name})" if len(operation.security) > 1 else ""
    for name, (what, taken) in found.items():
        if name.endswith(f"{scheme.location} taken"):
            continue

        def change(asked: Case, taken: _Taken = taken) -> Sent | None:
            sent = asked.exchange.sent
            if asked.shown is Shown.GOOD or not taken(found_in(sent, scheme), sent, good, bare):
                return None
            return authorized(sent, operation, credentials)

        yield Mutant(
            f"{operation.id}/{name}{where}",
            f"Whoever shows {what} is refused",
            asked(operation, change),
        )


def _order(original: Original, operation: Operation) -> Iterator[Mutant]:
    """Yield what judges a request before it knows who asks."""
    credentials = original.rules.credentials
    invalid = any(_is_invalid(case) and case.status >= 400 for case in original.of(operation))
    missing = original.rules.meaning.reading(operation) is not None and any(
        is_valid(case) and case.status == 404 for case in original.of(operation)
    )

    def early(judged: Callable[[Case], bool], statuses: frozenset[int]) -> Callable[[], Alter]:
        async def alter(asked: Case, ask: Ask) -> Reply:
            if asked.shown is not Shown.GOOD and judged(asked):
                case = await ask(authorized(asked.exchange.sent, operation, credentials))
                if case.status in statuses:
                    return case.exchange.reply
            return (await ask(asked.exchange.sent)).exchange.reply

        return lambda: only(operation, alter)

    says = "Authentication is decided before anything else about the request is judged"
    if invalid:
        judges = early(_is_invalid, frozenset({400, 415, 422}))
        yield Mutant(f"{operation.id}/input judged before access", says, judges)
    if missing and operation.method == "get":
        judges = early(lambda asked: not _is_invalid(asked), frozenset({404}))
        yield Mutant(f"{operation.id}/existence judged before access", says, judges)


def _is_invalid(case: Case) -> bool:
    """Tell whether the contract refuses a request that any server would take for a request."""
    wrong = case.understood.surely_invalid if case.understood else None
    return wrong is not None and not case.is_odd


def methods(original: Original, path: str, operations: list[Operation]) -> Iterator[Mutant]:
    """Yield the mutants of the methods of one path."""
    first = operations[0]
    declared = [one.method.upper() for one in operations]

    def refused(change: Callable[[Case], Reply]) -> Callable[[], Alter]:
        async def alter(asked: Case, ask: Ask) -> Reply:
            case = await ask(asked.exchange.sent)
            here = asked.route is not None and asked.route.template == path
            ours = here and asked.operation is None and case.status == 405
            return change(case) if ours else case.exchange.reply

        return lambda: alter

    says = "A method that is not declared is refused with 405"
    for name, why, change in (
        ("another method not found", says, lambda case: with_status(case, 404)),
        (
            "another method fails",
            "No request makes the server fail",
            lambda case: with_status(case, 500),
        ),
        ("another method taken", says, lambda _case: Reply(200, b"{}")),
        ("405 without Allow", "A 405 has the header Allow", lambda case: _allowing(case, None)),
        (
            "Allow incomplete",
            "Allow names every method",
            lambda case: _allowing(case, declared[:-1]),
        ),
        (
            "Allow names the refused",
            "Allow does not name a method that is refused",
            lambda case: _allowing(case, [*declared, case.exchange.sent.method]),
        ),
    ):
        yield Mutant(f"{first.id}/{name}", f"{why} ({path})", refused(change))
    documented = any(
        response.schemas for one in operations if (response := one.responses.get("405"))
    )
    if documented:
        yield Mutant(
            f"{first.id}/405 page",
            f"A 405 has the documented body ({path})",
            refused(lambda case: replace(case.exchange.reply, body=b"<p>", media_type="text/html")),
        )
    yield from _served(original, path, operations)
    yield from _heads(operations)


def _allowing(case: Case, methods: list[str] | None) -> Reply:
    reply = case.exchange.reply
    headers = [field for field in reply.headers if field[0].lower() != "allow"]
    if methods is not None:
        headers.append(("allow", ", ".join(methods)))
    return replace(reply, headers=tuple(headers))


def _served(original: Original, path: str, operations: list[Operation]) -> Iterator[Mutant]:
    """Yield what answers any method as it answers one that is declared."""
    served = next((one for one in operations if original.good(one) is not None), None)
    if served is None:
        return
    good = original.good(served)

    async def alter(asked: Case, ask: Ask) -> Reply:
        here = asked.route is not None and asked.route.template == path
        given = asked.exchange.sent.method in ("HEAD", "OPTIONS")
        if good is None or not here or asked.operation is not None or given:
            return (await ask(asked.exchange.sent)).exchange.reply
        return (await ask(good.exchange.sent)).exchange.reply

    yield Mutant(
        f"{operations[0].id}/another method served",
        f"A method that is not declared is refused with 405 ({path})",
        lambda: alter,
    )


def _heads(operations: list[Operation]) -> Iterator[Mutant]:
    for operation in operations:
        for status in (204, 404, 500) if operation.method == "get" else ():
            yield Mutant(
                f"{operation.id}/HEAD answered {status}",
                "HEAD is answered as GET would be",
                partial(_head, operation.path, status),
            )


def _head(path: str, status: int) -> Alter:
    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        here = asked.route is not None and asked.route.template == path
        if here and asked.exchange.sent.method == "HEAD" and case.ok:
            return with_status(case, status)
        return case.exchange.reply

    return alter
