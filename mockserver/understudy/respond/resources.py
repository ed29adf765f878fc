"""Answer operations from the resources behind them: list, read, create.

What clients created stands before what the world holds, the newest first. Bodies are kept as
bytes, so that a list is joined and not serialised again.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from understudy.codec import dumps
from understudy.contract.behaviour import Action
from understudy.contract.expressions import Runtime
from understudy.contract.model import Contract, Operation
from understudy.contract.pointers import MISSING, follow
from understudy.exchange import Reply, Request
from understudy.generate.world import World
from understudy.respond.dialects import Dialect
from understudy.respond.inferred import FULL, Inferred
from understudy.state.session import FullError, Session
from understudy.types import Json, JsonObject

Answer: TypeAlias = Callable[[Request, Session], Reply]

_SHELVES = 256
_MARK = "\0items"


class _Shelf:
    """Everything one parent has of one resource, in order, as values and as bytes.

    What clients created stands before what is of the `world`.
    """

    __slots__ = ("_count", "_created", "_id", "bodies", "by_id", "values")

    def __init__(
        self,
        id_: tuple[str, ...],
        world: _Shelf | None = None,
        created: Sequence[JsonObject] = (),
    ) -> None:
        self._created = created
        self._count = 0
        self._id = id_
        self.values: list[JsonObject] = [*world.values] if world else []
        self.bodies: list[bytes] = [*world.bodies] if world else []
        self.by_id: dict[Json, tuple[JsonObject, bytes]] = {**world.by_id} if world else {}

    def is_of(self, created: Sequence[JsonObject]) -> bool:
        """Tell whether the shelf stands on `created` and not on what was there before a reset."""
        return self._created is created

    def catch_up(self) -> None:
        """Put what was created since the last look in front, the newest first."""
        if self._count < len(self._created):
            fresh = self._created[self._count :]
            self._count += len(fresh)
            self.put_first(fresh[::-1])

    def put_first(self, values: Sequence[JsonObject]) -> None:
        """Put these members before all others."""
        bodies = [dumps(value) for value in values]
        self.values[:0], self.bodies[:0] = values, bodies
        for value, body in zip(values, bodies, strict=True):
            self.by_id[follow(value, self._id)] = value, body


class Resources:
    """The resources of one contract, as its operations see them."""

    def __init__(
        self,
        contract: Contract,
        world: World,
        dialect: Dialect,
        *,
        strict_ids: bool = False,
    ) -> None:
        self._contract = contract
        self._world = world
        self._dialect = dialect
        self._inferred = Inferred(contract, world, dialect, strict=strict_ids)
        self._shelves: OrderedDict[tuple[str | None, str, Json], _Shelf] = OrderedDict()

    def answer(self, operation: Operation) -> Answer:
        """Return what answers valid requests to `operation`."""
        action = self._contract.behaviour.operations.get(operation.id)
        if action is None:
            return self._inferred.answer(operation) or self._generated(operation)
        return {"list": self._list, "read": self._read, "create": self._create}[action.kind](
            operation, action
        )

    def collections(self, session: Session) -> Iterator[tuple[str, Sequence[JsonObject]]]:
        """Yield the resources with their members as lists show them, collection by collection.

        They are those in which clients changed something, and those that every world has.
        """
        declared = self._contract.behaviour.resources
        for resource, parent in dict.fromkeys([*self._everywhere(), *self._changed(session)]):
            if resource in declared:
                yield resource, self._shelf(session, resource, parent).values
            else:
                yield resource, self._inferred.members(session, resource, str(parent))

    def _everywhere(self) -> Iterator[tuple[str, Json]]:
        for kind in self._contract.behaviour.resources.values():
            parents = [parent for parent, _ in kind.known] if kind.parent else [""]
            yield from ((kind.name, parent) for parent in parents)

    def _changed(self, session: Session) -> Iterator[tuple[str, Json]]:
        for told in session.store.document()["collections"]:
            if told["contract"] == self._contract.name:
                yield told["resource"], told["parent"]

    def _list(self, operation: Operation, action: Action) -> Answer:
        status, media_type = _success(operation)
        before, after = self._envelope(operation, action)

        def answer(request: Request, session: Session) -> Reply:
            shelf = self._shelf(session, action.resource, _parent(action, request))
            bodies = _filtered(shelf, action.filters, request)
            start = _number(action.offset, request, 0)
            bodies = bodies[start : start + _number(action.limit, request, len(bodies))]
            return Reply(status, before + b",".join(bodies) + after, (), media_type)

        return answer

    def _read(self, operation: Operation, action: Action) -> Answer:
        status, media_type = _success(operation)
        missing = self._dialect.error(404, f"{action.resource.capitalize()} not found")
        identifier = action.id or Runtime("path", "id")

        def answer(request: Request, session: Session) -> Reply:
            shelf = self._shelf(session, action.resource, _parent(action, request))
            found = shelf.by_id.get(identifier.of(request))
            if found is None:
                return missing
            value, body = found
            return Reply(status, _trimmed(value, action.last, request) or body, (), media_type)

        return answer

    def _create(self, operation: Operation, action: Action) -> Answer:
        status, media_type = _success(operation)
        creation = self._world.creation(action.resource, action.let, action.assign)
        full = self._dialect.error(507, FULL)

        def answer(request: Request, session: Session) -> Reply:
            parent = _parent(action, request)

            def make(ordinal: int) -> JsonObject:
                return creation(parent, ordinal, request, session.now)

            try:
                value = session.add(self._contract.name, action.resource, parent, make)
            except FullError:
                return full
            return Reply(status, dumps(value), (), media_type)

        return answer

    def _generated(self, operation: Operation) -> Answer:
        """Answer from the schema alone; the request's identity decides every byte."""
        status, media_type = _success(operation)
        schema = operation.success.schemas.get(media_type)
        echo = self._inferred.echo(operation, schema) if schema is not None else None

        def answer(request: Request, _session: Session) -> Reply:
            if schema is None:
                return Reply(status, b"", (), "")
            label = f"{operation.label} {dumps([request.path, request.query]).decode()}"
            value = self._inferred.told(schema, self._world.value(schema, label), label)
            value = echo.repeated(value, request) if echo else value
            return Reply(status, dumps(value), (), media_type)

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

    def _shelf(self, session: Session, resource: str, parent: Json) -> _Shelf:
        """Return what there is for one client, from the cache or anew."""
        created = session.created(self._contract.name, resource, parent)
        if not created:
            return self._of_world(resource, parent)
        key = (session.name, resource, parent)
        shelf = self._shelves.get(key)
        if shelf is None or not shelf.is_of(created):
            id_ = self._contract.behaviour.resources[resource].id
            shelf = _Shelf(id_, self._of_world(resource, parent), created)
        shelf.catch_up()
        return self._kept(key, shelf)

    def _of_world(self, resource: str, parent: Json) -> _Shelf:
        """Return what there is for clients that created nothing."""
        key = (None, resource, parent)
        shelf = self._shelves.get(key)
        if shelf is not None:
            self._shelves.move_to_end(key)
            return shelf
        shelf = _Shelf(self._contract.behaviour.resources[resource].id)
        shelf.put_first(self._world.collection(resource, parent).members)
        return self._kept(key, shelf)

    def _kept(self, key: tuple[str | None, str, Json], shelf: _Shelf) -> _Shelf:
        """Keep a shelf in the cache; the one longest unused makes room."""
        self._shelves[key] = shelf
        self._shelves.move_to_end(key)
        if len(self._shelves) > _SHELVES:
            self._shelves.popitem(last=False)
        return shelf


def _parent(action: Action, request: Request) -> Json:
    """Return the key of the parent whose members a request is about."""
    return action.parent.of(request) if action.parent else ""


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
    """Return the value of a page parameter; nothing is before the start."""
    value = expression.of(request) if expression else MISSING
    return max(value, 0) if isinstance(value, int) else default
