"""Probe every operation: without access, by other methods, with every kind of input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from understudy.checks.laws import agreeing
from understudy.contract.meaning.names import plain
from understudy.contract.model import Operation
from understudy.contract.pointers import MISSING
from understudy.contract.wire.writing import Arguments, request
from understudy.exchange import Sent
from understudy.probe.access import without_access
from understudy.probe.ground import Ground
from understudy.probe.inputs import Inputs
from understudy.types import Json

_BODIES = 6
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")


def access(ground: Ground) -> None:
    """Come without a good credential in every way, and with each that is good."""
    credentials = ground.options.credentials
    for operation in ground.operations():
        if not operation.security:
            continue
        arguments, body = ground.best(operation)
        sent = request(operation, arguments, body, ground.contract.schemas)
        for probe in without_access(operation, sent, credentials):
            ground.api.send(probe)
        if operation.method == "get" and all(operation.security):
            ground.api.note(agreeing.head_refused(ground.api.send(replace(sent, method="HEAD"))))
        for broken in _otherwise_wrong(ground, operation, arguments, body):
            ground.api.send(broken)
        for schemes in operation.security[1:]:
            if all(scheme.name in credentials.values for scheme in schemes):
                ground.api.send(ground.api.with_schemes(schemes, sent))


def _otherwise_wrong(
    ground: Ground, operation: Operation, arguments: Arguments, body: Json
) -> Iterator[Sent]:
    """Yield requests without credentials of which something else is wrong as well."""
    schemas = ground.contract.schemas
    for parameter in operation.parameters:
        key = parameter.location, parameter.name
        if parameter.location in ("path", "query"):
            yield request(operation, {**arguments, key: "%understudy%"}, body, schemas)
        if parameter.location == "path":
            unknown = ground.supply.fresh(parameter, "access")
            yield request(operation, {**arguments, key: unknown}, body, schemas)
    if any(p.required and p.location == "query" for p in operation.parameters):
        bare = {key: value for key, value in arguments.items() if key[0] == "path"}
        yield request(operation, bare, body, schemas)
    if operation.body is not None:
        yield request(operation, arguments, {}, schemas)
        yield request(operation, arguments, b"{")


def methods(ground: Ground) -> None:
    """Ask each path for methods that it does not have, and for HEAD and OPTIONS."""
    seen: set[str] = set()
    for operation in ground.operations():
        known = ground.good.get(operation.id)
        if known is not None:
            ground.api.note(agreeing.head(ground.api, known[2]))
        if operation.path in seen or ground.options.read_only:
            continue
        seen.add(operation.path)
        bare = request(operation, ground.best(operation)[0], MISSING)
        sent = ground.api.authorized(operation, bare)
        here = (o for o in ground.contract.operations.values() if o.path == operation.path)
        declared = {one.method.upper() for one in here}
        for method in _METHODS:
            if method not in declared:
                ground.api.send(ground.api.as_method(sent, method))


def inputs(ground: Ground) -> None:
    """Send valid edges and every way to be invalid, one at a time."""
    made = Inputs(ground.contract, ground.world, each=ground.options.tier.each)
    for operation in ground.operations():
        arguments, body = ground.best(operation)
        for sent in made.all(operation, arguments, body):
            ground.api.send(ground.api.authorized(operation, sent))
        for number in range(_BODIES if operation.body else 0):
            told = ground.supply.telling(operation, number)
            ground.api.ask(operation, arguments, ground.owned(told, _ids(body)))


def _ids(body: Json) -> dict[str, Json]:
    """Return by plain name what a body says of other resources."""
    members = body.items() if isinstance(body, dict) else ()
    return {name: value for key, value in members if (name := plain(key)).endswith("id")}
