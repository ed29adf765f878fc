"""Make what a rule answers, for one operation.

An error is in the words of the API, a documented example as it stands, and a success what would
be answered without the rule, patched. A patched body that breaks its schema is never sent, unless
the rule says so: what does not fit is left out, and a header field tells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Final, TypeAlias

from understudy.codec import dumps, loads
from understudy.contract.pointers import MISSING
from understudy.contract.wire import media_types
from understudy.errors import GenerationError
from understudy.exchange import Reply
from understudy.respond import choice as choose
from understudy.respond.access import asked_for, challenges
from understudy.respond.answers import NOTE
from understudy.respond.choice import Choice
from understudy.respond.examples import Examples
from understudy.respond.fitting import difference, fitted, merged
from understudy.respond.problems import Fault, Headers, phrase
from understudy.respond.refusals import Refusals
from understudy.scenario.model import Answer
from understudy.types import Json

Ask: TypeAlias = Callable[[int | None], Reply]
"""Returns what is answered without the rule: of its own accord, or with a documented status."""

_JSON: Final = "application/json"


class AnswerError(ValueError):
    """An answer that cannot be made; `part` is what in it is the reason."""

    def __init__(self, part: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.part, self.message, self.hint = part, message, hint


class Making:
    """Makes one answer to requests of one operation; `breaks` if it is meant to break it."""

    def __init__(self, answer: Answer, refusals: Refusals, *, breaks: bool = False) -> None:
        self._answer = answer
        self._refusals = refusals
        self._breaks = breaks
        self.status = answer.status or choose.usual(refusals.operation).status
        self.response = refusals.operation.documented(self.status)
        self.label = refusals.operation.label

    def reply(self, ask: Ask) -> Reply:
        """Return the answer to a request. Raises GenerationError where it cannot be valid."""
        if self.fixed is not None:
            return self.fixed
        base = ask(self._answer.status)
        if base.status != self.status:
            return base
        made = self.changed(base)
        if self._answer.patch is None or self._breaks or self._accepts(made):
            return made
        return self._fitted(base, made)

    @cached_property
    def fixed(self) -> Reply | None:
        """Return the answer if it is the same for all requests. Raises AnswerError."""
        if self._answer.body is not MISSING:
            return self._headed(self._whole())
        if self._answer.example is not None:
            return self.changed(self._documented(self._example()))
        if self.status >= 400:
            return self.changed(self._documented(self._refused()))
        return None if self.response else self.changed(Reply(self.status, b"", (), ""))

    def changed(self, base: Reply) -> Reply:
        """Return `base` with the patch and the header fields of the answer. Raises AnswerError."""
        if self._answer.patch is None:
            return self._headed(base)
        if not base.body or not media_types.is_json(base.media_type):
            raise AnswerError("patch", f"{self.status} has no JSON body to be patched")
        return self._headed(replace(base, body=dumps(merged(loads(base.body), self._answer.patch))))

    def _fitted(self, base: Reply, made: Reply) -> Reply:
        """Return `base` with as much of the patch as stays valid."""
        before, after = loads(base.body), loads(made.body)
        schema = self._schema(base)
        if isinstance(before, dict) and isinstance(after, dict):
            groups = [{name: value} for name, value in difference(before, after).items()]
            found = fitted(before, groups, lambda v: self._refusals.content.accepts(schema, v))
            if self._refusals.content.accepts(schema, found):
                note = (NOTE, "the patch of the scenario is not valid here and left out in part")
                return replace(made, body=dumps(found), headers=(*made.headers, note))
        raise GenerationError(f"{self.label}: the body that a scenario patched is not valid")

    def _accepts(self, reply: Reply) -> bool:
        return self._refusals.content.accepts(self._schema(reply), loads(reply.body))

    def _schema(self, reply: Reply) -> Json:
        content = self.response.content if self.response else {}
        name = media_types.best(content, reply.media_type)
        return content[name].schema if name else True

    def _whole(self) -> Reply:
        """Return the reply with the body that the answer gives."""
        body, kind = self._answer.body, self._media_type()
        base = self._documented(Reply(self.status, b"", (), kind))
        if media_types.is_json(kind):
            return replace(base, body=dumps(body))
        content = self.response.content if self.response else {}
        name = media_types.best(content, kind)
        if isinstance(body, str) or not name or self.response is None:
            return replace(base, body=body.encode() if isinstance(body, str) else dumps(body))
        named, choice = (name, kind), Choice(self.status, self.response)
        return self._refusals.content.reply(choice, named, body, base.headers)

    def _media_type(self) -> str:
        """Return the media type of a whole body: as it is said, else documented, else JSON."""
        said = next((v for n, v in self._answer.headers if n.lower() == "content-type"), "")
        content = self.response.content if self.response else {}
        return said or next(map(choose.sent, choose.in_order(content)), _JSON)

    def _example(self) -> Reply:
        if self.response is None:
            raise AnswerError("example", f"{self.status} is not documented, nor an example of it")
        wanted = self._answer.example or ""
        found: list[str] = []
        for name in choose.in_order(self.response.content):
            examples = Examples(name, self.response.content[name], self._refusals.schemas)
            judged = examples.named(wanted) if wanted else examples.first(invalid=True)
            if judged:
                choice, named = Choice(self.status, self.response), (name, choose.sent(name))
                return self._refusals.content.reply(choice, named, judged.example.value, ())
            found += [one.name for one in examples.judged if one.name]
        told = f"it has {', '.join(found)}" if found else "it has none"
        raise AnswerError("example", f"{self.status} has no example {wanted}".rstrip(), told)

    def _refused(self) -> Reply:
        """Return how the API says an error."""
        security = self._refusals.operation.security
        asked = challenges(security) if self.status == 401 else ""
        detail = asked_for(security) if asked else phrase(self.status)
        headers = (("WWW-Authenticate", asked),) if asked else ()
        return self._refusals.fault(Fault(self.status, detail), headers)

    def _documented(self, reply: Reply) -> Reply:
        """Return a reply with the header fields that the contract documents for it."""
        if self.response is None:
            return reply
        known = {name.lower() for name, _ in reply.headers}
        label = f"{self.status} {self.label}"
        made = self._refusals.content.headers(self.response, label)
        others = (pair for pair in made if pair[0].lower() not in known)
        return replace(reply, headers=(*reply.headers, *others))

    def _headed(self, reply: Reply) -> Reply:
        """Return a reply with the header fields of the answer."""
        return with_fields(reply, self._answer.headers)


def with_fields(reply: Reply, fields: Headers) -> Reply:
    """Return a reply with header fields, each in place of those of the same name."""
    if not fields:
        return reply
    said = {name.lower(): value for name, value in fields}
    kept = (pair for pair in reply.headers if pair[0].lower() not in said)
    others = (pair for pair in fields if pair[0].lower() != "content-type")
    kind = said.get("content-type", reply.media_type)
    return replace(reply, headers=(*kept, *others), media_type=kind)
