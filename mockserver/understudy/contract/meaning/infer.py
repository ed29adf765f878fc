"""Put together what behaviour.yaml declares and what names tell of a contract.

What is declared of an operation goes before what its names tell, and cannot be vetoed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Final, TypeAlias, TypeVar

from understudy.contract.behaviour import Action, Behaviour
from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.facts import (
    PAGING,
    facts,
    paging_id,
    pointer_id,
    relation_id,
)
from understudy.contract.meaning.items import reading, unwrapped, view, writing
from understudy.contract.meaning.lists import items_of, listing
from understudy.contract.meaning.model import (
    Listing,
    Meaning,
    Order,
    Paging,
    Reading,
    Tokens,
    Writing,
)
from understudy.contract.meaning.resources import Told, related
from understudy.contract.meaning.shape import shapes_of
from understudy.contract.meaning.truths import truths
from understudy.contract.model import Contract, Operation
from understudy.contract.recipes import Member, Recipe, Template
from understudy.contract.relations import Relation
from understudy.contract.same import Same

Allows: TypeAlias = Callable[[str], bool]
"""Tells whether the fact of an id may be told from names."""

T = TypeVar("T")
_CONTRACTS: Final = 4
"""Of how many contracts the meaning is remembered."""


def meaning(contract: Contract) -> Meaning:
    """Return what the operations and schemas of `contract` mean, without what is vetoed."""
    return _meaning(Same(contract))


@lru_cache(maxsize=_CONTRACTS)
def _meaning(same: Same[Contract]) -> Meaning:
    contract = same.of
    vetoes = contract.behaviour.vetoes

    def allows(id_: str) -> bool:
        return not any(is_vetoed(id_, veto) for veto in vetoes)

    kept = _Teller(contract, allows).meaning()
    told = facts(contract.behaviour, kept)
    if not vetoes:
        return replace(kept, facts=told)
    everything = facts(contract.behaviour, _Teller(contract, lambda _id: True).meaning())
    known = {fact.id for fact in told}
    vetoed = tuple(fact for fact in everything if fact.id not in known)
    return replace(kept, facts=told, vetoed=vetoed)


def is_vetoed(id_: str, veto: str) -> bool:
    """Tell whether a veto, an id or a pattern as of fnmatch, is about the fact of an id."""
    return id_ == veto or fnmatchcase(id_, veto)


class _Teller:
    """Tells the meaning of one contract, as far as it is allowed."""

    def __init__(self, contract: Contract, allows: Allows) -> None:
        self._contract = contract
        self._behaviour: Behaviour = contract.behaviour
        self._shapes = shapes_of(contract.schemas)
        self._allows = allows

    def meaning(self) -> Meaning:
        operations = tuple(self._contract.operations.values())
        told = Told(
            tuple(filter(None, map(self._list, operations))),
            tuple(filter(None, map(self._read, operations))),
            tuple(filter(None, map(self._write, operations))),
        )
        declared = {id_: action.resource for id_, action in self._behaviour.operations.items()}
        found = related(told, declared, self._shapes)
        return Meaning(found.lists, found.reads, found.writes, self._relations(found.reads))

    def _action(self, operation: Operation, kind: str) -> Action | None:
        action = self._behaviour.operations.get(operation.id)
        return action if action is not None and action.kind == kind else None

    def _is_other(self, operation: Operation, kind: str) -> bool:
        """Tell whether an operation is declared to do something else."""
        action = self._behaviour.operations.get(operation.id)
        return action is not None and action.kind != kind

    def _list(self, operation: Operation) -> Listing | None:
        action = self._action(operation, "list")
        if self._is_other(operation, "list"):
            return None
        told = self._kept_list(listing(operation, self._shapes))
        if action is None:
            return told
        kind = self._behaviour.resources[action.resource]
        schema = next(iter(operation.success.schemas.values()), None)
        found = items_of(operation, schema, self._shapes)
        paging = told.paging if told else Paging()
        return Listing(
            operation=operation,
            resource=action.resource,
            items=action.items,
            schema=found[1] if found else {},
            id=kind.id or None,
            paging=replace(
                paging, size=action.limit or paging.size, offset=action.offset or paging.offset
            ),
            filters={**(told.filters if told else {}), **action.filters},
            owners=_owned(kind.parent_field, action.parent, told.owners if told else {}),
            echoes=told.echoes if told else {},
            order=Order(kind.newest, descending=True) if kind.newest else None,
        )

    def _kept_list(self, told: Listing | None) -> Listing | None:
        """Return what names tell of a list without what is vetoed of it."""
        if told is None or not self._allows(f"{told.operation.id} list"):
            return None
        keep = self._keeper(told.operation)
        vetoed: dict[str, Any] = {
            part: None for part in PAGING if not self._allows(paging_id(told.operation, part))
        }
        return replace(
            told,
            paging=replace(told.paging, **vetoed),
            filters=keep(told.filters, "filter"),
            owners=keep(told.owners, "owner"),
            echoes=keep(told.echoes, "echo"),
            known=tuple(
                one for one in told.known if self._allows(f"{told.operation.id} known {one.name}")
            ),
            order=told.order if self._allows(f"{told.operation.id} order") else None,
        )

    def _keeper(self, operation: Operation) -> Callable[[Mapping[Tokens, T], str], dict[Tokens, T]]:
        def keep(entries: Mapping[Tokens, T], kind: str) -> dict[Tokens, T]:
            return {
                tokens: entry
                for tokens, entry in entries.items()
                if self._allows(pointer_id(operation, kind, tokens))
            }

        return keep

    def _read(self, operation: Operation) -> Reading | None:
        action = self._action(operation, "read")
        if self._is_other(operation, "read"):
            return None
        told = reading(operation, self._shapes)
        if told is not None and not self._allows(f"{operation.id} read"):
            told = None
        if told is not None:
            told = replace(told, owners=self._keeper(operation)(told.owners, "owner"))
        if action is None or action.id is None:
            return told
        kind = self._behaviour.resources[action.resource]
        return Reading(
            operation=operation,
            resource=action.resource,
            id=action.id,
            body=told.body if told else (),
            id_member=kind.id or None,
            owners=_owned(kind.parent_field, action.parent, told.owners if told else {}),
            last=action.last,
        )

    def _write(self, operation: Operation) -> Writing | None:
        action = self._action(operation, "create")
        if self._is_other(operation, "create"):
            return None
        told = writing(operation, self._shapes)
        if told is not None and not self._allows(f"{operation.id} {told.kind}"):
            told = None
        if told is not None:
            keep = self._keeper(operation)
            echoes, defaults = keep(told.echoes, "echo"), keep(told.defaults, "default")
            told = replace(told, echoes=echoes, defaults=defaults)
        if action is None:
            return told
        kind = self._behaviour.resources[action.resource]
        schema = next(iter(operation.success.schemas.values()), None)
        return Writing(
            operation=operation,
            resource=action.resource,
            kind="create",
            id_member=kind.id or None,
            body=unwrapped(schema, action.resource, self._shapes)[0],
            echoes={**(told.echoes if told else {}), **self._assigned(action)},
            defaults={m: d for m, d in told.defaults.items() if m[0] not in action.assign}
            if told
            else {},
        )

    def _assigned(self, action: Action) -> Mapping[Tokens, Runtime]:
        """Return the members of which behaviour.yaml says that they repeat the request."""
        found: dict[Tokens, Runtime | None] = {}
        for name, recipe in action.assign.items():
            if isinstance(recipe, Member):
                places = dict(recipe.where)
                if recipe.id is not None:
                    places[self._behaviour.resources[recipe.resource].id] = recipe.id
                found |= {(name, *tokens): _asked(part) for tokens, part in places.items()}
            else:
                found[name,] = _asked(recipe)
        return {tokens: runtime for tokens, runtime in found.items() if runtime is not None}

    def _relations(self, reads: Iterable[Reading]) -> Mapping[str, tuple[Relation, ...]]:
        """Return what is declared; names tell of schemas of which nothing is declared."""
        declared = self._behaviour.relations
        cut = {self._shapes.name(view(one.operation, self._shapes)) for one in reads if _cuts(one)}
        told = {
            name: tuple(
                one
                for one in relations
                if self._allows(relation_id(one)) and not (one.kind == "counts" and name in cut)
            )
            for name, relations in truths(self._contract.schemas, self._shapes).items()
            if name not in declared
        }
        return {**{name: kept for name, kept in told.items() if kept}, **declared}


def _cuts(reading: Reading) -> bool:
    """Tell whether a parameter may cut a list within what is read."""
    return any(names.plain(p.name) in names.SIZE for p in reading.operation.parameters)


def _asked(recipe: Recipe) -> Runtime | None:
    """Return the part of the request that a recipe takes as it is, or None."""
    parts = recipe.parts if isinstance(recipe, Template) else ()
    known = len(parts) == 1 and isinstance(parts[0], Runtime) and parts[0].location != "now"
    return parts[0] if known and isinstance(parts[0], Runtime) else None


def _owned(
    member: Tokens | None, parent: Runtime | None, told: Mapping[Tokens, Runtime]
) -> Mapping[Tokens, Runtime]:
    return {member: parent} if member and parent else told
