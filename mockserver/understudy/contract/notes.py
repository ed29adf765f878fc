"""Collect what is wrong with a document while it is read."""

from __future__ import annotations

from understudy.contract.document import Document
from understudy.errors import Problem


class Notes:
    """The problems of one document, each told once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._found: dict[tuple[str, str], tuple[str, str, str]] = {}

    def warn(self, pointer: str, message: str, hint: str = "", *, rule: str) -> None:
        """Note what can be served in spite of it."""
        self._found.setdefault((pointer, message), (hint, rule, "warning"))

    def error(self, pointer: str, message: str, hint: str = "", *, rule: str) -> None:
        """Note what makes it impossible to serve."""
        self._found.setdefault((pointer, message), (hint, rule, "error"))

    @property
    def problems(self) -> list[Problem]:
        """Return what was noted, with its lines."""
        return [
            self._document.problem(pointer, message, hint, rule=rule, severity=severity)
            for (pointer, message), (hint, rule, severity) in self._found.items()
        ]
