"""Ask the stand-in for what an export shows: lists and their members, refusals, errors by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from understudy.codec import identity, loads
from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.infer import meaning
from understudy.contract.meaning.model import Listing, Reading, Tokens, Writing
from understudy.contract.meaning.shape import shapes_of
from understudy.contract.model import Operation, Parameter
from understudy.contract.pointers import MISSING, follow
from understudy.contract.wire.writing import Arguments
from understudy.errors import UnderstudyError
from understudy.exchange import Exchange
from understudy.export.arguments import Choosing
from understudy.export.asking import Asker
from understudy.export.model import Cut, Member, Place, Shown, Told, Whole
from understudy.export.pages import learned, whole
from understudy.types import Json

_MOST_MEMBERS: Final = 100
"""Of how many members of a list it is asked what operations on one of them answer."""


def gather(asker: Asker, operations: Sequence[Operation], count: int) -> list[Told]:
    """Return what is told of the operations, in their order, for so many parents or items."""
    return _Gathering(asker, count).all(operations)


class _Gathering:
    """One round through a contract; lists come first, since their items are what others ask for."""

    def __init__(self, asker: Asker, count: int) -> None:
        self._asker = asker
        self._choosing = Choosing(asker, count)
        self._meaning = meaning(asker.contract)
        self._lists: dict[str, tuple[Listing, Told]] = {}

    def all(self, operations: Sequence[Operation]) -> list[Told]:
        wanted = {one.id: one for one in operations}
        for listing in sorted(self._meaning.lists, key=lambda one: one.operation.path.count("{")):
            if listing.operation.id in wanted or self._is_needed(listing, operations):
                with suppress(UnderstudyError):  # which is told of where it is asked alone
                    self._list(listing)
        return [self._told(one) for one in operations]

    def _is_needed(self, listing: Listing, operations: Sequence[Operation]) -> bool:
        """Tell whether an operation is about the items of a list."""
        parts = [self._meaning.reading(one) or self._meaning.writing(one) for one in operations]
        return any(one is not None and one.resource == listing.resource for one in parts)

    def _list(self, listing: Listing) -> None:
        operation = listing.operation
        wholes = []
        for arguments in self._choosing.sets(operation):
            found = whole(self._asker, listing, arguments)
            if found is not None:
                wholes.append(found)
                self._asker.supply.harvest(list(found.items), listing.resource)
        cut = learned(self._asker, listing, wholes) if wholes else None
        shown = [one for found in wholes for one in self._pages(listing, found, cut)]
        by = self._choosing.identifying(operation, self._paged(listing, cut))
        told = Told(operation, by, tuple(shown), wholes=tuple(wholes), cut=cut)
        self._lists[operation.id] = listing, told

    def _pages(self, listing: Listing, found: Whole, cut: Cut | None) -> Iterator[Shown]:
        """Yield the first pages of a list, as they are asked for without a size."""
        arguments: Arguments = found.arguments
        for _ in range(2 if cut else _MOST_MEMBERS):
            exchange = self._asker.ask(listing.operation, arguments)
            if exchange.reply.status >= 300:
                return
            yield Shown(arguments, exchange)
            after = self._after(listing, found, exchange, arguments)
            if after is None:
                return
            arguments = after

    def _after(
        self, listing: Listing, found: Whole, exchange: Exchange, arguments: Arguments
    ) -> Arguments | None:
        """Return what asks for the page after one, or None after the last."""
        paging, body = listing.paging, loads(exchange.reply.body)
        items = follow(body, listing.items)
        if not paging.moves or not isinstance(items, list) or not items:
            return None
        if paging.offset or paging.page:
            where = paging.offset or paging.page
            assert where is not None  # noqa: S101 - one of them is there
            place = where.location, where.name
            step, first = (len(items), 0) if paging.offset else (1, paging.first_page)
            at = arguments.get(place, first) + step
            begin = at if paging.offset else (at - first) * len(items)
            return {**arguments, place: at} if begin < len(found.items) else None
        cursor = follow(body, paging.next) if paging.next else MISSING
        if paging.cursor is None or cursor in (MISSING, None, ""):
            return None
        return {**arguments, (paging.cursor.location, paging.cursor.name): cursor}

    def _paged(self, listing: Listing, cut: Cut | None) -> tuple[Runtime, ...]:
        """Return the parameters that tell recorded pages apart; none where pages are cut."""
        paging = listing.paging
        if cut is not None:
            return ()
        return tuple(one for one in (paging.cursor or paging.offset or paging.page,) if one)

    def _told(self, operation: Operation) -> Told:
        try:
            told = self._shown(operation)
        except UnderstudyError as error:
            return Told(operation, notes=(f"{operation.id} is left out: {error}",))
        if not told.shown:
            said = "no request to it succeeds with what is known; --known gives values"
            return replace(told, notes=(f"{operation.id} is left out: {said}",))
        first = told.shown[0].arguments
        body = self._body(operation)
        unauthorized = None
        if operation.security and all(operation.security):
            found = self._asker.ask_without_credential(operation, first, body)
            unauthorized = found if found.reply.status == 401 else None
        return replace(told, unauthorized=unauthorized, errors=self._errors(operation, first, body))

    def _shown(self, operation: Operation) -> Told:
        if operation.id in self._lists:
            return self._lists[operation.id][1]
        reading = self._meaning.reading(operation)
        writing = self._meaning.writing(operation)
        part = reading or (writing if writing and writing.id else None)
        if part is not None:
            found = self._of_members(operation, part)
            if found is not None:
                return found
        return self._plain(operation, writing)

    def _plain(self, operation: Operation, writing: Writing | None) -> Told:
        """Return the answers of an operation that is about no member of a list."""
        body = self._body(operation)
        shown = [
            Shown(arguments, exchange)
            for arguments in self._choosing.sets(operation)
            if (exchange := self._asker.ask(operation, arguments, body)).reply.status < 400
        ]
        echoes = {} if writing is None else writing.echoes
        told = {t: where.tokens for t, where in echoes.items() if where.location == "body"}
        by = self._choosing.identifying(operation)
        return Told(operation, by, tuple(shown), any=writing is None, echoes=told)

    def _of_members(self, operation: Operation, part: Reading | Writing) -> Told | None:
        """Return the answers about members of a list; None where no list has such."""
        assert part.id is not None  # noqa: S101 - the caller has looked
        lists = [one for one in self._lists.values() if one[0].resource == part.resource]
        body = self._body(operation)
        for listing, told in lists:
            every = list(self._asked(operation, part.id, listing, told))
            asked = every[:_MOST_MEMBERS]
            if not asked:
                continue
            found = [Shown(one, self._asker.ask(operation, one, body)) for one, _ in asked]
            good = tuple(one for one in found if one.exchange.reply.status < 400)
            if not good:
                continue
            place = part.id.location, part.id.name
            missing = self._missing(operation, place, good[0].arguments, body)
            by = self._choosing.identifying(operation)
            member = None
            if isinstance(part, Reading) and told.cut is not None and len(good) == len(asked):
                member = self._member(part, listing, told, asked, good)
            echoes = part.echoes if isinstance(part, Writing) else {}
            repeated = {t: w.tokens for t, w in echoes.items() if w.location == "body"}
            return Told(
                operation, by, good, member=member, missing=missing, echoes=repeated,
                partial=len(good) < len(every),
            )  # fmt: skip
        return None

    def _asked(
        self, operation: Operation, id_: Runtime, listing: Listing, told: Told
    ) -> Iterator[tuple[Arguments, Json]]:
        """Yield the arguments that name members of a list, each with the member."""
        place = id_.location, id_.name
        for one in told.wholes:
            parents = {names.plain(name): value for (_, name), value in one.arguments.items()}
            for item in one.items:
                value = follow(item, listing.id) if listing.id else MISSING
                if value is not MISSING:
                    found = self._choosing.filled(operation, parents, place, value)
                    yield found, item

    def _member(
        self,
        reading: Reading,
        listing: Listing,
        told: Told,
        asked: Sequence[tuple[Arguments, Json]],
        shown: Sequence[Shown],
    ) -> Member | None:
        """Return how a read takes its answer from a list; None where it says something else."""
        last = self._last(reading)
        here = {
            names.plain(one.name): (one.location, one.name) for one in listing_parameters(reading)
        }
        by = [here.get(names.plain(name)) for _, name in told.by]
        items = [identity(_cut_to(item, last)) for _, item in asked]
        answers = [identity(loads(one.exchange.reply.body)) for one in shown]
        if reading.body or listing.id is None or items != answers:
            return None
        heads = {(one.exchange.reply.status, one.exchange.reply.headers) for one in shown}
        if len(heads) > 1 or not all(by):
            return None
        place = reading.id.location, reading.id.name
        found = tuple(one for one in by if one)
        return Member(listing.operation.id, listing.id, place, found, last)

    def _last(self, reading: Reading) -> Mapping[Tokens, tuple[str, int | None]]:
        """Return the lists that a query parameter cuts to their last entries, and its default."""
        schemas = shapes_of(self._asker.contract.schemas)
        parameters = {(p.location, p.name): p for p in reading.operation.parameters}
        found = {}
        for tokens, where in reading.last.items():
            one = parameters.get((where.location, where.name))
            if one is not None and where.location == "query":
                usual = schemas.keyword(one.schema, "default")
                found[tokens] = (one.name, usual if isinstance(usual, int) else None)
        return found

    def _missing(
        self, operation: Operation, place: Place, good: Arguments, body: Json
    ) -> Exchange | None:
        """Return the 404 for an id that is not there, or None where there is none."""
        one = next(p for p in operation.parameters if (p.location, p.name) == place)
        asked = {**good, place: self._asker.supply.fresh(one, "missing")}
        exchange = self._asker.ask_strictly(operation, asked, body)
        return exchange if exchange.reply.status == 404 else None

    def _errors(
        self, operation: Operation, arguments: Arguments, body: Json
    ) -> Mapping[int, Exchange]:
        """Return the documented errors, by status."""
        statuses = sorted(int(one) for one in operation.responses if one.isdecimal())
        found = {
            status: self._asker.ask(operation, arguments, body, code=status)
            for status in statuses
            if status >= 400
        }
        return {status: one for status, one in found.items() if one.reply.status == status}

    def _body(self, operation: Operation) -> Json:
        return self._asker.supply.body(operation, 0)


def listing_parameters(reading: Reading) -> Sequence[Parameter]:
    """Return the parameters of a read that may name its list."""
    place = reading.id.location, reading.id.name
    return [p for p in reading.operation.parameters if (p.location, p.name) != place]


def _cut_to(item: Json, last: Mapping[Tokens, tuple[str, int | None]]) -> Json:
    """Return an item with the lists in it cut to so many entries as usual."""
    for (name, *more), (_, usual) in last.items():
        entries = follow(item, (name, *more))
        if isinstance(entries, list) and usual is not None and not more:
            item = {**item, name: entries[-usual:] if usual else []}
    return item
