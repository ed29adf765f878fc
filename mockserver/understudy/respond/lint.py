"""Everything that is wrong with a document, whether it can be served all the same or not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from understudy.contract.load import Loading
from understudy.contract.unreachable import unreachable
from understudy.errors import ContractError, Problem
from understudy.generate.feasible import infeasible
from understudy.respond.examples import problems as of_examples


def lint(source: str | Path, loading: Loading) -> tuple[Problem, ...]:
    """Return what is wrong with the document that `source` names, by file and line.

    A problem is an error where it keeps the document, or one of its operations, from being
    served; otherwise a warning.
    """
    try:
        contract = loading.load(source)
    except ContractError as error:
        return _sorted(error.problems)
    found = (
        *contract.warnings,
        *infeasible(contract, everything=True),
        *of_examples(contract),
        *unreachable(contract),
    )
    return _sorted(found)


def _sorted(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems), key=lambda one: (one.file, one.line)))
