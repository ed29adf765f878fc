"""The steps of `respond` as Connexion's routed middlewares: compiled at start, looked up by id.

Connexion routes first and tells the operation id; each of these finds its handler by it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from understudy.exchange import Reply
from understudy.respond.prefer import NONE
from understudy.respond.service import Handler, Service
from understudy.scenario.library import Scenarios
from understudy.server.arriving import arrive
from understudy.server.directing import early, is_directed, is_to_direct, late
from understudy.server.faults import pause
from understudy.server.framework import RoutedAPI, RoutedMiddleware
from understudy.server.routing import ENCODED
from understudy.server.send import send_reply
from understudy.server.whose import SESSION

_REQUEST = "understudy.request"
_logger = logging.getLogger("understudy")


class _Step:
    """One step for one operation."""

    def __init__(
        self, service: Service, scenarios: Scenarios, operation_id: str, next_app: ASGIApp
    ) -> None:
        self._service = service
        self._scenarios = scenarios
        self._operation_id = operation_id
        self.next_app = next_app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or pass it on (ASGI 3)."""
        raise NotImplementedError

    @cached_property
    def handler(self) -> Handler:
        """Return what handles the operation, compiled at the first request to it."""
        return self._service.handler(self._operation_id)


class _Authenticate(_Step):
    """Lets scenarios have their say, and turns away requests without a good credential."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_to_direct(scope):
            going = await early(self._scenarios, self.handler, scope, receive, send)
            receive, send = going.receive, going.send
            if going.reply is not None:
                await send_reply(going.reply, send)
                return
        refusal = self.handler.authenticate(scope["headers"], scope["query_string"])
        if refusal is None:
            await self.next_app(scope, receive, send)
        else:
            await send_reply(refusal, send)


class _Validate(_Step):
    """Turns away requests that the contract does not allow; passes the others on decoded."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        encoded = scope["extensions"][ENCODED]
        found = await arrive(self.handler, scope, receive, scope["path_params"], encoded)
        if isinstance(found, Reply):
            await send_reply(found, send)
            return
        scope[_REQUEST] = found
        await self.next_app(scope, receive, send)


class _Answer(_Step):
    """Answers a valid request."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler, session = self.handler, scope[SESSION]
        request, invalid = scope[_REQUEST]
        wanted = handler.wanted(scope["headers"], scope["query_string"])
        if wanted is None and session.plain and not invalid:
            await send_reply(handler.answer(request, session), send)
            return
        wanted = wanted or NONE
        if wanted.delay:
            await pause(wanted.delay / 1000, scope)
        choose = partial(handler.choose, request, session, invalid=invalid)
        if is_directed(scope):
            going = await late(self._scenarios, wanted, choose, scope, receive, send)
            await send_reply(going.reply or choose(wanted), going.send)
        else:
            await send_reply(choose(wanted), send)


class _Steps(dict[str, _Step]):
    """Steps by the id of their operation, each made when it is asked for first."""

    def __init__(self, make: Callable[[str], _Step]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, operation_id: str) -> _Step:
        self[operation_id] = self._make(operation_id)
        return self[operation_id]


class _StepAPI(RoutedAPI):  # type: ignore[misc]
    """The steps of one kind for the operations of one contract."""

    step: type[_Step]

    def __init__(
        self, specification: Any, *, service: Service, scenarios: Scenarios, **options: Any
    ) -> None:
        super().__init__(specification, **options)
        self.operations = _Steps(lambda id_: self.step(service, scenarios, id_, self.next_app))

    def make_operation(self, operation: Any) -> _Step:
        """Return this kind's step for a Connexion operation."""
        return self.operations[operation.operation_id]


class _AuthenticateAPI(_StepAPI):
    step = _Authenticate


class _ValidateAPI(_StepAPI):
    step = _Validate


class _AnswerAPI(_StepAPI):
    step = _Answer


class _StepMiddleware(RoutedMiddleware):  # type: ignore[misc]
    """The steps of one kind; Connexion's look-up, without its questions about what is known."""

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Take the step for the operation that the request was routed to."""
        routed = scope["extensions"]["connexion_routing"]
        steps: _Steps = self.apis[routed["api_base_path"]][0].operations
        return steps[routed["operation_id"]](scope, receive, send)


class AuthenticateMiddleware(_StepMiddleware):
    """Authentication, decided before anything is validated."""

    api_cls = _AuthenticateAPI


class ValidateMiddleware(_StepMiddleware):
    """Validation of media type, size, parameters and body."""

    api_cls = _ValidateAPI


class AnswerMiddleware(_StepMiddleware):
    """Where requests that got through are answered."""

    api_cls = _AnswerAPI


class Boundary:
    """The outermost layer of one contract: it answers where a layer inside is broken."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a defect is logged and told in the words of the contract."""
        try:
            await self._app(scope, receive, send)
        except HTTPException as refusal:  # of Swagger UI, which has no such file
            await send_reply(self._service.dialect.error(refusal.status_code), send)
        except ClientDisconnect:  # nobody is there to be answered
            return
        except ConnectionResetError:  # a fault, where there is no connection to break
            raise
        except Exception as error:
            routed = scope.get("extensions", {}).get("connexion_routing", {})
            reply = self._service.failed(error, routed.get("operation_id", ""))
            if reply.status == 500:
                _logger.exception("%s %s failed", scope["method"], scope["path"])
            await send_reply(reply, send)


async def nowhere(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Stand behind the last step, which answers every request."""
    raise RuntimeError("a request got past the answer")
