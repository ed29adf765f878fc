"""The reference of checks, written from the register of promises."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from itertools import groupby
from typing import Final

from understudy import checks
from understudy.checks.promise import Promise
from understudy.report.markdown import table
from understudy.report.story import register

_ABOUT: Final = {
    "response": "What every reply owes its client.",
    "request": "What requests are owed that the contract allows, and those that it does not.",
    "access": "Who may do what.",
    "method": "What becomes of methods that the contract does not declare, and of HEAD.",
    "meaning": "What replies say beside their schema, each by itself and together.",
    "time": "What holds from one request to the next.",
}

_HEAD = """\
# Checks

Written by `understudy.report.reference` from the code; do not edit.
Each promise has a stable id, which reports and baselines use.
A broken promise of severity error fails a run; a warning does only where that is asked for.
"""


def reference() -> str:
    """Return a Markdown page with a table for each family of promises."""
    for module in pkgutil.walk_packages(checks.__path__, f"{checks.__name__}."):
        import_module(module.name)
    families = groupby(register(), key=lambda one: one.family)
    return "\n".join([_HEAD, *(line for name, those in families for line in _family(name, those))])


def _family(name: str, promises: Iterator[Promise]) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    if name in _ABOUT:
        yield from (_ABOUT[name], "")
    rows = [[f"`{p.id}`", p.says, p.severity.value, p.source or "the contract"] for p in promises]
    yield from table(["id", "promise", "severity", "source"], rows)
    yield ""
