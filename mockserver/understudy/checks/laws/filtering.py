"""Filters: what a filter keeps is exactly what matches of the whole list."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.checks.laws import paging
from understudy.checks.laws.asking import Asker, held, outcome, some, with_
from understudy.checks.laws.walking import Walk, collect, ids
from understudy.checks.meaning import same
from understudy.checks.promise import Outcome, promise
from understudy.contract.expressions import Runtime
from understudy.contract.meaning.model import Listing, Tokens
from understudy.contract.model import Operation
from understudy.contract.pointers import MISSING, follow
from understudy.contract.schemas import resolve
from understudy.contract.wire.writing import Arguments
from understudy.types import Json

COMPLETE = promise("meaning/filter-complete", "A filter loses nothing that matches")
TOTAL = promise("meaning/filter-total", "The total of a filtered list counts what matches")

_VALUES = 6


def filters(asker: Asker, listing: Listing, arguments: Arguments) -> Iterator[Outcome]:
    """Check every filter of a list, value by value, against the list without it."""
    whole = collect(asker, listing, arguments)
    if whole.failed or not whole.complete or not whole.items:
        return
    for tokens, runtime in listing.filters.items():
        if (runtime.location, runtime.name) in arguments:
            continue
        seen = [value for item in whole.items if (value := follow(item, tokens)) is not MISSING]
        known = _declared(listing.operation, runtime, asker) or list(
            some({str(one): one for one in seen if one is not None}.values(), _VALUES)
        )
        for value in known[:_VALUES]:
            yield from _one(asker, listing, arguments, whole, (tokens, runtime, value))


def _one(
    asker: Asker,
    listing: Listing,
    arguments: Arguments,
    whole: Walk,
    wanted: tuple[Tokens, Runtime, Json],
) -> Iterator[Outcome]:
    tokens, runtime, value = wanted
    found = collect(asker, listing, with_(arguments, (runtime, value)))
    subject = f"{runtime.location} {runtime.name}"
    cases = [whole.cases[0], found.cases[0]]
    if found.failed and 400 <= found.cases[-1].status < 500:
        status = f"{found.cases[-1].status} for {value!r}"
        yield outcome(COMPLETE, cases, "a page of what matches", status, subject=subject)
    if found.failed or not found.complete:
        return
    matching = [item for item in whole.items if same(follow(item, tokens), value)]
    expected, got = ids(listing, matching), ids(listing, found.items)
    if set(expected) - set(got):
        message = f"{len(set(expected) & set(got))} of them"
        wants = f"the {len(expected)} items with {value!r}"
        yield outcome(COMPLETE, cases, wants, message, subject=subject)
        return
    if not matching:
        return
    yield held(COMPLETE, cases, subject)
    for total in paging.totals_of(found.cases[0], listing):
        yield outcome(
            TOTAL,
            cases,
            f"{len(got)} for {value!r}",
            f"{total}",
            broken=total != len(got),
            subject=subject,
        )
    if listing.paging.size and listing.paging.moves and len(matching) > 2:
        yield from paging.small(asker, listing, with_(arguments, (runtime, value)), found, 2)


def _declared(operation: Operation, runtime: Runtime, asker: Asker) -> list[Json]:
    """Return the values that the contract lists for a parameter."""
    for parameter in operation.parameters:
        if (parameter.location, parameter.name) == (runtime.location, runtime.name):
            schema = resolve(parameter.schema, asker.rules.contract.schemas)
            if schema.get("type") == "boolean":
                return [True, False]
            return [one for one in schema.get("enum", []) if one is not None]
    return []
