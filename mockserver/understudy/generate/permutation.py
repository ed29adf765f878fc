"""A keyed order of numbers: distinct draws, and ids that never collide, without any memory.

A Feistel network over two digits (Black and Rogaway, "Ciphers with Arbitrary Finite Domains",
2002) permutes slightly more numbers than asked for; what falls outside walks on until it is in.
"""

from __future__ import annotations

from math import isqrt

from understudy.generate.source import Source

_ROUNDS = 6


class Permutation:
    """A bijection of the numbers below `size`, chosen by a source."""

    __slots__ = ("_high", "_low", "_rounds", "size")

    def __init__(self, size: int, source: Source) -> None:
        self.size = size
        self._low = isqrt(max(size - 1, 0)) + 1
        self._high = -(-size // self._low)
        self._rounds = tuple(source.at(number) for number in range(_ROUNDS))

    def __call__(self, number: int) -> int:
        """Return what `number` is mapped to. Raises IndexError from `size` on."""
        if not 0 <= number < self.size:
            raise IndexError(f"there are {self.size} numbers, and {number} is none of them")
        number = self._mixed(number)
        while number >= self.size:
            number = self._mixed(number)
        return number

    def _mixed(self, number: int) -> int:
        high, low = divmod(number, self._low)
        for turn, source in enumerate(self._rounds):
            if turn % 2:
                high = (high + source.at(low).below(self._high)) % self._high
            else:
                low = (low + source.at(high).below(self._low)) % self._low
        return high * self._low + low
