"""All-pairs testing: few rows in which every two values of two factors meet (greedy)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import TypeAlias

Row: TypeAlias = dict[str, int]
Choice: TypeAlias = tuple[str, int]
Pair: TypeAlias = tuple[Choice, Choice]


def pairings(sizes: Mapping[str, int]) -> Iterator[Row]:
    """Yield rows that choose a value of each factor, from 0 to its size, until all pairs met."""
    open_pairs: dict[Pair, None] = dict.fromkeys(_all(sizes))
    while open_pairs:
        row = dict(next(iter(open_pairs)))
        for name in sizes:
            if name not in row:
                row[name] = _best(name, sizes, row, open_pairs)
        for pair in _within(row, sizes):
            open_pairs.pop(pair, None)
        yield {name: row[name] for name in sizes}


def _all(sizes: Mapping[str, int]) -> Iterator[Pair]:
    for first, second in combinations(sizes, 2):
        for one, other in product(range(sizes[first]), range(sizes[second])):
            yield (first, one), (second, other)


def _within(row: Row, sizes: Mapping[str, int]) -> Iterator[Pair]:
    return combinations(((name, row[name]) for name in sizes), 2)


def _best(name: str, sizes: Mapping[str, int], row: Row, open_pairs: Mapping[Pair, None]) -> int:
    """Return the value of a factor that meets most values of `row` for the first time."""
    order = {factor: place for place, factor in enumerate(sizes)}

    def news(value: int) -> int:
        mine = (name, value)
        return sum(
            ((mine, other) if order[name] < order[other[0]] else (other, mine)) in open_pairs
            for other in row.items()
        )

    return max(range(sizes[name]), key=news)
