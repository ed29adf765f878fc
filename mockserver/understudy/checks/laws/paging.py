"""Paging: whatever the size of the pages, put together they are the list, in its order."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.checks.case import Case
from understudy.checks.laws.asking import Asker, held, items_of, outcome, with_
from understudy.checks.laws.walking import Walk, bounds, collect, ids, walk
from understudy.checks.promise import Outcome, promise
from understudy.codec import identity
from understudy.contract.meaning.model import Listing
from understudy.contract.pointers import MISSING, follow
from understudy.contract.wire.writing import Arguments
from understudy.types import Json

WHOLE = promise(
    "meaning/pages-whole", "Pages of any size, put together, are the whole list in its order"
)
FULL = promise("meaning/page-full", "A page is as full as its size and the rest of the list allow")
DEFAULT = promise("meaning/page-default", "Without a size, a page has the documented default")
PAST_END = promise("meaning/past-end", "Past the end of a list there is nothing")
TOTAL = promise("meaning/total", "The total is the number of items, whatever the page")
PAGES = promise("meaning/page-count", "The number of pages follows from total and size")
REPEATABLE = promise("meaning/repeatable", "Reading twice gives the same")

_SMALL = 3
_FEW = 12
_LOOKS = 4


def pages(asker: Asker, listing: Listing, arguments: Arguments) -> Iterator[Outcome]:
    """Check every promise of paging on one list."""
    low, high, default = bounds(asker, listing)
    seen = collect(asker, listing, arguments)
    if seen.failed or not seen.items:
        return
    yield from _repeatable(asker, listing, arguments)
    yield from _totals(asker, listing, arguments, seen)
    if listing.paging.size:
        yield from _full(asker, listing, arguments, seen, (low, high, default))
        if listing.paging.moves:
            yield from small(asker, listing, arguments, seen, max(low, _SMALL))
            if low == 1 and len(seen.items) <= _FEW:
                yield from small(asker, listing, arguments, seen, 1)
    if listing.paging.moves and seen.complete:
        yield from _past_end(asker, listing, arguments, seen)


def _repeatable(asker: Asker, listing: Listing, arguments: Arguments) -> Iterator[Outcome]:
    first = asker.ask(listing.operation, arguments)
    again = asker.ask(listing.operation, arguments)
    one, other = items_of(first, listing), items_of(again, listing)
    if one is None or other is None:
        return
    if identity(first.value) == identity(again.value):
        yield held(REPEATABLE, [first, again])
        return
    what = "the same items in the same order" if ids(listing, one) != ids(listing, other) else ""
    expected = what or "the same response"
    yield outcome(REPEATABLE, [first, again], expected, _difference(first.value, again.value))


def _difference(one: Json, other: Json, path: str = "") -> str:
    """Return where two values first differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            if identity(one.get(key)) != identity(other.get(key)):
                return _difference(one.get(key), other.get(key), f"{path}/{key}")
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return f"{path or 'the list'} has {len(one)} items, then {len(other)}"
        for index, (first, second) in enumerate(zip(one, other, strict=True)):
            if identity(first) != identity(second):
                return _difference(first, second, f"{path}/{index}")
    return f"{path or 'the body'} is {short(one)}, then {short(other)}"


def short(value: Json) -> str:
    """Return a value as it is shown in a message."""
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}..."


def _totals(asker: Asker, listing: Listing, arguments: Arguments, whole: Walk) -> Iterator[Outcome]:
    paging = listing.paging
    if not (paging.total or paging.total_header) or not whole.complete:
        return
    low, high, _ = bounds(asker, listing)
    uneven = (size for size in range(max(low, 2), min(high, 9)) if len(whole.items) % size)
    size = next(uneven, max(low, 2))
    small = asker.ask(listing.operation, with_(arguments, (paging.size, size)))
    for case in [*whole.cases[:2], small]:
        total = next((one for one in totals_of(case, listing) if one != len(whole.items)), None)
        if total is not None:
            got = f"{total}, but the pages hold {len(whole.items)} items"
            yield outcome(TOTAL, [*whole.cases[:1], case], f"{len(whole.items)}", got)
            break
    else:
        yield held(TOTAL, [small])
    count = follow(small.value, paging.pages) if paging.pages and small.ok else MISSING
    if isinstance(count, int) and paging.size:
        wanted = -(-len(whole.items) // size)
        got = f"{count} pages of {size} for {len(whole.items)} items"
        yield outcome(PAGES, [small], f"{wanted}", got, broken=count != wanted)


def totals_of(case: Case, listing: Listing) -> Iterator[int]:
    """Yield what a page says the number of items on all pages is."""
    if not case.ok:
        return
    total = follow(case.value, listing.paging.total) if listing.paging.total else MISSING
    if isinstance(total, int):
        yield total
    text = case.exchange.reply.header(listing.paging.total_header.lower()) or ""
    if listing.paging.total_header and text.isdecimal():
        yield int(text)


def _full(
    asker: Asker,
    listing: Listing,
    arguments: Arguments,
    whole: Walk,
    sizes: tuple[int, int, int | None],
) -> Iterator[Outcome]:
    """Check the length of the first page, for several sizes and for none."""
    low, high, default = sizes
    count = len(whole.items)
    for size in sorted({low, min(low + 1, high), min(max(count - 1, low), high), high}):
        yield from _of_size(asker, listing, arguments, whole, size)
    case = asker.ask(listing.operation, arguments)
    items = items_of(case, listing)
    if default is None or items is None or (default > count and not whole.complete):
        return
    expected = f"{min(default, count)} items, {default} being the default, of {count}"
    right = len(items) == min(default, count)
    yield outcome(DEFAULT, [*whole.cases[:1], case], expected, f"{len(items)}", broken=not right)


def _of_size(
    asker: Asker, listing: Listing, arguments: Arguments, whole: Walk, size: int
) -> Iterator[Outcome]:
    """Check the first page of one size: how many items it has, and which."""
    paging, count = listing.paging, len(whole.items)
    case = asker.ask(listing.operation, with_(arguments, (paging.size, size)))
    items = items_of(case, listing)
    if items is None or (size > count and not whole.complete):
        return
    wanted, cases = min(size, count), [*whole.cases[:1], case]
    subject = f"query {paging.size.name}" if paging.size else ""
    expected = f"{wanted} items with a size of {size}, of {count}"
    right = len(items) == wanted
    yield outcome(FULL, cases, expected, f"{len(items)}", broken=not right, subject=subject)
    if right:
        other = ids(listing, items) != ids(listing, whole.items)[:wanted]
        yield outcome(WHOLE, cases, "the start of the list", "other items", broken=other)


def small(
    asker: Asker, listing: Listing, arguments: Arguments, whole: Walk, size: int
) -> Iterator[Outcome]:
    """Check pages of a small size against the whole: at the start, in the middle, at the end."""
    paging, wanted = listing.paging, ids(listing, whole.items)
    if paging.cursor and not paging.offset and not paging.page:
        yield from _by_cursor(asker, listing, arguments, whole, size)
        return
    count = -(-len(wanted) // size)
    numbers = sorted({0, 1, 2, count // 2, count - 2, count - 1} & set(range(count)))
    for number in numbers[: _LOOKS + 2]:
        start = number * size
        asked = with_(arguments, (paging.size, size))
        if paging.offset:
            asked = with_(asked, (paging.offset, start))
        else:
            asked = with_(asked, (paging.page, paging.first_page + number))
        case = asker.ask(listing.operation, asked)
        items = items_of(case, listing)
        if items is None:
            continue
        expected = wanted[start : start + size]
        if not whole.complete and len(expected) < size:
            continue
        got = ids(listing, items)
        if got == expected:
            yield held(WHOLE, [case])
            continue
        yield outcome(
            WHOLE, [whole.cases[0], case],
            f"items {start + 1} to {start + len(expected)} of {len(wanted)}",
            _told(wanted, got), subject=_mover(listing),
        )  # fmt: skip
        return


def _mover(listing: Listing) -> str:
    moves = listing.paging.offset or listing.paging.page or listing.paging.cursor
    return f"query {moves.name}" if moves else ""


def _told(wanted: list[bytes], got: list[bytes]) -> str:
    """Return in words where in the list the items of a page stand."""
    if not got:
        return "an empty page"
    places = [wanted.index(one) + 1 if one in wanted else 0 for one in got]
    named = ", ".join(str(place) if place else "one not in the list" for place in places)
    return f"items {named}"


def _by_cursor(
    asker: Asker, listing: Listing, arguments: Arguments, whole: Walk, size: int
) -> Iterator[Outcome]:
    small = walk(asker, listing, arguments, size, pages=len(whole.items) // size + 4)
    wanted, got = ids(listing, whole.items), ids(listing, small.items)
    cases = [whole.cases[0], *small.cases[:3]]
    right = got == wanted[: len(got)] and (len(got) == len(wanted) or not whole.complete)
    short_page = next((p for p in small.pages[:-1] if len(p) != size), None)
    if not right:
        extra = _told(wanted, got) if len(got) < 20 else f"{len(got)} items"
        yield outcome(
            WHOLE,
            cases,
            f"the {len(wanted)} items of the list, once each",
            extra,
            subject=_mover(listing),
        )
    elif not small.complete:
        yield outcome(
            WHOLE,
            cases,
            "an end",
            f"a cursor after {len(small.pages)} pages",
            subject=_mover(listing),
        )
    else:
        yield held(WHOLE, cases)
        yield outcome(
            FULL,
            cases,
            f"pages of {size}",
            f"a page of {len(short_page or ())}",
            broken=short_page is not None,
        )


def _past_end(
    asker: Asker, listing: Listing, arguments: Arguments, whole: Walk
) -> Iterator[Outcome]:
    paging, count = listing.paging, len(whole.items)
    size = bounds(asker, listing)[1]
    for beyond in (count, count + 7):
        if paging.offset:
            asked = with_(arguments, (paging.offset, beyond))
        elif paging.page:
            number = paging.first_page + -(-beyond // size) + (beyond > count)
            asked = with_(arguments, (paging.page, number), (paging.size, size))
        else:
            return
        case = asker.ask(listing.operation, asked)
        items = items_of(case, listing)
        if items is None and 400 <= case.status < 500 and paging.offset:
            yield outcome(
                PAST_END, [*whole.cases[:1], case], "an empty page", f"{case.status}",
                subject=_mover(listing),
            )  # fmt: skip
        elif items is not None:
            got = f"{len(items)} items"
            yield outcome(
                PAST_END,
                [*whole.cases[:1], case],
                "no items",
                got,
                broken=bool(items),
                subject=_mover(listing),
            )
