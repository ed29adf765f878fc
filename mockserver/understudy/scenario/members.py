"""How many members resources have in a scenario: an empty account, or thousands of threads.

The world is made with other counts, so that lists, pages and what is not found agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from understudy.contract import pointers
from understudy.contract.behaviour import Resource
from understudy.contract.meaning.infer import meaning
from understudy.contract.meaning.kinds import kinds
from understudy.contract.meaning.shape import shapes_of
from understudy.contract.model import Contract
from understudy.generate.domains import ids_of
from understudy.scenario.model import Scenario
from understudy.scenario.notes import Notes, hint
from understudy.types import Json

MOST: Final = 100_000


def populated(contract: Contract, scenarios: Sequence[Scenario]) -> Contract:
    """Return `contract` with the collections of `scenarios`, of which the last says last.

    It is the same contract where they say nothing.
    """
    counts = {name: count for one in scenarios for name, count in one.collections.items()}
    if not counts:
        return contract
    behaviour = contract.behaviour
    resources = {
        name: _sized(kind, counts[name]) if name in counts else kind
        for name, kind in behaviour.resources.items()
    }
    told = {name: count for name, count in counts.items() if name not in resources}
    changed = replace(behaviour, resources=resources, sizes={**behaviour.sizes, **told})
    return replace(contract, behaviour=changed)


def _sized(kind: Resource, count: tuple[int, int]) -> Resource:
    """Return a resource with another count; where there is nothing, nothing is known either."""
    return replace(kind, count=count, known=kind.known if count[1] else ())


def read_collections(data: Json, contract: Contract, notes: Notes) -> Mapping[str, tuple[int, int]]:
    """Return how many members resources are to have; what is wrong with that is noted."""
    found: dict[str, tuple[int, int]] = {}
    declared = contract.behaviour.resources
    for name, value in notes.mapping(data, "/collections").items():
        at = pointers.join("/collections", name)
        if name not in declared and name not in (known := {*declared, *_told(contract)}):
            told = hint(name, known) if known else "`understudy explain` lists those that there are"
            notes.error(at, f"unknown resource {name!r}", told)
        elif name in declared and declared[name].each:
            notes.error(at, f"{name} has one member for each entry that behaviour.yaml lists")
        elif count := _count(value, at, notes):
            found[name] = count
            if name in declared:
                _within_ids(contract, name, count[1], at, notes)
    return found


def _told(contract: Contract) -> set[str]:
    """Return the resources with lists that the names in a contract tell of."""
    found = kinds(meaning(contract), shapes_of(contract.schemas)).values()
    return {kind.name for kind in found if kind.count}


def _count(data: Json, at: str, notes: Notes) -> tuple[int, int] | None:
    bounds = data if isinstance(data, list) else [data, data]
    if len(bounds) != 2:
        notes.error(at, "is not two bounds", "write 0, or [2000, 3000]")
        return None
    low = notes.whole(bounds[0], at, 0, MOST)
    high = notes.whole(bounds[1], at, low or 0, MOST) if low is not None else None
    return (low, high) if low is not None and high is not None else None


def _within_ids(contract: Contract, name: str, most: int, at: str, notes: Notes) -> None:
    domain = ids_of(contract, name)
    wanted = most + len(contract.behaviour.resources[name].known)
    if most and domain and domain.size < wanted:
        notes.error(at, f"there are {domain.size:,} ids, and up to {wanted:,} are wanted")
