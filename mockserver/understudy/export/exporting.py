"""Gather what is to be exported of one contract, under one seed and some scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from understudy.config import Settings
from understudy.contract.model import Contract, Operation
from understudy.errors import FixtureError
from understudy.export.asking import Asker
from understudy.export.gather import gather
from understudy.export.model import Export, Told
from understudy.export.steps import with_steps
from understudy.scenario.library import Scenarios


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export: `operations` by id or label, all if empty; `count` parents or items.

    `known` are values of parameters that are used before all others.
    """

    operations: tuple[str, ...] = ()
    count: int = 1
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)


def export(contract: Contract, settings: Settings, wanted: Wanted) -> Export:
    """Return what the stand-in answers, as `settings` have it.

    Raises FixtureError for an operation that there is not, ContractError for a scenario that
    cannot be used.
    """
    chosen = _chosen(contract, wanted.operations)
    library = Scenarios(contract, map(Path, settings.scenario_files))
    scenarios = [library.find(name) for name in settings.scenarios]
    plain = replace(settings, scenarios=(), scenario_files=(), control=False)
    with Asker(library.contract(settings.scenarios), plain, wanted.known) as asker:
        told: list[Told] = gather(asker, chosen, wanted.count)
    if scenarios:
        with Asker(contract, replace(settings, control=False), wanted.known) as asker:
            told = list(with_steps(asker, told, scenarios))
    notes = tuple(note for one in told for note in one.notes)
    return Export(contract, settings.seed, settings.now, settings.scenarios, tuple(told), notes)


def _chosen(contract: Contract, names: Sequence[str]) -> list[Operation]:
    every = list(contract.operations.values())
    unknown = set(names) - {text for one in every for text in (one.id, one.label)}
    if unknown:
        known = ", ".join(one.id for one in every)
        raise FixtureError(f"no operation {', '.join(sorted(unknown))}; there are {known}")
    return [one for one in every if not names or {one.id, one.label} & set(names)]
