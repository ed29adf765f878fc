"""The scenarios of one contract: found by name, read when first asked for, compiled once.

They are the files in `scenarios/` beside the contract, and any others that are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from understudy.contract.document import read_document
from understudy.contract.model import Contract
from understudy.errors import ContractError, Problem
from understudy.respond.refusals import Refusals
from understudy.scenario.acting import Acting
from understudy.scenario.members import populated
from understudy.scenario.model import Scenario
from understudy.scenario.notes import hint
from understudy.scenario.promised import Promised
from understudy.scenario.reading import read_scenario

_COMPILED = 1024


class Scenarios:
    """The scenarios of one contract; `files` go before those of the same name beside it."""

    def __init__(self, contract: Contract, files: Iterable[Path] = ()) -> None:
        self._contract = contract
        self._files = {**contract.scenarios, **{path.stem: path for path in files}}
        self._found: dict[str, tuple[Scenario, tuple[Problem, ...]]] = {}
        self._acting: dict[tuple[tuple[str, ...], str], Acting | None] = {}
        self._contracts: dict[tuple[str, ...], Contract] = {}
        self._promised: Promised | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all scenarios, which are those of their files."""
        return tuple(sorted(self._files))

    def about(self, name: str) -> str:
        """Return the description of a scenario, or that its file cannot be used."""
        try:
            said = read_document(self._files[name]).data
        except ContractError as error:
            return str(error)
        told = said.get("description") if isinstance(said, dict) else None
        return told if isinstance(told, str) else ""

    def find(self, name: str) -> Scenario:
        """Return the scenario of this name, held to the contract.

        Raises ContractError with every mistake in its file, or where there is none.
        """
        scenario, problems = self._judged(name)
        if errors := _errors(problems):
            raise ContractError(errors)
        return scenario

    def problems(self, name: str) -> tuple[Problem, ...]:
        """Return what is wrong, or odd, in the file of a scenario."""
        try:
            return self._judged(name)[1]
        except ContractError as error:
            return error.problems

    def contract(self, names: tuple[str, ...]) -> Contract:
        """Return the contract with the collections of these scenarios, or itself."""
        sized = tuple(name for name in self._known(names) if self.find(name).collections)
        if sized not in self._contracts:
            self._contracts[sized] = populated(self._contract, [*map(self.find, sized)])
        return self._contracts[sized]

    def acting(self, names: tuple[str, ...], refusals: Refusals) -> Acting | None:
        """Return what these scenarios do with requests to the operation of `refusals`.

        None where they say nothing of it. Names that only other contracts have are left out.
        """
        key = names, refusals.operation.id
        if key not in self._acting:
            if len(self._acting) >= _COMPILED:
                self._acting.clear()
            found = [self.find(name) for name in self._known(names)]
            self._acting[key] = Acting(self._contract.name, found, refusals) or None
        return self._acting[key]

    def drop(self, name: str) -> None:
        """Have a scenario no more."""
        self._files.pop(name, None)

    def _judged(self, name: str) -> tuple[Scenario, tuple[Problem, ...]]:
        if name not in self._found:
            if name not in self._files:
                raise ContractError([self._unknown(name)])
            self._found[name] = self._read(self._files[name])
        return self._found[name]

    def _unknown(self, name: str) -> Problem:
        told = hint(name, self.names) if self._files else "it has none"
        message = f"{self._contract.name} has no scenario of this name"
        return Problem(name, 0, "", message, told, rule="scenario")

    def _known(self, names: tuple[str, ...]) -> list[str]:
        return [name for name in dict.fromkeys(names) if name in self._files]

    def _read(self, path: Path) -> tuple[Scenario, tuple[Problem, ...]]:
        scenario, found = read_scenario(self._contract, path)
        self._promised = self._promised or Promised(self._contract)
        found += self._promised.problems(scenario, found)
        return scenario, tuple(sorted(found, key=lambda one: one.line))


def admit(libraries: Sequence[Scenarios], names: Iterable[str], files: Iterable[Path]) -> None:
    """Look at the scenarios that are on from the start; a file is for the contracts it fits.

    Raises ContractError with all mistakes, or where no contract has such a scenario.
    """
    for path in files:
        fits = [one for one in libraries if not _errors(one.problems(path.stem))]
        for library in libraries if fits else ():
            if library not in fits:
                library.drop(path.stem)
    problems: list[Problem] = []
    for name in names:
        having = [one for one in libraries if name in one.names] or libraries[:1]
        problems += [bad for one in having for bad in _errors(one.problems(name))]
    if problems:
        raise ContractError(problems)


def _errors(problems: Iterable[Problem]) -> list[Problem]:
    return [one for one in problems if one.severity == "error"]
