"""The steps of `respond` as Connexion's routed middlewares: compiled at start, looked up by id.

Connexion routes first and tells the operation id; each of these finds its handler by it.
"""

from __future__ import annotations

import asyncio
import logging
from functools import cached_property
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from understudy.config import BODY_LIMIT
from understudy.exchange import Reply
from understudy.respond.prefer import NONE
from understudy.respond.service import Handler, Service
from understudy.server.framework import RoutedAPI, RoutedMiddleware, RoutingMiddleware
from understudy.server.send import header, read_body, send_reply
from understudy.server.view import path_names

_KNOWN_PATHS = 4096
_SHORT_PATH = 512
_REQUEST = "understudy.request"
_logger = logging.getLogger("understudy")


class _Step:
    """One step for one operation."""

    def __init__(self, service: Service, operation_id: str, next_app: ASGIApp) -> None:
        self._service = service
        self._operation_id = operation_id
        self.next_app = next_app

    @cached_property
    def handler(self) -> Handler:
        """Return what handles the operation, compiled at the first request to it."""
        return self._service.handler(self._operation_id)


class _Authenticate(_Step):
    """Turns away requests without a good credential."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self.handler.authenticate(scope["headers"], scope["query_string"])
        if refusal is None:
            await self.next_app(scope, receive, send)
        else:
            await send_reply(refusal, send)


class _Validate(_Step):
    """Turns away requests that the contract does not allow; passes the others on decoded."""

    def __init__(self, service: Service, operation_id: str, next_app: ASGIApp) -> None:
        super().__init__(service, operation_id, next_app)
        operation = service.contract.operations[operation_id]
        self._names = tuple(path_names(operation.path).items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler, raw, content_type = self.handler, b"", ""
        if handler.body is not None:
            content_type = header(scope, b"content-type")
            length = header(scope, b"content-length")
            size = int(length) if length.isdecimal() else 1
            refusal = handler.expect(content_type, size)
            body = await read_body(receive, BODY_LIMIT)
            if refusal is None and body is None:
                refusal = handler.too_large()
            if refusal is not None:
                await send_reply(refusal, send)
                return
            raw = body or b""
        given = scope["path_params"]
        path = {name: given[plain] for plain, name in self._names}
        found = handler.read(path, scope["query_string"], scope["headers"], raw, content_type)
        refusal = handler.refuse(found[1]) if found[1] else None
        if refusal is not None:
            await send_reply(refusal, send)
            return
        scope[_REQUEST] = found
        await self.next_app(scope, receive, send)


class _Answer(_Step):
    """Answers a valid request."""

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        handler = self.handler
        request, invalid = scope[_REQUEST]
        wanted = handler.wanted(scope["headers"], scope["query_string"])
        if wanted is None and not invalid:
            await send_reply(handler.answer(request), send)
            return
        if wanted and wanted.delay:
            await asyncio.sleep(wanted.delay / 1000)
        await send_reply(handler.choose(request, wanted or NONE, invalid), send)


class _StepAPI(RoutedAPI):  # type: ignore[misc]
    """The steps of one kind for the operations of one contract."""

    step: type[_Step]

    def __init__(self, specification: Any, *, service: Service, **options: Any) -> None:
        super().__init__(specification, **options)
        self._service = service
        self.add_paths()

    def make_operation(self, operation: Any) -> _Step:
        """Return this kind's step for a Connexion operation."""
        return self.step(self._service, operation.operation_id, self.next_app)


class _AuthenticateAPI(_StepAPI):
    step = _Authenticate


class _ValidateAPI(_StepAPI):
    step = _Validate


class _AnswerAPI(_StepAPI):
    step = _Answer


class AuthenticateMiddleware(RoutedMiddleware):  # type: ignore[misc]
    """Authentication, decided before anything is validated."""

    api_cls = _AuthenticateAPI


class ValidateMiddleware(RoutedMiddleware):  # type: ignore[misc]
    """Validation of media type, size, parameters and body."""

    api_cls = _ValidateAPI


class AnswerMiddleware(RoutedMiddleware):  # type: ignore[misc]
    """Where requests that got through are answered."""

    api_cls = _AnswerAPI


class RememberingRouter(RoutingMiddleware):  # type: ignore[misc]
    """Connexion's router, asked once for each of the paths that were requested lately."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(self._learn)
        self._next = app
        self._known: dict[tuple[str, str], tuple[Any, Any]] = {}

    def add_api(self, specification: Any, **options: Any) -> None:
        """Register an API; a slash too many is another path, not one to redirect from."""
        super().add_api(specification, **options)
        for route in self.router.routes:
            route.app.redirect_slashes = False
        self.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one request; a path that is known goes straight on."""
        known = self._known.get((scope["method"], scope["path"]))
        if known is None:
            await super().__call__(scope, receive, send)
            return
        scope["path_params"], scope["extensions"] = known
        await self._next(scope, receive, send)

    async def _learn(self, scope: Scope, receive: Receive, send: Send) -> None:
        if len(self._known) >= _KNOWN_PATHS:
            self._known.clear()
        if len(scope["path"]) <= _SHORT_PATH:
            known = (scope["path_params"], scope["extensions"])
            self._known[scope["method"], scope["path"]] = known
        await self._next(scope, receive, send)


class Boundary:
    """The outermost layer of one contract: refusals of the router and defects, in its words."""

    def __init__(self, app: ASGIApp, service: Service, prefix: str) -> None:
        self._app = app
        self._service = service
        self._base = len(prefix + service.contract.base_path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer for what the layers inside raise."""
        try:
            await self._app(scope, receive, send)
        except HTTPException as refusal:
            await send_reply(self._refused(refusal.status_code, scope), send)
        except Exception as error:
            reply = self._service.failed(error)
            if reply.status == 500:
                _logger.exception("%s %s failed", scope["method"], scope["path"])
            await send_reply(reply, send)

    def _refused(self, status: int, scope: Scope) -> Reply:
        """Return what a route that does not exist, or not for this method, gets."""
        if status != 405:
            return self._service.dialect.error(status, kind="no-route" if status == 404 else "")
        methods = {*self._service.contract.methods(scope["path"][self._base :]), "OPTIONS"}
        if "GET" in methods:
            methods.add("HEAD")
        allow = (("Allow", ", ".join(sorted(methods))),)
        if scope["method"] == "OPTIONS":
            return Reply(204, b"", allow, "")
        return self._service.dialect.error(405, headers=allow)


async def no_route(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Refuse what no operation is there for."""
    raise HTTPException(404)
