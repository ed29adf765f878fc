"""Derive the mutants of a correct implementation from its contract and what it answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from understudy.contract.meaning.model import Listing, Reading
from understudy.contract.model import Operation
from understudy.probe.mutants.access import access, methods
from understudy.probe.mutants.creations import creations
from understudy.probe.mutants.inputs import inputs
from understudy.probe.mutants.lists import lists
from understudy.probe.mutants.mutant import Mutant, Original
from understudy.probe.mutants.pages import pages
from understudy.probe.mutants.reads import reads
from understudy.probe.mutants.related import related
from understudy.probe.mutants.replies import replies
from understudy.probe.mutants.tenants import tenants


def mutants(original: Original) -> Iterator[Mutant]:
    """Yield every mutant, family by family."""
    for family, those in _families(original):
        yield from (replace(mutant, family=family) for mutant in those)


def _families(original: Original) -> Iterator[tuple[str, Iterable[Mutant]]]:
    operations = original.rules.contract.operations.values()
    paths: dict[str, list[Operation]] = {}
    for operation in operations:
        paths.setdefault(operation.path, []).append(operation)
    meant = list(_meant(original, operations))
    yield "replies", chain.from_iterable(replies(original, one) for one in operations)
    yield "relations", chain.from_iterable(related(original, one) for one in operations)
    for family in ("lists", "pages", "owners", "reading", "creating"):
        yield family, chain.from_iterable(those for name, those in meant if name == family)
    yield "input", chain.from_iterable(inputs(original, one) for one in operations)
    yield "access", chain.from_iterable(access(original, one) for one in operations)
    yield "methods", chain.from_iterable(methods(original, *pair) for pair in paths.items())


def _meant(
    original: Original, operations: Iterable[Operation]
) -> Iterator[tuple[str, Iterator[Mutant]]]:
    """Yield the mutants of what operations mean, with the names of their families."""
    meaning = original.rules.meaning
    for operation in operations:
        listing, reading = meaning.listing(operation), meaning.reading(operation)
        if listing is not None:
            yield "lists", lists(listing)
            yield "pages", pages(original, listing)
            yield "owners", tenants(original, listing)
        if reading is not None:
            yield "reading", reads(original, reading, _listing(original, reading.resource))
        writing = meaning.writing(operation)
        if writing is not None and writing.kind == "create":
            found = _listing(original, writing.resource), _reading(original, writing.resource)
            yield "creating", creations(original, writing, *found)


def _listing(original: Original, resource: str) -> Listing | None:
    return next((one for one in original.rules.meaning.lists if one.resource == resource), None)


def _reading(original: Original, resource: str) -> Reading | None:
    return next((one for one in original.rules.meaning.reads if one.resource == resource), None)
