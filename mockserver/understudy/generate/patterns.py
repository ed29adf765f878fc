r"""Text that matches a regular expression, built from the expression itself.

Knows literals, classes, `\d \w \s .`, groups, alternation and bounded or open repeats (an open
one ends after a few). Refuses what it does not know: look-around, back references, flags,
anchors anywhere but around a whole branch.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from understudy.generate.source import Source

Text: TypeAlias = Callable[[Source], str]

_PRINTABLE = string.ascii_letters + string.digits + " !#%&'()*+,-./:;<=>?@[]^_`{|}~"
_ESCAPES = {
    **{"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"},
    **{name: "".join(re.findall(rf"\{name}", _PRINTABLE)) for name in "dwsDWS"},
}
_OPEN_REPEAT = 8
_BOUNDS = re.compile(r"(\d+)(,(\d*))?\}")


@lru_cache(maxsize=1024)
def pattern_text(pattern: str) -> Text:
    """Return a maker of text that matches `pattern`. Raises ValueError where it cannot."""
    parser = _Parser(pattern)
    text = parser.alternation()
    if parser.rest:
        raise ValueError(f"{pattern!r}: cannot read {parser.rest!r}")
    return text


class _Parser:
    """A recursive descent over the characters of one pattern."""

    def __init__(self, pattern: str) -> None:
        self.rest = pattern
        self._open_groups = 0

    def alternation(self) -> Text:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else _one_of(branches)

    def _sequence(self) -> Text:
        parts: list[Text] = []
        if not self._open_groups:
            self._take("^")
        while self.rest and self.rest[0] not in "|)" and not self._ends():
            parts.append(self._repeated(self._atom()))
        return _joined(parts)

    def _ends(self) -> bool:
        last = self.rest == "$" or self.rest.startswith("$|")
        return last and not self._open_groups and self._take("$")

    def _atom(self) -> Text:
        if self._take("("):
            if self.rest.startswith("?") and not self._take("?:"):
                raise ValueError(f"cannot read {'(' + self.rest!r}")
            self._open_groups += 1
            inside = self.alternation()
            self._open_groups -= 1
            if not self._take(")"):
                raise ValueError("a group is not closed")
            return inside
        if self._take("["):
            return _char_of(self._class())
        if self._take("."):
            return _char_of(_PRINTABLE)
        if self._take("\\"):
            return _char_of(self._escaped())
        if self.rest[0] in "^$*+?{":
            raise ValueError(f"cannot read {self.rest!r}")
        return _char_of(self._next())

    def _class(self) -> str:
        negated = self._take("^")
        chars = ""
        while not self._take("]"):
            first = self._escaped() if self._take("\\") else self._next()
            if self.rest.startswith("-") and not self.rest.startswith("-]"):
                self._next()
                last = self._escaped() if self._take("\\") else self._next()
                chars += _range(first, last)
            else:
                chars += first
        if negated:
            chars = "".join(c for c in _PRINTABLE if c not in chars)
        if not chars:
            raise ValueError("a class matches nothing")
        return chars

    def _repeated(self, atom: Text) -> Text:
        if self._take("?"):
            low, high = 0, 1
        elif self._take("*"):
            low, high = 0, _OPEN_REPEAT
        elif self._take("+"):
            low, high = 1, _OPEN_REPEAT
        elif self._take("{"):
            low, high = self._bounds()
        else:
            return atom
        self._take("?")
        return _times(atom, low, high)

    def _bounds(self) -> tuple[int, int]:
        match = _BOUNDS.match(self.rest)
        if match is None:
            raise ValueError(f"cannot read {'{' + self.rest!r}")
        self.rest = self.rest[match.end() :]
        low = int(match[1])
        high = int(match[3]) if match[3] else low + _OPEN_REPEAT if match[2] else low
        if low > high:
            raise ValueError(f"there is no number from {low} to {high}")
        return low, high

    def _escaped(self) -> str:
        char = self._next()
        if char.isalnum() and char not in _ESCAPES:
            raise ValueError(f"cannot read \\{char}")
        return _ESCAPES.get(char, char)

    def _next(self) -> str:
        if not self.rest:
            raise ValueError("the pattern ends too early")
        char, self.rest = self.rest[0], self.rest[1:]
        return char

    def _take(self, token: str) -> bool:
        found = self.rest.startswith(token)
        if found:
            self.rest = self.rest[len(token) :]
        return found


def _range(first: str, last: str) -> str:
    if len(first) > 1 or len(last) > 1 or first > last:
        raise ValueError(f"there is no character from {first} to {last}")
    return "".join(map(chr, range(ord(first), ord(last) + 1)))


def _char_of(chars: str) -> Text:
    return (lambda _source: chars) if len(chars) == 1 else (lambda source: source.pick(chars))


def _one_of(branches: list[Text]) -> Text:
    return lambda source: source.pick(branches)(source.at("branch"))


def _joined(parts: list[Text]) -> Text:
    return lambda source: "".join(part(source.at(i)) for i, part in enumerate(parts))


def _times(atom: Text, low: int, high: int) -> Text:
    return lambda source: "".join(
        atom(source.at(i)) for i in range(source.at("times").between(low, high))
    )
