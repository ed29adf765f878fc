"""Walk through a list page by page, however it is cut."""

from __future__ import annotations

from dataclasses import dataclass, field

from understudy.checks.case import Case
from understudy.checks.laws.asking import Asker, items_of, with_
from understudy.codec import identity
from understudy.contract.meaning.model import Listing
from understudy.contract.pointers import MISSING, follow
from understudy.contract.schemas import resolve
from understudy.contract.wire.writing import Arguments
from understudy.types import Json

_CAP = 400
_PAGES = 60


@dataclass(slots=True)
class Walk:
    """A list as it was collected page by page; `complete` if its end was seen."""

    items: list[Json] = field(default_factory=list)
    pages: list[list[Json]] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    complete: bool = False
    failed: bool = False


def walk(
    asker: Asker, listing: Listing, arguments: Arguments, size: int | None, *, pages: int = _PAGES
) -> Walk:
    """Collect a list with pages of `size` until its end, or until there is enough.

    By offset it goes on from what came, so that pages that are too short hide nothing.
    """
    seen = Walk()
    sized = dict(arguments) if size is None else with_(arguments, (listing.paging.size, size))
    while len(seen.cases) < pages and len(seen.items) < _CAP:
        asked = sized if not seen.cases else _next(listing, sized, seen)
        if asked is None:
            seen.complete = True
            break
        case = asker.ask(listing.operation, asked)
        items = items_of(case, listing)
        seen.cases.append(case)
        if items is None:
            seen.failed = len(seen.cases) == 1 or case.status != 404
            seen.complete = not seen.failed
            break
        seen.pages.append(items)
        seen.items.extend(items)
        seen.complete = not listing.paging.moves
    return seen


def _next(listing: Listing, arguments: Arguments, seen: Walk) -> Arguments | None:
    """Return what asks for the page after those that were seen, or None at the end."""
    paging = listing.paging
    if not paging.moves or not seen.pages[-1]:
        return None
    if paging.offset:
        return with_(arguments, (paging.offset, len(seen.items)))
    if paging.page:
        return with_(arguments, (paging.page, paging.first_page + len(seen.pages)))
    cursor = follow(seen.cases[-1].value, paging.next or ())
    return None if cursor in (MISSING, None, "") else with_(arguments, (paging.cursor, cursor))


def collect(asker: Asker, listing: Listing, arguments: Arguments) -> Walk:
    """Collect a list with the largest pages there are."""
    size = bounds(asker, listing)[1] if listing.paging.size else None
    return walk(asker, listing, arguments, size)


def ids(listing: Listing, items: list[Json]) -> list[bytes]:
    """Return what tells items apart: their ids, or themselves where they have none."""
    by = listing.id or ()
    return [identity(item if (f := follow(item, by)) is MISSING else f) for item in items]


def bounds(asker: Asker, listing: Listing) -> tuple[int, int, int | None]:
    """Return the least and the largest page size that the contract allows, and the default."""
    size = listing.paging.size
    found = next((p for p in listing.operation.parameters if size and p.name == size.name), None)
    schema = resolve(found.schema, asker.rules.contract.schemas) if found else {}
    low, high = schema.get("minimum", 1), schema.get("maximum", 100)
    default = schema.get("default")
    return max(int(low), 1), int(high), default if isinstance(default, int) else None
