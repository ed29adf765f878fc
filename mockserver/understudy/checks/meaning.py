"""What one successful exchange shows of meaning: pages, filters, order, echoes, relations."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from understudy.checks.case import Case
from understudy.checks.credentials import Shown
from understudy.checks.promise import Finding, Outcome, Promise, promise
from understudy.codec import identity
from understudy.contract import pointers
from understudy.contract.expressions import Runtime
from understudy.contract.instances import instances
from understudy.contract.meaning.facts import relation_id
from understudy.contract.meaning.model import Listing, Reading, Tokens, Writing
from understudy.contract.nodes import instant
from understudy.contract.pointers import MISSING, follow
from understudy.contract.relations import breaches
from understudy.exchange import Request
from understudy.types import Json

PAGE_SIZE = promise(
    "meaning/page-size", "A page has at most as many items as were asked for, or by default"
)
FILTER = promise("meaning/filter", "A filtered list has only items that match the filter")
OWNER = promise("meaning/owner", "Everything returned belongs to what the request names")
ORDER = promise("meaning/order", "A list comes in the promised order")
UNIQUE = promise("meaning/unique-ids", "No item comes twice on a page")
ECHO = promise("meaning/echo", "What the response repeats of the request is what was sent")
DEFAULT = promise("meaning/default", "What a request leaves out has the documented default")
RELATION = promise("meaning/relation", "What is declared between the fields of a schema holds")


def meaning(case: Case) -> Iterator[Outcome]:
    """Check what a successful reply to a valid request means."""
    operation, understood = case.operation, case.understood
    if operation is None or understood is None or not case.ok or case.value is MISSING:
        return
    if case.shown is not Shown.GOOD or case.exchange.sent.method == "HEAD":
        return
    yield from _relations(case)
    if understood.invalid:
        return
    known, request = case.rules.meaning, understood.request
    if (listing := known.listing(operation)) is not None:
        yield from _listing(case, listing, request)
    if (reading := known.reading(operation)) is not None:
        yield from _reading(case, reading, request)
    if (writing := known.writing(operation)) is not None:
        found = follow(case.value, writing.body)
        for tokens, runtime in writing.echoes.items():
            yield from _same(case, found, tokens, runtime, request, ECHO)
        yield from _defaults(case, found, writing, request)


def _defaults(case: Case, value: Json, writing: Writing, request: Request) -> Iterator[Outcome]:
    """Check what a new resource has where the request says nothing."""
    for tokens, default in writing.defaults.items():
        got = follow(value, tokens)
        if got is MISSING or follow(request.body, tokens) is not MISSING:
            continue
        where = pointers.join("", *tokens)
        if same(got, default):
            yield case.held(DEFAULT, f"body {where}")
        else:
            expected = f"{where} is {default!r} by default"
            yield case.broken(DEFAULT, expected, _short(got), subject=f"body {where}")


def _reading(case: Case, reading: Reading, request: Request) -> Iterator[Outcome]:
    found = follow(case.value, reading.body)
    if reading.id_member:
        yield from _same(case, found, reading.id_member, reading.id, request, ECHO)
    for tokens, runtime in reading.owners.items():
        yield from _same(case, found, tokens, runtime, request, OWNER)
    for tokens, runtime in reading.last.items():
        entries, size = follow(found, tokens), runtime.of(request)
        if isinstance(entries, list) and isinstance(size, int):
            yield from _sized(case, entries, runtime, size)


def _sized(case: Case, items: list[Json], runtime: Runtime, size: int) -> Iterator[Outcome]:
    if len(items) > size:
        subject = f"{runtime.location} {runtime.name}"
        yield case.broken(PAGE_SIZE, f"at most {size} items", f"{len(items)}", subject=subject)
    else:
        yield case.held(PAGE_SIZE)


def _listing(case: Case, listing: Listing, request: Request) -> Iterator[Outcome]:
    items = follow(case.value, listing.items)
    if not isinstance(items, list):
        return
    by = listing.paging.size
    size = by.of(request) if by else MISSING
    if by is not None and isinstance(size, int):
        yield from _sized(case, items, by, size)
    for kind, members in ((FILTER, listing.filters), (OWNER, listing.owners)):
        for tokens, runtime in members.items():
            yield from _all_same(case, items, tokens, runtime, request, kind)
    for tokens, runtime in listing.echoes.items():
        yield from _same(case, case.value, tokens, runtime, request, ECHO)
    yield from _order(case, listing, items)
    yield from _unique(case, listing, items)


def _order(case: Case, listing: Listing, items: list[Json]) -> Iterator[Outcome]:
    if listing.order is None or _is_sorted_otherwise(case):
        return
    values = [_comparable(follow(item, listing.order.by)) for item in items]
    if len(values) < 2 or any(value is None for value in values):
        return
    where = pointers.join("", "*", *listing.order.by)
    for earlier, later in pairwise(values):
        first, second = (later, earlier) if listing.order.descending else (earlier, later)
        if type(first) is type(second) and first > second:
            expected = f"{where} {'latest' if listing.order.descending else 'earliest'} first"
            yield case.broken(ORDER, expected, f"{earlier} before {later}", subject=f"body {where}")
            return
    yield case.held(ORDER)


def _is_sorted_otherwise(case: Case) -> bool:
    """Tell whether the request asks for an order of its own."""
    query = case.exchange.sent.query.lower()
    return "sort" in query or "order" in query


def _comparable(value: Json) -> Json:
    at = instant(value)
    return at if at is not None else value if isinstance(value, str | int | float) else None


def _unique(case: Case, listing: Listing, items: list[Json]) -> Iterator[Outcome]:
    if listing.id is None or len(items) < 2:
        return
    found = [identity(follow(item, listing.id)) for item in items if _has(item, listing.id)]
    twice = next((one for one in found if found.count(one) > 1), None)
    if twice is not None:
        yield case.broken(UNIQUE, "every id once", f"{twice.decode()} comes twice")
    else:
        yield case.held(UNIQUE)


def _has(item: Json, tokens: Tokens) -> bool:
    return follow(item, tokens) is not MISSING


def _all_same(
    case: Case, items: list[Json], tokens: Tokens, runtime: Runtime, request: Request, kind: Promise
) -> Iterator[Outcome]:
    wanted = runtime.of(request)
    found = [value for item in items if (value := follow(item, tokens)) not in (MISSING, None)]
    if wanted is MISSING or not found:
        return
    subject = f"{runtime.location} {runtime.name}"
    for value in found:
        if not same(value, wanted):
            where = pointers.join("", "*", *tokens)
            yield case.broken(kind, f"{where} is {wanted!r}", f"{value!r}", subject=subject)
            return
    yield case.held(kind, subject, len(found))


def _same(
    case: Case, value: Json, tokens: Tokens, runtime: Runtime, request: Request, kind: Promise
) -> Iterator[Outcome]:
    wanted, got = runtime.of(request), follow(value, tokens)
    if wanted is MISSING or got is MISSING:
        return
    where = pointers.join("", *tokens)
    if same(got, wanted):
        yield case.held(kind, f"body {where}")
    else:
        expected = f"{where} is {_short(wanted)}, as {runtime} says"
        yield case.broken(kind, expected, _short(got), subject=f"body {where}")


def same(one: Json, other: Json) -> bool:
    """Tell whether two values say the same: instants in any notation, UUIDs in any case."""
    if one is MISSING or other is MISSING:
        return one is other
    if identity(one) == identity(other):
        return True
    first, second = instant(one), instant(other)
    if first is not None and second is not None:
        return first == second
    if isinstance(one, str) and isinstance(other, str):
        return _is_uuid(one) and one.lower() == other.lower()
    return isinstance(one, str) != isinstance(other, str) and str(one) == str(other)


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:120]}..."


def _relations(case: Case) -> Iterator[Outcome]:
    """Check the relations of every instance of a named schema in the body."""
    rules = case.rules
    if case.response is None or not case.media_type or case.operation is None:
        return
    schema = case.response.schemas[case.media_type]
    found = instances(case.value, schema, rules.contract.schemas)
    for name, nodes in found.items():
        for relation in rules.meaning.relations.get(name, ()):
            subject = relation_id(relation)
            broken = next(breaches(relation, nodes), None)
            if broken is None:
                yield case.held(RELATION, subject, len(nodes))
                continue
            got = f"{broken.message} (at {broken.pointer or 'the body itself'})"
            finding = Finding(
                RELATION, case.label, subject, got, subject, relation.kind,
                relation.pointer or case.operation.pointer, bool(relation.pointer),
                (case.exchange,),
            )  # fmt: skip
            yield Outcome(RELATION, case.label, subject, finding)
