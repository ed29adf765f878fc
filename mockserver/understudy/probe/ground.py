"""What is known of an API so far: requests that succeed, lists and their members, what was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING

from understudy.checks.case import Case
from understudy.checks.laws.asking import Member, Scene, arguments_of, items_of
from understudy.contract.meaning import names
from understudy.contract.meaning.model import Listing, Writing
from understudy.contract.model import Contract, Operation
from understudy.contract.pointers import MISSING, follow
from understudy.contract.wire.writing import Arguments
from understudy.generate.world import World
from understudy.probe.api import Api
from understudy.probe.supply import Supply
from understudy.types import Json

if TYPE_CHECKING:
    from understudy.probe.run import Options


class Ground:
    """The state of one run; every step adds to it.

    `good` are requests that succeeded, by operation: arguments, body and case. `scenes` are the
    lists that were reached, by operation.
    """

    def __init__(self, api: Api, contract: Contract, world: World, options: Options) -> None:
        self.api = api
        self.contract = contract
        self.options = options
        self.world = world
        self.meaning = api.rules.meaning
        self.supply = Supply(contract, world, options.known)
        self.good: dict[str, tuple[Arguments, Json, Case]] = {}
        self.scenes: dict[str, Scene] = {}
        self._made: dict[str, list[tuple[Case, Arguments]]] = {}
        self._numbers = count()

    def operations(self) -> Iterator[Operation]:
        """Yield the operations that this run is about."""
        for operation in self.contract.operations.values():
            wanted = self.options.operations
            if wanted and not {operation.id, operation.label} & set(wanted):
                continue
            if self.options.read_only and operation.method not in ("get", "head"):
                continue
            yield operation

    def best(self, operation: Operation) -> tuple[Arguments, Json]:
        """Return arguments and body that are known to be good, or at least valid."""
        known = self.good.get(operation.id)
        if known is not None:
            return known[0], known[1]
        return next(self.supply.arguments(operation, {}), {}), self.supply.body(operation, 0)

    def keep(self, case: Case, arguments: Arguments, body: Json) -> None:
        """Remember a request that succeeded, and the values in its reply."""
        if case.operation is not None:
            self.good[case.operation.id] = arguments, body, case
        self.supply.harvest(case.value if case.value is not MISSING else None)

    def create(self, creating: Writing, arguments: Arguments, body: Json) -> Case:
        """Create a resource, to be kept for the rest of the run."""
        case = self.api.ask(creating.operation, arguments, body)
        if case.ok and case.value is not MISSING:
            self._made.setdefault(creating.operation.id, []).append((case, arguments))
            self.supply.harvest(follow(case.value, creating.body), creating.resource)
        return case

    def forget(self, operation: Operation, arguments: Arguments) -> None:
        """Forget what an operation has just deleted, if it does, and what belonged to that."""
        deleting = self.meaning.writing(operation)
        if deleting is None or deleting.kind != "delete":
            return
        gone = arguments.get((deleting.id.location, deleting.id.name)) if deleting.id else None
        owner = f"{names.plain(names.resource(operation.path))}id"
        for scene in self.scenes.values():
            if scene.listing is None:
                continue
            same = scene.listing.resource == deleting.resource
            scene.members = [
                one
                for one in scene.members
                if not (same and arguments_of(deleting, one) == arguments)
                and all(names.plain(k) != owner or v != gone for k, v in one.value.items())
            ]

    def made(self, creating: Writing) -> list[tuple[Case, Arguments]]:
        """Return what was created and kept, with the arguments that it was created with."""
        return self._made.get(creating.operation.id, [])

    def next_body(self, creating: Writing, arguments: Arguments) -> Json:
        """Return another body of a creation, for the owner that `arguments` name."""
        number = next(self._numbers)
        make = self.supply.telling if number % 2 else self.supply.body
        return self.owned(make(creating.operation, number), owners(creating, arguments))

    def owned(self, body: Json, owners: Mapping[str, Json]) -> Json:
        """Return a body in which what names an owner names the one in `owners`, by plain name."""
        if not isinstance(body, dict):
            return body
        return {key: owners.get(names.plain(key), value) for key, value in body.items()}

    def members(self, resource: str) -> Iterator[Member]:
        """Yield resources that are there: a few of each list, and what was created."""
        for scene in list(self.scenes.values()):
            if scene.listing is not None and scene.listing.resource == resource:
                yield from scene.members[:3]
        for creating in self.meaning.of_kind("create", resource):
            for case, arguments in self.made(creating):
                value = follow(case.value, creating.body)
                if isinstance(value, dict):
                    yield Member(value, arguments, case)

    def disposable(self, resource: str) -> Iterator[Member]:
        """Create resources to be changed or deleted; those of others are left alone."""
        for creating in self.meaning.of_kind("create", resource):
            good = self.good.get(creating.operation.id)
            if good is None:
                continue
            case = self.api.ask(creating.operation, good[0], self.supply.rich(creating.operation))
            value = follow(case.value, creating.body) if case.ok else None
            if isinstance(value, dict):
                yield Member(value, good[0], case)


def members(case: Case, listing: Listing, arguments: Arguments) -> list[Member]:
    """Return the resources on a page."""
    items = items_of(case, listing) or []
    return [Member(item, arguments, case) for item in items if isinstance(item, dict)]


def owners(part: Listing | Writing, arguments: Arguments) -> dict[str, Json]:
    """Return what arguments say of whose something is, by the plain names of members."""
    said: dict[str, Json] = {}
    for (location, name), value in arguments.items():
        said[names.plain(name)] = value
        if location == "path":
            said[names.of_parameter(part.operation.path, name)] = value
    return said
