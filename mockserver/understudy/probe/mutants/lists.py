"""Mutants of lists: their order, identities, owners and filters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

from understudy.checks.case import Case
from understudy.codec import identity
from understudy.contract.expressions import Runtime
from understudy.contract.meaning.model import Listing, Tokens
from understudy.contract.nodes import instant
from understudy.contract.pointers import MISSING, follow
from understudy.exchange import Reply, Sent
from understudy.probe.mutants.mutant import (
    Alter,
    Ask,
    Mutant,
    asked,
    is_success,
    is_valid,
    only,
    replied,
    with_value,
)
from understudy.probe.mutants.requests import with_argument
from understudy.probe.mutants.values import changed, other
from understudy.types import Json

Items: TypeAlias = list[Json]


def lists(listing: Listing) -> Iterator[Mutant]:
    """Yield the mutants of the items of one list."""
    yield from _items(listing)
    for runtime in listing.filters.values():
        yield from _filter(listing, runtime)


def named(listing: Listing, name: str) -> str:
    """Return the name of a mutant of a list."""
    return f"{listing.operation.id}/{name}"


def items_of(case: Case, listing: Listing) -> Items:
    """Return the items on a page; none where the reply is no page."""
    found = follow(case.value, listing.items) if is_success(case) else None
    return found if isinstance(found, list) else []


def with_items(case: Case, listing: Listing, items: Items) -> Reply | None:
    """Return the reply with other items on its page, or None where they are the same."""
    if not is_success(case) or items == items_of(case, listing):
        return None
    return with_value(case, changed(case.value, listing.items, items))


def value_of(asked: Case, runtime: Runtime | None) -> Json:
    """Return what a valid request says of a parameter, its default included."""
    if runtime is None or not is_valid(asked) or asked.understood is None:
        return MISSING
    return runtime.of(asked.understood.request)


def swapped(items: Items) -> Items:
    """Return items of which the last two have changed places."""
    return [*items[:-2], *items[-2:][::-1]]


def placed(listing: Listing, items: Items) -> Items:
    """Return items in the order of the list, if it has one."""
    order = listing.order
    if order is None:
        return items
    times = [instant(follow(item, order.by)) for item in items]
    if None in times:
        return items
    ranked = sorted(range(len(items)), key=times.__getitem__, reverse=order.descending)  # type: ignore[arg-type]
    return [items[index] for index in ranked]


def _items(listing: Listing) -> Iterator[Mutant]:
    """Yield lists whose order, identities or owners are wrong."""

    def every(change: Callable[[Items], Items]) -> Callable[[], Alter]:
        return replied(
            listing.operation,
            lambda case: with_items(case, listing, change(items_of(case, listing))),
        )

    if listing.order is not None:
        says = f"The list is in order of {listing.order.by[-1]}"
        yield Mutant(named(listing, "order reversed"), says, every(lambda items: items[::-1]))
        yield Mutant(named(listing, "two items swapped"), says, every(swapped))
    if listing.id is not None:
        yield Mutant(named(listing, "item twice"), "No item comes twice on a page", every(_doubled))
    yield Mutant(
        named(listing, "not repeatable"),
        "The same list comes twice",
        partial(_unsteady, listing),
    )
    for tokens, runtime in listing.owners.items():
        yield Mutant(
            named(listing, f"wrong {runtime.name}"),
            f"Every item has the {runtime.name} that was asked for",
            every(partial(_last_with_other, tokens=tokens)),
        )


def _doubled(items: Items) -> Items:
    return [*items[:-1], *items[-2:-1]] if len(items) > 1 else items


def _last_with_other(items: Items, tokens: Tokens) -> Items:
    """Return items of which the last that has a member has another value there."""
    for index in range(len(items) - 1, -1, -1):
        value = follow(items[index], tokens)
        if value not in (MISSING, None):
            wrong = changed(items[index], tokens, other(value))
            return [*items[:index], wrong, *items[index + 1 :]]
    return items


def _unsteady(listing: Listing) -> Alter:
    """Return what leaves out the last item whenever the same was asked an even number of times."""
    times: dict[str, int] = {}

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        target = asked.exchange.sent.target
        times[target] = times.get(target, 0) + 1
        items = items_of(case, listing)
        reply = with_items(case, listing, items[:-1]) if times[target] % 2 == 0 else None
        return case.exchange.reply if reply is None else reply

    return only(listing.operation, alter)


def _filter(listing: Listing, runtime: Runtime) -> Iterator[Mutant]:
    """Yield what a filter can do wrong."""
    name = runtime.name
    says = f"With {name}, the list has the items that match, all of them and no others"
    yield Mutant(
        named(listing, f"{name} ignored"),
        says,
        asked(listing.operation, lambda asked: _unfiltered(asked, runtime)),
    )
    changes: tuple[tuple[str, Callable[[Items, Items], Items]], ...] = (
        ("inverted", _rest),
        ("lets one through", lambda kept, all_: placed(listing, [*kept, *_rest(kept, all_)[:1]])),
        ("loses the first", lambda kept, _all: kept[1:]),
        ("loses the last", lambda kept, _all: kept[:-1]),
        ("loses all", lambda _kept, _all: []),
    )
    for kind, change in changes:
        yield Mutant(
            named(listing, f"{name} {kind}"), says, partial(_filtered, listing, runtime, change)
        )


def _unfiltered(asked: Case, runtime: Runtime) -> Sent | None:
    told = value_of(asked, runtime) is not MISSING
    return with_argument(asked, runtime, MISSING) if told else None


def _filtered(listing: Listing, runtime: Runtime, change: Callable[[Items, Items], Items]) -> Alter:
    """Return what changes filtered items, given them and those without the filter."""

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        without = _unfiltered(asked, runtime)
        if without is None:
            return case.exchange.reply
        everything = items_of(await ask(without), listing)
        reply = with_items(case, listing, change(items_of(case, listing), everything))
        return case.exchange.reply if reply is None else reply

    return only(listing.operation, alter)


def _rest(kept: Items, items: Items) -> Items:
    mine = {identity(one) for one in kept}
    return [one for one in items if identity(one) not in mine]
