"""What fixtures are made of: object i of a subject, a pure function of contract, seed and i.

A subject is a component schema, or the request or a response of an operation. Where a resource
stands behind it, its objects are those that the stand-in serves under the same seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from understudy.contract.behaviour import Action
from understudy.contract.model import Contract, Operation
from understudy.contract.pointers import follow
from understudy.contract.schemas import reference
from understudy.generate.world import World
from understudy.types import Json, JsonObject

Sample: TypeAlias = Callable[[int], Json]
"""Returns the object with an index, from 0."""

Samples: TypeAlias = Callable[[int, int], Iterator[Json]]
"""Yields the objects from one index up to another."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What objects are made of: `name` for messages and files, and the schema they satisfy.

    `operation` is None for a component schema; `status` is empty for a request.
    """

    name: str
    schema: Json
    operation: Operation | None = field(default=None, repr=False)
    status: str = ""


def of_schema(contract: Contract, name: str) -> Subject:
    """Return the subject for a component schema. Raises KeyError if there is none."""
    if name not in contract.schemas:
        raise KeyError(name)
    return Subject(name, reference(name))


def of_response(contract: Contract, operation_id: str, status: str = "") -> Subject:
    """Return the subject for a response, by default the success. Raises KeyError without one."""
    operation = contract.operations[operation_id]
    promised = operation.responses[status] if status else operation.success
    schema = next(iter(promised.schemas.values()))
    return Subject(f"{operation_id}-{promised.status}", schema, operation, promised.status)


def of_request(contract: Contract, operation_id: str) -> Subject:
    """Return the subject for a request body. Raises KeyError if there is none."""
    operation = contract.operations[operation_id]
    if operation.body is None:
        raise KeyError(f"{operation_id} takes no request body")
    schema = next(iter(operation.body.schemas.values()))
    return Subject(f"{operation_id}-request", schema, operation)


def sample(contract: Contract, subject: Subject, world: World) -> Sample:
    """Return what makes the objects of `subject` in `world`."""
    resource = resource_of(contract, subject)
    if resource:
        return lambda index: world.nth(resource, index)
    action = list_of(contract, subject)
    if action:
        return _lists(contract, subject, action, world)
    return lambda index: world.value(subject.schema, subject.name, index)


def samples(contract: Contract, subject: Subject, world: World) -> Samples:
    """Return what makes many objects of `subject` in `world`, one after the other."""
    resource = resource_of(contract, subject)
    if resource:
        return lambda start, stop: world.run(resource, start, stop)
    make = sample(contract, subject, world)
    return lambda start, stop: map(make, range(start, stop))


def resource_of(contract: Contract, subject: Subject) -> str:
    """Return the name of the resource whose members the objects of `subject` are, if any."""
    for resource in contract.behaviour.resources.values():
        if subject.schema == reference(resource.schema):
            return resource.name
    return ""


def list_of(contract: Contract, subject: Subject) -> Action | None:
    """Return the list action whose response the objects of `subject` are, if any."""
    if subject.operation is None or subject.status != subject.operation.success.status:
        return None
    action = contract.behaviour.operations.get(subject.operation.id)
    return action if action and action.kind == "list" else None


def _lists(contract: Contract, subject: Subject, action: Action, world: World) -> Sample:
    """Return what makes list responses: the first page of one parent after the other."""
    parent_kind = contract.behaviour.resources[action.resource].parent
    size = _default_limit(subject, action)

    def make(index: int) -> Json:
        members = world.collection(action.resource, world.parent(parent_kind, index)).members
        items = list(members[:size])
        if not action.items:
            return items
        value: JsonObject = world.value(subject.schema, subject.name, index)
        follow(value, action.items[:-1])[action.items[-1]] = items
        return value

    return make


def _default_limit(subject: Subject, action: Action) -> int | None:
    """Return how many items a list has when nobody asks for a number."""
    parameters = subject.operation.parameters if subject.operation else ()
    named = [p for p in parameters if action.limit and p.name == action.limit.name]
    return next((p.schema.get("default") for p in named if isinstance(p.schema, dict)), None)
