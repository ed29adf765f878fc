"""Cut a list into pages as the names of its parameters tell, and say around it where it is."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.kinds import page_size, parameter
from understudy.contract.meaning.model import Listing, Tokens
from understudy.contract.meaning.shape import Shapes
from understudy.contract.pointers import MISSING
from understudy.exchange import Request
from understudy.generate.entities import Entities
from understudy.types import Json

Codec: TypeAlias = tuple[Callable[[int], Json], Callable[[str], int]]
"""Writes the number of items passed over as a cursor, and reads it."""

Rule: TypeAlias = Callable[["Pages", "Page", int], Sequence[Json]]
"""Returns what a member beside the items may be, best first, on a page with so many items."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: where it starts, how many items it may have, and how many there are in all."""

    start: int
    size: int
    total: int

    @property
    def stop(self) -> int:
        """Return where the next page starts."""
        return self.start + self.size

    @property
    def is_last(self) -> bool:
        """Tell whether there is nothing after this page."""
        return self.stop >= self.total


class Pages:
    """How one operation cuts its list."""

    def __init__(self, listing: Listing, schema: Json, shapes: Shapes, entities: Entities) -> None:
        self._paging = listing.paging
        self.first = listing.paging.first_page
        self._size = page_size(listing, shapes)
        self._echoes = listing.echoes
        self._after = _after(listing)
        self._validators = entities
        near = dict(shapes.near(schema))
        self._schemas: Mapping[Tokens, Json] = {k: v for k, v in near.items() if k != listing.items}
        self._rules = tuple(
            (tokens, entities.validator(inner), rule)
            for tokens, inner in self._schemas.items()
            if (rule := self._rule(tokens)) is not None
        )
        self._codec = self._chosen(parameter(listing.operation, listing.paging.cursor))

    def page(self, keys: Sequence[str], request: Request) -> Page:
        """Return the page of the list of `keys` that a request asks for."""
        paging, total = self._paging, len(keys)
        default = self._size if self._size is not None else total
        size = max(_number(paging.size, request, default), 0)
        start = max(_number(paging.offset, request, 0), 0)
        if paging.page and not paging.offset:
            start = max(_number(paging.page, request, self.first) - self.first, 0) * size
        cursor = paging.cursor or self._after
        said = cursor.of(request) if cursor else MISSING
        if said not in (MISSING, None, ""):
            start = self._place(str(said), keys)
        return Page(start, size, total)

    def around(self, page: Page, count: int, request: Request) -> Iterator[tuple[Tokens, Json]]:
        """Yield the members beside the items, of which the page decides, with their values."""
        for tokens, validator, rule in self._rules:
            fitting = (value for value in rule(self, page, count) if validator.accepts(value))
            for value in islice(fitting, 1):
                yield tokens, value
        paging = self._paging
        usual = {
            paging.size: page.size,
            paging.offset: page.start,
            paging.page: page.start // max(page.size, 1) + self.first,
        }
        for tokens, runtime in self._echoes.items():
            value = runtime.of(request)
            value = usual.get(runtime, MISSING) if value is MISSING else value
            if value is not MISSING:
                yield tokens, value

    def next(self, page: Page) -> Sequence[Json]:
        """Return what may lead to the page after `page`, or say that there is none."""
        return (None, "") if page.is_last else (self._codec[0](page.stop),)

    def _rule(self, tokens: Tokens) -> Rule | None:
        """Return what a member beside the items says of the page, or None."""
        paging, plain = self._paging, names.plain(tokens[-1])
        told = {paging.total: _total, paging.pages: _pages, paging.next: Pages._next}
        if tokens in told:
            return told[tokens]
        if plain == "count" and paging.total:
            return lambda _pages, _page, count: (count,)
        return next((rule for known, rule in _RULES if plain in known), None)

    def _next(self, page: Page, _count: int) -> Sequence[Json]:
        return self.next(page)

    def _place(self, cursor: str, keys: Sequence[str]) -> int:
        """Return where the page of a cursor starts; what is no cursor leads past the end."""
        if cursor in keys:
            return keys.index(cursor) + 1
        try:
            return max(self._codec[1](cursor), 0)
        except (ValueError, UnicodeDecodeError, binascii.Error):
            return len(keys)

    def _chosen(self, asked: object) -> Codec:
        """Return the first notation of cursors that parameter and response both take."""
        wanted = [getattr(asked, "schema", {}), self._schemas.get(self._paging.next or ("",), {})]
        for codec in _CODECS:
            if all(
                self._validators.validator(schema).accepts(codec[0](number))
                for schema in wanted
                for number in (1, 25, 100)
            ):
                return codec
        return _CODECS[0]


def _after(listing: Listing) -> Runtime | None:
    """Return the parameter that takes the id of the last item of the page before."""
    for one in listing.operation.parameters:
        if one.location == "query" and names.plain(one.name) in ("after", "startingafter"):
            return Runtime("query", one.name)
    return None


def _number(runtime: Runtime | None, request: Request, default: int) -> int:
    value = runtime.of(request) if runtime else MISSING
    return int(value) if isinstance(value, int | float) else default


def _opaque(number: int) -> str:
    return urlsafe_b64encode(f"after:{number}".encode()).decode().rstrip("=")


def _read_opaque(text: str) -> int:
    word, _, number = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
    if word != "after":
        raise ValueError(text)
    return int(number)


def _total(_pages: Pages, page: Page, _count: int) -> Sequence[Json]:
    return (page.total,)


def _pages(_pages: Pages, page: Page, _count: int) -> Sequence[Json]:
    return (-(-page.total // max(page.size, 1)),)


def _number_of(pages: Pages, page: Page, _count: int) -> Sequence[Json]:
    return (page.start // max(page.size, 1) + pages.first,)


_RULES: tuple[tuple[frozenset[str], Rule], ...] = (
    (names.TOTAL | {"count"}, _total),
    (names.PAGES - {"lastpage"}, _pages),
    (names.NEXT - {"cursor", "after"}, lambda pages, page, _count: pages.next(page)),
    (frozenset({"prev", "previous", "prevcursor", "previouscursor"}), lambda *_: (None, "")),
    (
        frozenset({"hasmore", "hasmoreitems", "hasnext", "hasnextpage", "more", "moreresults"}),
        lambda _pages, page, _count: (not page.is_last,),
    ),
    (
        frozenset({"hasprev", "hasprevious", "hasprevpage", "haspreviouspage"}),
        lambda _pages, page, _count: (page.start > 0,),
    ),
    (names.ECHOED, lambda _pages, page, _count: (page.size,)),
    (names.PAGE | {"currentpage"}, _number_of),
    (names.OFFSET, lambda _pages, page, _count: (page.start,)),
)

_CODECS: tuple[Codec, ...] = (
    (_opaque, _read_opaque),
    (lambda number: f"{number:08x}", lambda text: int(text, 16)),
    (lambda number: f"{number:032x}", lambda text: int(text, 16)),
    (lambda number: f"00000000-0000-4000-8000-{number:012x}", lambda text: int(text[24:], 16)),
    (str, int),
    (lambda number: number, int),
)
