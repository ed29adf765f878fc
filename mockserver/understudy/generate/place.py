"""Where a value is being made: what it is in, which names it can use, what is still to settle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from understudy.contract.nodes import Node
from understudy.contract.pointers import MISSING
from understudy.exchange import Request
from understudy.generate.source import Source
from understudy.types import Json

ABSENT = object()
"""Stands for an optional property that is left out."""

BUDGET = 50_000
"""How many values are made by trial, those within others too, before a document is given up."""

DEPTH = 6
"""How many containers deep values are as rich as their schema; below, they end soon."""


RICH = 250
"""How many containers of one document are as rich as their schema; later ones end soon."""


@dataclass(slots=True, eq=False)
class Moment:
    """An instant not settled yet: `gap` microseconds after whatever must come before it."""

    container: Json
    key: str | int
    gap: int


@dataclass(slots=True)
class Draft:
    """One document under construction; relations are obeyed when all of it is there.

    Nothing in it is after `latest`, in microseconds since 1970; `given` tells that a request
    fixed some of it. While it is `checking`, values are validated as they are made: instants are
    written at once, and `tries` says how many may still be made. `containers` counts what was
    begun. While it is `whole`, nothing is left out that may be there.
    """

    request: Request = field(default_factory=Request)
    latest: int = 0
    given: bool = False
    places: list[tuple[str, Place]] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    checking: bool = False
    tries: int = 0
    containers: int = 0
    whole: bool = False

    @contextmanager
    def settled(self) -> Iterator[Callable[[], None]]:
        """Check for the time of a block; what is yielded forgets what was made in it so far."""
        before, made = self.checking, len(self.places)
        self.tries = self.tries if before else BUDGET
        self.checking = True

        def forget() -> None:
            del self.places[made:]

        try:
            yield forget
        finally:
            self.checking = before


@dataclass(slots=True)
class Place(Node):
    """A value in its place, with the names bound there; beyond the root, `outer` goes on."""

    draft: Draft = field(default_factory=Draft)
    names: Mapping[str, Json] = field(default_factory=dict)
    outer: Place | None = None
    depth: int = 0

    def inside(self, value: Json, key: str | int) -> Place:
        """Return the place of `value`, a container that stands at `key` of this one."""
        draft = self.draft
        draft.containers += 1
        depth = self.depth + 1 if draft.containers <= RICH else max(self.depth, DEPTH) + 1
        return Place(value, self, key, draft, {}, self, depth)

    def lookup(self, name: str) -> Json:
        """Return what `name` is bound to here or in anything around, or MISSING."""
        place: Place | None = self
        while place is not None:
            if name in place.names:
                return place.names[name]
            place = place.outer
        return MISSING


class UnboundError(LookupError):
    """A name is bound nowhere around: the object is made on its own, without what it belongs to."""


Maker: TypeAlias = Callable[[Source, Place, "str | int"], Json]
"""Makes the value for a key of the document that the place holds."""
