"""Refuse requests to one operation: in the vendor's words, or in the shape its contract documents.

A documented error is generated from its schema and filled with what went wrong, as far as the
names of its properties tell where and the schema allows it. Without one it is RFC 9457's.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from understudy.codec import loads
from understudy.contract.model import Operation
from understudy.contract.wire.invalid import Invalid
from understudy.errors import ContractError, GenerationError
from understudy.exchange import Reply
from understudy.respond import choice as choose
from understudy.respond.choice import Choice
from understudy.respond.content import Content
from understudy.respond.dialects import Dialect
from understudy.respond.examples import Examples
from understudy.respond.problems import (
    KINDS,
    MEDIA_TYPE,
    Fault,
    Headers,
    detail,
    kind_of,
    phrase,
)
from understudy.types import Json, JsonObject

_DEPTH = 3
_MOST = 20


@dataclass(frozen=True, slots=True)
class Refusals:
    """How one operation refuses requests; `examples` prefers documented ones to generated data."""

    operation: Operation
    dialect: Dialect
    content: Content
    schemas: Mapping[str, Json]
    examples: bool = False

    @property
    def restates(self) -> bool:
        """Tell whether a refusal may look otherwise than the dialect says."""
        documented = any(key[:1] in "45d" for key in self.operation.responses)
        return documented and self.dialect.media_type == MEDIA_TYPE

    def error(self, name: str, text: str = "", headers: Headers = ()) -> Reply:
        """Return the reply for a kind of error; `text` says more than the status alone."""
        kind = KINDS[name]
        return self._reply(Fault(kind.status, text or phrase(kind.status), (), kind), headers)

    def invalid(self, found: Sequence[Invalid]) -> Reply:
        """Return the reply to a request that breaks the contract, naming all that is wrong."""
        kind, status = KINDS["invalid-request"], self.dialect.invalid_status
        return self._reply(Fault(status, "The request is not valid", found, kind), ())

    def restated(self, reply: Reply) -> Reply:
        """Return what a resource answers; a refusal in the shape that the contract documents."""
        if reply.status < 400 or reply.media_type != MEDIA_TYPE:
            return reply
        told = loads(reply.body)
        kind = kind_of(reply.status)
        fault = Fault(reply.status, told.get("detail", told.get("title", "")), (), kind)
        return self._reply(fault, reply.headers)

    def _reply(self, fault: Fault, headers: Headers) -> Reply:
        if self.dialect.media_type != MEDIA_TYPE:
            return self.dialect.reply(fault, headers)
        choice = self._documented(fault)
        if choice is None:
            return self.dialect.reply(fault, headers)
        fault = replace(fault, status=choice.status)
        names = choose.in_order(choice.response.content)
        try:
            if names:
                return self._shaped(choice, names[0], fault, headers)
        except (ContractError, GenerationError):
            pass  # a shape that nothing satisfies
        return self.dialect.reply(fault, headers)

    def _documented(self, fault: Fault) -> Choice | None:
        """Return the response that the contract documents for a fault: exact, range, default."""
        kind, responses = fault.kind, self.operation.responses
        statuses = (fault.status, *(kind.others if kind else ()))
        for status in statuses:
            if str(status) in responses:
                return Choice(status, responses[str(status)])
        return choose.forced(self.operation, fault.status)

    def _shaped(self, choice: Choice, name: str, fault: Fault, headers: Headers) -> Reply:
        media = choice.response.content[name]
        label = f"{choice.status} {self.operation.label}"
        shown = Examples(name, media, self.schemas).first(invalid=False)
        if shown is not None and (self.examples or media.schema is True):
            value = shown.example.value
        else:
            accepts = lambda value: self.content.accepts(media.schema, value)  # noqa: E731
            value = filled(self.content.value(name, media, label), fault, accepts)
        reply = self.content.reply(choice, (name, choose.sent(name)), value, ())
        known = {field.lower() for field, _ in headers}
        made = self.content.headers(choice.response, label)
        others = (pair for pair in made if pair[0].lower() not in known)
        return replace(reply, headers=(*headers, *others))


def filled(value: Json, fault: Fault, accepts: Callable[[Json], bool]) -> Json:
    """Return an error value filled with a fault; what `accepts` refuses is left as it was."""
    for path, words in list(_places(value, fault, ())):
        for word in words:
            changed = _with(value, path, word)
            if accepts(changed):
                value = changed
                break
    return value


def _places(
    value: Json, fault: Fault, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], list[Json]]]:
    """Yield the members that are told by their names, each with what it may say, best first."""
    if not isinstance(value, dict) or len(path) > _DEPTH:
        return
    for name, member in value.items():
        if isinstance(member, dict):
            yield from _places(member, fault, (*path, name))
        elif isinstance(member, list):
            if _plain(name) in _LISTS:
                yield (*path, name), _entries(member, fault)
        elif _plain(name) in _WORDS:
            yield (*path, name), _WORDS[_plain(name)](fault)


def _entries(members: list[Json], fault: Fault) -> list[Json]:
    """Return what a list of findings may be, in the shape of its first member."""
    shape = next(iter(members), "")
    found = [detail(one) for one in fault.found[:_MOST]]
    if not isinstance(shape, dict):
        return [[f"{one['location']} {one['pointer']}: {one['message']}" for one in found]]
    if not found:
        return [[]]
    return [[_entry(shape, one) for one in found]]


def _entry(shape: JsonObject, finding: JsonObject) -> JsonObject:
    """Return a member of a list of findings that tells one finding."""
    entry = copy.deepcopy(shape)
    for name, member in shape.items():
        told = next((key for key, names in _FINDING.items() if _plain(name) in names), None)
        if told is None or told not in finding:
            continue
        if isinstance(member, list):
            entry[name] = [finding["location"], *finding["pointer"].split("/")[1:]]
        elif isinstance(member, str) or told == "got":
            entry[name] = finding[told]
    return entry


def _with(value: Json, path: tuple[str, ...], word: Json) -> Json:
    name, *rest = path
    return {**value, name: _with(value[name], tuple(rest), word) if rest else word}


def _plain(name: str) -> str:
    return re.sub("[^a-z]", "", name.lower())


def _code(fault: Fault) -> list[Json]:
    name = fault.kind.name if fault.kind else phrase(fault.status).lower()
    loud = re.sub("[^A-Z]", "_", name.upper())
    return [fault.status, str(fault.status), loud, name]


def _detail(fault: Fault) -> list[Json]:
    return [_sentence(fault), fault.detail, phrase(fault.status)]


def _sentence(fault: Fault) -> str:
    """Return the detail with the first findings, for those who read nothing else."""
    told = [detail(one) for one in fault.found[:3]]
    shown = "; ".join(f"{one['location']} {one['pointer']}: {one['message']}" for one in told)
    return f"{fault.detail}: {shown}" if shown else fault.detail


def _title(fault: Fault) -> list[Json]:
    return [phrase(fault.status)]


def _type(fault: Fault) -> list[Json]:
    return [fault.kind.type if fault.kind else "about:blank"]


_WORDS: Final[Mapping[str, Callable[[Fault], list[Json]]]] = {
    **dict.fromkeys(
        "message msg detail details description errordescription errormessage reason".split(),
        _detail,
    ),
    **dict.fromkeys("title error summary statustext".split(), _title),
    **dict.fromkeys("code status statuscode httpstatus httpcode errorcode".split(), _code),
    "type": _type,
    "success": lambda _fault: [False],
    "ok": lambda _fault: [False],
}
_LISTS: Final = frozenset(
    "details errors fielderrors invalidparams issues messages validation violations".split()
)
_FINDING: Final[Mapping[str, frozenset[str]]] = {
    "message": frozenset("message msg detail description reason title error".split()),
    "location": frozenset("in location source".split()),
    "pointer": frozenset("field loc name parameter param path pointer property".split()),
    "expected": frozenset("expected code rule type".split()),
    "got": frozenset("got input rejectedvalue value".split()),
}
