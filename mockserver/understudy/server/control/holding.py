"""Hold a state that somebody writes to the contracts: what is put there, clients will be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from understudy.contract.model import Contract
from understudy.contract.pointers import join
from understudy.contract.schemas import reference
from understudy.contract.validate import Validator
from understudy.fixtures.load import inferred
from understudy.types import Json, JsonObject

_SHOWN = 5


class Holding:
    """The resources of some contracts, and what their members must be."""

    def __init__(self, contracts: Sequence[Contract], most: int) -> None:
        self._known = {one.name: _Resources(one) for one in contracts}
        self._most = most

    def problems(self, document: JsonObject) -> list[str]:
        """Return what is wrong with a state, of much the first."""
        found: list[str] = []
        for index, told in enumerate(document.get("collections", ())):
            at = join("/collections", index)
            found += (f"{at}{place}: {message}" for place, message in self._collection(told))
            if len(found) >= _SHOWN:
                break
        return found[:_SHOWN]

    def _collection(self, told: JsonObject) -> Iterator[tuple[str, str]]:
        """Yield pointers within a collection, and what is wrong there."""
        resources = self._known.get(told["contract"])
        if resources is None:
            yield "/contract", f"no such contract; served are {', '.join(sorted(self._known))}"
            return
        yield from resources.problems(told)
        for kind in ("created", "changed"):
            if len(told.get(kind, ())) > self._most:
                yield f"/{kind}", f"has more than the {self._most} members that are kept"


class _Resources:
    """The resources of one contract: those declared keep what was created, others what changed."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._validators: dict[str, Validator] = {}

    def problems(self, told: JsonObject) -> Iterator[tuple[str, str]]:
        """Yield pointers within a collection, and what is wrong there."""
        name = told["resource"]
        if name in self._contract.behaviour.resources:
            members, other = enumerate(told.get("created", ())), "changed"
            kind = "created"
        elif name in self._inferred:
            members, other = iter(told.get("changed", {}).items()), "created"
            kind = "changed"
            if not isinstance(told.get("parent", ""), str):
                yield "/parent", "is a text for a resource that behaviour.yaml does not declare"
        else:
            known = sorted({*self._contract.behaviour.resources, *self._inferred})
            yield "/resource", f"no such resource; there are: {', '.join(known) or 'none'}"
            return
        if told.get(other):
            yield f"/{other}", f"is not what this resource keeps: that is {kind}"
        for key, member in members:
            if member is not None:
                for one in self._validator(name).violations(member):
                    yield join("", kind, key, *one.path), one.message

    @cached_property
    def _inferred(self) -> Mapping[str, Json]:
        return dict(inferred(self._contract))

    def _validator(self, name: str) -> Validator:
        if name not in self._validators:
            declared = self._contract.behaviour.resources.get(name)
            schema = reference(declared.schema) if declared else self._inferred[name]
            self._validators[name] = Validator(schema, self._contract.schemas)
        return self._validators[name]
