"""The call that makes the resolver of an operation, with what it has to know as an object."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.contract import pointers
from understudy.contract.model import Operation, SecurityScheme
from understudy.export.data import key_of
from understudy.export.literals import literal, member_of
from understudy.export.model import Cut, Member, Place, Told
from understudy.export.routes import parameter
from understudy.types import Json, JsonObject


def kind(told: Told) -> str:
    """Return the function that makes the resolver of an operation."""
    if told.member is not None:
        return "member"
    return "list" if told.cut is not None else "answers"


def call(told: Told) -> str:
    """Return the call of that function, as a member of an object has it."""
    given = [member_of("data", told.operation.id)]
    if told.member is not None:
        given.append(member_of("data", told.member.of))
    options = literal(dict(_options(told)), "  ")
    return f"{kind(told)}({', '.join(given)}, {options}),\n"


def _options(told: Told) -> Iterator[tuple[str, Json]]:
    security = _security(told.operation)
    if security and told.unauthorized is not None:
        yield "security", security
    by = told.member.by if told.member else told.by
    if by:
        yield "by", [_place(one) for one in by]
    if told.member is not None:
        yield from _of_member(told.member)
    elif told.cut is not None:
        yield from _of_list(told.cut)
    elif told.any:
        yield "other", key_of(told, told.shown[0].arguments)
    if told.echoes:
        pairs = told.echoes.items()
        yield "echo", {_pointer(member): _pointer(said) for member, said in pairs}


def _of_member(member: Member) -> Iterator[tuple[str, Json]]:
    yield "id", _pointer(member.id)
    yield "named", _place(member.named)
    last: JsonObject = {}
    for tokens, (name, usual) in member.last.items():
        last[_pointer(tokens)] = {"query": name, **({} if usual is None else {"usual": usual})}
    if last:
        yield "last", last


def _of_list(cut: Cut) -> Iterator[tuple[str, Json]]:
    yield "items", _pointer(cut.items)
    told = {"size": cut.size, "offset": cut.offset, "page": cut.page}
    yield from ((name, said) for name, said in told.items() if said)
    if cut.page and cut.first != 1:
        yield "first", cut.first
    if cut.usual is not None:
        yield "usual", cut.usual
    if cut.filters:
        yield "filters", {name: _pointer(tokens) for name, tokens in cut.filters.items()}
    if cut.around:
        yield "around", {_pointer(tokens): rule for tokens, rule in cut.around.items()}
    if cut.total_header:
        yield "total", cut.total_header


def _pointer(tokens: tuple[str, ...]) -> str:
    return pointers.join("", *tokens)


def _place(place: Place) -> str:
    location, name = place
    return f"{location} {parameter(name) if location == 'path' else name}"


def _security(operation: Operation) -> list[str]:
    """Return the alternatives of an operation, each as text such as `header x-api-key`."""
    if not all(operation.security):
        return []
    return [" and ".join(map(_scheme, schemes)) for schemes in operation.security]


def _scheme(scheme: SecurityScheme) -> str:
    if scheme.kind == "apiKey":
        return f"{scheme.location} {scheme.parameter}"
    if scheme.kind == "mutualTLS":
        return "nothing"
    return scheme.kind if scheme.kind in ("bearer", "basic") else f"scheme {scheme.kind}"
