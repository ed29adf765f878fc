"""What scenario files say, as frozen values. Nothing here reads files or answers requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from understudy.contract.document import Document
from understudy.contract.pointers import MISSING
from understudy.types import Json, JsonObject

FAULTS: Final = (
    "reset-before",
    "reset-in-headers",
    "reset-in-body",
    "empty",
    "truncated",
    "garbled",
    "length-too-long",
    "length-too-short",
)
"""What can happen to the connection or the bytes of an answer."""

START: Final = "start"
"""The state in which a scenario begins that says no other."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one value of a request must be: there and valid under `schema`, or absent.

    `location` is path, query, header, cookie or body; `name` is that of the parameter, or a JSON
    pointer into the body.
    """

    location: str
    name: str
    schema: Json = True
    absent: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """To which requests a rule applies; everything that is said must hold.

    `calls` are the first and the last call of its operation, from 1; without a last one, all that
    follow.
    """

    wanted: tuple[Wanted, ...] = ()
    calls: tuple[int, int | None] | None = None
    probability: float | None = None
    states: tuple[str, ...] = ()

    @property
    def reads_body(self) -> bool:
        """Tell whether the body of a request has a say."""
        return any(one.location == "body" for one in self.wanted)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered; without a status, the usual one.

    `example` is the name of a documented example, or empty for the first there is; `patch` is
    merged into the body that is made, `body` takes its place.
    """

    status: int | None = None
    example: str | None = None
    patch: JsonObject | None = None
    body: Json = MISSING
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Uniform:
    """A delay between two bounds, in milliseconds; equal ones make a fixed delay."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A delay as of a busy network, in milliseconds: mostly near the median, at times long."""

    median: float
    sigma: float
    most: float


Delay: TypeAlias = Uniform | LogNormal


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests are let through in so many seconds, from the first of them.

    `limit`, `remaining` and `reset` are the names of the header fields that count; an empty one
    is not sent. What `reset` tells is a time (`epoch`: in seconds since 1970), or seconds to go.
    """

    requests: int
    seconds: float
    limit: str = "X-RateLimit-Limit"
    remaining: str = "X-RateLimit-Remaining"
    reset: str = "X-RateLimit-Reset"
    epoch: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to some requests to some operations; `pointer` leads to it in its file.

    It acts on what fits `when`, not more than `times`, and `then` the scenario is in that state.
    An answer that `breaks` the contract is meant to.
    """

    pointer: str
    operations: tuple[str, ...]
    when: When = field(default_factory=When)
    answer: Answer | None = None
    delay: Delay | None = None
    fault: str = ""
    drip: int = 0
    limit: Limit | None = None
    times: int | None = None
    then: str | None = None
    breaks: bool = False

    @property
    def is_early(self) -> bool:
        """Tell whether it acts before credentials and validity of a request are looked at.

        So do those that slow down or break what is answered, and answers that a server gives
        before it looks closer: 401, 403, 429 and its own failures. Bodies are read later.
        """
        if self.when.reads_body:
            return False
        if self.answer is None:
            return bool(self.delay or self.fault or self.drip or self.limit)
        return self.answer.status is not None and speaks_early(self.answer.status)

    @property
    def ends(self) -> bool:
        """Tell whether no later rule is asked once this one acts."""
        return self.answer is not None or bool(self.fault)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named set of rules; the first that fits a request decides.

    `collections` says how many members resources have.
    """

    name: str
    description: str
    rules: tuple[Rule, ...]
    document: Document
    initial: str = START
    collections: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def speaks_early(status: int) -> bool:
    """Tell whether a server answers with this status before it looks closer at a request."""
    return status in (401, 403, 429) or status >= 500
