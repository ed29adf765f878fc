"""Mutants of creating: what was created is forgotten, altered, doubled or shown to others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from understudy.checks.case import Case
from understudy.codec import identity
from understudy.contract.meaning.model import Listing, Reading, Tokens, Writing
from understudy.contract.pointers import MISSING, follow
from understudy.exchange import Reply, Request
from understudy.probe.mutants.lists import items_of, value_of, with_items
from understudy.probe.mutants.mutant import (
    Alter,
    Ask,
    Mutant,
    Original,
    is_success,
    replied,
    with_status,
    with_value,
)
from understudy.probe.mutants.values import changed, other
from understudy.types import Json


@dataclass(slots=True)
class _Made:
    """What has been created so far, by its id, the oldest first."""

    values: dict[bytes, Json] = field(default_factory=dict)

    def has(self, item: Json, tokens: Tokens) -> bool:
        return identity(_id(item, tokens)) in self.values


@dataclass(frozen=True, slots=True)
class _Resource:
    """The operations on what is created: the list, and the reading where there is one."""

    creating: Writing
    listing: Listing
    reading: Reading | None
    id: Tokens

    def is_creating(self, case: Case) -> bool:
        return _is(case, self.creating)

    def is_listing(self, case: Case) -> bool:
        return _is(case, self.listing)

    def is_reading(self, case: Case) -> bool:
        return self.reading is not None and _is(case, self.reading)


def creations(
    original: Original, creating: Writing, listing: Listing | None, reading: Reading | None
) -> Iterator[Mutant]:
    """Yield the mutants of creating one resource."""
    good = original.good(creating.operation)
    if good is None:
        return
    yield from _defaults(creating)
    if creating.id_member is None or listing is None or listing.id is None:
        return
    resource = _Resource(creating, listing, reading, listing.id)
    yield from _lists(resource)
    yield from _answers(resource)
    for tokens, runtime in creating.echoes.items():
        values = {type(runtime.of(asked)) for asked in _requests(original, creating)}
        yield from _echo(resource, tokens, is_text=str in values)
    if good.exchange.reply.header("location") is not None:
        yield _named(creating, "wrong Location", "Location leads to what was created", _located)


def _requests(original: Original, creating: Writing) -> Iterator[Request]:
    for case in original.of(creating.operation):
        if is_success(case) and case.understood is not None:
            yield case.understood.request


def _named(
    creating: Writing, name: str, says: str, change: Callable[[Case], Reply | None]
) -> Mutant:
    return Mutant(f"{creating.operation.id}/{name}", says, replied(creating.operation, change))


def _defaults(creating: Writing) -> Iterator[Mutant]:
    """Yield defaults that are others than documented."""
    for tokens in creating.defaults:

        def change(case: Case, tokens: Tokens = tokens) -> Reply | None:
            asked = case.understood.request.body if case.understood else None
            if not is_success(case) or follow(asked, tokens) is not MISSING:
                return None
            return _member(case, (*creating.body, *tokens), other)

        yield _named(
            creating, f"wrong default of {tokens[-1]}", "What is left out has its default", change
        )


def _member(case: Case, tokens: Tokens, change: Callable[[Json], Json]) -> Reply | None:
    value = follow(case.value, tokens)
    if value is MISSING:
        return None
    return with_value(case, changed(case.value, tokens, change(value)))


def _located(case: Case) -> Reply | None:
    reply = case.exchange.reply
    fields = ((k, f"{v}x" if k.lower() == "location" else v) for k, v in reply.headers)
    return Reply(reply.status, reply.body, tuple(fields), reply.media_type)


def _lists(resource: _Resource) -> Iterator[Mutant]:
    """Yield lists that show too little or too much of what was created."""
    listing = resource.listing

    def shown(
        name: str, says: str, change: Callable[[list[Json], _Made, Case], list[Json]]
    ) -> Mutant:
        return Mutant(
            f"{resource.creating.operation.id}/{name}", says, lambda: _showing(resource, change)
        )

    def fresh(item: Json, made: _Made) -> bool:
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


def _is_newest(item: Json, made: _Made, resource: _Resource) -> bool:
    return bool(made.values) and next(reversed(made.values)) == identity(_id(item, resource.id))


def _is_filtered(case: Case, listing: Listing) -> bool:
    return any(value_of(case, one) is not MISSING for one in listing.filters.values())


def _spoiled(item: Json, resource: _Resource) -> Json:
    """Return a listed item with one member changed that the creation answered as well."""
    for tokens in resource.creating.echoes:
        value = follow(item, tokens)
        if isinstance(value, str):
            return changed(item, tokens, other(value))
    return item


def _showing(
    resource: _Resource,
    change: Callable[[list[Json], _Made, Case], list[Json]],
    *,
    hides: bool = False,
) -> Alter:
    """Return what remembers creations, and changes the lists and hides what is read of them."""
    made = _Made()

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        if resource.is_creating(asked) and is_success(case):
            _remember(made, case, resource)
        reply = None
        if resource.is_listing(asked) and is_success(case):
            items = items_of(case, resource.listing)
            reply = with_items(case, resource.listing, change(items, made, case))
        if hides and resource.is_reading(asked) and is_success(case) and resource.reading:
            value = follow(case.value, resource.reading.body)
            reply = with_status(case, 404) if made.has(value, resource.id) else None
        return case.exchange.reply if reply is None else reply

    return alter


def _remember(made: _Made, case: Case, resource: _Resource) -> None:
    value = follow(case.value, resource.creating.body)
    made.values[identity(_id(value, resource.creating.id_member or ()))] = value


def _answers(resource: _Resource) -> Iterator[Mutant]:
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


def _same_id(resource: _Resource) -> Alter:
    first: list[Json] = []

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        if not resource.is_creating(asked) or not is_success(case):
            return case.exchange.reply
        where = (*resource.creating.body, *(resource.creating.id_member or ()))
        first.append(follow(case.value, where))
        return with_value(case, changed(case.value, where, first[0]))

    return alter


def _double(resource: _Resource) -> Alter:
    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        if resource.is_creating(asked) and is_success(case):
            await ask(asked.exchange.sent)
        return case.exchange.reply

    return alter


def _creating_reads(resource: _Resource) -> Alter:
    last: list[Case] = []

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        if resource.is_creating(asked) and is_success(case):
            last[:] = [asked]
        if resource.is_listing(asked) and is_success(case) and last:
            await ask(last[0].exchange.sent)
        return case.exchange.reply

    return alter


def _echo(resource: _Resource, tokens: Tokens, *, is_text: bool) -> Iterator[Mutant]:
    """Yield creations that do not keep what they were given, here and in lists."""
    for name, change in (
        ("another", other),
        ("dropped", lambda _one: None),
        ("lower-cased", lambda one: one.lower() if isinstance(one, str) else one),
        ("trimmed", lambda one: one.strip() if isinstance(one, str) else one),
    )[: 4 if is_text else 2]:
        yield Mutant(
            f"{resource.creating.operation.id}/{tokens[-1]} {name}",
            f"A creation answers {tokens[-1]} as it was given",
            partial(_altering, resource, tokens, change),
        )


def _altering(resource: _Resource, tokens: Tokens, change: Callable[[Json], Json]) -> Alter:
    """Return what alters a member of everything that was created, wherever it is shown."""
    made = _Made()

    def altered(value: Json) -> Json:
        found = follow(value, tokens)
        return value if found in (MISSING, None) else changed(value, tokens, change(found))

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        if not is_success(case):
            return case.exchange.reply
        if resource.is_creating(asked):
            _remember(made, case, resource)
            where = resource.creating.body
            return with_value(case, changed(case.value, where, altered(follow(case.value, where))))
        if resource.is_listing(asked):
            items = [
                altered(one) if made.has(one, resource.id) else one
                for one in items_of(case, resource.listing)
            ]
            return with_items(case, resource.listing, items) or case.exchange.reply
        return case.exchange.reply

    return alter


def _id(value: Json, tokens: Tokens) -> Json:
    found = follow(value, tokens)
    return None if found is MISSING else found


def _is(case: Case, one: Writing | Listing | Reading) -> bool:
    return case.operation is not None and case.operation.id == one.operation.id
