"""What valid and invalid requests are owed: to be accepted, and to be refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from understudy.checks.case import Case
from understudy.checks.credentials import Shown
from understudy.checks.promise import Outcome, Promise, promise
from understudy.contract import pointers
from understudy.contract.locate import locate
from understudy.contract.model import Operation
from understudy.contract.schemas import general
from understudy.contract.wire.invalid import Invalid
from understudy.types import Json

ACCEPTED = promise(
    "request/valid-accepted",
    "A request that the contract allows is not refused as invalid",
    "OpenAPI 3.0.3, Parameter Object and Request Body Object",
)
REFUSED = promise(
    "request/invalid-refused",
    "A request that the contract does not allow is refused with a 4xx",
    "OpenAPI 3.0.3, Parameter Object and Request Body Object",
)
MEDIA_TYPE_REFUSED = promise(
    "request/media-type-refused",
    "A body of a media type that is not documented is refused",
    "RFC 9110, section 15.5.16",
)

_AS_INVALID = frozenset({400, 405, 406, 411, 414, 415, 422})


def accepted(case: Case) -> Iterator[Outcome]:
    """Check that a valid request is not refused as invalid."""
    operation, understood = case.operation, case.understood
    if operation is None or understood is None or understood.invalid or case.is_odd:
        return
    if case.shown is not Shown.GOOD or case.status >= 500:
        return
    if case.status not in _AS_INVALID or _for_another_reason(case, operation):
        yield case.held(ACCEPTED)
        return
    body = case.exchange.reply.body.decode("utf-8", "replace")
    yield case.broken(
        ACCEPTED, "a success, or a documented refusal for another reason",
        f"{case.status}: {body[:200]}", keyword=f"{case.status}",
    )  # fmt: skip


def refused(case: Case) -> Iterator[Outcome]:
    """Check that a request that is surely invalid is refused."""
    operation, understood = case.operation, case.understood
    if operation is None or understood is None or case.shown is not Shown.GOOD:
        return
    wrong = understood.surely_invalid
    if wrong is None or case.status >= 500:
        return
    kind = MEDIA_TYPE_REFUSED if wrong.keyword == "mediaType" else REFUSED
    subject = subject_of(operation, wrong, case.rules.contract.schemas)
    if case.status >= 400 and not (kind is MEDIA_TYPE_REFUSED and _is_not_415(case, operation)):
        yield case.held(kind, subject)
        return
    yield case.broken(
        kind,
        f"{_wanted(kind, operation)}: {wrong.message}",
        f"{case.status}",
        subject=subject,
        keyword=wrong.keyword,
        pointer=pointer_of(case, operation, wrong),
    )


def _is_not_415(case: Case, operation: Operation) -> bool:
    """Tell whether another 4xx came where 415 is documented for this very mistake."""
    return case.status in (400, 422) and "415" in operation.responses


def _wanted(kind: Promise, operation: Operation) -> str:
    return "415" if kind is MEDIA_TYPE_REFUSED and "415" in operation.responses else "a 4xx"


def subject_of(operation: Operation, wrong: Invalid, schemas: Mapping[str, Json]) -> str:
    """Return what is wrong as people name it: `query limit`, `body /title`."""
    location, *rest = wrong.path
    if location != "body":
        return f"{location} {rest[0] if rest else ''}".strip()
    if wrong.keyword in ("encoding", "json", "missing") or operation.body is None:
        return "body"
    tokens = list(general(next(iter(operation.body.schemas.values())), rest, schemas))
    if wrong.keyword == "required":
        tokens[-1] = str(rest[-1])  # what is missing, even where it is not declared
    return f"body {pointers.join('', *tokens)}".strip()


def pointer_of(case: Case, operation: Operation, wrong: Invalid) -> str:
    """Return where in the document the promise stands that a request breaks."""
    document = case.rules.contract.document.data
    location, *rest = wrong.path
    if location == "body":
        base = pointers.join(operation.pointer, "requestBody")
        base = locate(document, base, ())
        media_type = next(iter(operation.body.schemas), "") if operation.body else ""
        return locate(document, pointers.join(base, "content", media_type, "schema"), rest)
    found = (
        p.pointer for p in operation.parameters if [p.location, p.name] == [location, *rest[:1]]
    )
    return locate(document, next(found, operation.pointer), ())


def _for_another_reason(case: Case, operation: Operation) -> bool:
    """Tell whether a refusal may be about the state of things: 422 is for input, 400 for more."""
    return case.status == 400 and {"400", "422"} <= operation.responses.keys()
