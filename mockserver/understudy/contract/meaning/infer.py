"""Put together what behaviour.yaml declares and what names tell of a contract.

What is declared of an operation goes before what its names tell, and cannot be vetoed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any, TypeAlias, TypeVar

from understudy.contract.behaviour import Action, Behaviour
from understudy.contract.expressions import Runtime
from understudy.contract.meaning.facts import (
    PAGING,
    facts,
    paging_id,
    pointer_id,
    relation_id,
)
from understudy.contract.meaning.items import reading, unwrapped, writing
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
from understudy.contract.meaning.shape import Shapes
from understudy.contract.meaning.truths import truths
from understudy.contract.model import Contract, Operation
from understudy.contract.relations import Relation

Allows: TypeAlias = Callable[[str], bool]
"""Tells whether the fact of an id may be told from names."""

T = TypeVar("T")


def meaning(contract: Contract) -> Meaning:
    """Return what the operations and schemas of `contract` mean, without what is vetoed."""
    vetoes = contract.behaviour.vetoes

    def allows(id_: str) -> bool:
        return not any(fnmatchcase(id_, veto) for veto in vetoes)

    kept = _Teller(contract, allows).meaning()
    told = facts(contract.behaviour, kept)
    if not vetoes:
        return replace(kept, facts=told)
    everything = facts(contract.behaviour, _Teller(contract, lambda _id: True).meaning())
    known = {fact.id for fact in told}
    vetoed = tuple(fact for fact in everything if fact.id not in known)
    return replace(kept, facts=told, vetoed=vetoed)


class _Teller:
    """Tells the meaning of one contract, as far as it is allowed."""

    def __init__(self, contract: Contract, allows: Allows) -> None:
        self._contract = contract
        self._behaviour: Behaviour = contract.behaviour
        self._shapes = Shapes(contract.schemas)
        self._allows = allows

    def meaning(self) -> Meaning:
        operations = tuple(self._contract.operations.values())
        lists = tuple(one for one in map(self._list, operations) if one)
        reads = tuple(one for one in map(self._read, operations) if one)
        listed = frozenset({*(one.resource for one in lists), *(one.resource for one in reads)})
        writes = (self._write(operation, listed) for operation in operations)
        return Meaning(lists, reads, tuple(filter(None, writes)), self._relations())

    def _action(self, operation: Operation, kind: str) -> Action | None:
        action = self._behaviour.operations.get(operation.id)
        return action if action is not None and action.kind == kind else None

    def _list(self, operation: Operation) -> Listing | None:
        action = self._action(operation, "list")
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

    def _write(self, operation: Operation, listed: frozenset[str]) -> Writing | None:
        action = self._action(operation, "create")
        told = writing(operation, self._shapes, listed)
        if told is not None and not self._allows(f"{operation.id} {told.kind}"):
            told = None
        if told is not None:
            told = replace(told, echoes=self._keeper(operation)(told.echoes, "echo"))
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
            echoes=told.echoes if told else {},
        )

    def _relations(self) -> Mapping[str, tuple[Relation, ...]]:
        """Return what is declared; names tell of schemas of which nothing is declared."""
        declared = self._behaviour.relations
        told = {
            name: tuple(one for one in relations if self._allows(relation_id(one)))
            for name, relations in truths(self._contract.schemas, self._shapes).items()
            if name not in declared
        }
        return {**{name: kept for name, kept in told.items() if kept}, **declared}


def _owned(
    member: Tokens | None, parent: Runtime | None, told: Mapping[Tokens, Runtime]
) -> Mapping[Tokens, Runtime]:
    return {member: parent} if member and parent else told
