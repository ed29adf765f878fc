"""Order the members of a list: as its description says, or as a request asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from understudy.contract.meaning import names
from understudy.contract.meaning.kinds import Kind
from understudy.contract.meaning.model import Order
from understudy.contract.meaning.shape import Shapes
from understudy.contract.model import Operation
from understudy.contract.nodes import instant
from understudy.contract.pointers import follow
from understudy.exchange import Request
from understudy.types import Json, JsonObject

Entry: TypeAlias = tuple[str, JsonObject]

_BY = ("sort", "sortby", "orderby", "order", "ordering", "sortfield")
_WAYS = ("direction", "sortdirection", "sortorder", "orderdirection", "sortdir", "dir", "order")


class Sorting:
    """How one operation orders its list."""

    def __init__(
        self, operation: Operation, kind: Kind, order: Order | None, shapes: Shapes
    ) -> None:
        self._order = order
        self._members = {names.plain(name): name for name in kind.properties}
        asked = {names.plain(p.name): p for p in operation.parameters if p.location == "query"}
        by, way = names.first_of(_BY, asked), names.first_of(_WAYS, asked)
        known = {
            one for p in asked.values() for one in map(names.plain, map(str, shapes.enum(p.schema)))
        }
        if by == way and known <= {"asc", "desc", "ascending", "descending"}:
            by = ""
        self._by = asked[by].name if by else ""
        self._way = asked[way].name if way and way != by else ""

    def matters(self, request: Request) -> bool:
        """Tell whether a request gets another order than that of creation."""
        return self._order is not None or bool(self._by and self._by in request.query)

    def sorted(self, entries: Sequence[Entry], request: Request) -> list[Entry]:
        """Return members in the order that is asked for, or promised."""
        order = self._asked(request) or self._order
        if order is None:
            return list(entries)
        there = [one for one in entries if _rank(follow(one[1], order.by)) is not None]
        rest = [one for one in entries if _rank(follow(one[1], order.by)) is None]
        try:
            there.sort(key=lambda one: _rank(follow(one[1], order.by)), reverse=order.descending)
        except TypeError:  # values of several types have no order
            return list(entries)
        return there + rest

    def _asked(self, request: Request) -> Order | None:
        """Return the order that a request names: `created_at`, `-created_at`, `name:desc`."""
        said = request.query.get(self._by) if self._by else None
        said = said[0] if isinstance(said, list) and said else said
        if not isinstance(said, str):
            return None
        words = said.replace(":", " ").replace(",", " ").lstrip("+-").split() or [""]
        *first, last = names.words(words[0])
        way = str(request.query.get(self._way, words[-1])).lower()
        plain = names.plain(words[0])
        if plain not in self._members and last in ("asc", "desc"):
            plain, way = "".join(first), last
        if plain not in self._members:
            return None
        return Order((self._members[plain],), said.startswith("-") or way.startswith("desc"))


def _rank(value: Json) -> Any:
    """Return what a value is compared by: instants by time, text without its case."""
    at = instant(value)
    if at is not None:
        return at
    return (
        value.lower()
        if isinstance(value, str)
        else value
        if isinstance(value, int | float)
        else None
    )
