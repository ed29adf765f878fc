"""One contract as a service: what each operation does with a request, step by step.

The order of the checks is fixed: route (404), method (405), credential (401), media type (415),
size (413), parameters and body (422 or 400), preferences (422, 404), Accept (406), existence
(404). A later step never speaks before an earlier one.
"""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from understudy.config import Settings
from understudy.contract.model import Contract, Operation, Parameter, SecurityScheme
from understudy.contract.wire.bodies import Body, compile_body
from understudy.contract.wire.invalid import Invalid
from understudy.contract.wire.media import encode
from understudy.contract.wire.parameters import Parameters
from understudy.errors import StateError
from understudy.exchange import Reply, Request
from understudy.generate.feasible import LOOKED_AT, infeasible, unanswerable
from understudy.generate.loaded import NOTHING, Loaded
from understudy.respond.access import Access, asked_for, challenges, example
from understudy.respond.answers import Answers
from understudy.respond.choice import in_order, sent
from understudy.respond.content import UNMAKABLE
from understudy.respond.dialects import dialect
from understudy.respond.examples import problems as invalid_examples
from understudy.respond.examples import problems_of
from understudy.respond.prefer import NONE, Preferences, preferences, without_controls
from understudy.respond.problems import detail, refusal
from understudy.respond.refusals import Refusals
from understudy.respond.resources import Answer
from understudy.respond.stage import Stage
from understudy.state.session import Session
from understudy.types import Json, JsonObject

VIOLATIONS = "Understudy-Violations"
"""The header field that lists what is wrong with a request that is answered all the same."""

_LONGEST_FIELD = 8000
_WORLDS = 16
_ACCEPTS = 64
_SMALL = 100
"""How many operations a contract has whose examples are all looked at when it is loaded."""

_logger = logging.getLogger("understudy")


@dataclass(frozen=True, slots=True)
class Handler:
    """One operation, compiled: every step is built at the first request and then only called.

    `answer` is for requests that prefer nothing; `world` gives the answers of another seed, and
    of a contract that differs from this one in how many members its resources have.
    """

    operation: Operation
    access: Access
    parameters: Parameters
    body: Body | None
    answer: Answer
    answers: Answers
    world: Callable[[int, Contract | None], Answers]
    refusals: Refusals
    unauthorized: Reply
    validates: str
    longest: int
    usual_accepts: set[bytes] = field(default_factory=set)

    def authenticate(self, headers: Iterable[tuple[bytes, bytes]], query: bytes) -> Reply | None:
        """Return the refusal of a request without a good credential, or None."""
        return None if self.access.granted(headers, query) else self.unauthorized

    def expect(self, content_type: str, length: int) -> Reply | None:
        """Return the refusal of a body that is not worth reading, or None."""
        if self.body is None or not length:
            return None
        if self.validates == "on" and not self.body.understands(content_type):
            known = ", ".join(self.body.validators)
            message = f"Unsupported media type, expected {known}"
            return self.refusals.error("unsupported-media-type", message)
        return self.too_large() if length > self.longest else None

    def too_large(self) -> Reply:
        """Return the refusal of a body beyond the limit."""
        message = f"Request body is larger than {self.longest} bytes"
        return self.refusals.error("content-too-large", message)

    def read(
        self,
        path: Mapping[str, str],
        query: bytes,
        headers: Iterable[tuple[bytes, bytes]],
        raw: bytes,
        content_type: str,
        encoded: Mapping[str, str] | None = None,
    ) -> tuple[Request, Sequence[Invalid]]:
        """Return the decoded request, and all that is wrong with it.

        `encoded` are the texts of `path` as they were sent.
        """
        invalid: list[Invalid] = []
        if b"__" in query:
            query = without_controls(query, (one.name for one in self.operation.parameters))
        request = self.parameters.read(path, query, headers, invalid, encoded)
        if self.body is None:
            return request, invalid
        if raw and not self.body.understands(content_type):
            invalid.append(Invalid("mediaType", ("body",), f"{content_type} is not documented"))
            return request, invalid
        return replace(request, body=self.body.read(raw, content_type, invalid)), invalid

    def refuse(
        self,
        invalid: Sequence[Invalid],
        headers: Iterable[tuple[bytes, bytes]] = (),
        query: bytes = b"",
    ) -> Reply | None:
        """Return the refusal of an invalid request, or None where it is answered all the same."""
        if self.validates != "on":
            return None
        return self.refusals.invalid(invalid, preferences(headers, query))

    def wanted(self, headers: Iterable[tuple[bytes, bytes]], query: bytes) -> Preferences | None:
        """Return what the client prefers of the answer; None for nothing but the usual."""
        for name, value in headers:
            if name == b"prefer" or (name == b"accept" and value not in self.usual_accepts):
                return self._preferred(headers, query)
        return self._preferred(headers, query) if b"__" in query else None

    def choose(
        self,
        request: Request,
        session: Session,
        wanted: Preferences = NONE,
        contract: Contract | None = None,
        invalid: Sequence[Invalid] = (),
    ) -> Reply:
        """Return the answer that is preferred; `invalid` is what is wrong with the request.

        `contract` is the one to answer for, if it is not the handler's own.
        """
        if wanted.invalid:
            return refusal("invalid-preference", wanted.invalid[0].message, wanted.invalid)
        answers = self.world(session.seed if wanted.seed is None else wanted.seed, contract)
        if any(one.path[0] in ("path", "body") for one in invalid):
            reply = answers.apart(request, session, wanted)
        else:
            reply = answers.chosen(request, session, wanted)
        if not invalid or self.validates == "off":
            return reply
        return replace(reply, headers=(*reply.headers, (VIOLATIONS, violations(invalid))))

    def _preferred(
        self, headers: Iterable[tuple[bytes, bytes]], query: bytes
    ) -> Preferences | None:
        found = preferences(headers, query)
        if found != replace(NONE, accept=found.accept, applicable=found.applicable):
            return found
        if not self.answers.takes_usual(found.accept):
            return found
        if len(self.usual_accepts) < _ACCEPTS:
            self.usual_accepts.add(found.accept.encode("latin-1"))
        return None


class Service:
    """Answers for one contract under one setting; what is `loaded` is not made."""

    def __init__(self, contract: Contract, settings: Settings, loaded: Loaded = NOTHING) -> None:
        self.contract = contract
        self.dialect = dialect(contract.behaviour.errors)
        self._settings = settings
        self._loaded = loaded
        self._stages: OrderedDict[tuple[int, int], Stage] = OrderedDict()
        self._main = Stage(contract, settings, loaded)
        self._small = len(contract.operations) <= _SMALL
        examples = invalid_examples(contract) if self._small else ()
        self.problems = (*infeasible(contract, LOOKED_AT), *examples)
        """What is wrong with the contract; of a large one, examples are told when first used."""
        self._handlers: dict[str, Handler] = {}

    def handler(self, operation_id: str) -> Handler:
        """Return the handler of an operation, compiled when it is asked for first."""
        if operation_id not in self._handlers:
            operation = self.contract.operations[operation_id]
            for problem in () if self._small else problems_of(operation, self.contract):
                _logger.warning("%s", problem)
            self._handlers[operation_id] = self._handler(operation, self._settings)
        return self._handlers[operation_id]

    def preload(self) -> None:
        """Compile every operation, and what its success is made of."""
        for operation in self.contract.operations.values():
            self.handler(operation.id)
            for schema in operation.success.schemas.values():
                with suppress(*UNMAKABLE):  # which is among the problems
                    self._main.world.compile(schema)

    def credential(self, scheme: SecurityScheme) -> str:
        """Return a credential for `scheme` that gets a request through."""
        return example(scheme, self._settings.tokens, self._settings.api_keys)

    def example(self, parameter: Parameter) -> Json:
        """Return a value for `parameter`: the documented example, or one that validates."""
        if parameter.example is not None:
            return parameter.example
        try:
            return self._main.world.value(parameter.schema, "example", parameter.name)
        except UNMAKABLE:
            return ""

    def example_body(self, operation: Operation) -> tuple[bytes, str] | None:
        """Return a request body and its Content-Type: the documented example, or a valid one.

        None where the operation takes no body, or none can be made.
        """
        content = operation.body.content if operation.body else {}
        for name in in_order(content)[:1]:
            media, schemas = content[name], self.contract.schemas
            try:
                if media.examples:
                    value = media.examples[0].value
                else:
                    value = self._main.world.value(media.schema, "example", operation.id)
                return encode(value, sent(name), media, schemas)
            except UNMAKABLE:
                return None
        return None

    def collections(
        self, session: Session, contract: Contract | None = None
    ) -> Iterator[tuple[str, Sequence[JsonObject]]]:
        """Yield resources with their members, as lists show them to a session.

        `contract` is that of its scenarios.
        """
        return self._stage(session.seed, contract).collections(session)

    def failed(self, error: Exception, operation_id: str = "") -> Reply:
        """Return the reply to a request that cannot be answered because of `error`."""
        if isinstance(error, StateError):
            return refusal("no-state", str(error))
        if not isinstance(error, UNMAKABLE):
            return self.dialect.error(500)
        operation = self.contract.operations.get(operation_id)
        pointer = operation.pointer if operation else "/"
        known = unanswerable(self.contract, operation) if operation else ()
        told = "; ".join(f"{one.pointer}: {one.message}" for one in known)
        return refusal("unanswerable", told or f"{pointer}: {error}")

    def _handler(self, operation: Operation, settings: Settings) -> Handler:
        refusals = self._main.refusals(operation)
        answers = self._main.answers(operation)
        asked = challenges(operation.security)
        headers = (("WWW-Authenticate", asked),) if asked else ()
        return Handler(
            operation=operation,
            access=Access(operation.security, settings.tokens, settings.api_keys),
            parameters=Parameters(operation.parameters, self.contract.schemas),
            body=compile_body(operation.body, self.contract.schemas),
            answer=answers.usual,
            answers=answers,
            world=lambda seed, contract: self._stage(seed, contract).answers(operation),
            refusals=refusals,
            unauthorized=refusals.error("unauthorized", asked_for(operation.security), headers),
            validates=settings.validate_requests,
            longest=settings.limits.body,
        )

    def _stage(self, seed: int, contract: Contract | None) -> Stage:
        """Return the stage that is asked for; the one longest unused makes room."""
        contract = contract or self.contract
        if seed == self._settings.seed and contract is self.contract:
            return self._main
        key = seed, id(contract)  # which the stage keeps, so that no other gets its id
        if key not in self._stages:
            settings = replace(self._settings, seed=seed)
            self._stages[key] = Stage(contract, settings, self._loaded_for(contract))
            if len(self._stages) > _WORLDS:
                self._stages.popitem(last=False)
        self._stages.move_to_end(key)
        return self._stages[key]

    def _loaded_for(self, contract: Contract) -> Loaded:
        """Return what was loaded of the resources whose number a scenario does not change."""
        here, there = self.contract.behaviour, contract.behaviour
        return {
            name: members
            for name, members in self._loaded.items()
            if here.resources.get(name) == there.resources.get(name)
            and here.sizes.get(name) == there.sizes.get(name)
        }


def violations(found: Sequence[Invalid]) -> str:
    """Return findings as JSON for a header field; of many, the first, and how many more."""
    told: list[Json] = []
    for index, one in enumerate(found):
        more = [{"more": len(found) - index}]
        if len(json.dumps([*told, detail(one), *more])) > _LONGEST_FIELD:
            return json.dumps([*told, *more])
        told.append(detail(one))
    return json.dumps(told)
