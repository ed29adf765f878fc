"""Answer valid requests to one operation, as its contract and the client's preferences say.

What the resources answer stays what they answer; here it is put into the media type that was
asked for, with the documented header fields. All else is an example, or generated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from understudy.codec import dumps, loads
from understudy.config import Settings
from understudy.contract.model import MediaType, Operation
from understudy.contract.wire import media_types
from understudy.exchange import Reply, Request
from understudy.respond import choice as choose
from understudy.respond.choice import Choice
from understudy.respond.content import UNMAKABLE, Content
from understudy.respond.examples import Examples, Judged, Pairs, names_of
from understudy.respond.faults import filled
from understudy.respond.prefer import NONE, Preferences
from understudy.respond.problems import Fault, Headers, kind_of, phrase, refusal
from understudy.respond.resources import Answer
from understudy.state.session import Session
from understudy.types import Json

NOTE = "Understudy-Note"
"""The header field that says why an answer is not what was asked for."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request, the session that it is for, and what it prefers."""

    request: Request
    session: Session
    wanted: Preferences


class Answers:
    """How one operation answers in one world.

    `resource` answers requests that prefer nothing; without one, everything is made.
    """

    def __init__(
        self,
        operation: Operation,
        resource: Answer | None,
        content: Content,
        schemas: Mapping[str, Json],
        settings: Settings,
    ) -> None:
        self._operation = operation
        self._resource = resource
        self._content = content
        self._schemas = schemas
        self._settings = settings
        self._choice = choose.usual(operation)
        self._pairs = Pairs(operation, names_of(operation.responses.values()))
        self._examples: dict[tuple[str, str], Examples] = {}

    @cached_property
    def usual(self) -> Answer:
        """Return what answers a request that prefers nothing: as directly as can be."""
        return self._resource if self._resource and self._is_direct() else self.chosen

    def takes_usual(self, accept: str) -> bool:
        """Tell whether a value of Accept leads to the usual answer."""
        names = list(self._choice.response.content)
        found = choose.negotiate(accept, names) if names else None
        return not self._pairs and found == (choose.negotiate("", names) if names else None)

    def chosen(self, request: Request, session: Session, wanted: Preferences = NONE) -> Reply:
        """Return the answer that is preferred, or the refusal of what cannot be given."""
        asked = _Asked(request, session, wanted)
        pair = None if wanted.code or wanted.example else self._pair(request)
        choice = pair[0] if pair else self._chosen(wanted.code)
        if choice is None:
            return _undocumented(self._operation, wanted.code)
        names = [pair[1]] if pair else list(choice.response.content)
        if wanted.example:
            names = [n for n in names if self._examples_of(choice, n).named(wanted.example)]
            if not names:
                return _unknown(choice, wanted.example)
        if not names or choice.status in (204, 304):
            return self._finished(self._empty(asked, choice), choice, asked)
        named = choose.negotiate(wanted.accept, names)
        if named is None:
            return _not_acceptable(wanted.accept, names)
        example = pair[2] if pair else self._example(choice, named[0], wanted)
        return self._told(asked, choice, named, example)

    def apart(self, request: Request, session: Session, wanted: Preferences) -> Reply:
        """Return the answer to a request that resources cannot make sense of."""
        return self._apart.chosen(request, session, wanted)

    @cached_property
    def _apart(self) -> Answers:
        """Return the same answers with no resource behind them."""
        return Answers(self._operation, None, self._content, self._schemas, self._settings)

    def _chosen(self, code: int | None) -> Choice | None:
        usual = self._choice
        return usual if code in (None, usual.status) else choose.forced(self._operation, code or 0)

    def _pair(self, request: Request) -> tuple[Choice, str, Judged] | None:
        """Return the response, media type and example that belong to the request's example."""
        names = self._pairs.names(request) if self._pairs else ()
        for name in names:
            for choice in self._choices():
                for kind in choose.in_order(choice.response.content):
                    found = self._examples_of(choice, kind).named(name)
                    if found and (self._settings.invalid_examples or not found.wrong):
                        return choice, kind, found
        return None

    def _choices(self) -> list[Choice]:
        """Return every response, the usual one first; a default beside others is for errors."""
        others = [
            Choice(500 if key == "default" else choose.status_of(key), response)
            for key, response in self._operation.responses.items()
            if response is not self._choice.response and key[:1] != "1"
        ]
        return [self._choice, *others]

    def _example(self, choice: Choice, name: str, wanted: Preferences) -> Judged | None:
        """Return the example to serve, or None where the body is made."""
        examples = self._examples_of(choice, name)
        if wanted.example:
            return examples.named(wanted.example)
        prefers = self._settings.examples or examples.sequential or examples.alone
        if wanted.dynamic or not (prefers or wanted.dynamic is False):
            return None
        return examples.first(invalid=self._settings.invalid_examples)

    def _examples_of(self, choice: Choice, name: str) -> Examples:
        key = (choice.response.status, name)
        if key not in self._examples:
            media = choice.response.content[name]
            self._examples[key] = Examples(name, media, self._schemas)
        return self._examples[key]

    def _told(
        self, asked: _Asked, choice: Choice, named: tuple[str, str], example: Judged | None
    ) -> Reply:
        """Return the reply with an example, or with a body that is made where there is none."""
        if example is None:
            reply = self._made(asked, choice, named)
        elif example.wrong and not self._settings.invalid_examples:
            return self._finished(self._made(asked, choice, named), choice, asked, _note(example))
        else:
            reply = self._content.reply(choice, named, example.example.value, ())
        return self._finished(reply, choice, asked)

    def _made(self, asked: _Asked, choice: Choice, named: tuple[str, str]) -> Reply:
        """Return what the resource answers, in this media type, or a generated body."""
        try:
            reply = self._of_resource(asked, choice)
            if reply is not None and reply.status != choice.status:
                if not asked.wanted.code:
                    return reply
                reply = None
            value = self._recoded(reply, choice, named[0]) if reply else None
            if value is None:
                media = choice.response.content[named[0]]
                made = self._content.value(named[0], media, self._label(asked, choice))
                value = [self._told_by_status(made, choice, media)]
        except UNMAKABLE:
            found = self._examples_of(choice, named[0]).first(invalid=False)
            if found is None:
                raise
            reply, value = None, [found.example.value]
        return self._content.reply(choice, named, value[0], reply.headers if reply else ())

    def _told_by_status(self, value: Json, choice: Choice, media: MediaType) -> Json:
        """Return a made body; one of an error tells the status that it comes with."""
        if choice.status < 400:
            return value
        fault = Fault(choice.status, phrase(choice.status), (), kind_of(choice.status))
        return filled(value, fault, media.schema, self._content)

    def _recoded(self, reply: Reply, choice: Choice, name: str) -> list[Json] | None:
        """Return the value that a reply tells, alone in a list, if it is one of a media type."""
        if not reply.body or self._examples_of(choice, name).sequential:
            return None
        try:
            value = loads(reply.body)
        except ValueError:
            return None
        content = choice.response.content
        first = next(iter(content.values()))
        schema = content[name].schema
        return [value] if schema == first.schema or self._content.accepts(schema, value) else None

    def _of_resource(self, asked: _Asked, choice: Choice) -> Reply | None:
        """Return what the resource answers, where it answers with this response."""
        if self._resource is None or not self._is_usual(choice):
            return None
        return self._resource(asked.request, asked.session)

    def _is_usual(self, choice: Choice) -> bool:
        """Tell whether the resource answers with this response."""
        return choice.response is self._operation.success and 200 <= choice.status < 300

    def _is_direct(self) -> bool:
        """Tell whether what the resource answers is the usual answer as it stands."""
        choice, names = self._choice, list(self._choice.response.content)
        if self._pairs or self._operation.deprecated or choice.response.headers:
            return False
        if not self._is_usual(choice):
            return False
        if not names or choice.status == 204:
            return not names
        first = names[0]
        plain = media_types.is_json(first) and choose.sent(first) == first
        return plain and self._example(choice, first, NONE) is None

    def _empty(self, asked: _Asked, choice: Choice) -> Reply:
        """Return the reply without a body."""
        reply = self._of_resource(asked, choice)
        if reply is None:
            return Reply(choice.status, b"", (), "")
        return reply if reply.status != 204 else Reply(204, b"", reply.headers, "")

    def _finished(self, reply: Reply, choice: Choice, asked: _Asked, note: Headers = ()) -> Reply:
        """Return a reply with the documented header fields and what became of the preferences."""
        known = {name.lower() for name, _ in reply.headers}
        response = choice.response
        if reply.status != choice.status:
            response = self._operation.documented(reply.status) or response
        made = self._content.headers(response, self._label(asked, choice))
        headers = [*reply.headers, *(pair for pair in made if pair[0].lower() not in known)]
        if self._operation.deprecated:
            headers.append(("Deprecation", "true"))
        headers += [*asked.wanted.applied("example" if note else ""), *note]
        return replace(reply, headers=tuple(headers))

    def _label(self, asked: _Asked, choice: Choice) -> str:
        """Return the identity that decides what is made for a request."""
        identity = dumps([asked.request.path, asked.request.query]).decode()
        label = f"{self._operation.label} {identity}"
        return label if choice is self._choice else f"{choice.status} {label}"


def _note(example: Judged) -> Headers:
    told = f"example {example.name!r} is not valid and not served: {example.wrong}"
    return ((NOTE, told.encode("ascii", "replace").decode()[:500].replace("\n", " ")),)


def _undocumented(operation: Operation, code: int | None) -> Reply:
    known = ", ".join(operation.responses)
    return refusal("undocumented-status", f"{code} is not documented; documented are {known}")


def _unknown(choice: Choice, name: str) -> Reply:
    media = choice.response.content.values()
    known = ", ".join(dict.fromkeys(e.name for m in media for e in m.examples if e.name))
    detail = f"The response {choice.response.status} has no example {name!r}"
    return refusal("unknown-example", f"{detail}; it has {known}" if known else detail)


def _not_acceptable(accept: str, names: Sequence[str]) -> Reply:
    detail = f"None of the documented media types is one of {accept}: {', '.join(names)}"
    return refusal("not-acceptable", detail)
