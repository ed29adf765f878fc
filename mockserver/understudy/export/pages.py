"""Find out how answers are cut from a whole list, and hold what was found to the stand-in.

What is found here is done again by handlers, in JavaScript. It has to give the very answers of the
stand-in for pages of several sizes and each filter; what does not is not taken to be so.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from understudy.codec import identity, loads
from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.kinds import page_size, parameter
from understudy.contract.meaning.model import Listing, Tokens
from understudy.contract.meaning.shape import shapes_of
from understudy.contract.pointers import MISSING, follow
from understudy.contract.wire.writing import Arguments, text
from understudy.exchange import Reply
from understudy.export.asking import Asker
from understudy.export.model import Cut, Whole
from understudy.types import Json

_MOST_PAGES: Final = 5000
_LARGEST: Final = 1000
_SAMPLED: Final = 2
"""From how many lists pages are compared."""


@dataclass(frozen=True, slots=True)
class _Page:
    """Where a page starts, how many items it may have, has, and how many there are in all."""

    start: int
    size: int
    count: int
    total: int
    first: int

    @property
    def pages(self) -> int:
        return -(-self.total // max(self.size, 1))

    @property
    def number(self) -> int:
        return self.start // max(self.size, 1) + self.first


AROUND: Final[Mapping[str, Callable[[_Page], Json]]] = {
    "total": lambda page: page.total,
    "count": lambda page: page.count,
    "size": lambda page: page.size,
    "start": lambda page: page.start,
    "number": lambda page: page.number,
    "pages": lambda page: page.pages,
    "more": lambda page: page.start + page.size < page.total,
    "before": lambda page: page.start > 0,
}
"""What members beside the items may say of the page; the handlers have the same table."""


def whole(asker: Asker, listing: Listing, arguments: Arguments) -> Whole | None:
    """Return all that is in a list, asked for page by page; None if there is no list."""
    sized = {**arguments, **_largest(asker, listing)}
    first = asker.ask(listing.operation, arguments)
    items: list[Json] = []
    known: set[bytes] = set()
    where: Arguments = {}
    for _ in range(_MOST_PAGES):
        reply = asker.ask(listing.operation, {**sized, **where}).reply
        found = _items(_body(reply.body), listing.items) if reply.status < 300 else None
        if found is None:
            return None
        fresh = [one for one in found if identity(one) not in known]
        known |= set(map(identity, fresh))
        items += fresh
        where = _next(listing, _body(reply.body), len(items), where)
        if not fresh or not where:
            break
    empty = _body(first.reply.body)
    if _items(empty, listing.items) is None or first.reply.status >= 300:
        return None
    return Whole(arguments, first.reply, _with(empty, listing.items, []), tuple(items))


def learned(asker: Asker, listing: Listing, wholes: Sequence[Whole]) -> Cut | None:
    """Return how the answers of a list are cut, or None where it cannot be told for sure."""
    paging = listing.paging
    if paging.cursor and not (paging.offset or paging.page):
        return None
    usual = page_size(listing, shapes_of(asker.contract.schemas))
    filters = {
        where.name: tokens for tokens, where in listing.filters.items() if where.location == "query"
    }
    found = Cut(
        listing.items, _query(paging.size), _query(paging.offset),
        "" if paging.offset else _query(paging.page), paging.first_page, usual, filters,
    )  # fmt: skip
    sampled = [one for one in wholes if one.items][:_SAMPLED] or list(wholes[:1])
    kept = {
        name: tokens
        for name, tokens in filters.items()
        if all(_holds(asker, listing, found, one, {name: tokens}) for one in sampled)
    }
    found = replace(found, filters=kept)
    samples = [
        (one, query, reply)
        for one in sampled
        for query, reply in _samples(asker, listing, found, one, kept)
    ]
    if not all(_agrees(found, one, query, reply) for one, query, reply in samples):
        return None
    around = _around(found, [(one, query, _body(reply.body)) for one, query, reply in samples])
    if around is None:
        return None
    total, varying = _fields(found, paging.total_header, samples)
    return replace(found, around=around, total_header=total, varying=varying)


def _holds(
    asker: Asker, listing: Listing, cut: Cut, one: Whole, filters: Mapping[str, Tokens]
) -> bool:
    """Tell whether a filter keeps the items that it should."""
    cut = replace(cut, filters=filters)
    samples = [pair for pair in _samples(asker, listing, cut, one, filters) if pair[0]]
    return all(_agrees(cut, one, query, reply) for query, reply in samples)


def _agrees(cut: Cut, one: Whole, query: Mapping[str, Json], reply: Reply) -> bool:
    """Tell whether an answer has the items that it should."""
    return _items(_body(reply.body), cut.items) == _page(cut, one, query)[0]


def _fields(
    cut: Cut, total: str, samples: Sequence[tuple[Whole, dict[str, Json], Reply]]
) -> tuple[str, tuple[str, ...]]:
    """Return the header field that has the total, and those that differ from page to page."""
    counted = {
        name.lower()
        for name, _ in (pair for one, _, _ in samples[:1] for pair in one.reply.headers)
        if name.lower() == total.lower()
        and all(
            reply.header(total.lower()) == str(_page(cut, one, query)[1].total)
            for one, query, reply in samples
        )
    }
    varying = {
        name.lower()
        for one, _, reply in samples
        for name, _ in {*one.reply.headers} ^ {*reply.headers}
    }
    return next(iter(counted), ""), tuple(sorted(varying - counted))


def _samples(
    asker: Asker, listing: Listing, cut: Cut, one: Whole, filters: Mapping[str, Tokens]
) -> Iterator[tuple[dict[str, Json], Reply]]:
    """Yield queries that are valid, with what answers them."""
    known = {p.name: p for p in listing.operation.parameters if p.location == "query"}
    for query in _queries(cut, one, filters):
        if not all(asker.supply.fits(known[name], value) for name, value in query.items()):
            continue
        arguments = {**one.arguments, **{("query", name): v for name, v in query.items()}}
        reply = asker.ask(listing.operation, arguments).reply
        if reply.status == one.reply.status:
            yield query, reply


def _queries(cut: Cut, one: Whole, filters: Mapping[str, Tokens]) -> Iterator[dict[str, Json]]:
    total = len(one.items)
    yield {}
    for size in (1, 2, 3) if cut.size else ():
        yield {cut.size: size}
    for start in (1, total - 1, total + 5) if cut.offset else ():
        yield {cut.offset: max(start, 0)} | ({cut.size: 2} if cut.size else {})
    for number in (0, 1, total) if cut.page else ():
        yield {cut.page: number + cut.first} | ({cut.size: 2} if cut.size else {})
    for name, tokens in filters.items():
        said = (follow(item, tokens) for item in one.items)
        values = {identity(v): v for v in said if v is not MISSING and v is not None}
        for value in list(values.values())[:3]:
            yield {name: value}
            if cut.size:
                yield {name: value, cut.size: 1}


def _page(cut: Cut, one: Whole, query: Mapping[str, Json]) -> tuple[list[Json], _Page]:
    """Return the items that a query gets, and where they stand. The handlers do the same."""
    fitting = [
        item
        for item in one.items
        if all(
            name not in query or _says(item, tokens, query[name])
            for name, tokens in cut.filters.items()
        )
    ]
    total = len(fitting)
    size = query.get(cut.size, cut.usual if cut.usual is not None else total)
    start = query.get(cut.offset, 0)
    if cut.page:
        start = (query.get(cut.page, cut.first) - cut.first) * size
    found = fitting[start : start + size]
    return found, _Page(start, size, len(found), total, cut.first)


def _says(item: Json, tokens: Tokens, wanted: Json) -> bool:
    """Tell whether a member is spelled as a query spells what is wanted."""
    found = follow(item, tokens)
    return found is not MISSING and text(found) == text(wanted)


def _around(
    cut: Cut, samples: Sequence[tuple[Whole, dict[str, Json], Json]]
) -> Mapping[Tokens, str] | None:
    """Return what members beside the items say; None where one says what cannot be told."""
    pages = [_page(cut, one, query)[1] for one, query, _ in samples]
    around: dict[Tokens, str] = {}
    for tokens in dict.fromkeys(t for _, _, body in samples for t in _leaves(body, cut.items)):
        values = [follow(body, tokens) for _, _, body in samples]
        fixed = [follow(one.empty, tokens) for one, _, _ in samples]
        rules = [
            name for name, rule in AROUND.items() if _same(values, [rule(page) for page in pages])
        ]
        is_total = "total" in rules and names.plain(tokens[-1]) in names.TOTAL | {"count"}
        if _same(values, fixed) and not is_total:
            continue
        if not rules:
            return None
        around[tokens] = rules[0]
    return around


def _same(some: Sequence[Json], others: Sequence[Json]) -> bool:
    if any(one is MISSING for one in (*some, *others)):
        return False
    return list(map(identity, some)) == list(map(identity, others))


def _leaves(value: Json, items: Tokens, path: Tokens = ()) -> Iterator[Tokens]:
    """Yield where the members stand that hold no objects, besides the items."""
    if path == items:
        return
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, items, (*path, key))
    elif path:
        yield path


def _largest(asker: Asker, listing: Listing) -> Arguments:
    """Return what asks for pages as large as may be."""
    asked = parameter(listing.operation, listing.paging.size)
    if asked is None:
        return {}
    most = shapes_of(asker.contract.schemas).keyword(asked.schema, "maximum")
    size = min(int(most), _LARGEST) if isinstance(most, int | float) else _LARGEST
    return {(asked.location, asked.name): size} if asker.supply.fits(asked, size) else {}


def _next(listing: Listing, body: Json, so_far: int, before: Arguments) -> Arguments:
    """Return what asks for the page after this one; nothing where there is none."""
    paging = listing.paging
    if paging.offset:
        return {(paging.offset.location, paging.offset.name): so_far}
    if paging.page:
        place = paging.page.location, paging.page.name
        return {place: before.get(place, paging.first_page) + 1}
    cursor = follow(body, paging.next) if paging.next else MISSING
    if paging.cursor and cursor not in (MISSING, None, ""):
        return {(paging.cursor.location, paging.cursor.name): cursor}
    return {}


def _query(where: Runtime | None) -> str:
    return where.name if where and where.location == "query" else ""


def _items(body: Json, tokens: Tokens) -> list[Json] | None:
    found = follow(body, tokens)
    return found if isinstance(found, list) else None


def _with(body: Json, tokens: Tokens, items: Json) -> Json:
    if not tokens:
        return items
    changed = copy.deepcopy(body)
    follow(changed, tokens[:-1])[tokens[-1]] = items
    return changed


def _body(raw: bytes) -> Json:
    try:
        return loads(raw)
    except ValueError:
        return MISSING
