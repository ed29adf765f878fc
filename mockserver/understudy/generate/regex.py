r"""Regular expressions of ECMA-262 read into a tree, as the `pattern` of JSON Schema uses them.

The flag `u` is taken as set, yet what browsers tolerate without it is tolerated here (annex B:
`\-`, `\@`, a lone `{`). Refused, as `Unsupported`: look-behind, back references, flags, and what
is no regular expression at all.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Final, TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""A set of code points: disjoint pairs of first and last, ascending, without surrogates."""


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


def joined(*sets: Iterable[tuple[int, int]]) -> Ranges:
    """Return the code points that are in any of `sets`."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(pair for ranges in sets for pair in ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


@lru_cache(maxsize=4096)
def others(ranges: Ranges) -> Ranges:
    """Return the code points that are not in `ranges`."""
    taken = joined([(-1, -1), (0xD800, 0xDFFF), (0x110000, 0x110000)], ranges)
    return tuple((left[1] + 1, right[0] - 1) for left, right in pairwise(taken))


def shared(left: Ranges, right: Ranges) -> Ranges:
    """Return the code points that are in both sets."""
    return others(joined(others(left), others(right)))


def holds(ranges: Ranges, code: int) -> bool:
    """Return whether `code` is in `ranges`."""
    index = bisect(ranges, (code, 0x110000)) - 1
    return index >= 0 and code <= ranges[index][1]


@lru_cache(maxsize=4096)
def cells(sets: frozenset[Ranges]) -> tuple[Ranges, ...]:
    """Divide all code points so that each of `sets` is made of whole cells."""
    cuts = {0, 0xD800, 0xE000, 0x110000}
    cuts.update(cut for ranges in sets for first, last in ranges for cut in (first, last + 1))
    found: dict[tuple[bool, ...], list[tuple[int, int]]] = {}
    for first, after in pairwise(sorted(cuts)):
        if first != 0xD800:
            members = tuple(holds(ranges, first) for ranges in sets)
            found.setdefault(members, []).append((first, after - 1))
    return tuple(joined(cell) for cell in found.values())


def ranges_of(text: str) -> Ranges:
    """Return the set that `text` lists in hexadecimal, as in `30-39 5F`."""
    ends = (piece.partition("-") for piece in text.split())
    return tuple((int(first, 16), int(last or first, 16)) for first, _, last in ends)


EVERYTHING: Final = others(())
WORD: Final = ranges_of("30-39 41-5A 5F 61-7A")
SPACE: Final = ranges_of("9-D 20 A0 1680 2000-200A 2028-2029 202F 205F 3000 FEFF")
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
            return ((code, code),)
        if self._take("c"):
            return _single(chr(ord(self._next()) % 32))
        char = self._next()
        if char.isalnum() and char not in _CLASSES and char not in _CONTROLS:
            raise self.refusal(f"\\{char} has no meaning")
        return _CLASSES.get(char) or _single(_CONTROLS.get(char, char))

    def _property(self, sign: str, kind: str | None, value: str) -> Ranges:
        r"""Return the code points of `\p{...}` (section 22.2.2.9, tables 69 to 72)."""
        found: Ranges | None = None
        if kind in ("Script", "sc"):
            found = _SCRIPTS.get(value)
        elif kind in (None, "General_Category", "gc"):
            found = _category(_CATEGORIES.get(value, value))
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


_NAMES: Final = """
    L Letter Lu Uppercase_Letter Ll Lowercase_Letter Lt Titlecase_Letter Lm Modifier_Letter
    Lo Other_Letter M Mark Mn Nonspacing_Mark Mc Spacing_Mark Me Enclosing_Mark N Number
    Nd Decimal_Number Nl Letter_Number No Other_Number P Punctuation Pc Connector_Punctuation
    Pd Dash_Punctuation Ps Open_Punctuation Pe Close_Punctuation Pi Initial_Punctuation
    Pf Final_Punctuation Po Other_Punctuation S Symbol Sm Math_Symbol Sc Currency_Symbol
    Sk Modifier_Symbol So Other_Symbol Z Separator Zs Space_Separator Zl Line_Separator
    Zp Paragraph_Separator C Other Cc Control Cf Format Co Private_Use Cn Unassigned
    LC Cased_Letter Nd digit P punct Cc cntrl M Combining_Mark""".split()
_CATEGORIES: Final = dict(zip(_NAMES[1::2], _NAMES[::2], strict=True))
_SCRIPTS: Final[Mapping[str, Ranges]] = {
    "Cyrillic": ranges_of("400-484 487-52F 1C80-1C88 1D2B 1D78 2DE0-2DFF A640-A69F FE2E-FE2F"),
    "Greek": ranges_of(
        "370-373 375-377 37A-37D 37F 384 386 388-38A 38C 38E-3A1 3A3-3E1 3F0-3FF 1D26-1D2A "
        "1D5D-1D61 1D66-1D6A 1DBF 1F00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D 1F50-1F57 1F59 1F5B "
        "1F5D 1F5F-1F7D 1F80-1FB4 1FB6-1FC4 1FC6-1FD3 1FD6-1FDB 1FDD-1FEF 1FF2-1FF4 1FF6-1FFE "
        "2126 AB65"
    ),
    "Latin": ranges_of(
        "41-5A 61-7A AA BA C0-D6 D8-F6 F8-2B8 2E0-2E4 1D00-1D25 1D2C-1D5C 1D62-1D65 1D6B-1D77 "
        "1D79-1DBE 1E00-1EFF 2071 207F 2090-209C 212A-212B 2132 214E 2160-2188 2C60-2C7F "
        "A722-A787 A78B-A7CA A7D0-A7D1 A7D3 A7D5-A7D9 A7F2-A7FF AB30-AB5A AB5C-AB64 AB66-AB69 "
        "FB00-FB06 FF21-FF3A FF41-FF5A"
    ),
}
"""Scripts.txt of Unicode 14, without what lies beyond U+FFFF."""


@lru_cache(maxsize=64)
def _category(name: str) -> Ranges | None:
    """Return the general category `name`, or a group of them, as this Python knows Unicode."""
    if name == "Any":
        return EVERYTHING
    groups = _category_table()
    members = (
        ("Lu", "Ll", "Lt") if name == "LC" else [one for one in groups if name in (one, one[0])]
    )
    return joined(*(groups[one] for one in members)) or None


@lru_cache(maxsize=1)
def _category_table() -> Mapping[str, Ranges]:
    found: dict[str, list[tuple[int, int]]] = {"Co": [(0xF0000, 0xFFFFD), (0x100000, 0x10FFFD)]}
    for start, stop in ((0, 0x32400), (0xE0000, 0xE0200)):  # the rest is private or unassigned
        codes = range(start, stop)
        for name, run in groupby(codes, key=lambda code: unicodedata.category(chr(code))):
            members = tuple(run)
            found.setdefault(name, []).append((members[0], members[-1]))
    table = {name: joined(pairs) for name, pairs in found.items() if name not in ("Cn", "Cs")}
    return table | {"Cn": others(joined(*table.values()))}
