"""Mutants of reading one resource: unknown ids, other owners, lists that say otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from understudy.checks.case import Case
from understudy.codec import identity
from understudy.contract.expressions import Runtime
from understudy.contract.meaning.model import Listing, Reading, Tokens
from understudy.contract.pointers import MISSING, follow, join
from understudy.contract.schemas import resolve
from understudy.exchange import Reply, Sent
from understudy.probe.mutants.lists import items_of, value_of, with_items
from understudy.probe.mutants.mutant import (
    Alter,
    Ask,
    Mutant,
    Original,
    asked,
    is_success,
    is_valid,
    only,
    replied,
    with_value,
)
from understudy.probe.mutants.requests import with_argument
from understudy.probe.mutants.values import altered_texts, changed, free_texts, other, starred


def reads(original: Original, reading: Reading, listing: Listing | None) -> Iterator[Mutant]:
    """Yield the mutants of reading one resource; `listing` lists it, if anything does."""
    good = original.good(reading.operation)
    if good is None or good.response is None:
        return
    yield from _unknown(original, reading, good)
    yield from _repeats(reading)
    yield from _last(original, reading)
    accepts = original.rules.validator(good.response, good.media_type)
    within = len(reading.body)
    texts = [one for one in free_texts(good.value, accepts) if one[:within] == reading.body]
    if texts:
        yield Mutant(
            _named(reading, "not repeatable"),
            "Reading twice gives the same",
            partial(_unsteady, reading, texts[0]),
        )
    if listing is not None and listing.id is not None:
        yield from _listed(listing, reading, texts)


def _named(reading: Reading, name: str) -> str:
    return f"{reading.operation.id}/{name}"


def _unknown(original: Original, reading: Reading, good: Case) -> Iterator[Mutant]:
    """Yield answers to ids that nothing has, or that another owner has."""
    operation = reading.operation
    says = "An id that nothing has is answered with 404"

    yield Mutant(
        _named(reading, "unknown id made up"),
        says,
        replied(operation, lambda case: _made_up(case, reading, good)),
    )
    found = [("found as another", good.exchange.reply), ("invalid", original.refusal(operation))]
    for name, reply in found:
        if reply is not None:
            yield Mutant(
                _named(reading, f"unknown id {name}"),
                says,
                replied(operation, partial(_instead_of_404, reply)),
            )
    for name, rewritten in (("ignored", False), ("rewritten", True)):
        if reading.owners:
            yield Mutant(
                _named(reading, f"owner {name}"),
                "What belongs to one is not found under another",
                partial(_leaking, reading, rewritten=rewritten),
            )


def _instead_of_404(reply: Reply, case: Case) -> Reply | None:
    return reply if case.status == 404 else None


def _made_up(case: Case, reading: Reading, good: Case) -> Reply | None:
    """Return a resource that has the id which was asked for."""
    if case.status != 404 or not is_valid(case):
        return None
    pairs = {**reading.owners, **({reading.id_member: reading.id} if reading.id_member else {})}
    value = good.value
    for tokens, runtime in pairs.items():
        if follow(value, (*reading.body, *tokens)) is not MISSING:
            value = changed(value, (*reading.body, *tokens), value_of(case, runtime))
    return with_value(good, value)


def _leaking(reading: Reading, *, rewritten: bool) -> Alter:
    """Return what finds a resource by its id alone, whoever it belongs to."""
    seen: dict[bytes, Sent] = {}

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        id_ = value_of(asked, reading.id)
        key = b"" if id_ is MISSING else identity(id_)
        if is_success(case):
            seen.setdefault(key, asked.exchange.sent)
        if case.status != 404 or key not in seen:
            return case.exchange.reply
        found = await ask(seen[key])
        value = found.value
        for tokens, runtime in reading.owners.items() if rewritten else ():
            value = changed(value, (*reading.body, *tokens), value_of(asked, runtime))
        return with_value(found, value)

    return only(reading.operation, alter)


def _repeats(reading: Reading) -> Iterator[Mutant]:
    """Yield resources that do not repeat what the request names."""
    own = {reading.id_member: reading.id} if reading.id_member else {}
    for tokens, runtime in {**own, **reading.owners}.items():
        yield Mutant(
            _named(reading, f"wrong {tokens[-1]}"),
            f"What is read has the {runtime.name} that was asked for",
            replied(reading.operation, partial(_otherwise, tokens=(*reading.body, *tokens))),
        )


def _otherwise(case: Case, tokens: Tokens) -> Reply | None:
    value = follow(case.value, tokens) if is_success(case) else MISSING
    if value in (MISSING, None):
        return None
    return with_value(case, changed(case.value, tokens, other(value)))


def _last(original: Original, reading: Reading) -> Iterator[Mutant]:
    """Yield arrays that are not cut to their last entries as asked."""
    for tokens, runtime in reading.last.items():
        found = next(one for one in reading.operation.parameters if one.name == runtime.name)
        schema = resolve(found.schema, original.rules.contract.schemas)
        high = int(schema.get("maximum", 1000))
        says = f"{tokens[-1]} has the last {runtime.name} entries"
        yield Mutant(
            _named(reading, f"{runtime.name} ignored"),
            says,
            asked(reading.operation, partial(_unlimited, runtime=runtime, high=high)),
        )
        yield Mutant(
            _named(reading, f"{runtime.name} from the start"),
            says,
            partial(_first, reading, tokens, runtime, high),
        )


def _unlimited(asked: Case, runtime: Runtime, high: int) -> Sent | None:
    return with_argument(asked, runtime, high) if is_valid(asked) else None


def _first(reading: Reading, tokens: Tokens, runtime: Runtime, high: int) -> Alter:
    """Return what shows the first entries instead of the last."""

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        limit = value_of(asked, runtime)
        if not is_success(case) or not isinstance(limit, int):
            return case.exchange.reply
        everything = await ask(with_argument(asked, runtime, high))
        where = (*reading.body, *tokens)
        entries = follow(everything.value, where)
        if not isinstance(entries, list) or len(entries) <= limit:
            return case.exchange.reply
        return with_value(case, changed(case.value, where, entries[:limit]))

    return only(reading.operation, alter)


def _listed(listing: Listing, reading: Reading, texts: list[Tokens]) -> Iterator[Mutant]:
    """Yield readings that are at odds with the list."""
    for name, where in (("shallow", texts[:1]), ("deep", texts[-1:])):
        for one in where:
            yield Mutant(
                _named(reading, f"{name} text differs from the list"),
                f"A list shows of each item what reading shows, at {join('', *starred(one))}",
                replied(reading.operation, partial(_with_text, where=one)),
            )
    for name, step in (("odd", slice(0, None, 2)), ("even", slice(1, None, 2))):
        yield Mutant(
            _named(reading, f"listed at {name} places is not found"),
            "Whatever is listed can be read by its id",
            partial(_hiding, listing, reading, step),
        )
    yield Mutant(
        _named(reading, "reading moves the list"),
        "Reading changes nothing: the same list comes afterwards",
        partial(_moving, listing, reading),
    )


def _with_text(case: Case, where: Tokens) -> Reply | None:
    if not is_success(case):
        return None
    return with_value(case, altered_texts(case.value, starred(where), " x"))


def _unsteady(reading: Reading, where: Tokens) -> Alter:
    """Return what changes a text whenever the same was read an even number of times."""
    times: dict[str, int] = {}

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        target = asked.exchange.sent.target
        times[target] = times.get(target, 0) + 1
        reply = _with_text(case, where) if times[target] % 2 == 0 else None
        return case.exchange.reply if reply is None else reply

    return only(reading.operation, alter)


def _hiding(listing: Listing, reading: Reading, step: slice) -> Alter:
    """Return what does not find some of the resources that were listed last."""
    hidden: list[bytes] = []

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        if _is_of(asked, listing) and (items := items_of(case, listing)):
            hidden[:] = [identity(follow(one, listing.id or ())) for one in items[step]]
        id_ = value_of(asked, reading.id) if _is_of(asked, reading) else MISSING
        if id_ is MISSING or identity(id_) not in hidden or not case.ok:
            return case.exchange.reply
        unknown = other(other(other(id_)))
        return (await ask(with_argument(asked, reading.id, unknown))).exchange.reply

    return alter


def _moving(listing: Listing, reading: Reading) -> Alter:
    """Return what turns the list by one item whenever something is read."""
    reads = [0]

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        reads[0] += _is_of(asked, reading) and is_success(case)
        items = items_of(case, listing) if _is_of(asked, listing) else []
        turn = reads[0] % len(items) if items else 0
        reply = with_items(case, listing, [*items[turn:], *items[:turn]]) if turn else None
        return case.exchange.reply if reply is None else reply

    return alter


def _is_of(case: Case, one: Listing | Reading) -> bool:
    return case.operation is not None and case.operation.id == one.operation.id
