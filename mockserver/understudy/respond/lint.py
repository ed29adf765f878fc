"""Everything that is wrong with a document, whether it can be served all the same or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from understudy.contract.load import load_contract
from understudy.contract.unreachable import unreachable
from understudy.errors import ContractError, Problem
from understudy.generate.feasible import infeasible
from understudy.respond.examples import problems as of_examples


def lint(
    source: str | Path,
    *,
    overlays: Sequence[str | Path] = (),
    allow_remote: bool = False,
    allow_outside: bool = False,
) -> tuple[Problem, ...]:
    """Return what is wrong with the document that `source` names, by file and line.

    A problem is an error where it keeps the document, or one of its operations, from being
    served; otherwise a warning.
    """
    try:
        contract = load_contract(
            source, overlays=overlays, allow_remote=allow_remote, allow_outside=allow_outside
        )
    except ContractError as error:
        return _sorted(error.problems)
    impossible = (replace(one, rule="unsatisfiable") for one in infeasible(contract))
    found = (*contract.warnings, *impossible, *of_examples(contract), *unreachable(contract))
    return _sorted(found)


def _sorted(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems), key=lambda one: (one.file, one.line)))
