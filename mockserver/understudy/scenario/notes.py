"""Collect the mistakes of a scenario file while it is read, and read the simplest of values."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from understudy.contract import pointers
from understudy.contract.document import Document
from understudy.errors import Problem
from understudy.types import Json, JsonObject

_SHOWN = 12


class Notes:
    """The mistakes of one file. What reads a value notes what is wrong with it and goes on."""

    def __init__(self, document: Document) -> None:
        self.problems: list[Problem] = []
        self._document = document

    def error(self, at: str, message: str, hint: str = "") -> None:
        """Note what makes the file unusable; the first of several reasons at one place counts."""
        if all(one.pointer != at for one in self.problems):
            self.problems.append(self._document.problem(at, message, hint, rule="scenario"))

    def mapping(self, data: Json, at: str, known: Collection[str] = ()) -> JsonObject:
        """Return `data` if it is a mapping of `known` keys, as far as it is; nothing for null."""
        if data is None:
            return {}
        if not isinstance(data, dict):
            self.error(at, "is not a mapping", f"its keys are {', '.join(known)}" if known else "")
            return {}
        for key in data:
            if known and key not in known:
                self.error(pointers.join(at, key), f"unknown key {key!r}", hint(key, known))
        return data

    def text(self, data: Json, at: str) -> str:
        """Return `data` if it is a text; null is an empty one."""
        if isinstance(data, str) or data is None:
            return data or ""
        self.error(at, "is not a text", "put it in quotes")
        return ""

    def number(self, data: Json, at: str, low: float, high: float) -> float | None:
        """Return `data` if it is a number between two bounds, both included."""
        if isinstance(data, int | float) and not isinstance(data, bool) and low <= data <= high:
            return data
        self.error(at, f"is not a number from {low:.12g} to {high:.12g}")
        return None

    def whole(self, data: Json, at: str, low: int, high: int) -> int | None:
        """Return `data` if it is a whole number between two bounds, both included."""
        if isinstance(data, int) and not isinstance(data, bool) and low <= data <= high:
            return data
        self.error(at, f"is not a whole number from {low} to {high}")
        return None


def hint(name: str, known: Collection[str]) -> str:
    """Return what may have been meant instead of an unknown name."""
    close = get_close_matches(name, known, 1)
    if close:
        return f"did you mean {close[0]}?"
    listed = ", ".join(sorted(known)[:_SHOWN])
    return f"known are {listed}" + (", ..." if len(known) > _SHOWN else "")
