"""Say before anything is generated what cannot be: recipes to follow, schemas to satisfy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from graphlib import CycleError

from understudy.codec import dumps
from understudy.contract import canonical as c
from understudy.contract import pointers
from understudy.contract.behaviour import Behaviour
from understudy.contract.model import Contract, Operation
from understudy.contract.recipes import parts
from understudy.contract.schemas import reachable
from understudy.errors import Problem
from understudy.generate.domains import Domain, domain_of, ids_of
from understudy.generate.likely import PROVIDER
from understudy.generate.recipes import mistake
from understudy.generate.vocabulary import known_provider
from understudy.types import Json

_RULE = "unsatisfiable"

_NO_SCHEMAS = frozenset({"const", "default", "enum", "example", "examples"})
"""Keywords whose values are data, in which nothing is a schema."""


def unfollowable(behaviour: Behaviour) -> Iterator[Problem]:
    """Yield a problem for each recipe that nothing can come of."""
    places = (behaviour.let, behaviour.parents, behaviour.values, behaviour.operations)
    for part in parts(places):
        found = mistake(part)
        if found and behaviour.document:
            yield behaviour.document.problem(*found)


LOOKED_AT = 10_000
"""How many schemas are looked at before anything is made; of large documents, not all are."""


def infeasible(
    contract: Contract, most: int | None = None, *, everything: bool = False
) -> Iterator[Problem]:
    """Yield a problem for each schema that nothing can come of.

    Looked at is what clients send, and what success answers; with `everything`, all responses.
    With `most`, schemas are looked at until they lead to that many others, a few of a large
    document; `unanswerable` looks at those of one operation.
    """
    yield from _of_providers(contract, contract.document.data, "")
    for name, schema in contract.schemas.items():
        yield from _of_sets(contract, schema, pointers.join("/components/schemas", name))
    operations = contract.operations.values()
    spent = 0
    for at, schema in _once(_of_operations(operations, everything=everything)):
        spent += 1 + len(reachable(schema, contract.schemas))
        if most is not None and spent > most:
            return
        yield from _of_schema(contract, schema, at)


def unanswerable(contract: Contract, operation: Operation) -> Iterator[Problem]:
    """Yield a problem for each schema of `operation` that nothing can satisfy."""
    for at, schema in _once(_of_operations([operation], everything=False)):
        yield from _of_schema(contract, schema, at)


def _of_operations(
    operations: Iterable[Operation], *, everything: bool
) -> Iterator[tuple[str, Json]]:
    """Yield place and schema of everything that is sent and answered."""
    for operation in operations:
        for promised in operation.responses.values() if everything else (operation.success,):
            at = pointers.join(operation.pointer, "responses", promised.status, "content")
            for media_type, schema in promised.schemas.items():
                yield pointers.join(at, media_type, "schema"), schema
        for parameter in operation.parameters:
            yield operation.pointer, parameter.schema
        at = pointers.join(operation.pointer, "requestBody", "content")
        for media_type, schema in (operation.body.schemas if operation.body else {}).items():
            yield pointers.join(at, media_type, "schema"), schema


def _once(places: Iterable[tuple[str, Json]]) -> Iterator[tuple[str, Json]]:
    """Yield each schema once, in the first of its places."""
    seen: set[bytes] = set()
    for at, schema in places:
        key = dumps(schema)
        if key not in seen:
            seen.add(key)
            yield at, schema


def unmakable(contract: Contract, compiled: Callable[[str], object]) -> Iterator[Problem]:
    """Yield a problem for each resource that cannot be compiled or has too few ids."""
    behaviour = contract.behaviour
    for name, kind in behaviour.resources.items():
        domain, wanted = ids_of(contract, name), kind.count[1] + len(kind.known)
        if domain and domain.size < wanted and behaviour.document:
            few = f"{kind.id[0]} has {domain.size:,} values, and a parent has up to {wanted:,}"
            yield behaviour.document.problem(f"/resources/{name}", few)
        try:
            compiled(kind.schema)
        except (CycleError, TypeError, ValueError) as error:
            if behaviour.document is None:
                raise
            yield behaviour.document.problem(f"/resources/{name}", f"cannot be made: {error}")


def _of_providers(contract: Contract, value: Json, at: str) -> Iterator[Problem]:
    """Yield a problem for each provider of Faker that a schema names in vain."""
    for key, part in pointers.children(value):
        where = pointers.join(at, key)
        if key == PROVIDER and isinstance(part, str) and not known_provider(part):
            hint = "providers are named as in Python, such as email or first_name"
            yield contract.document.problem(
                where, f"Faker has no provider {part!r}", hint, rule="x-faker"
            )
        if key not in _NO_SCHEMAS:
            yield from _of_providers(contract, part, where)


def _of_sets(contract: Contract, schema: Json, at: str) -> Iterator[Problem]:
    """Yield a problem for each array of more distinct items than there are."""
    for key, part in pointers.children(schema):
        if key not in _NO_SCHEMAS:
            yield from _of_sets(contract, part, pointers.join(at, key))
    if not isinstance(schema, dict) or schema.get("uniqueItems") is not True:
        return
    wanted, items = schema.get("minItems"), schema.get("items")
    if isinstance(wanted, int) and isinstance(items, dict):
        found = _domain(items, contract)
        if found and found.size < wanted:
            message = f"{wanted} distinct items are asked for, there are {found.size}"
            yield contract.document.problem(at, message, rule=_RULE)


def _domain(schema: Json, contract: Contract) -> Domain | None:
    try:
        return domain_of(c.canonical(schema, contract.schemas))
    except ValueError:
        return None  # which is told of where the whole is looked at


def _of_schema(contract: Contract, schema: Json, at: str) -> Iterator[Problem]:
    yield from _of_sets(contract, schema, at)
    try:
        if not c.impossible(c.canonical(schema, contract.schemas)):
            return
    except ValueError as error:
        yield contract.document.problem(at, f"is no schema: {error}", rule=_RULE)
        return
    for pointer, reason in c.conflicts(schema, contract.schemas):
        where = pointer if pointer.startswith("/components/") else at + pointer
        yield contract.document.problem(where, f"no value can satisfy this: {reason}", rule=_RULE)
