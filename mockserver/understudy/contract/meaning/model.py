"""What operations mean: which list, read, create, change and delete which resource, and how.

Every fact has an id by which behaviour.yaml can veto it, and says where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from understudy.contract.expressions import Runtime
from understudy.contract.model import Operation
from understudy.contract.relations import Relation
from understudy.types import Json

Tokens: TypeAlias = tuple[str, ...]
"""The tokens of a JSON Pointer into a body."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing taken to be true. `why` is a place in behaviour.yaml or what it is told from.

    `id` is what a veto names: `about`, an operation's id or a schema, and what is said of it.
    """

    id: str
    says: str
    why: str
    declared: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list is cut into pages; what is not there is None.

    `size` limits a page. `offset` skips items, `page` counts pages from `first_page`, `cursor`
    takes what `next` led to in the page before. `total` and `pages` lead to counts of the whole;
    `total_header` is a header that has the first of them.
    """

    size: Runtime | None = None
    offset: Runtime | None = None
    page: Runtime | None = None
    first_page: int = 1
    cursor: Runtime | None = None
    next: Tokens | None = None
    total: Tokens | None = None
    pages: Tokens | None = None
    total_header: str = ""

    @property
    def moves(self) -> bool:
        """Tell whether there is a way to the second page."""
        return bool(self.offset or self.page or (self.cursor and self.next))


@dataclass(frozen=True, slots=True)
class Order:
    """By which member of its items a list is ordered."""

    by: Tokens
    descending: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """An operation that lists resources.

    `items` lead to the array in the response and `id` to the identifier in an item, if it has
    one. `filters` keep the items whose member equals a parameter; in `owners` every item has the
    member that the request names. `echoes` are members of the response that repeat a parameter.
    What `known` names must exist: an unknown one is 404.
    """

    operation: Operation
    resource: str
    items: Tokens
    schema: Json
    id: Tokens | None = None
    paging: Paging = field(default_factory=Paging)
    filters: Mapping[Tokens, Runtime] = field(default_factory=dict)
    owners: Mapping[Tokens, Runtime] = field(default_factory=dict)
    echoes: Mapping[Tokens, Runtime] = field(default_factory=dict)
    order: Order | None = None
    known: tuple[Runtime, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """An operation that returns one resource; `id` is the parameter that names it.

    `body` leads to the resource within the response. `owners` are members that repeat another
    parameter, `last` lists that are cut by one to their latest entries.
    """

    operation: Operation
    resource: str
    id: Runtime
    body: Tokens = ()
    id_member: Tokens | None = None
    owners: Mapping[Tokens, Runtime] = field(default_factory=dict)
    last: Mapping[Tokens, Runtime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Writing:
    """An operation that creates, changes or replaces a resource, or deletes it.

    `kind` is create, update, replace or delete. `echoes` are members of the response that repeat
    what the request named, `defaults` what they are where the request does not; `id_member` leads
    to the identifier in the response.
    """

    operation: Operation
    resource: str
    kind: str
    id: Runtime | None = None
    id_member: Tokens | None = None
    body: Tokens = ()
    echoes: Mapping[Tokens, Runtime] = field(default_factory=dict)
    defaults: Mapping[Tokens, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Meaning:
    """All that is known of the operations and schemas of one contract."""

    lists: tuple[Listing, ...] = ()
    reads: tuple[Reading, ...] = ()
    writes: tuple[Writing, ...] = ()
    relations: Mapping[str, tuple[Relation, ...]] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    vetoed: tuple[Fact, ...] = ()

    def listing(self, operation: Operation) -> Listing | None:
        """Return what `operation` lists."""
        return next((one for one in self.lists if one.operation.id == operation.id), None)

    def reading(self, operation: Operation) -> Reading | None:
        """Return what `operation` reads."""
        return next((one for one in self.reads if one.operation.id == operation.id), None)

    def writing(self, operation: Operation) -> Writing | None:
        """Return what `operation` writes."""
        return next((one for one in self.writes if one.operation.id == operation.id), None)

    def of_kind(self, kind: str, resource: str) -> Iterator[Writing]:
        """Yield what writes `resource` in one way."""
        return (one for one in self.writes if (one.kind, one.resource) == (kind, resource))
