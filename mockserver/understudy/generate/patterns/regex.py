r"""Regular expressions of ECMA-262 read into a tree, as the `pattern` of JSON Schema uses them.

The flag `u` is taken as set, yet what browsers tolerate without it is tolerated here (annex B:
`\-`, `\@`, a lone `{`). Refused, as `Unsupported`: look-behind, back references, flags, and what
is no regular expression at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from understudy.generate.patterns.characters import (
    CATEGORIES,
    SCRIPTS,
    SPACE,
    WORD,
    Ranges,
    category,
    joined,
    others,
    ranges_of,
)


class Unsupported(ValueError):  # noqa: N818 - it says what the pattern is
    """A regular expression that cannot be read, or whose automaton would grow too large."""


@dataclass(frozen=True, slots=True, eq=False)
class Chars:
    """One character out of a set."""

    ranges: Ranges


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """One part after the other; without parts, the empty text."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Any one of several branches."""

    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part from `low` to `high` times; without `high`, any number of times."""

    part: Node
    low: int
    high: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Assertion:
    r"""A place between characters: `^`, `$`, `\b` or `\B` (section 22.2.2.4)."""

    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What follows here must begin with a part, or must not."""

    part: Node
    negative: bool


Node: TypeAlias = Chars | Sequence | Choice | Repeat | Assertion | Look


@lru_cache(maxsize=1024)
def parse(pattern: str) -> Node:
    """Return the tree of `pattern`. Raises Unsupported, which says where reading stopped."""
    parser = _Parser(pattern)
    tree = parser.choice()
    if parser.at < len(pattern):
        raise parser.refusal("a parenthesis closes nothing")
    return tree


_DIGIT: Final = ranges_of("30-39")
_DOT: Final = others(ranges_of("A D 2028-2029"))
_CLASSES: Final[Mapping[str, Ranges]] = {
    "d": _DIGIT,
    "D": others(_DIGIT),
    "s": SPACE,
    "S": others(SPACE),
    "w": WORD,
    "W": others(WORD),
}
_CONTROLS: Final = {"f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}
_PAIR: Final = re.compile(r"u([dD][89abAB][\da-fA-F]{2})\\u([dD][c-fC-F][\da-fA-F]{2})", re.A)
_CODE: Final = re.compile(r"x([\da-fA-F]{2})|u([\da-fA-F]{4})|u\{([\da-fA-F]+)\}", re.A)
_CONTROL: Final = re.compile(r"c([a-zA-Z])")
_PROPERTY: Final = re.compile(r"([pP])\{(?:(\w+)=)?(\w+)\}", re.A)
_GROUP: Final = re.compile(r"\((?:\?:|\?<[^\W\d][\w$]*>|\?([=!])|(?!\?))")
_BOUNDS: Final = re.compile(r"([*+?])|\{(\d+)(,?)(\d*)\}", re.A)
_DEEPEST: Final = 100


class _Parser:
    """A recursive descent over one pattern (section 22.2.1)."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self._depth = 0

    def refusal(self, problem: str) -> Unsupported:
        return Unsupported(f"pattern {self.pattern!r}, before character {self.at}: {problem}")

    def choice(self) -> Node:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self.pattern[self.at : self.at + 1] not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, atom: Node) -> Node:
        found = self._match(_BOUNDS)
        if not found:
            return atom
        self._take("?")
        sign, first, comma, last = found.groups()
        if sign:
            return Repeat(atom, int(sign == "+"), 1 if sign == "?" else None)
        low = int(first)
        high = low if not comma else int(last) if last else None
        if high is not None and high < low:
            raise self.refusal("a repeat ends before it begins")
        return Repeat(atom, low, high)

    def _atom(self) -> Node:
        if self.pattern[self.at] == "(":
            return self._group()
        if _BOUNDS.match(self.pattern, self.at):
            raise self.refusal("nothing stands before the repeat")
        char = self._next()
        if char in "^$":
            return Assertion(char)
        if char == "\\":
            return self._escape()
        if char == "[":
            return self._class()
        return _chars(_DOT if char == "." else _single(char))

    def _group(self) -> Node:
        start = self._match(_GROUP)
        self._depth += 1
        if not start:
            raise self.refusal("look-behind, flags and such groups are not supported")
        if self._depth > _DEEPEST:
            raise self.refusal(f"parentheses are more than {_DEEPEST} deep")
        part = self.choice()
        if not self._take(")"):
            raise self.refusal("a parenthesis is not closed")
        self._depth -= 1
        return Look(part, negative=start[1] == "!") if start[1] else part

    def _escape(self) -> Node:
        char = self.pattern[self.at : self.at + 1]
        if char in "123456789k" and char:
            raise self.refusal("back references are not supported")
        if char in ("b", "B"):
            return Assertion("\\" + self._next())
        return _chars(self._escaped())

    def _class(self) -> Node:
        negated = self._take("^")
        found: list[Ranges] = []
        while not self._take("]"):
            found.append(self._member())
            if self._take("-"):
                found.append(self._range(found[-1]))
        return _chars(others(joined(*found)) if negated else joined(*found))

    def _range(self, first: Ranges) -> Ranges:
        """Return what `first` and a hyphen begin; next to a class, a hyphen is itself."""
        if self.pattern.startswith("]", self.at):
            return _single("-")
        last = self._member()
        if not _is_single(first) or not _is_single(last):
            return joined(_single("-"), last)
        if last < first:
            raise self.refusal("a range ends before it begins")
        return ((first[0][0], last[0][1]),)

    def _member(self) -> Ranges:
        char = self._next()
        if char != "\\":
            return _single(char)
        return _single("\b") if self._take("b") else self._escaped()

    def _escaped(self) -> Ranges:
        if found := self._match(_PROPERTY):
            return self._property(*found.groups())
        if found := self._match(_PAIR):
            high, low = (int(half, 16) & 0x3FF for half in found.groups())
            return ((0x10000 + (high << 10) + low,) * 2,)
        if found := self._match(_CODE):
            code = int(found[found.lastindex or 0], 16)
            if code > 0x10FFFF:
                raise self.refusal("there is no such code point")
            return ((code, code),)
        if found := self._match(_CONTROL):
            return _single(chr(ord(found[1]) % 32))
        char = self._next()
        if char == "0" and self.pattern[self.at : self.at + 1].isdigit():
            raise self.refusal("octal escapes are not supported")
        if char.isalnum() and char not in _CLASSES and char not in _CONTROLS:
            raise self.refusal(f"\\{char} has no meaning")
        return _CLASSES.get(char) or _single(_CONTROLS.get(char, char))

    def _property(self, sign: str, kind: str | None, value: str) -> Ranges:
        r"""Return the code points of `\p{...}` (section 22.2.2.9, tables 69 to 72)."""
        found: Ranges | None = None
        if kind in ("Script", "sc"):
            found = SCRIPTS.get(value)
        elif kind in (None, "General_Category", "gc"):
            found = category(CATEGORIES.get(value, value))
        if found is None:
            raise self.refusal(f"the property {value} is not supported")
        return others(found) if sign == "P" else found

    def _match(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        found = expression.match(self.pattern, self.at)
        if found:
            self.at = found.end()
        return found

    def _next(self) -> str:
        if self.at == len(self.pattern):
            raise self.refusal("the pattern ends too early")
        self.at += 1
        return self.pattern[self.at - 1]

    def _take(self, token: str) -> bool:
        found = self.pattern.startswith(token, self.at)
        self.at += len(token) * found
        return found


def _chars(ranges: Ranges) -> Chars:
    return Chars(others(others(ranges)))  # which drops the surrogates


def _single(char: str) -> Ranges:
    return ((ord(char), ord(char)),)


def _is_single(ranges: Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]
