"""Promises and findings as values, and the register of every promise that is checked."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from understudy.exchange import Exchange


class Severity(enum.StrEnum):
    """How bad it is to break a promise."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that an implementation of a contract owes its clients.

    `id` is stable and names it in reports and baselines; `says` is the promise in one sentence;
    `source` is the section of the standard that makes it one.
    """

    id: str
    says: str
    source: str = ""
    severity: Severity = Severity.ERROR

    @property
    def family(self) -> str:
        """Return the group of the promise: response, request, access, method, meaning, time."""
        return self.id.partition("/")[0]


PROMISES: Final[dict[str, Promise]] = {}
"""Every promise by its id, in the order in which they are declared."""


def promise(id_: str, says: str, source: str = "", severity: Severity = Severity.ERROR) -> Promise:
    """Register a promise and return it."""
    if id_ in PROMISES:
        raise ValueError(f"{id_} is registered twice")
    PROMISES[id_] = made = Promise(id_, says, source, severity)
    return made


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken promise: whose, what was expected, what came, and the exchanges that show it.

    `operation` is a label; `subject` is the parameter (`query limit`), header (`header Allow`)
    or place in the body (`body /messages/*/role`) that it is about, and `keyword` the keyword of
    the schema; either may be empty. `pointer` leads to the promise in the OpenAPI document, or
    in behaviour.yaml where `declared` is true.
    """

    promise: Promise
    operation: str
    expected: str
    got: str
    subject: str = ""
    keyword: str = ""
    pointer: str = ""
    declared: bool = False
    exchanges: tuple[Exchange, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Return what stays the same from run to run, on one line, for baselines."""
        parts = (self.promise.id, self.operation, self.subject, self.keyword)
        return " ".join(" | ".join(part for part in parts if part).split())

    @property
    def cause(self) -> tuple[str, str, str]:
        """Return what findings of one cause share, in whichever operation they show."""
        return self.promise.id, self.subject, self.keyword


@dataclass(frozen=True, slots=True)
class Outcome:
    """A promise that was tested `count` times for one operation and subject.

    `finding` is there if it was broken.
    """

    promise: Promise
    operation: str
    subject: str = ""
    finding: Finding | None = None
    count: int = 1
