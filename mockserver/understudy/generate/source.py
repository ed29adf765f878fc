"""The only randomness: a key from which independent keys are derived by name.

Nothing is drawn in sequence, so that a value depends on its own name alone: not on what was
drawn before it, nor on the process, the platform or the hash seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

_BITS = 128
_MASK = (1 << _BITS) - 1
_FIRST = 0x9E3779B97F4A7C15F39CC0605CEDC835
_SECOND = 0xD1342543DE82EF95B5297A4D1B56C4E9


class Source:
    """A 128-bit key. Draws from one Source repeat: draw each thing from a child of its own."""

    __slots__ = ("key",)

    def __init__(self, key: int) -> None:
        self.key = key

    @classmethod
    def of(cls, text: str) -> Source:
        """Return the source that `text` names, the same everywhere."""
        return cls(_hashed(text))

    def at(self, label: str | int) -> Source:
        """Return an independent child; text and numbers never name the same one."""
        salt = _salt(label) if isinstance(label, str) else label * 2 + 1
        key = ((self.key ^ salt) * _FIRST) & _MASK
        key = ((key ^ key >> 61) * _SECOND) & _MASK
        return Source(key ^ key >> 67)

    def below(self, bound: int) -> int:
        """Return an integer in [0, bound)."""
        return (self.key * bound) >> _BITS

    def between(self, low: int, high: int) -> int:
        """Return an integer in [low, high]."""
        return low + ((self.key * (high - low + 1)) >> _BITS)

    def pick(self, options: Sequence[T]) -> T:
        """Return one of `options`, which must not be empty."""
        return options[(self.key * len(options)) >> _BITS]

    def weigh(self, weights: Sequence[int]) -> int:
        """Return an index into `weights`, each as likely as it is heavy."""
        left = self.below(sum(weights))
        for index, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return index
        raise ValueError("no weight is above zero")


@lru_cache(maxsize=65536)
def _salt(label: str) -> int:
    return _hashed(label) & ~1


def _hashed(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_BITS // 8)
    return int.from_bytes(digest.digest(), "big")
