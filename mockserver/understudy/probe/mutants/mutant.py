"""A mutant as a value: a name, the promise it breaks, and what it does to requests and replies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from understudy.checks.case import Case, Rules
from understudy.checks.credentials import Shown
from understudy.codec import dumps
from understudy.contract.model import Operation
from understudy.contract.pointers import MISSING
from understudy.exchange import Exchange, Reply, Sent
from understudy.types import Json

Ask: TypeAlias = Callable[[Sent], Awaitable[Case]]
"""Asks the correct implementation, as often as a mutant likes."""

Alter: TypeAlias = Callable[[Case, Ask], Awaitable[Reply]]
"""Answers a request, which comes as a case that has no reply yet."""

NO_REPLY = Reply(0, b"", (), "")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One broken promise. `name` is stable; `make` returns a mutant that remembers nothing yet.

    `family` is what the promise is about, in one word.
    """

    name: str
    says: str
    make: Callable[[], Alter]
    family: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """The correct implementation, as far as a run of checks got to know it."""

    rules: Rules
    cases: tuple[Case, ...]

    def of(self, operation: Operation) -> Iterator[Case]:
        """Yield the exchanges with one operation that showed a good credential."""
        for case in self.cases:
            if _is(case, operation) and case.shown is Shown.GOOD and not is_head(case):
                yield case

    def good(self, operation: Operation) -> Case | None:
        """Return the first success of an operation with a valid request."""
        return next((case for case in self.of(operation) if is_success(case)), None)

    def refusal(self, operation: Operation) -> Reply | None:
        """Return how an operation refuses what is not valid."""
        found = (case for case in self.of(operation) if case.status in (400, 422))
        return next((case.exchange.reply for case in found), None)


def replied(operation: Operation, change: Callable[[Case], Reply | None]) -> Callable[[], Alter]:
    """Return what changes the replies of an operation; None leaves one as it is."""

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        changed = change(case) if _is(asked, operation) else None
        return case.exchange.reply if changed is None else changed

    return lambda: alter


def asked(operation: Operation, change: Callable[[Case], Sent | None]) -> Callable[[], Alter]:
    """Return what has requests to an operation answered as others; None leaves one as it is."""

    async def alter(asked: Case, ask: Ask) -> Reply:
        changed = change(asked) if _is(asked, operation) else None
        return (await ask(changed or asked.exchange.sent)).exchange.reply

    return lambda: alter


def only(operation: Operation, alter: Alter) -> Alter:
    """Return `alter` for the requests to one operation; all others are left alone."""

    async def altered(asked: Case, ask: Ask) -> Reply:
        if _is(asked, operation):
            return await alter(asked, ask)
        return (await ask(asked.exchange.sent)).exchange.reply

    return altered


def is_valid(case: Case) -> bool:
    """Tell whether a request is one that the contract allows, with a good credential."""
    understood = case.understood
    return understood is not None and not understood.invalid and case.shown is Shown.GOOD


def is_success(case: Case) -> bool:
    """Tell whether a reply is a JSON value that means something: a valid request succeeded."""
    return is_valid(case) and case.ok and case.value is not MISSING and not is_head(case)


def is_head(case: Case) -> bool:
    """Tell whether a request is for the head alone."""
    return case.exchange.sent.method == "HEAD"


def unanswered(rules: Rules, sent: Sent) -> Case:
    """Return a request as a case that has no reply yet."""
    return rules.case(Exchange(sent, NO_REPLY))


def with_value(case: Case, value: Json) -> Reply:
    """Return the reply of a case with another value in its body."""
    return replace(case.exchange.reply, body=dumps(value))


def with_status(case: Case, status: int) -> Reply:
    """Return the reply of a case with another status."""
    return replace(case.exchange.reply, status=status)


def _is(case: Case, operation: Operation) -> bool:
    return case.operation is not None and case.operation.id == operation.id
