"""What a run could not check, so that silence is never taken for approval."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.checks.laws.agreeing import AGREES, READABLE, UNKNOWN
from understudy.checks.laws.asking import Scene
from understudy.checks.laws.creating import CREATED_LISTED
from understudy.checks.laws.paging import FULL, WHOLE
from understudy.checks.meaning import FILTER, ORDER, RELATION
from understudy.checks.promise import Promise
from understudy.checks.verdict import Unchecked
from understudy.contract.meaning.facts import relation_id
from understudy.contract.model import Contract, Operation
from understudy.contract.wire.parameters import is_plain
from understudy.probe.api import Api
from understudy.probe.ground import Ground

_READ_ONLY = "read-only: only GET and HEAD are sent"
_CREDENTIALS = "give credentials: --bearer, --api-key, --basic or --header"


def unchecked(ground: Ground) -> list[Unchecked]:
    """Return everything that was not checked: by choice, or for want of what it takes."""
    options, chosen = ground.options, set(ground.options.operations)
    found: list[Unchecked] = []
    for operation in ground.contract.operations.values():
        if chosen and not {operation.id, operation.label} & chosen:
            found.append(Unchecked("the operation", operation.label, "not chosen", vacuous=False))
        elif options.read_only and operation.method not in ("get", "head"):
            found.append(Unchecked("the operation", operation.label, _READ_ONLY, vacuous=False))
        else:
            found.extend(_of_operation(ground, operation))
    found.extend(_of_relations(ground.api, ground.contract, found))
    if options.read_only:
        found.append(Unchecked("undeclared methods", "", _READ_ONLY, vacuous=False))
    if not options.tier.examples:
        reason, hint = f"left out in tier {options.tier.name}", "--tier pr"
        found.append(Unchecked("generated requests", "", reason, hint, vacuous=False))
    return found


def _of_operation(ground: Ground, operation: Operation) -> Iterator[Unchecked]:
    api, options = ground.api, ground.options
    if operation.security and options.credentials.alternative(operation) is None:
        wanted = " or ".join(
            " and ".join(scheme.name for scheme in schemes) for schemes in operation.security
        )
        reason = f"no credential for {wanted}"
        yield Unchecked("the operation", operation.label, reason, _CREDENTIALS)
        return
    for parameter in operation.parameters:
        if not is_plain(parameter, ground.contract.schemas):
            what, reason = f"{parameter.location} {parameter.name}", "its style is not spoken here"
            yield Unchecked(what, operation.label, reason, vacuous=False)
    names = [p.name for p in operation.parameters if p.required]
    hint = f"give values that exist: --known {names[0]}=VALUE" if names else ""
    seen = sorted(s for (where, s) in api.coverage().statuses if where == operation.label)
    if not any(200 <= status < 300 for status in seen):
        came = f"only {', '.join(map(str, seen))} came" if seen else "it was never asked"
        if 401 in seen and not {200, 201, 404} & set(seen):
            hint = "check the credentials that were given"
        yield Unchecked("the operation", operation.label, f"no success: {came}", hint)
        return
    scene = ground.scenes.get(operation.id)
    if scene is not None and scene.listing is not None and len(scene.members) < 2:
        reason = f"no page with two items: {len(scene.members)} at most"
        yield Unchecked("the list", operation.label, reason, hint)
    elif scene is not None:
        yield from _of_laws(ground, scene)


def _of_laws(ground: Ground, scene: Scene) -> Iterator[Unchecked]:
    """Yield the promises of a list that nothing came to show."""
    for promise, where, subject in _owed(scene):
        if not ground.api.ledger.times(promise, where.label, subject):
            what = f"{promise.id} {subject}".strip()
            yield Unchecked(what, where.label, "nothing came that could show it")


def _owed(scene: Scene) -> Iterator[tuple[Promise, Operation, str]]:
    """Yield the promises that a list owes, by what it means, each with operation and subject."""
    listing, reading, creating = scene.listing, scene.reading, scene.creating
    if listing is None:
        return
    if listing.paging.size:
        yield FULL, listing.operation, ""
        if listing.paging.moves:
            yield WHOLE, listing.operation, ""
    if listing.order:
        yield ORDER, listing.operation, ""
    for runtime in listing.filters.values():
        yield FILTER, listing.operation, f"{runtime.location} {runtime.name}"
    if reading is not None:
        yield READABLE, reading.operation, ""
        yield AGREES, reading.operation, ""
        yield UNKNOWN, reading.operation, ""
    if creating is not None and creating.id_member and listing.id:
        yield CREATED_LISTED, listing.operation, ""


def _of_relations(api: Api, contract: Contract, found: list[Unchecked]) -> Iterator[Unchecked]:
    """Yield the declared relations of which no instance came."""
    if any(one.vacuous for one in found):
        return
    whole = not found  # what was left out may be where instances are
    for relations in contract.behaviour.relations.values():
        for relation in relations:
            subject = relation_id(relation)
            if not api.ledger.times(RELATION, subject=subject):
                yield Unchecked(subject, "", f"no {relation.schema} came", vacuous=whole)
