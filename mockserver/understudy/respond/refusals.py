"""Refuse requests to one operation: in the vendor's words, or in the shape its contract documents.

A documented error is generated from its schema and filled with what went wrong, as far as the
names of its properties tell where and the schema allows it. Without one it is RFC 9457's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from understudy.codec import loads
from understudy.contract.model import Operation
from understudy.contract.wire.invalid import Invalid
from understudy.exchange import Reply
from understudy.respond import choice as choose
from understudy.respond.choice import Choice
from understudy.respond.content import UNMAKABLE, Content
from understudy.respond.dialects import Dialect
from understudy.respond.examples import Examples, Judged
from understudy.respond.faults import filled
from understudy.respond.prefer import NONE, Preferences
from understudy.respond.problems import (
    KINDS,
    MEDIA_TYPE,
    Fault,
    Headers,
    kind_of,
    phrase,
)
from understudy.types import Json


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

    def invalid(self, found: Sequence[Invalid], wanted: Preferences = NONE) -> Reply:
        """Return the reply to a request that breaks the contract, naming all that is wrong.

        Of what is `wanted` an example of the documented response counts, and that it be one.
        """
        kind, status = KINDS["invalid-request"], self.dialect.invalid_status
        return self._reply(Fault(status, "The request is not valid", found, kind), (), wanted)

    def restated(self, reply: Reply) -> Reply:
        """Return what a resource answers; a refusal in the shape that the contract documents."""
        if reply.status < 400 or reply.media_type != MEDIA_TYPE:
            return reply
        told = loads(reply.body)
        kind = kind_of(reply.status)
        fault = Fault(reply.status, told.get("detail", told.get("title", "")), (), kind)
        return self._reply(fault, reply.headers)

    def fault(self, fault: Fault, headers: Headers = ()) -> Reply:
        """Return the reply that tells `fault`; one of no kind keeps its status."""
        return self._reply(fault, headers)

    def _reply(self, fault: Fault, headers: Headers, wanted: Preferences = NONE) -> Reply:
        if self.dialect.media_type != MEDIA_TYPE:
            return self.dialect.reply(fault, headers)
        choice = self._documented(fault)
        if choice is None:
            return self.dialect.reply(fault, headers)
        fault = replace(fault, status=choice.status)
        names = choose.in_order(choice.response.content)
        try:
            if names:
                return self._shaped(choice, names[0], fault, headers, wanted)
        except UNMAKABLE:
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

    def _shaped(
        self, choice: Choice, name: str, fault: Fault, headers: Headers, wanted: Preferences
    ) -> Reply:
        media = choice.response.content[name]
        label = f"{choice.status} {self.operation.label}"
        shown = self._shown(Examples(name, media, self.schemas), choice, wanted)
        if shown is not None:
            value = shown.example.value
        else:
            made = self.content.value(name, media, label)
            value = filled(made, fault, media.schema, self.content)
        reply = self.content.reply(choice, (name, choose.sent(name)), value, ())
        known = {field.lower() for field, _ in headers}
        made = self.content.headers(choice.response, label)
        others = (pair for pair in made if pair[0].lower() not in known)
        return replace(reply, headers=(*headers, *others))

    def _shown(self, examples: Examples, choice: Choice, wanted: Preferences) -> Judged | None:
        """Return the example to answer with, or None where the body is made."""
        if wanted.example and wanted.code in (None, choice.status):
            named = examples.named(wanted.example)
            if named and not named.wrong:
                return named
        prefers = self.examples or examples.alone or wanted.dynamic is False
        return examples.first(invalid=False) if prefers else None
