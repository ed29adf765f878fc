"""What an export says of each operation, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from understudy.contract.meaning.model import Tokens
from understudy.contract.model import Contract, Operation
from understudy.contract.wire.writing import Arguments
from understudy.exchange import Exchange, Reply
from understudy.types import Json, JsonObject

Place: TypeAlias = tuple[str, str]
"""The location and the name of a parameter."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A request with good credentials, by its arguments, and what came of it."""

    arguments: Arguments
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that is in one list: its first page with no items on it, and all the items."""

    arguments: Arguments
    reply: Reply
    empty: Json
    items: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """How an answer is cut from a whole list; no name where there is no such query parameter.

    `items` lead to the array in the answer. A page has `usual` items where `size` does not say,
    all if it is None. `filters` keep the items whose member is what the parameter says. `around`
    are members beside the items that tell of the page, `total_header` is a header field that says
    how many items there are. Header fields that are `varying` differ from page to page.
    """

    items: Tokens
    size: str = ""
    offset: str = ""
    page: str = ""
    first: int = 1
    usual: int | None = None
    filters: Mapping[str, Tokens] = field(default_factory=dict)
    around: Mapping[Tokens, str] = field(default_factory=dict)
    total_header: str = ""
    varying: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """An operation that answers with one item of a list of the operation `of`.

    `id` leads to the identifier in the item and `named` to the parameter. `by` are parameters that
    name the list, `last` lists in the item that a query parameter cuts to so many entries.
    """

    of: str
    id: Tokens
    named: Place
    by: tuple[Place, ...]
    last: Mapping[Tokens, tuple[str, int | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What is shown of one operation.

    Answers are told apart by the parameters in `by`; with `any`, the first is that of all others.
    They are `partial` if there are more items than answers.
    `errors` are the documented ones, by status. `echoes` are members of the answer that repeat one
    of the request's body. `steps` come in place of the usual answers, call by call, where None is
    the usual one; the last step is that of all later calls.
    """

    operation: Operation
    by: tuple[Place, ...] = ()
    shown: tuple[Shown, ...] = ()
    any: bool = False
    partial: bool = False
    wholes: tuple[Whole, ...] = ()
    cut: Cut | None = None
    member: Member | None = None
    missing: Exchange | None = None
    unauthorized: Exchange | None = None
    errors: Mapping[int, Exchange] = field(default_factory=dict)
    echoes: Mapping[Tokens, Tokens] = field(default_factory=dict)
    steps: tuple[Exchange | None, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Export:
    """What is shown of a contract under a seed, a clock and scenarios; `notes` say what is not."""

    contract: Contract
    seed: int
    now: datetime
    scenarios: tuple[str, ...]
    told: tuple[Told, ...]
    notes: tuple[str, ...] = ()
