"""Answer operations from the resources behind them: list, read, create.

What clients created stands before what the world holds, the newest first. Bodies are kept as
bytes, so that a list is joined and not serialised again.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from understudy.codec import dumps
from understudy.contract.behaviour import Action
from understudy.contract.expressions import Runtime
from understudy.contract.model import Contract, Operation
from understudy.contract.pointers import MISSING, follow
from understudy.exchange import Reply, Request
from understudy.generate.world import World
from understudy.respond.dialects import Dialect
from understudy.state.store import Store
from understudy.types import Json, JsonObject

Answer: TypeAlias = Callable[[Request], Reply]

_SHELVES = 256
_MARK = "\0items"


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Everything one parent has of one resource, in order, as values and as bytes."""

    values: tuple[JsonObject, ...]
    bodies: tuple[bytes, ...]
    index: Mapping[Json, int]


class Resources:
    """The resources of one contract, as its operations see them."""

    def __init__(self, contract: Contract, world: World, store: Store, dialect: Dialect) -> None:
        self._contract = contract
        self._world = world
        self._store = store
        self._dialect = dialect
        self._shelves: OrderedDict[tuple[str, Json, int, int], _Shelf] = OrderedDict()

    def answer(self, operation: Operation) -> Answer:
        """Return what answers valid requests to `operation`."""
        action = self._contract.behaviour.operations.get(operation.id)
        if action is None:
            return self._generated(operation)
        return {"list": self._list, "read": self._read, "create": self._create}[action.kind](
            operation, action
        )

    def _list(self, operation: Operation, action: Action) -> Answer:
        status, media_type = _success(operation)
        before, after = self._envelope(operation, action)

        def answer(request: Request) -> Reply:
            shelf = self._shelf(action.resource, action.parent.of(request))
            bodies = _filtered(shelf, action.filters, request)
            start = _number(action.offset, request, 0)
            bodies = bodies[start : start + _number(action.limit, request, len(bodies))]
            return Reply(status, before + b",".join(bodies) + after, (), media_type)

        return answer

    def _read(self, operation: Operation, action: Action) -> Answer:
        status, media_type = _success(operation)
        missing = self._dialect.error(404, f"{action.resource.capitalize()} not found")

        def answer(request: Request) -> Reply:
            shelf = self._shelf(action.resource, action.parent.of(request))
            index = shelf.index.get(action.id.of(request) if action.id else MISSING)
            if index is None:
                return missing
            body = _trimmed(shelf.values[index], action.last, request) or shelf.bodies[index]
            return Reply(status, body, (), media_type)

        return answer

    def _create(self, operation: Operation, action: Action) -> Answer:
        status, media_type = _success(operation)

        def answer(request: Request) -> Reply:
            parent = action.parent.of(request)

            def make(ordinal: int) -> JsonObject:
                return self._world.create(
                    action.resource,
                    parent,
                    ordinal,
                    request=request,
                    let=action.let,
                    assign=action.assign,
                )

            value = self._store.add(self._contract.name, action.resource, parent, make)
            return Reply(status, dumps(value), (), media_type)

        return answer

    def _generated(self, operation: Operation) -> Answer:
        """Answer from the schema alone; the request's identity decides every byte."""
        status, media_type = _success(operation)
        schema = operation.success.schemas.get(media_type)

        def answer(request: Request) -> Reply:
            if schema is None:
                return Reply(status, b"", (), "")
            label = f"{operation.label} {dumps([request.path, request.query]).decode()}"
            return Reply(status, dumps(self._world.value(schema, label)), (), media_type)

        return answer

    def _envelope(self, operation: Operation, action: Action) -> tuple[bytes, bytes]:
        """Return what stands before and after the items of a list response."""
        if not action.items:
            return b"[", b"]"
        _, media_type = _success(operation)
        schema = operation.success.schemas[media_type]
        value = self._world.value(schema, operation.label)
        follow(value, action.items[:-1])[action.items[-1]] = [_MARK]
        before, _, after = dumps(value).partition(dumps(_MARK))
        return before, after

    def _shelf(self, resource: str, parent: Json) -> _Shelf:
        created = self._store.created(self._contract.name, resource, parent)
        key = (resource, parent, self._store.resets, len(created))
        shelf = self._shelves.get(key)
        if shelf is None:
            shelf = self._shelves[key] = self._filled(resource, parent, created)
            if len(self._shelves) > _SHELVES:
                self._shelves.popitem(last=False)
        return shelf

    def _filled(self, resource: str, parent: Json, created: Sequence[JsonObject]) -> _Shelf:
        id_tokens = self._contract.behaviour.resources[resource].id
        values = (*reversed(created), *self._world.collection(resource, parent).members)
        index = {follow(value, id_tokens): i for i, value in enumerate(values)}
        return _Shelf(values, tuple(map(dumps, values)), index)


def _success(operation: Operation) -> tuple[int, str]:
    """Return status and media type of the documented success."""
    promised = operation.success
    status = int(promised.status) if promised.status.isdecimal() else 200
    return status, next(iter(promised.schemas), "")


def _filtered(
    shelf: _Shelf, filters: Mapping[tuple[str, ...], Runtime], request: Request
) -> Sequence[bytes]:
    wanted = [(tokens, expression.of(request)) for tokens, expression in filters.items()]
    wanted = [(tokens, value) for tokens, value in wanted if value is not MISSING]
    if not wanted:
        return shelf.bodies
    pairs = zip(shelf.values, shelf.bodies, strict=True)
    return [body for value, body in pairs if all(follow(value, t) == w for t, w in wanted)]


def _trimmed(
    value: JsonObject, last: Mapping[tuple[str, ...], Runtime], request: Request
) -> bytes | None:
    """Return the body with only the last entries of its lists, or None if nothing is cut off."""
    cuts = []
    for tokens, expression in last.items():
        entries, limit = follow(value, tokens), expression.of(request)
        if isinstance(entries, list) and isinstance(limit, int) and len(entries) > limit:
            cuts.append((tokens, entries[-limit:] if limit else []))
    if not cuts:
        return None
    value = copy.deepcopy(value)
    for tokens, entries in cuts:
        follow(value, tokens[:-1])[tokens[-1]] = entries
    return dumps(value)


def _number(expression: Runtime | None, request: Request, default: int) -> int:
    value = expression.of(request) if expression else MISSING
    return value if isinstance(value, int) else default
