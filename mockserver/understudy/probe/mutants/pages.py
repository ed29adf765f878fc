"""Mutants of paging: sizes, positions, ends, and the counts that go with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from understudy.checks.case import Case
from understudy.contract.expressions import Runtime
from understudy.contract.meaning.model import Listing, Tokens
from understudy.contract.pointers import MISSING, follow
from understudy.contract.schemas import resolve
from understudy.exchange import Reply, Sent
from understudy.probe.mutants.lists import Items, items_of, named, swapped, value_of, with_items
from understudy.probe.mutants.mutant import (
    Alter,
    Ask,
    Mutant,
    Original,
    asked,
    is_success,
    only,
    replied,
    with_value,
)
from understudy.probe.mutants.requests import queried, with_argument
from understudy.probe.mutants.values import changed, other
from understudy.types import Json, JsonObject


def pages(original: Original, listing: Listing) -> Iterator[Mutant]:
    """Yield the mutants of how one list is cut into pages."""
    size = listing.paging.size
    if size is not None:
        found = next(one for one in listing.operation.parameters if one.name == size.name)
        schema = resolve(found.schema, original.rules.contract.schemas)
        yield from _sizes(listing, size, schema)
    mover = listing.paging.offset or listing.paging.page or listing.paging.cursor
    if mover is not None and listing.paging.moves:
        yield from _positions(listing, mover)
        yield from _later_pages(listing)
    yield from _counts(listing)


def _sizes(listing: Listing, size: Runtime, schema: JsonObject) -> Iterator[Mutant]:
    """Yield pages of another size than was asked for, or than is the default."""
    high, default = schema.get("maximum", 100), schema.get("default")

    def sized(change: Callable[[int], int], *, told: bool) -> Callable[[], Alter]:
        def ask(asked: Case) -> Sent | None:
            value = value_of(asked, size)
            is_told = queried(asked.exchange.sent, size.name) is not None
            if not isinstance(value, int) or is_told is not told:
                return None
            return with_argument(asked, size, max(1, min(change(value), high)))

        return asked(listing.operation, ask)

    most = f"A page has no more items than {size.name} says"
    for name, says, change in (
        ("ignored", most, _to(high)),
        ("one more", most, _by(1)),
        ("one less", f"A page has as many items as {size.name} says", _by(-1)),
    ):
        yield Mutant(named(listing, f"{size.name} {name}"), says, sized(change, told=True))
    if isinstance(default, int):
        for name, step in (("one more", 1), ("one less", -1)):
            yield Mutant(
                named(listing, f"default of {size.name} {name}"),
                f"Without {size.name}, a page has {default} items",
                sized(_by(step), told=False),
            )


def _by(step: int) -> Callable[[int], int]:
    return lambda value: value + step


def _to(value: int) -> Callable[[int], int]:
    return lambda _value: value


def _is_later(asked: Case, listing: Listing) -> bool:
    """Tell whether a page is asked for that is not the first."""
    paging = listing.paging
    offset, page = value_of(asked, paging.offset), value_of(asked, paging.page)
    if isinstance(offset, int):
        return offset > 0
    if isinstance(page, int):
        return page > paging.first_page
    return value_of(asked, paging.cursor) not in (MISSING, None, "")


def _positions(listing: Listing, mover: Runtime) -> Iterator[Mutant]:
    """Yield pages that begin somewhere else."""
    paging, operation, name = listing.paging, listing.operation, mover.name

    def moved(to: Callable[[Json], Json]) -> Callable[[], Alter]:
        def ask(asked: Case) -> Sent | None:
            if not _is_later(asked, listing):
                return None
            return with_argument(asked, mover, to(value_of(asked, mover)))

        return asked(operation, ask)

    yield Mutant(
        named(listing, f"{name} ignored"),
        f"{name} leads to other items",
        moved(lambda _value: MISSING),
    )
    if not paging.offset and not paging.page:
        return
    for what, step in (("too far", 1), ("too near", -1)):
        yield Mutant(
            named(listing, f"{name} {what}"),
            "Pages of any size, put together, are the whole list",
            moved(_by(step)),
        )
    first = 0 if paging.offset else paging.first_page
    yield Mutant(
        named(listing, f"{name} past the end repeats"),
        "Past the end of a list there is nothing",
        partial(_repeating, listing, mover, first),
    )


def _repeating(listing: Listing, mover: Runtime, first: int) -> Alter:
    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        if is_success(case) and not items_of(case, listing) and _is_later(asked, listing):
            case = await ask(with_argument(asked, mover, first))
        return case.exchange.reply

    return only(listing.operation, alter)


def _later_pages(listing: Listing) -> Iterator[Mutant]:
    """Yield mistakes that only show on pages after the first."""

    def later(change: Callable[[Items], Items]) -> Callable[[], Alter]:
        def altered(case: Case) -> Reply | None:
            if not _is_later(case, listing):
                return None
            return with_items(case, listing, change(items_of(case, listing)))

        return replied(listing.operation, altered)

    order = "Pages of any size have one order"
    for name, says, change in (
        ("reversed", order, lambda items: items[::-1]),
        ("swaps two", order, swapped),
        ("one short", "A later page is as full as the first", lambda items: items[:-1]),
        ("overlaps", "No item is on two pages", lambda items: [*items[:1], *items[:-1]]),
    ):
        yield Mutant(named(listing, f"later page {name}"), says, later(change))


def _counts(listing: Listing) -> Iterator[Mutant]:
    """Yield counts of the whole that are wrong, and cursors that end too early."""
    paging, operation = listing.paging, listing.operation
    found: list[tuple[str, Tokens | None, Callable[[Json], Json]]] = [
        ("total", paging.total, other),
        ("number of pages", paging.pages, other),
        ("next cursor", paging.next, lambda _one: None),
    ]
    found += [(f"echo of {runtime.name}", t, other) for t, runtime in listing.echoes.items()]
    for what, tokens, change in found:
        if tokens is not None:
            yield Mutant(
                named(listing, f"wrong {what}"),
                f"The {what} of a page is right",
                replied(operation, partial(_counted, tokens=tokens, change=change)),
            )


def _counted(case: Case, tokens: Tokens, change: Callable[[Json], Json]) -> Reply | None:
    value = follow(case.value, tokens) if is_success(case) else MISSING
    if value in (MISSING, None):
        return None
    return with_value(case, changed(case.value, tokens, change(value)))
