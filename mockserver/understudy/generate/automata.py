"""Text that matches regular expressions, built from an automaton and never by trial and error.

No automaton is written out beforehand: a state is what remains to be read of each expression
(partial derivatives: V. Antimirov, 1996) and is made when it is first reached. A look-ahead is a
duty that a thread of reading carries until it is settled. Matching is a search, as in ECMA-262,
section 22.2.7.2; characters are code points other than surrogates, as JSON Schema counts them.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, count, islice
from math import inf
from typing import Final, NamedTuple, TypeAlias

from understudy.generate import regex
from understudy.generate.regex import Ranges, Unsupported
from understudy.generate.source import Source

_MOST_STATES: Final = 20_000
_MOST_THREADS: Final = 10_000
_MOST_TEXTS: Final = 1 << 128  # where counting stops: a draw has no more bits
_OPEN_LENGTH: Final = 12
_LARGE: Final = 128
_PLACES: Final = 32
_START: Final = 0


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
        self._automaton = _Automaton(patterns, unwanted)
        self._layers: list[frozenset[int]] = []
        self._fans: defaultdict[int, dict[int, _Fan]] = defaultdict(dict)
        shortest = next(self._lengths(), 0)
        self._pleasant_lengths = tuple(self._lengths(shortest + _OPEN_LENGTH))
        for length in self._pleasant_lengths:
            self._texts(length)

    def is_empty(self) -> bool:
        """Return whether no text is in this language."""
        return not self._pleasant_lengths

    def draw(self, source: Source) -> str:
        """Return a text, at most 12 longer than the shortest; of one length, all are as likely.

        Past 2^128 texts the likelihoods are rough. Raises ValueError if the language is empty.
        """
        if not self._pleasant_lengths:
            raise ValueError(f"no text matches {self._rules} with a length in {self._bounds}")
        left = source.at("length").pick(self._pleasant_lengths)
        state, text = _START, ""
        while (fan := self._fans[left][state]).texts == _MOST_TEXTS:
            char, state, _ = fan.move(source.at(left).below(fan.sums[-1]))
            text, left = text + char, left - 1
        return text + self._spelt(state, left, source.at("text").below(fan.texts))

    def count(self, limit: int) -> int:
        """Return how many texts there are, or `limit` if there are more."""
        found = 0
        for length in self._lengths():
            found += self._texts(length)
            if found >= limit:
                return limit
        return found

    def unrank(self, index: int) -> str:
        """Return the text at `index`: shorter ones first, then by code points.

        Raises IndexError from the number of texts on.
        """
        for length in self._lengths():
            texts = self._texts(length)
            if 0 <= index < texts:
                return self._spelt(_START, length, index)
            index -= texts
        raise IndexError("there are not so many texts")

    def shortest(self) -> str:
        """Return the first of the shortest texts. Raises IndexError if there is none."""
        return self.unrank(0)

    def longest(self, limit: int) -> str:
        """Return the first of the longest texts up to `limit`. Raises ValueError if none is."""
        length = max(self._lengths(limit))
        self._texts(length)
        return self._spelt(_START, length, 0)

    def matches(self, text: str) -> bool:
        """Return whether `text` is in this language, pleasant or not."""
        low, high = self._bounds
        return low <= len(text) <= (len(text) if high is None else high) and self._automaton.reads(
            text
        )

    def near_miss(self, source: Source) -> str | None:
        """Return a text of an allowed length that breaks the patterns, by one character if it can.

        Return None where every text of such a length fits; `excluded` has no say in it.
        """
        whole = _language(*self._rules, (), *self._bounds)
        text = "" if whole.is_empty() else whole.draw(source.at("match"))
        turn = source.at("place").below(len(text) + 1)
        for place in islice((*range(turn, len(text)), *range(turn)), _PLACES):
            wrong = _pleasant(whole._automaton.misfits(text, place))
            if wrong:
                char = _nth(wrong, source.at("wrong").below(_size(wrong)))
                return text[:place] + char + text[place + 1 :]
        return self._far_miss(source)

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
            self._layers.append(frozenset([_START] if self._automaton.is_live(_START) else []))
        while len(self._layers) <= depth:
            moves = chain.from_iterable(map(self._automaton.moves, self._layers[-1]))
            self._layers.append(frozenset(target for _, _, target in moves))
        return self._layers[depth]

    def _texts(self, length: int) -> int:
        """Return how many texts of `length` there are, and make them ready to be spelt."""
        layers, layer = [], {_START}
        for left in range(length, -1, -1):
            layer = {state for state in layer if state not in self._fans[left]}
            layers.append(layer)
            layer = {target for one in layer for _, _, target in self._automaton.moves(one)}
        for left, layer in enumerate(reversed(layers)):
            for state in layer:
                self._fans[left][state] = self._fan(state, left)
        return self._fans[length][_START].texts

    def _fan(self, state: int, left: int) -> _Fan:
        if left == 0:
            return _Fan(int(self._automaton.accepts(state)), [], [])
        fans = self._fans[left - 1]
        moves = [move for move in self._automaton.moves(state) if fans[move[2]].texts]
        sums = [*accumulate((last - first + 1) * fans[to].texts for first, last, to in moves)]
        steps = [(first, to, fans[to].texts) for first, _, to in moves]
        return _Fan(min(sums[-1], _MOST_TEXTS) if sums else 0, sums, steps)

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


_TIERS: Final = tuple(
    map(
        regex.ranges_of,
        (
            "30-39 41-5A 61-7A",  # letters and digits
            "21-7E",  # what else ASCII shows
            "C0-D6 D8-F6 F8-FF 391-3A1 3A3-3A9 3B1-3C9 410-44F",  # other letters of Europe
            "A1-AC AE-52F",  # what is near them
        ),
    )
)
_HIDDEN: Final = regex.joined(
    [pair for pair in regex.SPACE if pair != (32, 32)],
    regex.ranges_of("0-1F 7F-9F AD 200B-200F 202A-202E 2060-206F"),
)


@lru_cache(maxsize=4096)
def _pleasant(ranges: Ranges) -> Ranges:
    """Return those of `ranges` that look sane, and all if none does."""
    visible = regex.shared(ranges, regex.others(_HIDDEN)) or ranges
    if _size(visible) <= _LARGE:
        return visible
    return next(filter(None, (regex.shared(visible, tier) for tier in _TIERS)), visible)


def _size(ranges: Ranges) -> int:
    return sum(last - first + 1 for first, last in ranges)


def _nth(ranges: Ranges, index: int) -> str:
    codes = chain.from_iterable(range(first, last + 1) for first, last in ranges)
    return chr(next(islice(codes, index, None)))


_EDGE, _OTHER, _WORD = range(3)
"""What stands beside a place: an end of the text, a character of no word, one of a word."""


class Thread(NamedTuple):
    """One way to have read so far: what remains, and what look-aheads still demand of it."""

    term: int
    duties: frozenset[Duty]


class Duty(NamedTuple):
    """A look-ahead under way: its threads, of which one must come to an end, or none may."""

    negative: bool
    threads: frozenset[Thread]


Threads: TypeAlias = frozenset[Thread]
Place: TypeAlias = tuple[int, int]
Key: TypeAlias = tuple[int, tuple[Threads, ...]]
Move: TypeAlias = tuple[int, int, int]
_FOUND: Final[Threads] = frozenset([Thread(0, frozenset())])


class _Automaton:
    """Deterministic states, numbered as they are found: all of `wanted` and none of `unwanted`."""

    def __init__(self, wanted: Sequence[str], unwanted: Sequence[str]) -> None:
        trees = [_searched(regex.parse(one)) for one in wanted or ("",)]
        none_of = regex.Choice(tuple(_searched(regex.parse(one)) for one in unwanted))
        self._reader = _Reader()
        self._has_words = any(re.search(r"\\[bB]", one) for one in (*wanted, *unwanted))
        self._keys = [(_EDGE, tuple(self._reader.begin(tree) for tree in (*trees, none_of)))]
        self._numbers: dict[Key, int] = {self._keys[0]: _START}
        self._targets: dict[int, dict[int, list[tuple[int, int]]]] = {}
        self._moves: dict[int, list[Move]] = {}
        self._live: dict[int, bool] = {}
        self._ends: dict[int, bool] = {}

    def moves(self, state: int) -> list[Move]:
        """Return the pleasant characters that keep hope alive: first, last, and where they lead."""
        if state not in self._moves:
            self._moves[state] = sorted(
                (first, last, target)
                for target, ranges in self._found(state).items()
                if self.is_live(target)
                for first, last in _pleasant(regex.joined(ranges))
            )
        return self._moves[state]

    def accepts(self, state: int) -> bool:
        """Return whether a text may end in `state`."""
        if state not in self._ends:
            self._ends[state] = self._is_end(self._keys[state])
        return self._ends[state]

    def is_live(self, state: int) -> bool:
        """Return whether any text leads from `state` to an end."""
        came_from = {state: state}
        for one in (ahead := [state]):
            if self._live.get(one) or self.accepts(one):
                while self._live.setdefault(one, True) and one != state:
                    one = came_from[one]
                return True
            for target in self._found(one) if one not in self._live else ():
                if target not in came_from:
                    came_from[target] = one
                    ahead.append(target)
        self._live.update(dict.fromkeys(came_from, False))
        return False

    def reads(self, text: str) -> bool:
        """Return whether `text` is read to an end; makes no states."""
        return self._is_read(self._keys[_START], text)

    def misfits(self, text: str, place: int) -> Ranges:
        """Return the characters that spoil `text` when put at `place`."""
        key: Key | None = self._keys[_START]
        for char in text[:place]:
            key = key and self._next(key, ord(char))
        cells = self._cells(key) if key else [regex.EVERYTHING]
        after = text[place + 1 :]
        return regex.joined(
            *(
                cell
                for cell in cells
                if not self._is_read(key and self._next(key, cell[0][0]), after)
            )
        )

    def _found(self, state: int) -> dict[int, list[tuple[int, int]]]:
        if state not in self._targets:
            found: dict[int, list[tuple[int, int]]] = defaultdict(list)
            for cell in self._cells(self._keys[state]):
                key = self._next(self._keys[state], cell[0][0])
                if key:
                    found[self._number(key)].extend(cell)
            self._targets[state] = found
        return self._targets[state]

    def _number(self, key: Key) -> int:
        if key not in self._numbers:
            if len(self._keys) == _MOST_STATES:
                raise Unsupported(f"the patterns take more than {_MOST_STATES} states together")
            self._numbers[key] = len(self._keys)
            self._keys.append(key)
        return self._numbers[key]

    def _cells(self, key: Key) -> Sequence[Ranges]:
        before, components = key
        sets = {regex.WORD} if self._has_words else set()
        for after in (_OTHER, _WORD) if self._has_words else (_OTHER,):
            for threads in components:
                sets.update(self._reader.sets(threads, (before, after)))
        return regex.cells(frozenset(sets))

    def _next(self, key: Key, code: int) -> Key | None:
        """Return what remains after the character `code`, None if there is no hope left."""
        before, components = key
        after = _WORD if self._has_words and regex.holds(regex.WORD, code) else _OTHER
        *wanted, unwanted = (self._reader.step(one, (before, after), code) for one in components)
        return (after, (*wanted, unwanted)) if all(wanted) and unwanted != _FOUND else None

    def _is_end(self, key: Key) -> bool:
        before, components = key
        *wanted, unwanted = (self._reader.may_end(one, before) for one in components)
        return all(wanted) and not unwanted

    def _is_read(self, key: Key | None, text: str) -> bool:
        for char in text:
            key = key and self._next(key, ord(char))
        return key is not None and self._is_end(key)


class _Reader:
    """What remains of expressions after each character, and what they allow at each place.

    A term is a node and the number of the term that follows it; term 0 reads whatever comes.
    """

    def __init__(self) -> None:
        self._terms: list[tuple[regex.Node, int]] = [(regex.Chars(regex.EVERYTHING), 0)]
        self._numbers: dict[tuple[regex.Node, int], int] = {}
        self._closures: dict[tuple[Threads, Place], Threads] = {}

    def begin(self, tree: regex.Node) -> Threads:
        """Return the threads that have all of `tree` before them."""
        return frozenset([Thread(self._term(tree, 0), frozenset())])

    def sets(self, threads: Threads, place: Place) -> Iterator[Ranges]:
        """Yield the sets of characters that make a difference at `place`."""
        for term, duties in self._closed(threads, place):
            if term:
                yield self._chars(term)
            for duty in duties:
                yield from self.sets(duty.threads, place)

    def step(self, threads: Threads, place: Place, code: int) -> Threads:
        """Return the threads after the character `code`, the one found if nothing remains."""
        stepped = set()
        for term, duties in self._closed(threads, place):
            if regex.holds(self._chars(term), code):
                kept = self._kept(duties, place, code)
                if kept is not None:
                    stepped.add(Thread(self._terms[term][1], kept))
        return _FOUND if stepped >= _FOUND else self._widest(stepped)

    def may_end(self, threads: Threads, before: int) -> bool:
        """Return whether the text may end here."""
        return any(
            term == 0 and all(negative != self.may_end(ahead, before) for negative, ahead in duties)
            for term, duties in self._closed(threads, (before, _EDGE))
        )

    def _kept(self, duties: frozenset[Duty], place: Place, code: int) -> frozenset[Duty] | None:
        """Return what `code` leaves of `duties`, None if it breaks one."""
        kept = set()
        for negative, threads in duties:
            ahead = self.step(threads, place, code)
            if ahead and ahead != _FOUND:
                kept.add(Duty(negative, ahead))
            elif bool(ahead) == negative:
                return None
        return frozenset(kept)

    def _closed(self, threads: Threads, place: Place) -> Threads:
        """Return the threads that stand before a character, or before nothing."""
        if (threads, place) not in self._closures:
            seen = set(threads)
            ahead = list(threads)
            for thread in ahead:
                new = [one for one in self._expanded(thread, place) if one not in seen]
                seen.update(new)
                ahead.extend(new)
                if len(seen) > _MOST_THREADS:
                    raise Unsupported(f"a pattern can be read in more than {_MOST_THREADS} ways")
            closed = (one for one in seen if isinstance(self._terms[one.term][0], regex.Chars))
            self._closures[threads, place] = _FOUND if seen >= _FOUND else frozenset(closed)
        return self._closures[threads, place]

    def _expanded(self, thread: Thread, place: Place) -> Iterator[Thread]:
        """Yield what `thread` comes to without reading a character."""
        term, duties = thread
        node, rest = self._terms[term]
        if isinstance(node, regex.Look):
            duty = Duty(node.negative, self.begin(node.part))
            yield Thread(rest, duties | {duty})
            return
        for following in self._followers(node, rest, place):
            yield Thread(following, duties)

    def _followers(self, node: regex.Node, rest: int, place: Place) -> Iterator[int]:
        match node:
            case regex.Sequence():
                for part in reversed(node.parts):
                    rest = self._term(part, rest)
                yield rest
            case regex.Choice():
                yield from (self._term(branch, rest) for branch in node.branches)
            case regex.Repeat():
                if node.low == 0:
                    yield rest
                yield self._term(node.part, self._term(_once_less(node), rest))
            case regex.Assertion() if _stands(node.kind, *place):
                yield rest

    def _term(self, node: regex.Node, rest: int) -> int:
        if isinstance(node, regex.Repeat) and node.high == 0:
            return rest
        number = self._numbers.setdefault((node, rest), len(self._terms))
        if number == len(self._terms):
            self._terms.append((node, rest))
        return number

    def _chars(self, term: int) -> Ranges:
        node = self._terms[term][0]
        return node.ranges if isinstance(node, regex.Chars) else ()

    def _widest(self, threads: Iterable[Thread]) -> Threads:
        """Drop the threads whose texts another one reads as well: `a{0,3}` beside `a{0,4}`."""
        groups: dict[tuple[regex.Node, int], list[Thread]] = defaultdict(list)
        for thread in threads:
            node, rest = self._terms[thread.term]
            groups[node.part if isinstance(node, regex.Repeat) else node, rest].append(thread)
        kept = (self._uncovered(group) if group[1:] else group for group in groups.values())
        return frozenset(chain.from_iterable(kept))

    def _uncovered(self, group: list[Thread]) -> Iterator[Thread]:
        for one in group:
            if not any(self._covers(other, one) for other in group if other != one):
                yield one

    def _covers(self, wide: Thread, narrow: Thread) -> bool:
        outer, inner = (self._terms[one.term][0] for one in (wide, narrow))
        if not wide.duties <= narrow.duties:
            return False
        if not isinstance(outer, regex.Repeat) or not isinstance(inner, regex.Repeat):
            return outer == inner
        return outer.low <= inner.low and (outer.high or inf) >= (inner.high or inf)


def _searched(tree: regex.Node) -> regex.Node:
    """Return `tree` after anything, unless it begins with the start of the text."""
    first = tree.parts[0] if isinstance(tree, regex.Sequence) and tree.parts else tree
    if isinstance(first, regex.Assertion) and first.kind == "^":
        return tree
    return regex.Sequence((regex.Repeat(regex.Chars(regex.EVERYTHING), 0, None), tree))


def _once_less(node: regex.Repeat) -> regex.Repeat:
    high = None if node.high is None else node.high - 1
    return regex.Repeat(node.part, max(node.low - 1, 0), high)


def _stands(kind: str, before: int, after: int) -> bool:
    if kind in "^$":
        return (before if kind == "^" else after) == _EDGE
    return ((before == _WORD) != (after == _WORD)) == (kind == "\\b")
