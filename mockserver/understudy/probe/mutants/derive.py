"""Derive the mutants of a correct implementation from its contract and what it answered."""

from __future__ import annotations

from collections.abc import Iterator

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
    """Yield every mutant, operation by operation; no two have the same name."""
    for operation in original.rules.contract.operations.values():
        yield from replies(original, operation)
        yield from related(original, operation)
        yield from _meant(original, operation)
        yield from inputs(original, operation)
        yield from access(original, operation)
    paths: dict[str, list[Operation]] = {}
    for operation in original.rules.contract.operations.values():
        paths.setdefault(operation.path, []).append(operation)
    for path, operations in paths.items():
        yield from methods(original, path, operations)


def _meant(original: Original, operation: Operation) -> Iterator[Mutant]:
    meaning = original.rules.meaning
    listing, reading = meaning.listing(operation), meaning.reading(operation)
    if listing is not None:
        yield from lists(listing)
        yield from pages(original, listing)
        yield from tenants(original, listing)
    if reading is not None:
        yield from reads(original, reading, _listing(original, reading.resource))
    writing = meaning.writing(operation)
    if writing is not None and writing.kind == "create":
        found = _listing(original, writing.resource), _reading(original, writing.resource)
        yield from creations(original, writing, *found)


def _listing(original: Original, resource: str) -> Listing | None:
    return next((one for one in original.rules.meaning.lists if one.resource == resource), None)


def _reading(original: Original, resource: str) -> Reading | None:
    return next((one for one in original.rules.meaning.reads if one.resource == resource), None)
