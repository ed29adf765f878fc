"""Everything that is wrong with a contract that can be served all the same."""

from __future__ import annotations

from understudy.contract.model import Contract
from understudy.contract.unreachable import unreachable
from understudy.errors import Problem
from understudy.generate.feasible import infeasible
from understudy.respond.examples import problems as of_examples


def flaws(contract: Contract) -> tuple[Problem, ...]:
    """Return what is wrong with a contract.

    A problem is an error where it keeps an operation from being served; otherwise a warning.
    """
    return (
        *contract.warnings,
        *infeasible(contract, everything=True),
        *of_examples(contract),
        *unreachable(contract),
    )
