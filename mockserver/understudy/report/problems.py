"""Problems of documents as text, JSON, or annotations of GitHub Actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from understudy.codec import dumps
from understudy.errors import Problem
from understudy.report.github import command


def as_text(problems: Sequence[Problem]) -> str:
    """Return a line for each problem, as compilers write them, and one that counts them."""
    lines = [_line(one) for one in problems]
    return "".join(f"{line}\n" for line in [*lines, counted(problems)])


def as_json(problems: Sequence[Problem]) -> str:
    """Return the problems as a JSON object with their counts."""
    told = {level: sum(one.severity == level for one in problems) for level in LEVELS}
    return dumps({**told, "problems": [asdict(one) for one in problems]}).decode() + "\n"


def as_github(problems: Sequence[Problem]) -> str:
    """Return a workflow command for each problem."""
    return "".join(f"{_annotation(one)}\n" for one in problems)


def counted(problems: Sequence[Problem]) -> str:
    """Return how many problems there are of each severity, in words."""
    errors = sum(one.severity == "error" for one in problems)
    return f"{_some(errors, 'error')}, {_some(len(problems) - errors, 'warning')}"


LEVELS = ("error", "warning")
FORMATS = {"text": as_text, "json": as_json, "github": as_github}
"""How problems can be written, by the name of the format."""


def _line(problem: Problem) -> str:
    where = f"{problem.file}:{problem.line}" if problem.line else problem.file
    return f"{where}: {problem.severity}: {_message(problem)}" + (
        f" [{problem.rule}]" if problem.rule else ""
    )


def _message(problem: Problem) -> str:
    pointer = f"{problem.pointer}: " if problem.pointer else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{pointer}{problem.message}{hint}"


def _annotation(problem: Problem) -> str:
    properties = {"file": problem.file, "line": str(problem.line or 1), "title": problem.rule}
    return command(problem.severity, properties, _message(problem))


def _some(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
