"""An operation as two contracts have it, and where changes of it are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from understudy.contract import pointers
from understudy.contract.compare.changes import Change, Difference, Site
from understudy.contract.compare.places import member, target
from understudy.contract.compare.rules import Direction, level_of, sentence_of
from understudy.contract.model import Contract, Operation
from understudy.types import Json, JsonObject

Differences: TypeAlias = Callable[[Json, Json], list[Difference]]
"""How a schema of the old contract and one of the new contract differ."""


@dataclass(frozen=True, slots=True)
class Side:
    """An operation in its contract."""

    contract: Contract
    operation: Operation

    @property
    def root(self) -> JsonObject:
        """Return the document as written."""
        root: JsonObject = self.contract.document.data
        return root

    @property
    def written(self) -> JsonObject:
        """Return the operation as written."""
        return target(self.root, self.operation.pointer)[1]

    def at(self, *tokens: str) -> Site:
        """Return the place `tokens` below the operation."""
        pointer = pointers.join(self.operation.pointer, *tokens)
        return self.site(pointer)

    def site(self, pointer: str) -> Site:
        """Return a place of the document."""
        return Site(self.contract.document, self.operation.label, pointer)

    def content(self, media_type: str, *tokens: str) -> str:
        """Return the pointer to a media type's schema, in what is `tokens` below the operation."""
        holder, _ = target(self.root, pointers.join(self.operation.pointer, *tokens))
        return pointers.join(holder, "content", media_type, "schema")


@dataclass(frozen=True, slots=True)
class Sides:
    """One operation in the old contract and in the new one."""

    old: Side
    new: Side
    differences: Differences

    def of_schemas(
        self, schemas: tuple[Json, Json], places: tuple[str, str], direction: Direction, what: str
    ) -> Iterator[Change]:
        """Yield what changes between two schemas at pointers, said of `what`."""
        prefix = "parameter" if " parameter " in what else direction
        for one in self.differences(*schemas):
            gone = one.rule == "property-removed"
            side, place = (self.old, places[0]) if gone else (self.new, places[1])
            site = side.site(member(side.root, place, one.path))
            level, message = level_of(one, direction), sentence_of(one, direction, what)
            yield site.change(level, f"{prefix}-{one.rule}", message)
