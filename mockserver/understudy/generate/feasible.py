"""Say before anything is generated what cannot be: recipes to follow, schemas to satisfy."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.contract import canonical as c
from understudy.contract import pointers
from understudy.contract.behaviour import Behaviour
from understudy.contract.model import Contract
from understudy.contract.recipes import parts
from understudy.errors import Problem
from understudy.generate.recipes import mistake
from understudy.types import Json


def infeasible(contract: Contract) -> Iterator[Problem]:
    """Yield a problem for each recipe and each response that nothing can come of."""
    yield from _of_recipes(contract.behaviour)
    for operation in contract.operations.values():
        promised = operation.success
        at = pointers.join(operation.pointer, "responses", promised.status, "content")
        for media_type, schema in promised.schemas.items():
            yield from _of_schema(contract, schema, pointers.join(at, media_type, "schema"))


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
