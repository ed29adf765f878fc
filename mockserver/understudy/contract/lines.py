"""Know the line of every value of a document, in four bytes each.

The lines stand in the order in which the values do, a container before what it holds; sizes of
values lead from a pointer to its place in that order, and are counted when first asked for.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence

from understudy.contract import pointers
from understudy.contract.pointers import MISSING
from understudy.types import Json

_JSON = re.compile(r'\n|"(?:[^"\\\n]|\\.)*+"(?:\s*:)?|[{\[]|[^\s{}\[\],:"]+')


class Lines:
    """The line of each value within `data`; `found` says them in order, and is asked once."""

    def __init__(self, data: Json, found: Callable[[], Sequence[int]]) -> None:
        self._data = data
        self._found = found
        self._lines: Sequence[int] | None = None
        self._sizes: dict[int, int] = {}

    def at(self, pointer: str) -> int:
        """Return the line of what `pointer` leads to, or of its nearest ancestor; 0 if unknown."""
        if self._lines is None:
            self._lines = self._found()
        if not self._lines:
            return 1
        if len(self._lines) != self._size(self._data):
            return 0  # a repeated key: what came of the text is not all that stands there
        return self._lines[self._index(pointer)]

    def _index(self, pointer: str) -> int:
        index, value = 0, self._data
        for token in pointers.split(pointer):
            child = pointers.step(value, token)
            if child is MISSING:
                break
            for key, before in pointers.children(value):
                index += 1
                if str(key) == token:
                    break
                index += self._size(before) - 1
            value = child
        return index

    def _size(self, value: Json) -> int:
        """Return how many values `value` is: itself and all within it."""
        if not isinstance(value, dict | list):
            return 1
        size = self._sizes.get(id(value))
        if size is None:
            members = value.values() if isinstance(value, dict) else value
            within = [self._size(one) - 1 for one in members if isinstance(one, dict | list)]
            size = self._sizes[id(value)] = 1 + len(value) + sum(within)
        return size


def lines_of_json(text: str) -> Sequence[int]:
    """Return the line of each value of a JSON text, in order."""
    found, line = array("I"), 1
    if "\n" not in text:
        return found
    for token in _JSON.findall(text):
        if token == "\n":
            line += 1
        elif token[-1] == ":":
            line += token.count("\n")
        else:
            found.append(line)
    return found
