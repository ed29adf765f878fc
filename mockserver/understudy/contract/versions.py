"""Which version of OpenAPI a document says it is written in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from understudy.contract.document import Document
from understudy.errors import Problem
from understudy.types import Json

KNOWN = ("2.0", "3.0", "3.1", "3.2")
_OVERLAY = "it is an overlay: give it `extends`, or name the document and this with --overlay"


@dataclass(frozen=True, slots=True)
class Version:
    """The version that a document is read as, such as 3.1, and what is wrong with what it says."""

    number: str
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Return the problems for which nothing can be read."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def version_of(document: Document) -> Version:
    """Return the version to read a document as; a later 3.x is read as the last known one."""
    data = document.data if isinstance(document.data, dict) else {}
    keyword = "swagger" if "swagger" in data and "openapi" not in data else "openapi"
    said = _text(data.get(keyword))
    number = ".".join(said.split(".")[:2])
    if number in KNOWN and (number == "2.0") == (keyword == "swagger"):
        return Version(number)
    if keyword == "openapi" and re.fullmatch(r"3\.\d+", number):
        message = f"OpenAPI {number} is not known; it is read as {KNOWN[-1]}"
        problem = document.problem("/openapi", message, rule="version", severity="warning")
        return Version(KNOWN[-1], (problem,))
    message = f"is not an OpenAPI {', '.join(KNOWN[1:-1])} or {KNOWN[-1]} document, nor Swagger 2.0"
    hint = f"found {said!r}" if said or "overlay" not in data else _OVERLAY
    found = document.problem(f"/{keyword}", message, hint, rule="version")
    return Version(KNOWN[-1], (found,))


def _text(value: Json) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return f"{value}.0" if isinstance(value, int) else str(value)
