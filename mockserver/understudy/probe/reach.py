"""Find for each operation a request that succeeds: lists, creations, then the rest."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from understudy.checks.laws.asking import Scene, arguments_of, items_of
from understudy.checks.laws.walking import bounds, collect
from understudy.contract.meaning.model import Listing, Reading, Writing
from understudy.contract.model import Operation
from understudy.contract.pointers import MISSING
from understudy.contract.wire.writing import Arguments
from understudy.probe.ground import Ground, members, owners
from understudy.types import Json

_ENOUGH = 5
_BODIES = 3


def reach(ground: Ground) -> None:
    """Find what succeeds, and fill lists as far as resources can be created."""
    operations = list(ground.operations())
    lists = [one for op in operations if (one := ground.meaning.listing(op))]
    for listing in lists:
        _list(ground, listing)
    for operation in operations:
        found = ground.meaning.writing(operation)
        if found is not None and found.kind == "create":
            _creation(ground, found)
    for listing in lists:
        _fill(ground, listing)
    for operation in sorted(operations, key=lambda one: one.method == "delete"):
        if operation.id not in ground.good:
            _other(ground, operation)


def _list(ground: Ground, listing: Listing) -> None:
    """Keep the arguments with which a list has the most items."""
    best = -1
    for arguments in _for_list(ground, listing):
        case = ground.api.ask(listing.operation, arguments)
        items = items_of(case, listing)
        if items is None or len(items) <= best:
            continue
        best = len(items)
        ground.keep(case, arguments, MISSING)
        ground.supply.harvest(items, listing.resource)
        reading, creating = _partners(ground, listing)
        found = members(case, listing, arguments)
        ground.scenes[listing.operation.id] = Scene(listing, arguments, reading, creating, found)
        if best >= _ENOUGH:
            return


def _for_list(ground: Ground, listing: Listing) -> Iterator[Arguments]:
    """Yield arguments of a list: those of a resource that it belongs to go first."""
    path = listing.operation.path.rpartition("/")[0]
    owner = next((r for r in ground.meaning.reads if r.operation.path == path), None)
    if owner is not None:
        for member in ground.members(owner.resource):
            arguments = arguments_of(owner, member)
            if arguments is not None:
                yield arguments
    yield from ground.supply.arguments(listing.operation, {})


def _partners(ground: Ground, listing: Listing) -> tuple[Reading | None, Writing | None]:
    """Return what reads and what creates the items of a list."""
    chosen = {operation.id for operation in ground.operations()}
    reads = (one for one in ground.meaning.reads if one.resource == listing.resource)
    creations = ground.meaning.of_kind("create", listing.resource)
    reading = next((one for one in reads if one.operation.id in chosen), None)
    creating = next((one for one in creations if one.operation.id in chosen), None)
    return reading, creating


def _creation(ground: Ground, creating: Writing) -> None:
    taken: dict[str, Json] = {}
    for scene in ground.scenes.values():
        if scene.listing is not None and scene.listing.resource == creating.resource:
            taken |= owners(scene.listing, scene.arguments)
    for arguments in ground.supply.arguments(creating.operation, taken):
        for number in range(_BODIES):
            body = ground.owned(ground.supply.body(creating.operation, number), taken)
            case = ground.create(creating, arguments, body)
            if case.ok:
                ground.keep(case, arguments, body)
                return


def _fill(ground: Ground, listing: Listing) -> None:
    """Create resources until the list says something about its pages and filters."""
    scene = ground.scenes.get(listing.operation.id)
    creating = scene.creating if scene else None
    known = ground.good.get(creating.operation.id) if creating else None
    if scene is None or creating is None or known is None:
        return
    low, high, default = bounds(ground.api, listing)
    wanted = max(low + _ENOUGH, (default or 0) + 2, high + 2) if listing.paging.size else _ENOUGH
    found = collect(ground.api, listing, scene.arguments)
    failures = 0
    for _ in range(max(min(wanted, ground.options.tier.created) - len(found.items), _ENOUGH)):
        body = ground.next_body(creating, scene.arguments)
        failures += not ground.create(creating, known[0], body).ok
        if failures > _ENOUGH:
            break
    again = collect(ground.api, listing, scene.arguments)
    if again.items:
        scene.members = members(again.cases[0], listing, scene.arguments)


def _other(ground: Ground, operation: Operation) -> None:
    """Reach an operation on one resource by resources that are there, any other by values."""
    for arguments in chain(_of_members(ground, operation), ground.supply.arguments(operation, {})):
        for number in range(_BODIES if operation.body else 1):
            body = ground.supply.body(operation, number)
            case = ground.api.ask(operation, arguments, body)
            if case.ok:
                ground.keep(case, arguments, body)
                ground.forget(operation, arguments)
                return


def _of_members(ground: Ground, operation: Operation) -> Iterator[Arguments]:
    reading, writing = ground.meaning.reading(operation), ground.meaning.writing(operation)
    if reading is not None:
        found = (arguments_of(reading, one) for one in ground.members(reading.resource))
        yield from (one for one in found if one is not None)
    if writing is not None and writing.kind != "create":
        made = [*ground.disposable(writing.resource)]
        for member in made or [*ground.members(writing.resource)][::-1]:
            arguments = arguments_of(writing, member)
            if arguments is not None:
                yield arguments
