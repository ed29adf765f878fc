"""What the forum and the desk share: methods, credentials, errors, identifiers and the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from tests.implementations.reading import (
    READING_DEFECTS,
    Call,
    CrashError,
    Json,
    Object,
    Reader,
    RefusalError,
    Rules,
)

HTTP_DEFECTS: Mapping[str, str] = {
    "any_token": "A credential that was never issued is refused.",
    "shortened_token": "A credential without its last character is refused.",
    "any_scheme": "A token counts only with the scheme Bearer.",
    "bare_token": "A token without a scheme is refused.",
    "token_in_query": "A credential in the query is refused.",
    "empty_token": "An empty credential is refused.",
    "missing_token_403": "A missing credential is answered 401.",
    "no_challenge": "A 401 carries WWW-Authenticate.",
    "plain_401": "A 401 has the documented body.",
    "validation_first": "Without a credential, an invalid request is answered 401 too.",
    "lookup_first": "Without a credential, an unknown id is answered 401 too.",
    "no_allow": "A 405 carries Allow.",
    "short_allow": "Allow names every method of the path.",
    "unknown_method_404": "A method that the path does not offer is answered 405.",
    "unknown_method_served": "A method that the path does not offer is not answered as GET.",
    "plain_405": "A 405 has the documented body.",
    "head_404": "HEAD is answered with the status of GET.",
    **READING_DEFECTS,
}
"""Defects that any API over HTTP can have: name -> the broken promise."""

_NAMESPACE = UUID("b8a1f6c0-3f1d-5c86-9d0e-6f2a1f0c7d11")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    name: str
    method: str
    path: str
    act: Callable[[Call], Response]


class Clock:
    """Time that stands still, except that each change takes a second."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def tick(self) -> str:
        self._now += timedelta(seconds=1)
        return instant(self._now)


class Service:
    """An API with its data; a subclass says what its operations do and how its errors look."""

    token: str
    key_header = ""
    challenge = "Bearer"

    def __init__(self, defect: str, reader: Reader) -> None:
        self._defect, self._reader = defect, reader

    def has(self, defect: str) -> bool:
        return self._defect == defect

    def operations(self) -> Iterable[Operation]:
        """Return everything that the API offers."""
        raise NotImplementedError

    def error(self, refusal: RefusalError) -> Response:
        """Return an error in the API's own form."""
        raise NotImplementedError

    def app(self) -> Starlette:
        resources: dict[str, dict[str, Operation]] = {}
        for operation in self.operations():
            resources.setdefault(operation.path, {})[operation.method] = operation
        routes = [Route(path, _Resource(self, offered)) for path, offered in resources.items()]
        app = Starlette(routes=routes, exception_handlers={HTTPException: self._no_such_path})
        app.router.redirect_slashes = False
        return app

    def respond(self, offered: Mapping[str, Operation], request: Request, raw: bytes) -> Response:
        """Answer a request: method, then credential, then validity, then the operation itself."""
        try:
            operation = self._chosen(offered, request.method)
            self._look_too_early(operation, request, raw)
            self._authenticate(operation, request)
            return operation.act(self._reader.read(operation.name, request, raw))
        except RefusalError as refusal:
            return self._refused(refusal)
        except CrashError:
            return PlainTextResponse("Internal Server Error", 500)

    def _no_such_path(self, _request: Request, _error: Exception) -> Response:
        return self.error(RefusalError(404, "No such path"))

    def _refused(self, refusal: RefusalError) -> Response:
        if refusal.status == 401 and self.has("missing_token_403"):
            return self.error(RefusalError(403, refusal.detail))
        if self.has(f"plain_{refusal.status}"):
            return PlainTextResponse(refusal.detail, refusal.status, refusal.headers)
        return self.error(refusal)

    def _chosen(self, offered: Mapping[str, Operation], method: str) -> Operation:
        if method == "HEAD" and self.has("head_404"):
            raise RefusalError(404, "Not found")
        if method in offered:
            return offered[method]
        if "GET" in offered and (method == "HEAD" or self.has("unknown_method_served")):
            return offered["GET"]
        if self.has("unknown_method_404"):
            raise RefusalError(404, "Not found")
        allowed = sorted({*offered, "HEAD"} if "GET" in offered else offered)
        if self.has("short_allow"):
            allowed = allowed[-1:]
        headers = {} if self.has("no_allow") else {"Allow": ", ".join(allowed)}
        raise RefusalError(405, f"{method} is not offered here", **headers)

    def _look_too_early(self, operation: Operation, request: Request, raw: bytes) -> None:
        """Do before the credential is looked at, in two defects, what should come after it."""
        if self.has("validation_first"):
            self._reader.read(operation.name, request, raw)
        if self.has("lookup_first") and operation.method == "GET":
            try:
                operation.act(self._reader.read(operation.name, request, raw))
            except RefusalError as refusal:
                if refusal.status == 404:
                    raise

    def _authenticate(self, operation: Operation, request: Request) -> None:
        sent = request.headers.getlist("authorization")
        keys = request.headers.getlist(self.key_header) if self.key_header else []
        scheme, _, token = sent[0].partition(" ") if len(sent) == 1 else ("", "", "")
        reads_bearer = scheme.lower() == "bearer" and not self.has("bearer_refused")
        bearer = [token.strip(" ")] if reads_bearer else []
        if self.token in bearer or keys == [self.token] or self.has(f"open_{operation.name}"):
            return
        if not self._wrongly_granted([*bearer, *keys], sent, request):
            challenge = {} if self.has("no_challenge") else {"WWW-Authenticate": self.challenge}
            raise RefusalError(401, "A valid credential is needed", **challenge)

    def _wrongly_granted(self, shown: Sequence[str], sent: Sequence[str], request: Request) -> bool:
        return (
            (self.has("any_token") and any(shown))
            or (self.has("shortened_token") and self.token[:-1] in shown)
            or (self.has("empty_token") and "" in shown)
            or (self.has("any_scheme") and any(one.endswith(f" {self.token}") for one in sent))
            or (self.has("bare_token") and self.token in sent)
            or (self.has("token_in_query") and self.token in request.query_params.values())
        )


class _Resource:
    """One path, as an ASGI application that sees every method."""

    def __init__(self, service: Service, offered: Mapping[str, Operation]) -> None:
        self._service, self._offered = service, offered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = self._service.respond(self._offered, request, await request.body())
        if request.method == "HEAD":
            response.body = b""
        await response(scope, receive, send)


def reader(rules: Rules, loose: Mapping[str, str], defect: str, *, invalid: int) -> Reader:
    """Return the reader of an API, without the one rule that `defect` takes away, if any."""
    return Reader(rules.without(loose[defect]) if defect in loose else rules, defect, invalid)


def answer(status: int, body: Json, **headers: str) -> JSONResponse:
    return JSONResponse(body, status, headers)


def instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def numbered_id(kind: str, number: int) -> str:
    """Return a UUID that is the same for the same kind and number."""
    return str(uuid5(_NAMESPACE, f"{kind}/{number}"))


def without(value: Object, *names: str) -> Object:
    """Return an object without some of its properties."""
    return {name: one for name, one in value.items() if name not in names}
