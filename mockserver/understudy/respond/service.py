"""One contract as a service: what each operation does with a request, step by step.

The order of the checks is fixed: route (404), method (405), credential (401), media type (415),
size (413), parameters and body (422 or 400), existence (404). A later step never speaks before
an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from understudy.config import BODY_LIMIT, Settings
from understudy.contract.model import Contract, Operation, Parameter, SecurityScheme
from understudy.contract.wire.bodies import Body, compile_body
from understudy.contract.wire.invalid import Invalid
from understudy.contract.wire.parameters import Parameters
from understudy.exchange import Reply, Request
from understudy.generate.world import World
from understudy.respond.access import CHALLENGES, Access, example
from understudy.respond.dialects import Dialect, dialect
from understudy.respond.resources import Answer, Resources
from understudy.state.store import Store
from understudy.types import Json


@dataclass(frozen=True, slots=True)
class Handler:
    """One operation, compiled: every step is built at start and only called per request."""

    operation: Operation
    access: Access
    parameters: Parameters
    body: Body | None
    answer: Answer
    dialect: Dialect
    unauthorized: Reply

    def authenticate(self, headers: Iterable[tuple[bytes, bytes]], query: bytes) -> Reply | None:
        """Return the refusal of a request without a good credential, or None."""
        return None if self.access.granted(headers, query) else self.unauthorized

    def expect(self, content_type: str, length: int) -> Reply | None:
        """Return the refusal of a body that is not worth reading, or None."""
        if self.body is None or not length:
            return None
        if not self.body.understands(content_type):
            known = ", ".join(self.body.validators)
            return self.dialect.error(415, f"Unsupported media type, expected {known}")
        return self.too_large() if length > BODY_LIMIT else None

    def too_large(self) -> Reply:
        """Return the refusal of a body beyond the limit."""
        return self.dialect.error(413, f"Request body is larger than {BODY_LIMIT} bytes")

    def read(
        self,
        path: Mapping[str, str],
        query: bytes,
        headers: Iterable[tuple[bytes, bytes]],
        raw: bytes,
        content_type: str,
    ) -> Request | Reply:
        """Return the decoded request, or the refusal that names all that is wrong with it."""
        invalid: list[Invalid] = []
        request = self.parameters.read(path, query, headers, invalid)
        if self.body is not None:
            body = self.body.read(raw, content_type, invalid)
            request = Request(request.path, request.query, request.headers, body)
        return self.dialect.invalid(invalid) if invalid else request


class Service:
    """Answers for one contract under one setting."""

    def __init__(self, contract: Contract, settings: Settings, store: Store) -> None:
        self.contract = contract
        self.dialect = dialect(contract.behaviour.errors)
        self._settings = settings
        self._world = World(
            contract,
            seed=settings.seed,
            now=settings.now,
            locale=settings.locale,
            tolerant=True,
        )
        self.problems = self._world.problems
        self._resources = Resources(contract, self._world, store, self.dialect)
        self._handlers: dict[str, Handler] = {}

    def handler(self, operation_id: str) -> Handler:
        """Return the handler of an operation, compiled when it is asked for first."""
        if operation_id not in self._handlers:
            operation = self.contract.operations[operation_id]
            self._handlers[operation_id] = self._handler(operation, self._settings)
        return self._handlers[operation_id]

    def credential(self, scheme: SecurityScheme) -> str:
        """Return a credential for `scheme` that gets a request through."""
        return example(scheme, self._settings.tokens, self._settings.api_keys)

    def example(self, parameter: Parameter) -> Json:
        """Return a value for `parameter`: the documented example, or one that validates."""
        if parameter.example is not None:
            return parameter.example
        return self._world.value(parameter.schema, "example", parameter.name)

    def example_body(self, operation: Operation) -> Json:
        """Return a request body for `operation`: the documented example, or one that validates."""
        if operation.body is None:
            return None
        for media in operation.body.content.values():
            if media.examples:
                return media.examples[0].value
            return self._world.value(media.schema, "example", operation.id)
        return None

    def _handler(self, operation: Operation, settings: Settings) -> Handler:
        challenges = {CHALLENGES[s.kind]: None for schemes in operation.security for s in schemes}
        headers = (("WWW-Authenticate", ", ".join(challenges)),) if challenges else ()
        return Handler(
            operation=operation,
            access=Access(operation.security, settings.tokens, settings.api_keys),
            parameters=Parameters(operation.parameters, self.contract.schemas),
            body=compile_body(operation.body, self.contract.schemas),
            answer=self._resources.answer(operation),
            dialect=self.dialect,
            unauthorized=self.dialect.error(401, headers=headers),
        )
