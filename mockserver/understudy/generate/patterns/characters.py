"""Sets of characters: their algebra, what Unicode calls them, and which of them look sane.

A character is a code point that is no surrogate. Properties are those of the Unicode that this
Python knows; of the scripts, the three that contracts ask for.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain, groupby, islice, pairwise
from typing import Final, TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""A set of code points: disjoint pairs of first and last, ascending, without surrogates."""

_LARGE: Final = 128  # characters, from which on some are more pleasant than others


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
_TIERS: Final = tuple(
    map(
        ranges_of,
        (
            "30-39 41-5A 61-7A",  # letters and digits
            "21-7E",  # what else ASCII shows
            "C0-D6 D8-F6 F8-FF 391-3A1 3A3-3A9 3B1-3C9 410-44F",  # other letters of Europe
            "A1-AC AE-52F",  # what is near them
        ),
    )
)
_LINES: Final = ranges_of("9-A")  # which every dialect of expressions takes for white space
_HIDDEN: Final = joined(
    [pair for pair in SPACE if pair != (32, 32)],
    ranges_of("0-1F 7F-9F AD 200B-200F 202A-202E 2060-206F"),
)


@lru_cache(maxsize=4096)
def pleasant(ranges: Ranges) -> Ranges:
    """Return those of `ranges` that look sane, and all if none does."""
    visible = shared(ranges, others(_HIDDEN)) or shared(ranges, _LINES) or ranges
    if size(visible) <= _LARGE:
        return visible
    return next(filter(None, (shared(visible, tier) for tier in _TIERS)), visible)


def size(ranges: Ranges) -> int:
    """Return how many characters there are."""
    return sum(last - first + 1 for first, last in ranges)


def nth(ranges: Ranges, index: int) -> str:
    """Return the character at `index`."""
    codes = chain.from_iterable(range(first, last + 1) for first, last in ranges)
    return chr(next(islice(codes, index, None)))


_NAMES: Final = """
    L Letter Lu Uppercase_Letter Ll Lowercase_Letter Lt Titlecase_Letter Lm Modifier_Letter
    Lo Other_Letter M Mark Mn Nonspacing_Mark Mc Spacing_Mark Me Enclosing_Mark N Number
    Nd Decimal_Number Nl Letter_Number No Other_Number P Punctuation Pc Connector_Punctuation
    Pd Dash_Punctuation Ps Open_Punctuation Pe Close_Punctuation Pi Initial_Punctuation
    Pf Final_Punctuation Po Other_Punctuation S Symbol Sm Math_Symbol Sc Currency_Symbol
    Sk Modifier_Symbol So Other_Symbol Z Separator Zs Space_Separator Zl Line_Separator
    Zp Paragraph_Separator C Other Cc Control Cf Format Co Private_Use Cn Unassigned
    LC Cased_Letter Nd digit P punct Cc cntrl M Combining_Mark""".split()
CATEGORIES: Final = dict(zip(_NAMES[1::2], _NAMES[::2], strict=True))
SCRIPTS: Final[Mapping[str, Ranges]] = {
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
def category(name: str) -> Ranges | None:
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
        for name, run in groupby(map(unicodedata.category, map(chr, range(start, stop)))):
            after = start + len([*run])
            found.setdefault(name, []).append((start, after - 1))
            start = after
    table = {name: joined(pairs) for name, pairs in found.items() if name not in ("Cn", "Cs")}
    return table | {"Cn": others(joined(*table.values()))}
