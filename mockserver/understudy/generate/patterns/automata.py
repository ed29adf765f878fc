"""Text that matches regular expressions, built from an automaton and never by trial and error.

Matching is a search, as in ECMA-262, section 22.2.7.2; characters are code points other than
surrogates, as JSON Schema counts them.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, count, islice
from typing import Final, NamedTuple

from understudy.generate.patterns.characters import nth, pleasant, size
from understudy.generate.patterns.states import START, Automaton
from understudy.generate.source import Source

_MOST_TEXTS: Final = 1 << 128  # where counting stops: a draw has no more bits
_OPEN_LENGTH: Final = 12  # how much longer than the shortest a drawn text is
_LENGTHS: Final = 256  # how many of them are counted
_PLACES: Final = 32  # where a near miss is looked for


def language(
    patterns: Sequence[str],
    *,
    excluded_patterns: Sequence[str] = (),
    excluded: Sequence[str] = (),
    min_length: int = 0,
    max_length: int | None = None,
) -> Language:
    """Return the texts that match all `patterns`, and none of `excluded_patterns`.

    Lengths count code points and include both ends; the texts of `excluded` are left out.
    Raises Unsupported for a pattern that cannot be read or takes more than 20,000 states.
    """
    rules = tuple(patterns), tuple(excluded_patterns), tuple(excluded)
    return _language(*rules, min_length, max_length)


@lru_cache(maxsize=1024)
def _language(
    patterns: tuple[str, ...],
    excluded_patterns: tuple[str, ...],
    excluded: tuple[str, ...],
    min_length: int,
    max_length: int | None,
) -> Language:
    return Language(patterns, excluded_patterns, excluded, min_length, max_length)


class Language:
    """A set of texts, of which those in a pleasant alphabet are drawn, counted and numbered.

    Where any of many characters may stand, that alphabet has letters and digits if they fit, and
    where any of a few may stand, all that can be seen. A method that goes to longer texts than
    were asked for before raises Unsupported if it needs too many states.
    """

    __slots__ = ("_automaton", "_bounds", "_fans", "_layers", "_pleasant_lengths", "_rules")

    def __init__(
        self,
        patterns: tuple[str, ...],
        excluded_patterns: tuple[str, ...],
        excluded: tuple[str, ...],
        min_length: int,
        max_length: int | None,
    ) -> None:
        literal = f"^(?:{'|'.join(map(re.escape, excluded))})$"
        unwanted = (*excluded_patterns, literal) if excluded else excluded_patterns
        self._rules = patterns, excluded_patterns
        self._bounds = min_length, max_length
        self._automaton = Automaton(patterns, unwanted)
        self._layers: list[frozenset[int]] = []
        self._fans: defaultdict[int, dict[int, _Fan]] = defaultdict(dict)
        shortest = next(self._lengths(), 0)
        self._pleasant_lengths = tuple(self._lengths(shortest + _OPEN_LENGTH))
        for length in self._pleasant_lengths:
            self._texts(length)

    def __str__(self) -> str:
        """Return the patterns and the lengths."""
        return f"{self._rules}, see {self._bounds}"

    def is_empty(self) -> bool:
        """Return whether no text is in this language."""
        return not self._pleasant_lengths

    def draw(self, source: Source) -> str:
        """Return a text, at most 12 longer than the shortest; of one length, all are as likely.

        Past 2^128 texts the likelihoods are rough. Raises ValueError if the language is empty.
        """
        if not self._pleasant_lengths:
            raise self._emptiness()
        left = source.at("length").pick(self._pleasant_lengths)
        state, text = START, ""
        while (fan := self._fans[left][state]).texts == _MOST_TEXTS:
            char, state, _ = fan.move(source.at(left).below(fan.sums[-1]))
            text, left = text + char, left - 1
        return text + self._spelt(state, left, source.at("text").below(fan.texts))

    def ends(self) -> bool:
        """Return whether texts have no more than 256 lengths, all of which `count` counts."""
        return next(islice(self._lengths(), _LENGTHS, None), None) is None

    def count(self, limit: int) -> int:
        """Return how many texts of the first 256 lengths there are, or `limit` if more."""
        found = 0
        for length in islice(self._lengths(), _LENGTHS):
            found += self._texts(length)
            if found >= limit:
                return limit
        return found

    def unrank(self, index: int) -> str:
        """Return the text at `index`: shorter ones first, then by code points.

        Raises IndexError from the number of texts on.
        """
        for length in self._lengths() if index >= 0 else ():
            texts = self._texts(length)
            if index < texts:
                return self._spelt(START, length, index)
            index -= texts
        raise IndexError("there are not so many texts")

    def shortest(self) -> str:
        """Return the first of the shortest texts. Raises ValueError if there is none."""
        return self._first(next(self._lengths(), None))

    def longest(self, limit: int) -> str:
        """Return the first of the longest texts up to `limit`. Raises ValueError if none is."""
        return self._first(max(self._lengths(limit), default=None))

    def matches(self, text: str) -> bool:
        """Return whether `text` is in this language, pleasant or not."""
        low, high = self._bounds
        if len(text) < low or (high is not None and len(text) > high):
            return False
        return self._automaton.reads(text)

    def near_miss(self, source: Source) -> str | None:
        """Return a text of an allowed length that breaks the patterns, by one character if it can.

        Return None where every text of such a length fits; `excluded` has no say in it.
        """
        whole = _language(*self._rules, (), *self._bounds)
        text = "" if whole.is_empty() else whole.draw(source.at("match"))
        turn = source.at("place").below(len(text) + 1)
        for place in islice((*range(turn, len(text)), *range(turn)), _PLACES):
            wrong = pleasant(whole._automaton.misfits(text, place))
            if wrong:
                char = nth(wrong, source.at("wrong").below(size(wrong)))
                return text[:place] + char + text[place + 1 :]
        return self._far_miss(source)

    def _first(self, length: int | None) -> str:
        if length is None:
            raise self._emptiness()
        self._texts(length)
        return self._spelt(START, length, 0)

    def _emptiness(self) -> ValueError:
        return ValueError(f"no text of such a length matches {self}")

    def _far_miss(self, source: Source) -> str | None:
        patterns, excluded_patterns = self._rules
        broken = [((), (one,)) for one in patterns] + [((one,), ()) for one in excluded_patterns]
        for wanted, unwanted in broken:
            outside = _language(wanted, unwanted, (), *self._bounds)
            if not outside.is_empty():
                return outside.draw(source.at("outside"))
        return None

    def _lengths(self, limit: int | None = None) -> Iterator[int]:
        """Yield the lengths that texts have, ascending and not above `limit`."""
        low, high = self._bounds
        for length in count():
            too_long = any(end is not None and length > end for end in (high, limit))
            layer = frozenset() if too_long else self._layer(length)
            if not layer:
                return
            if length >= low and any(self._automaton.accepts(state) for state in layer):
                yield length

    def _layer(self, depth: int) -> frozenset[int]:
        """Return the live states that `depth` characters lead to."""
        if not self._layers:
            self._layers.append(frozenset([START] if self._automaton.is_live(START) else []))
        while len(self._layers) <= depth:
            moves = chain.from_iterable(map(self._automaton.moves, self._layers[-1]))
            self._layers.append(frozenset(target for _, _, target in moves))
        return self._layers[depth]

    def _texts(self, length: int) -> int:
        """Return how many texts of `length` there are, and make them ready to be spelt."""
        waiting, layer = [], {START}
        for left in range(length, -1, -1):
            layer = {state for state in layer if state not in self._fans[left]}
            if not layer:
                break
            waiting.append((left, layer))
            layer = {target for one in layer for _, _, target in self._automaton.moves(one)}
        for left, layer in reversed(waiting):
            for state in layer:
                self._fans[left][state] = self._fan(state, left)
        return self._fans[length][START].texts

    def _fan(self, state: int, left: int) -> _Fan:
        if left == 0:
            return _Fan(int(self._automaton.accepts(state)), [], [])
        fans = self._fans[left - 1]
        sums, steps, total = [], [], 0
        for first, last, target in self._automaton.moves(state):
            if texts := fans[target].texts:
                total += (last - first + 1) * texts
                sums.append(total)
                steps.append((first, target, texts))
        return _Fan(min(total, _MOST_TEXTS), sums, steps)

    def _spelt(self, state: int, left: int, index: int) -> str:
        text = ""
        for remaining in range(left, 0, -1):
            char, state, index = self._fans[remaining][state].move(index)
            text += char
        return text


class _Fan(NamedTuple):
    """The texts of one length from one state, by the ranges that their first character is of."""

    texts: int
    sums: list[int]
    steps: list[tuple[int, int, int]]

    def move(self, index: int) -> tuple[str, int, int]:
        """Return the first character of the text at `index`, the state after it, and the rest."""
        at = bisect(self.sums, index)
        first, target, each = self.steps[at]
        skipped, index = divmod(index - self.sums[at - 1] if at else index, each)
        return chr(first + skipped), target, index
