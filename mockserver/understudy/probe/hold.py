"""Hold an API to the laws that several exchanges show."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.checks.case import Case
from understudy.checks.laws import agreeing, changing, creating, filtering, paging
from understudy.checks.laws.asking import Scene
from understudy.checks.meaning import same
from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.model import Writing
from understudy.contract.model import Operation, Parameter
from understudy.probe.ground import Ground
from understudy.types import Json

_LOOKS = 10
_UNKNOWN = 4
_INT32 = (1 << 31) - 1


def hold(ground: Ground) -> None:
    """Ask what the laws need to know, list by list and operation by operation."""
    for scene in list(ground.scenes.values()):
        _of_list(ground, scene)
    for operation in ground.operations():
        reading, writing = ground.meaning.reading(operation), ground.meaning.writing(operation)
        id_ = reading.id if reading else writing.id if writing else None
        if id_ is not None and operation.id in ground.good:
            _unknown(ground, operation, id_)
        if writing is not None and writing.kind != "create":
            _change(ground, writing)


def _of_list(ground: Ground, scene: Scene) -> None:
    api, listing = ground.api, scene.listing
    if listing is None:
        return
    if scene.creating is not None:
        api.note(creating.created(api, scene, ground.made(scene.creating)[-_LOOKS:]))
        _create_once(ground, scene, scene.creating)
    api.note(paging.pages(api, listing, scene.arguments))
    api.note(filtering.filters(api, listing, scene.arguments))
    api.note(agreeing.agreement(api, scene))
    api.note(agreeing.foreign(api, scene, _others(ground, scene)))
    for runtime in listing.known:
        parameter = _parameter(listing.operation, runtime)
        fresh = [ground.supply.fresh(parameter, "scope", number) for number in range(2)]
        api.note(agreeing.unknown_scope(api, scene, runtime, fresh))
    if ground.options.credentials.second:
        api.note(agreeing.isolated(api, scene))


def _create_once(ground: Ground, scene: Scene, kind: Writing) -> None:
    good = ground.good.get(kind.operation.id)
    if good is None:
        return
    body = ground.next_body(kind, scene.arguments)

    def create() -> Case:
        return ground.create(kind, good[0], body)

    ground.api.note(creating.created_once(ground.api, scene, create))


def _unknown(ground: Ground, operation: Operation, id_: Runtime) -> None:
    arguments, body = ground.best(operation)
    key = id_.location, id_.name
    parameter = _parameter(operation, id_)
    known = arguments.get(key)
    made = [*_alike(known, ground.supply.most(parameter))]
    if not isinstance(known, int):  # numbers that are made are small, and may well be known
        made[:0] = [ground.supply.fresh(parameter, number) for number in range(2)]
    unknown = [
        ({**arguments, key: one}, body)
        for one in made
        if not same(one, known) and ground.supply.fits(parameter, one)
    ][:_UNKNOWN]
    subject = f"{id_.location} {id_.name}"
    ground.api.note(agreeing.unknown(ground.api, operation, unknown, subject))


def _parameter(operation: Operation, runtime: Runtime) -> Parameter:
    wanted = runtime.location, runtime.name
    return next(one for one in operation.parameters if (one.location, one.name) == wanted)


def _others(ground: Ground, scene: Scene) -> dict[str, list[Json]]:
    """Return other owners by plain name: known ones, and one that surely has nothing."""
    found: dict[str, list[Json]] = {}
    sources = [one.operation for one in (scene.listing, scene.reading) if one is not None]
    for operation in sources:
        for parameter in operation.parameters:
            name = names.plain(parameter.name)
            if not parameter.required or not name.endswith("id") or name in found:
                continue
            if scene.reading is not None and parameter.name == scene.reading.id.name:
                continue
            taken = scene.arguments.get((parameter.location, parameter.name))
            others = ground.supply.others(parameter, taken, 2)
            found[name] = [*others, ground.supply.fresh(parameter, "other")]
    return found


def _change(ground: Ground, writing: Writing) -> None:
    api = ground.api
    lists = (one for one in ground.scenes.values() if one.listing is not None)
    scene = next(
        (one for one in lists if one.listing and one.listing.resource == writing.resource), None
    )
    if scene is None:
        reads = (one for one in ground.meaning.reads if one.resource == writing.resource)
        scene = Scene(None, {}, next(reads, None))
    if writing.kind == "delete":
        for member in ground.disposable(writing.resource):
            api.note(changing.deleted(api, scene, writing, member))
        return
    pair = [one.value for _ in range(2) for one in ground.disposable(writing.resource)]
    clock = changing.ticks(pair)
    for body in ground.supply.changes(writing.operation):
        for member in ground.disposable(writing.resource):
            api.note(changing.changed(api, scene, writing, member, body, clock=clock))


def _alike(known: Json, most: int) -> Iterator[Json]:
    """Yield ids that look like a known one and are not; numbers are at most so large."""
    if isinstance(known, int):
        last = min(most, _INT32)
        yield from (one for one in (last, last - 1003, known + 1_000_003) if one > known + 1000)
    elif isinstance(known, str) and known:
        yield known[1:] + known[:1]
        yield known.swapcase()
        yield known[::-1]
