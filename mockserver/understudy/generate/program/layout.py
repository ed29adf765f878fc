"""Where the instants and equal fields of a resource stand, and which must be known before which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from understudy.contract.expressions import Relative
from understudy.contract.relations import Relation
from understudy.generate.program.lines import NotWrittenError


@dataclass(frozen=True, slots=True)
class End:
    """What a relative pointer means at a position: `path`, of which `bound` tokens are the same.

    Beyond these, `*` stands for every item. With a `shift`, the last bound token is a neighbour.
    """

    path: tuple[str, ...]
    bound: int
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """Something at `first` must be known before what is at `then`."""

    first: End
    then: End

    @property
    def shared(self) -> int:
        """Return how many tokens lead to the innermost container that both are in."""
        shared = min(self.first.bound, self.then.bound)
        for one, other in zip(self.first.path[shared:], self.then.path[shared:], strict=False):
            if one != other or one == "*":
                break
            shared += 1
        return shared


@dataclass(slots=True)
class Layout:
    """Found on a first pass, obeyed on the second: the related objects and all instants.

    `made` counts the ways in which an object is made at a path, `there` those in which a member
    is there and not null; at the paths in `others`, objects are found that were made elsewhere.
    """

    objects: list[tuple[tuple[str, ...], tuple[Relation, ...]]] = field(default_factory=list)
    instants: set[tuple[str, ...]] = field(default_factory=set)
    made: Counter[tuple[str, ...]] = field(default_factory=Counter)
    there: Counter[tuple[str, ...]] = field(default_factory=Counter)
    others: set[tuple[str, ...]] = field(default_factory=set)

    def always(self, path: tuple[str, ...]) -> bool:
        """Tell whether a member is there, and not null, whenever the object is that it is in."""
        whole = path[:-1]
        return whole not in self.others and self.there[path] == self.made[whole] > 0

    def ordered(self) -> Iterator[Edge]:
        """Yield which instants must not come after which."""
        for path, relation in self._of("in_order"):
            terms = [[e for where in term if (e := end(where, path))] for term in relation.terms]
            timed = [[e for e in term if e.path in self.instants] for term in terms]
            for index, later in enumerate(timed):
                for earlier in timed[:index]:
                    yield from (Edge(first, then) for first in earlier for then in later)

    def last(self) -> str:
        """Return the member of the whole that no instant comes after, or nothing."""
        sure = {
            (edge.first.path, edge.then.path)
            for edge in self.ordered()
            if not edge.first.shift and not edge.then.shift
            if len(edge.then.path) == edge.shared + 1 and self.always(edge.then.path)
        }
        for path in self.instants:
            reached = {path} if len(path) == 1 and self.always(path) else set[tuple[str, ...]]()
            for _ in self.instants:
                reached |= {first for first, then in sure if then in reached}
            if reached >= self.instants:
                return path[0]
        return ""

    def copied(self) -> Iterator[Edge]:
        """Yield what a value is equal to, or a rendering of."""
        for path, relation in (*self._of("equal"), *self._of("renders")):
            then = end(relation.terms[0][0], path)
            others = (end(where, path) for where in relation.terms[1])
            yield from (Edge(first, then) for first in others if first and then)

    def _of(self, kind: str) -> Iterator[tuple[tuple[str, ...], Relation]]:
        for path, relations in self.objects:
            yield from ((path, relation) for relation in relations if relation.kind == kind)


def end(where: Relative, path: tuple[str, ...]) -> End | None:
    """Return what `where` means at `path`, or None if it leads nowhere."""
    bound = len(path) - where.up
    if bound < 0 or (where.shift and (not bound or path[bound - 1] != "*")):
        return None
    if any(token.isdecimal() for token in where.tokens):
        raise NotWrittenError(f"{where} counts items")
    return End((*path[:bound], *where.tokens), bound, where.shift)
