"""What a comparison finds, as frozen values: changes of contracts and differences of schemas."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from understudy.contract.document import Document
from understudy.types import JsonObject

Level: TypeAlias = Literal["breaking", "risky", "safe"]
LEVELS: tuple[Level, ...] = ("breaking", "risky", "safe")
"""What a change means to clients that were written for the old contract, worst first."""


Path: TypeAlias = tuple[str, ...]
"""Where something is in a value: names of members, and `*` for every item."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change between two contracts.

    `rule` is stable, `message` is for people. File, line and pointer lead into the new document,
    or into the old one for what was removed. `operation` is a label such as `GET /threads`, or
    empty for what is about the contract as a whole.
    """

    level: Level
    operation: str
    rule: str
    message: str
    file: str
    line: int
    pointer: str

    def as_json(self) -> JsonObject:
        """Return the change as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which two schemas differ; `path` leads to it in values, `*` to every item.

    `gained` tells whether the new schema admits what the old one did not, and `lost` whether it
    refuses what the old one admitted; None is undecided.
    """

    path: Path
    rule: str
    gained: bool | None
    lost: bool | None
    before: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """Where a change is told: a place in a document, and the label of an operation."""

    document: Document
    operation: str
    pointer: str

    def change(self, level: Level, rule: str, message: str) -> Change:
        """Return a change here."""
        found = self.document.problem(self.pointer, message)
        return Change(level, self.operation, rule, message, found.file, found.line, found.pointer)
