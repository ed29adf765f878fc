"""Mutants that show one owner what belongs to another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from understudy.checks.case import Case
from understudy.contract.expressions import Runtime
from understudy.contract.meaning.model import Listing
from understudy.contract.pointers import MISSING, follow
from understudy.exchange import Reply
from understudy.probe.mutants.lists import items_of, placed, value_of, with_items
from understudy.probe.mutants.mutant import Alter, Ask, Mutant, Original, is_success, only
from understudy.probe.mutants.requests import with_argument
from understudy.probe.mutants.values import changed
from understudy.types import Json


def tenants(original: Original, listing: Listing) -> Iterator[Mutant]:
    """Yield the mutants of a list whose items belong to somebody."""
    owner = _owner(original, listing)
    if owner is None:
        return
    says = f"What belongs to one {owner.name} is not shown to another"
    for name, whole, rewritten in (
        (f"{owner.name} ignored", True, False),
        (f"{owner.name} rewritten", True, True),
        (f"{owner.name} lets one through", False, False),
        (f"{owner.name} lets one through, rewritten", False, True),
    ):
        if rewritten and not listing.owners:
            continue
        yield Mutant(
            f"{listing.operation.id}/{name}",
            says,
            partial(_leaking, listing, owner, whole=whole, rewritten=rewritten),
        )


def _owner(original: Original, listing: Listing) -> Runtime | None:
    """Return the parameter that names whose items are listed."""
    action = original.rules.contract.behaviour.operations.get(listing.operation.id)
    if action is not None and action.parent is not None:
        return action.parent
    return next(iter(listing.owners.values()), None)


def _leaking(listing: Listing, owner: Runtime, *, whole: bool, rewritten: bool) -> Alter:
    """Return what shows the items of the first owner that has any to every other."""
    first: list[Json] = []

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        mine = value_of(asked, owner)
        if not is_success(case) or mine is MISSING:
            return case.exchange.reply
        if not first and items_of(case, listing):
            first.append(mine)
        if not first or mine == first[0]:
            return case.exchange.reply
        theirs = items_of(await ask(with_argument(asked, owner, first[0])), listing)
        if rewritten:
            theirs = [_owned(item, listing, owner, mine) for item in theirs]
        items = items_of(case, listing)
        leaked = theirs if whole else placed(listing, [*items[:-1], *theirs[-1:]])
        reply = with_items(case, listing, leaked)
        return case.exchange.reply if reply is None else reply

    return only(listing.operation, alter)


def _owned(item: Json, listing: Listing, owner: Runtime, value: Json) -> Json:
    """Return an item that says it belongs to somebody else."""
    for tokens, runtime in listing.owners.items():
        if runtime == owner and follow(item, tokens) is not MISSING:
            item = changed(item, tokens, value)
    return item
