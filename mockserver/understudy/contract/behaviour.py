"""How the stand-in for an API behaves, as frozen values: what behaviour.yaml says.

Nothing here reads files; see `behaviour_file`. An empty Behaviour is valid: every reply is then
made from the schemas alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from understudy.contract.document import Document
from understudy.contract.expressions import Runtime
from understudy.contract.recipes import Recipe
from understudy.contract.relations import Relation
from understudy.types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Parent:
    """What resources belong to (a company, an agent); everything of one parent shares `let`.

    Resources that belong to nothing have the parent with the empty name, of which there is one.
    `key` makes the keys of parents where nobody asked for one.
    """

    name: str
    key: Recipe
    let: Mapping[str, Recipe]


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of thing the API keeps: its schema, its identity and how many a parent has.

    `id` leads to the identifier in the value, `parent_field` to the parent's key, `newest` to the
    instant by which collections are ordered, latest first. With `each`, a parent has one member
    for each entry, bound to that name. `known` lists (parent key, id) that exist in every world.
    `count` says how many a parent has at least and at most.
    """

    name: str
    schema: str
    id: tuple[str, ...]
    parent: str
    parent_field: tuple[str, ...] | None = None
    count: tuple[int, int] = (1, 1)
    each: tuple[str, tuple[Json, ...]] | None = None
    newest: tuple[str, ...] | None = None
    known: tuple[tuple[Json, Json], ...] = ()

    @property
    def least(self) -> int:
        """How many members are taken to be there of each parent; where there may be none, 1."""
        return max(self.count[0], 1)


@dataclass(frozen=True, slots=True)
class Values:
    """How the properties of one schema are made; `let` is drawn first, once per object."""

    let: Mapping[str, Recipe]
    members: Mapping[str, Recipe]


@dataclass(frozen=True, slots=True)
class Action:
    """What an operation does to a resource; `kind` is list, read or create.

    `parent` and `id` say whose and which. A list keeps the members whose fields equal `filters`,
    then pages by `offset` and `limit`, and stands at `items` in the response. A read keeps the
    last so many entries of the lists in `last`. A create draws `let` and fixes `assign`.
    """

    kind: str
    resource: str
    parent: Runtime | None = None
    id: Runtime | None = None
    filters: Mapping[tuple[str, ...], Runtime] = field(default_factory=dict)
    offset: Runtime | None = None
    limit: Runtime | None = None
    items: tuple[str, ...] = ()
    last: Mapping[tuple[str, ...], Runtime] = field(default_factory=dict)
    let: Mapping[str, Recipe] = field(default_factory=dict)
    assign: Mapping[str, Recipe] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Everything that behaviour.yaml adds to a contract.

    `vetoes` are patterns (as of fnmatch) of the facts that are not to be told from names. `sizes`
    say how many members resources have, at least and at most, that names tell of.
    """

    errors: str | JsonObject = "problem"
    fraction: int = 0
    tables: Mapping[str, Json] = field(default_factory=dict)
    let: Mapping[str, Recipe] = field(default_factory=dict)
    parents: Mapping[str, Parent] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    values: Mapping[str, Values] = field(default_factory=dict)
    relations: Mapping[str, tuple[Relation, ...]] = field(default_factory=dict)
    operations: Mapping[str, Action] = field(default_factory=dict)
    vetoes: tuple[str, ...] = ()
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    document: Document | None = None
