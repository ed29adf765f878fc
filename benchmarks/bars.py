"""What has to be reached, and how a benchmark ends when it is not."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """How a benchmark ends."""

    OK = 0
    SHORT = 1
    CANNOT_MEASURE = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure that has to be at least, or `at_most`, so much; None if it was not measured."""

    words: str
    limit: float
    figure: float | None
    at_most: bool = False

    @property
    def missed(self) -> bool:
        """Tell whether the figure is there and not good enough."""
        if self.figure is None:
            return False
        return self.figure > self.limit if self.at_most else self.figure < self.limit


def print_bars(bars: Sequence[Bar]) -> bool:
    """Print a line per bar; return whether one was missed. What was not measured misses none."""
    for bar in bars:
        verdict = "short" if bar.missed else "PASS"
        print(f"{bar.words}: ", end="")
        print("not measured" if bar.figure is None else f"{bar.figure:.2f} {verdict}")
    return any(bar.missed for bar in bars)


def refuse(complaint: str) -> Exit:
    print(f"cannot measure: {complaint}", file=sys.stderr)
    return Exit.CANNOT_MEASURE
