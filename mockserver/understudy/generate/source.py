"""The only randomness: a key from which independent keys are derived by name.

Nothing is drawn in sequence, so that a value depends on its own name alone: not on what was
drawn before it, nor on the process, the platform or the hash seed.

A Source is a mixed `base` and the `salt` of a path below it: what is drawn are the middle bits of
their product. Paths of names only change the salt, so compiled code knows theirs beforehand and
draws with one multiplication; a number or a text of the data mixes a new base.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")

BITS = 120
"""How many bits bases and salts have: four digits of Python's integers, so products are cheap."""

MASK = (1 << BITS) - 1
START = 0x9E3779B97F4A7C15F39CC0605CEDC5
"""The salt of the path that has no names."""

SPREAD = 0xD1342543DE82EF95B5297A4D1B56C5
FOLD = 37
"""What numbers are multiplied by, and how far the product is folded onto itself; see `mixed`."""

LARGE = 90
"""From so many bits on, an integer is drawn from all that there are."""

HALF = BITS // 2


class Source:
    """A named source. Draws from one Source repeat: draw each thing from a child of its own."""

    __slots__ = ("base", "salt")

    def __init__(self, base: int, salt: int = START) -> None:
        self.base = base
        self.salt = salt

    @classmethod
    def of(cls, text: str) -> Source:
        """Return the source that `text` names, the same everywhere."""
        return cls(_hashed(text) | 1)

    @property
    def key(self) -> int:
        """Return all bits that can be drawn here."""
        return (self.base * self.salt >> HALF) & MASK

    def at(self, label: str | int) -> Source:
        """Return an independent child; text and numbers never name the same one."""
        if isinstance(label, str):
            return Source(self.base, salted(self.salt, label))
        return Source(mixed(self.base * self.salt, label))

    def under(self, text: str) -> Source:
        """Return an independent child named by data, of which there is no end."""
        return Source(mixed(self.base * self.salt, _hashed(text)))

    def below(self, bound: int) -> int:
        """Return an integer in [0, bound)."""
        return below(self.base * self.salt, bound)

    def between(self, low: int, high: int) -> int:
        """Return an integer in [low, high]."""
        return low + self.below(high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        """Return one of `options`, which must not be empty."""
        return options[self.below(len(options))]

    def weigh(self, weights: Sequence[int]) -> int:
        """Return an index into `weights`, each as likely as it is heavy."""
        total = sum(weights)
        if not total:
            raise ValueError("no weight is above zero")
        return bisect_right([*accumulate(weights)], self.below(total))


def below(product: int, bound: int) -> int:
    """Return the integer in [0, bound) that the product of base and salt draws."""
    if bound >> LARGE:
        return (product >> HALF & MASK) * bound >> BITS
    return (product >> BITS) % bound


def mixed(product: int, number: int) -> int:
    """Return the base of the child with this number; `product` is that of base and salt."""
    key = (product >> HALF ^ number) * SPREAD & MASK
    return key ^ key >> FOLD


@lru_cache(maxsize=65536)
def salted(salt: int, label: str) -> int:
    """Return the salt of the path that goes on with `label`."""
    return _hashed(f"{salt:x} {label}") | 1


def _hashed(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=BITS // 8)
    return int.from_bytes(digest.digest(), "big")
