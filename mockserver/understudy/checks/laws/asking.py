"""What laws are given: somebody who asks the API, and what is known of a resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from understudy.checks.case import Case, Rules
from understudy.checks.promise import Finding, Outcome, Promise
from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.model import Listing, Reading, Writing
from understudy.contract.model import Operation
from understudy.contract.pointers import MISSING, follow
from understudy.contract.wire.writing import Arguments
from understudy.types import Json, JsonObject


class Asker(Protocol):
    """Asks the API; every exchange is judged on its own as well."""

    rules: Rules

    def ask(self, operation: Operation, arguments: Arguments, body: Json = MISSING) -> Case:
        """Send one request with good credentials and return its case."""

    def as_second(self, operation: Operation, arguments: Arguments) -> Case:
        """Send one request with the credentials of the second user."""

    def repeat(self, case: Case, method: str) -> Case:
        """Send the request of a case again, with another method."""

    def get(self, target: str) -> Case:
        """Send a GET for a target below the address of the API."""

    def below(self, address: str) -> str | None:
        """Return the target below the address of the API that a URL leads to, or None."""


@dataclass(frozen=True, slots=True)
class Member:
    """A resource that is known to be there: what it looked like, and how it was asked for."""

    value: JsonObject
    arguments: Arguments
    case: Case


@dataclass(slots=True)
class Scene:
    """One collection under one set of arguments, with the operations on its resource."""

    listing: Listing | None
    arguments: Arguments
    reading: Reading | None = None
    creating: Writing | None = None
    members: list[Member] = field(default_factory=list)


def arguments_of(one: Reading | Writing, member: Member) -> Arguments | None:
    """Return what names a member to an operation: its id, the rest as it was asked for or says."""
    own = {names.plain(key): value for key, value in member.value.items()}
    asked = {names.plain(name): value for (_, name), value in member.arguments.items()}
    found: dict[tuple[str, str], Json] = {}
    for parameter in one.operation.parameters:
        name = names.plain(parameter.name)
        if one.id is not None and parameter.name == one.id.name:
            by = one.id_member
            value = follow(member.value, by) if by else own.get(name, own.get("id", MISSING))
        elif not parameter.required:
            continue
        else:
            value = asked.get(name, own.get(name, MISSING))
        if value in (MISSING, None) or isinstance(value, dict | list):
            return None
        found[parameter.location, parameter.name] = value
    return found


def outcome(
    promise: Promise,
    cases: Sequence[Case],
    expected: str = "",
    got: str = "",
    *,
    broken: bool = True,
    subject: str = "",
    keyword: str = "",
) -> Outcome:
    """Return the outcome of a law; the last of `cases` is the one that shows it."""
    last = cases[-1]
    operation = last.operation
    if not broken:
        return Outcome(promise, last.label, subject)
    finding = Finding(
        promise, last.label, expected, got, subject, keyword,
        operation.pointer if operation else "", exchanges=tuple(case.exchange for case in cases),
    )  # fmt: skip
    return Outcome(promise, last.label, subject, finding)


def held(promise: Promise, cases: Sequence[Case], subject: str = "") -> Outcome:
    """Return that a law holds."""
    return outcome(promise, cases, broken=False, subject=subject)


def items_of(case: Case, listing: Listing) -> list[Json] | None:
    """Return the items of a page, or None where the reply is no page."""
    found = follow(case.value, listing.items) if case.ok and case.value is not MISSING else None
    return found if isinstance(found, list) else None


def with_(arguments: Arguments, *pairs: tuple[Runtime | None, Json]) -> dict[tuple[str, str], Json]:
    """Return `arguments` with some of them set anew; what there is no parameter for is left out."""
    changed = {(one.location, one.name): value for one, value in pairs if one is not None}
    return {**arguments, **changed}


def some(values: Iterable[Json], count: int) -> Iterator[Json]:
    """Yield the first, the last and some between, at most `count` and none twice."""
    listed = list(values)
    steps = min(count, len(listed))
    for index in range(steps):
        yield listed[index * (len(listed) - 1) // max(steps - 1, 1)]
