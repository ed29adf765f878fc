"""Everything that is wrong with a document and the scenarios beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from understudy.contract.load import Loading
from understudy.errors import ContractError, Problem
from understudy.respond.lint import flaws
from understudy.scenario.library import Scenarios


def lint(source: str | Path, loading: Loading) -> tuple[Problem, ...]:
    """Return what is wrong with the document that `source` names, by file and line.

    A problem is an error where it keeps the document, one of its operations or a scenario from
    being served; otherwise a warning.
    """
    try:
        contract = loading.load(source)
    except ContractError as error:
        return _sorted(error.problems)
    found = Scenarios(contract)
    told = [problem for name in found.names for problem in found.problems(name)]
    return _sorted((*flaws(contract), *told))


def _sorted(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems), key=lambda one: (one.file, one.line)))
