"""Mutants of creating: what was created is forgotten, altered, doubled or shown to others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from understudy.checks.case import Case
from understudy.codec import identity
from understudy.contract.meaning.model import Listing, Reading, Writing
from understudy.contract.pointers import MISSING, follow
from understudy.exchange import Reply
from understudy.probe.mutants.echoes import Made, Resource, answers, echoes, id_of, remember
from understudy.probe.mutants.lists import items_of, value_of, with_items
from understudy.probe.mutants.mutant import (
    Alter,
    Ask,
    Mutant,
    Original,
    is_success,
    with_status,
    with_value,
)
from understudy.probe.mutants.values import changed, other
from understudy.types import Json


def creations(
    original: Original, creating: Writing, listing: Listing | None, reading: Reading | None
) -> Iterator[Mutant]:
    """Yield the mutants of creating one resource."""
    good = original.good(creating.operation)
    if good is None:
        return
    yield from answers(creating, good)
    if creating.id_member is None or listing is None or listing.id is None:
        return
    resource = Resource(creating, listing, reading, listing.id)
    yield from _lists(resource)
    yield from _answers(resource)
    yield from echoes(original, resource)


def _lists(resource: Resource) -> Iterator[Mutant]:
    """Yield lists that show too little or too much of what was created."""
    listing = resource.listing

    def shown(
        name: str, says: str, change: Callable[[list[Json], Made, Case], list[Json]]
    ) -> Mutant:
        return Mutant(
            f"{resource.creating.operation.id}/{name}", says, lambda: _showing(resource, change)
        )

    def fresh(item: Json, made: Made) -> bool:
        return made.has(item, resource.id)

    listed = "What was created is in the list"
    yield shown(
        "not listed", listed, lambda items, made, _case: [i for i in items if not fresh(i, made)]
    )
    yield shown(
        "the one before is forgotten",
        listed,
        lambda items, made, _case: [
            one for one in items if not fresh(one, made) or _is_newest(one, made, resource)
        ],
    )
    yield shown(
        "the newest is not listed",
        listed,
        lambda items, made, _case: [one for one in items if not _is_newest(one, made, resource)],
    )
    yield shown(
        "takes another away",
        "A creation adds one resource and takes none away",
        lambda items, made, _case: items[: max(len(items) - len(made.values), 1)],
    )
    yield shown(
        "listed otherwise",
        "What was created is listed as it was answered",
        lambda items, made, _case: [
            _spoiled(one, resource) if fresh(one, made) else one for one in items
        ],
    )
    if listing.filters:
        yield shown(
            "not found by filters",
            "A filter loses nothing that matches",
            lambda items, made, case: [
                one for one in items if not (fresh(one, made) and _is_filtered(case, listing))
            ],
        )
    if resource.reading is not None:
        yield Mutant(
            f"{resource.creating.operation.id}/not readable",
            "What was created can be read",
            lambda: _showing(resource, lambda items, _made, _case: items, hides=True),
        )


def _is_newest(item: Json, made: Made, resource: Resource) -> bool:
    return bool(made.values) and next(reversed(made.values)) == identity(id_of(item, resource.id))


def _is_filtered(case: Case, listing: Listing) -> bool:
    return any(value_of(case, one) is not MISSING for one in listing.filters.values())


def _spoiled(item: Json, resource: Resource) -> Json:
    """Return a listed item with one member changed that the creation answered as well."""
    for tokens in resource.creating.echoes:
        value = follow(item, tokens)
        if isinstance(value, str):
            return changed(item, tokens, other(value))
    return item


def _showing(
    resource: Resource,
    change: Callable[[list[Json], Made, Case], list[Json]],
    *,
    hides: bool = False,
) -> Alter:
    """Return what remembers creations, and changes the lists and hides what is read of them."""
    made = Made()

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        if resource.is_creating(asked) and is_success(case):
            remember(made, case, resource)
        reply = None
        if resource.is_listing(asked) and is_success(case):
            items = items_of(case, resource.listing)
            reply = with_items(case, resource.listing, change(items, made, case))
        if hides and resource.is_reading(asked) and is_success(case) and resource.reading:
            value = follow(case.value, resource.reading.body)
            reply = with_status(case, 404) if made.has(value, resource.id) else None
        return case.exchange.reply if reply is None else reply

    return alter


def _answers(resource: Resource) -> Iterator[Mutant]:
    """Yield creations that answer wrongly, or do too much."""
    name = resource.creating.operation.id
    yield Mutant(
        f"{name}/same id again", "Every creation has an id of its own", lambda: _same_id(resource)
    )
    yield Mutant(f"{name}/created twice", "A creation adds one resource", lambda: _double(resource))
    yield Mutant(
        f"{resource.listing.operation.id}/listing creates",
        "Reading changes nothing",
        lambda: _creating_reads(resource),
    )


def _same_id(resource: Resource) -> Alter:
    first: list[Json] = []

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        if not resource.is_creating(asked) or not is_success(case):
            return case.exchange.reply
        where = (*resource.creating.body, *(resource.creating.id_member or ()))
        first.append(follow(case.value, where))
        return with_value(case, changed(case.value, where, first[0]))

    return alter


def _double(resource: Resource) -> Alter:
    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        if resource.is_creating(asked) and is_success(case):
            await ask(asked.exchange.sent)
        return case.exchange.reply

    return alter


def _creating_reads(resource: Resource) -> Alter:
    last: list[Case] = []

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        if resource.is_creating(asked) and is_success(case):
            last[:] = [asked]
        if resource.is_listing(asked) and is_success(case) and last:
            await ask(last[0].exchange.sent)
        return case.exchange.reply

    return alter
