"""Say before anything is generated what cannot be: recipes to follow, schemas to satisfy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from graphlib import CycleError

from understudy.contract import canonical as c
from understudy.contract import pointers
from understudy.contract.behaviour import Behaviour
from understudy.contract.model import Contract
from understudy.contract.recipes import parts
from understudy.errors import Problem
from understudy.generate.recipes import mistake
from understudy.types import Json


def infeasible(contract: Contract) -> Iterator[Problem]:
    """Yield a problem for each recipe and each schema that nothing can come of."""
    yield from _of_recipes(contract.behaviour)
    for operation in contract.operations.values():
        promised = operation.success
        at = pointers.join(operation.pointer, "responses", promised.status, "content")
        for media_type, schema in promised.schemas.items():
            yield from _of_schema(contract, schema, pointers.join(at, media_type, "schema"))
        for parameter in operation.parameters:
            yield from _of_schema(contract, parameter.schema, operation.pointer)
        at = pointers.join(operation.pointer, "requestBody", "content")
        for media_type, schema in (operation.body.schemas if operation.body else {}).items():
            yield from _of_schema(contract, schema, pointers.join(at, media_type, "schema"))


def unmakable(behaviour: Behaviour, compiled: Callable[[str], object]) -> Iterator[Problem]:
    """Yield a problem for each resource whose schema, with its recipes, cannot be compiled."""
    for name, kind in behaviour.resources.items():
        try:
            compiled(kind.schema)
        except (CycleError, TypeError, ValueError) as error:
            if behaviour.document is None:
                raise
            yield behaviour.document.problem(f"/resources/{name}", f"cannot be made: {error}")


def _of_recipes(behaviour: Behaviour) -> Iterator[Problem]:
    places = (behaviour.let, behaviour.parents, behaviour.values, behaviour.operations)
    for part in parts(places):
        found = mistake(part)
        if found and behaviour.document:
            yield behaviour.document.problem(*found)


def _of_schema(contract: Contract, schema: Json, at: str) -> Iterator[Problem]:
    try:
        if not c.impossible(c.canonical(schema, contract.schemas)):
            return
    except ValueError as error:
        yield contract.document.problem(at, f"is no schema: {error}")
        return
    for pointer, reason in c.conflicts(schema, contract.schemas):
        where = pointer if pointer.startswith("/components/") else at + pointer
        yield contract.document.problem(where, f"no value can satisfy this: {reason}")
