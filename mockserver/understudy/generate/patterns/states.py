"""The states of an automaton that reads several regular expressions at once.

No automaton is written out beforehand: a state is what remains to be read of each expression
(partial derivatives: V. Antimirov, 1996) and is made when it is first reached. A look-ahead is a
duty that a thread of reading carries until it is settled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import inf
from typing import Final, NamedTuple, TypeAlias

from understudy.generate.patterns import regex
from understudy.generate.patterns.characters import (
    EVERYTHING,
    WORD,
    Ranges,
    cells,
    holds,
    joined,
    pleasant,
)
from understudy.generate.patterns.regex import Unsupported

_MOST_STATES: Final = 20_000
_MOST_THREADS: Final = 200_000  # in all states together
_MOST_TOGETHER: Final = 5_000  # in one place of a text
START: Final = 0

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


class Automaton:
    """Deterministic states, numbered as they are found: all of `wanted` and none of `unwanted`."""

    def __init__(self, wanted: Sequence[str], unwanted: Sequence[str]) -> None:
        trees = [_searched(regex.parse(one)) for one in wanted or ("",)]
        none_of = regex.Choice(tuple(_searched(regex.parse(one)) for one in unwanted))
        self._reader = _Reader()
        self._patterns = [*wanted, *unwanted]
        self._threads = 0
        self._has_words = any(re.search(r"\\[bB]", one) for one in self._patterns)
        self._keys = [(_EDGE, tuple(self._reader.begin(tree) for tree in (*trees, none_of)))]
        self._numbers: dict[Key, int] = {self._keys[0]: START}
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
                for first, last in pleasant(joined(ranges))
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
        return self._is_read(self._keys[START], text)

    def misfits(self, text: str, place: int) -> Ranges:
        """Return the characters that spoil `text` when put at `place`."""
        key: Key | None = self._keys[START]
        for char in text[:place]:
            key = key and self._next(key, ord(char))
        choices = self._cells(key) if key else [EVERYTHING]
        after = text[place + 1 :]
        return joined(
            *(
                cell
                for cell in choices
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
            self._threads += sum(map(_weight, key[1]))
            if len(self._keys) == _MOST_STATES or self._threads > _MOST_THREADS:
                raise Unsupported(f"the automaton of {self._patterns} grows too large")
            self._numbers[key] = len(self._keys)
            self._keys.append(key)
        return self._numbers[key]

    def _cells(self, key: Key) -> Sequence[Ranges]:
        before, components = key
        sets = {WORD} if self._has_words else set()
        for after in (_OTHER, _WORD) if self._has_words else (_OTHER,):
            for threads in components:
                sets.update(self._reader.sets(threads, (before, after)))
        return cells(frozenset(sets))

    def _next(self, key: Key, code: int) -> Key | None:
        """Return what remains after the character `code`, None if there is no hope left."""
        before, components = key
        after = _WORD if self._has_words and holds(WORD, code) else _OTHER
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
        self._terms: list[tuple[regex.Node, int]] = [(regex.Chars(EVERYTHING), 0)]
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
            if holds(self._chars(term), code):
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
                if len(seen) > _MOST_TOGETHER:
                    raise Unsupported(
                        f"a pattern can be read in over {_MOST_TOGETHER} ways at once"
                    )
            if len(self._closures) == _MOST_STATES:
                self._closures.clear()
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

    def _widest(self, threads: set[Thread]) -> Threads:
        """Drop each repeat that lies within another one: `a{2,3}` beside `a{1,3}`."""
        kept = set()
        widest: dict[tuple[regex.Node, int, frozenset[Duty]], float] = {}
        for thread in sorted(threads, key=self._lowest) if len(threads) > 1 else threads:
            node, rest = self._terms[thread.term]
            if isinstance(node, regex.Repeat):
                kind, high = (node.part, rest, thread.duties), node.high or inf
                if widest.get(kind, 0) >= high:
                    continue
                widest[kind] = high
            kept.add(thread)
        return frozenset(kept)

    def _lowest(self, thread: Thread) -> tuple[int, float]:
        node = self._terms[thread.term][0]
        return (node.low, -(node.high or inf)) if isinstance(node, regex.Repeat) else (0, 0)


def _searched(tree: regex.Node) -> regex.Node:
    """Return `tree` after anything, unless it begins with the start of the text."""
    first = tree.parts[0] if isinstance(tree, regex.Sequence) and tree.parts else tree
    if isinstance(first, regex.Assertion) and first.kind == "^":
        return tree
    return regex.Sequence((regex.Repeat(regex.Chars(EVERYTHING), 0, None), tree))


def _once_less(node: regex.Repeat) -> regex.Repeat:
    high = None if node.high is None else node.high - 1
    return regex.Repeat(node.part, max(node.low - 1, 0), high)


def _weight(threads: Threads) -> int:
    return sum(1 + sum(_weight(duty.threads) for duty in thread.duties) for thread in threads)


def _stands(kind: str, before: int, after: int) -> bool:
    if kind in "^$":
        return (before if kind == "^" else after) == _EDGE
    return ((before == _WORD) != (after == _WORD)) == (kind == "\\b")
