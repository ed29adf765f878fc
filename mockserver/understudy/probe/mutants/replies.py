"""Mutants of replies as such: their bodies, media types, headers and statuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from understudy.checks.case import Case
from understudy.contract.model import Header, Operation, Response
from understudy.contract.pointers import MISSING
from understudy.contract.validate import Validator
from understudy.exchange import Reply
from understudy.generate.invalid.breaks import Tools
from understudy.generate.invalid.faults import Fault, Way, ways
from understudy.generate.paths import places, replaced
from understudy.generate.source import Source
from understudy.probe.mutants.mutant import (
    Mutant,
    Original,
    is_head,
    replied,
    with_status,
    with_value,
)
from understudy.types import Json

_SUCCESSES = (202, 206, 203)
_REFUSALS = (418, 409, 451)
_ANYWHERE = Source.of("mutant")
_PAGE = b"<html>Something happened</html>"
_RAW: tuple[tuple[str, str, Callable[[Reply], Reply]], ...] = (
    (
        "page",
        "has the documented body",
        lambda reply: replace(reply, body=_PAGE, media_type="text/html"),
    ),
    (
        "as text",
        "has a documented media type",
        lambda reply: replace(reply, media_type="text/plain"),
    ),
    ("untyped", "has a media type", lambda reply: replace(reply, media_type="")),
    ("cut off", "is whole JSON", lambda reply: replace(reply, body=reply.body[:-1])),
    ("empty", "has a body", lambda reply: replace(reply, body=b"")),
)


def replies(original: Original, operation: Operation) -> Iterator[Mutant]:
    """Yield the mutants of every documented reply of an operation that has come."""
    by_status: dict[int, list[Case]] = {}
    for case in original.cases:
        here = case.operation is not None and case.operation.id == operation.id
        if here and case.response is not None and not is_head(case):
            by_status.setdefault(case.status, []).append(case)
    for status, cases in sorted(by_status.items()):
        response = operation.documented(status)
        if response is None:
            continue
        yield from _bodies(original, operation, status, cases)
        if not all(case.is_odd for case in cases):  # of odd requests, no status is promised
            yield from _as_other(operation, status)
        for header in response.headers:
            yield from _headers(original, operation, status, response, header)
        if response.schemas:
            yield from _raw(operation, status)


def _at(status: int, change: Callable[[Case], Reply | None]) -> Callable[[Case], Reply | None]:
    """Return a change of replies with one status only."""

    def changed(case: Case) -> Reply | None:
        return change(case) if case.status == status and not is_head(case) else None

    return changed


def _raw(operation: Operation, status: int) -> Iterator[Mutant]:
    """Yield bodies that are not what the media type says, or come with none that is documented."""
    name = f"{operation.id}/{status}"
    for kind, says, change in _RAW if status < 300 else _RAW[:1]:
        yield Mutant(
            f"{name} {kind}",
            f"A {status} {says}",
            replied(operation, _at(status, _of_reply(change))),
        )


def _of_reply(change: Callable[[Reply], Reply]) -> Callable[[Case], Reply]:
    return lambda case: change(case.exchange.reply)


def _as_other(operation: Operation, status: int) -> Iterator[Mutant]:
    """Yield another status than the right one: one that is not documented, and a defect."""
    fresh = _SUCCESSES if status < 300 else _REFUSALS
    wrong = next((one for one in fresh if operation.documented(one) is None), None)
    for instead in (one for one in (wrong, 500) if one is not None):
        if status < 300 or instead == wrong:
            yield Mutant(
                f"{operation.id}/{status} told as {instead}",
                f"Every status that comes is documented, and fits: {status}, not {instead}",
                replied(operation, _at(status, partial(with_status, status=instead))),
            )


def _headers(
    original: Original, operation: Operation, status: int, response: Response, header: Header
) -> Iterator[Mutant]:
    """Yield a documented header that is missing, and one that is not valid."""
    name = header.name.lower()
    if header.required:
        yield Mutant(
            f"{operation.id}/{status} without {header.name}",
            f"A {status} has the header {header.name}",
            replied(operation, _at(status, lambda case: _without(case, name))),
        )
    if not original.rules.header_validator(response, header.name, header.schema).accepts("?"):
        yield Mutant(
            f"{operation.id}/{status} invalid {header.name}",
            f"The header {header.name} of a {status} is valid",
            replied(operation, _at(status, lambda case: _with(case, name, "?"))),
        )


def _without(case: Case, name: str) -> Reply:
    reply = case.exchange.reply
    return replace(reply, headers=tuple(h for h in reply.headers if h[0].lower() != name))


def _with(case: Case, name: str, value: str) -> Reply | None:
    if case.exchange.reply.header(name) is None:
        return None
    reply = _without(case, name)
    return replace(reply, headers=(*reply.headers, (name, value)))


def _bodies(
    original: Original, operation: Operation, status: int, cases: list[Case]
) -> Iterator[Mutant]:
    """Yield bodies that break one keyword: each kind near the root and far from it.

    Of a refusal one is enough, since all of its kind are made in one place.
    """
    case = next((one for one in cases if one.media_type and one.value is not MISSING), None)
    if case is None or case.response is None:
        return
    schema = case.response.schemas[case.media_type]
    validator = original.rules.validator(case.response, case.media_type)
    values = [one.value for one in cases if one.value is not MISSING]
    kinds: dict[tuple[str, str], list[Way]] = {}
    for way in ways(schema, Tools(original.rules.contract.schemas, _nothing)):
        if any(broken(value, way, validator) is not MISSING for value in values):
            kinds.setdefault(_kind(way.fault), []).append(way)
    ends = [way for found in kinds.values() for way in (found[0], found[-1])]
    for way in dict.fromkeys(ends if status < 300 else ends[:1]):
        where = way.fault.pointer or "the body"

        yield Mutant(
            f"{operation.id}/{status} {where} {told(way.fault)}",
            f"In a {status}, {where} keeps {way.fault.keyword}",
            replied(operation, _at(status, partial(_spoiled, way=way, validator=validator))),
        )


def _spoiled(case: Case, way: Way, validator: Validator) -> Reply | None:
    value = broken(case.value, way, validator) if case.value is not MISSING else MISSING
    return None if value is MISSING else with_value(case, value)


def _nothing(_schema: Json) -> tuple[Json, ...]:
    return ()


def _kind(fault: Fault) -> tuple[str, str]:
    """Return what makes two faults alike: the keyword, and for types and formats which."""
    kind = "wrong type" if fault.kind.startswith("wrong type") else fault.kind
    return fault.keyword, kind if fault.keyword in ("type", "format") else ""


def told(fault: Fault) -> str:
    """Return what a fault is, in few words."""
    name = f" {fault.expected}" if fault.keyword == "required" else ""
    return f"{fault.keyword}{name} ({fault.kind})"


def broken(value: Json, way: Way, validator: Validator) -> Json:
    """Return `value` with one fault at the last place that has room for it, or MISSING."""
    found = list(places(value, way.site.steps, _ANYWHERE))
    for path, here in reversed(found):
        for change in way.made.changes:
            new = change(here, _ANYWHERE)
            if new is MISSING:
                continue
            spoiled = replaced(value, path, new)
            if not validator.accepts(spoiled):
                return spoiled
    return MISSING


def documented_but_unseen(original: Original, operation: Operation) -> Iterator[str]:
    """Yield the documented statuses of which no reply has come, so that no mutant is about them."""
    came = {
        case.status
        for case in original.cases
        if case.route is not None
        and case.route.template == operation.path
        and (case.operation is None or case.operation.id == operation.id)
    }
    for status in operation.responses:
        if status.isdecimal() and int(status) not in came:
            yield status
