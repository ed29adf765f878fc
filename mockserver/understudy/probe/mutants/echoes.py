"""Mutants of what a creation answers: echoes, defaults, Location."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from understudy.checks.case import Case
from understudy.codec import identity
from understudy.contract.expressions import Runtime
from understudy.contract.meaning.model import Listing, Reading, Tokens, Writing
from understudy.contract.pointers import MISSING, follow
from understudy.contract.schemas import members, resolve
from understudy.exchange import Reply
from understudy.probe.mutants.lists import items_of, with_items
from understudy.probe.mutants.mutant import (
    Alter,
    Ask,
    Mutant,
    Original,
    is_success,
    replied,
    with_value,
)
from understudy.probe.mutants.values import changed, other
from understudy.types import Json


@dataclass(slots=True)
class Made:
    """What has been created so far, by its id, the oldest first."""

    values: dict[bytes, Json] = field(default_factory=dict)

    def has(self, item: Json, tokens: Tokens) -> bool:
        """Tell whether an item has been created."""
        return identity(id_of(item, tokens)) in self.values


@dataclass(frozen=True, slots=True)
class Resource:
    """The operations on what is created: the list, and the reading where there is one."""

    creating: Writing
    listing: Listing
    reading: Reading | None
    id: Tokens

    def is_creating(self, case: Case) -> bool:
        """Tell whether a request creates one."""
        return _is(case, self.creating)

    def is_listing(self, case: Case) -> bool:
        """Tell whether a request lists them."""
        return _is(case, self.listing)

    def is_reading(self, case: Case) -> bool:
        """Tell whether a request reads one."""
        return self.reading is not None and _is(case, self.reading)


def answers(creating: Writing, good: Case) -> Iterator[Mutant]:
    """Yield answers whose defaults or Location are wrong."""
    yield from _defaults(creating)
    if good.exchange.reply.header("location") is not None:
        yield _named(creating, "wrong Location", "Location leads to what was created", _located)


def echoes(original: Original, resource: Resource) -> Iterator[Mutant]:
    """Yield creations that do not keep what they were given, wherever it is shown."""
    for tokens, runtime in resource.creating.echoes.items():
        is_text = runtime.location == "body" and _is_free_text(original, resource.creating, runtime)
        yield from _echo(resource, tokens, is_text=is_text)


def remember(made: Made, case: Case, resource: Resource) -> None:
    """Take down what a creation answered."""
    value = follow(case.value, resource.creating.body)
    made.values[identity(id_of(value, resource.creating.id_member or ()))] = value


def _is_free_text(original: Original, creating: Writing, runtime: Runtime) -> bool:
    """Tell whether a member of the body is text of any letters."""
    schemas = original.rules.contract.schemas
    body = next(iter(creating.operation.body.schemas.values())) if creating.operation.body else {}
    found = [resolve(one, schemas) for one in members(body, runtime.tokens[0], schemas)]
    kinds = [one.get("type", "") for one in found if not {"enum", "const", "format"} & one.keys()]
    return len(runtime.tokens) == 1 and any("string" in kind for kind in kinds)


def _named(
    creating: Writing, name: str, says: str, change: Callable[[Case], Reply | None]
) -> Mutant:
    return Mutant(f"{creating.operation.id}/{name}", says, replied(creating.operation, change))


def _defaults(creating: Writing) -> Iterator[Mutant]:
    """Yield defaults that are others than documented."""
    for tokens in creating.defaults:

        def change(case: Case, tokens: Tokens = tokens) -> Reply | None:
            asked = case.understood.request.body if case.understood else None
            if not is_success(case) or follow(asked, tokens) is not MISSING:
                return None
            return _member(case, (*creating.body, *tokens), other)

        yield _named(
            creating, f"wrong default of {tokens[-1]}", "What is left out has its default", change
        )


def _member(case: Case, tokens: Tokens, change: Callable[[Json], Json]) -> Reply | None:
    value = follow(case.value, tokens)
    if value is MISSING:
        return None
    return with_value(case, changed(case.value, tokens, change(value)))


def _located(case: Case) -> Reply | None:
    reply = case.exchange.reply
    fields = ((k, f"{v}x" if k.lower() == "location" else v) for k, v in reply.headers)
    return Reply(reply.status, reply.body, tuple(fields), reply.media_type)


def _echo(resource: Resource, tokens: Tokens, *, is_text: bool) -> Iterator[Mutant]:
    """Yield creations that do not keep what they were given, here and in lists."""
    for name, change in (
        ("another", other),
        ("dropped", lambda _one: None),
        ("lower-cased", lambda one: one.lower() if isinstance(one, str) else one),
        ("trimmed", lambda one: one.strip() if isinstance(one, str) else one),
    )[: 4 if is_text else 2]:
        yield Mutant(
            f"{resource.creating.operation.id}/{tokens[-1]} {name}",
            f"A creation answers {tokens[-1]} as it was given",
            partial(_altering, resource, tokens, change),
        )


def _altering(resource: Resource, tokens: Tokens, change: Callable[[Json], Json]) -> Alter:
    """Return what alters a member of everything that was created, wherever it is shown."""
    made = Made()

    def altered(value: Json) -> Json:
        found = follow(value, tokens)
        return value if found in (MISSING, None) else changed(value, tokens, change(found))

    async def alter(asked: Case, ask: Ask) -> Reply:
        case = await ask(asked.exchange.sent)
        if not is_success(case):
            return case.exchange.reply
        if resource.is_creating(asked):
            remember(made, case, resource)
            where = resource.creating.body
            return with_value(case, changed(case.value, where, altered(follow(case.value, where))))
        if resource.is_listing(asked):
            items = [
                altered(one) if made.has(one, resource.id) else one
                for one in items_of(case, resource.listing)
            ]
            return with_items(case, resource.listing, items) or case.exchange.reply
        where = resource.reading.body if resource.reading else ()
        value = follow(case.value, where)
        if resource.is_reading(asked) and made.has(value, resource.id):
            return with_value(case, changed(case.value, where, altered(value)))
        return case.exchange.reply

    return alter


def id_of(value: Json, tokens: Tokens) -> Json:
    """Return the id in a resource, or None."""
    found = follow(value, tokens)
    return None if found is MISSING else found


def _is(case: Case, one: Writing | Listing | Reading) -> bool:
    return case.operation is not None and case.operation.id == one.operation.id
