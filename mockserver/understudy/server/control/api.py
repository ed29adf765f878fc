"""The control API as an ASGI application: an API like the others, with a document of its own."""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias

from starlette.types import Receive, Scope, Send

from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.exchange import Reply
from understudy.respond.problems import refusal
from understudy.respond.service import Service
from understudy.server.arriving import arrive
from understudy.server.control import glance, health, operations, records, worlds
from understudy.server.control.desk import Asked, Desk, answer, refused
from understudy.server.control.forms import as_json
from understudy.server.control.guard import Guard
from understudy.server.control.page import page
from understudy.server.control.reading import Seen
from understudy.server.control.stream import follow
from understudy.server.routing import Places, sent_target
from understudy.server.send import send_reply
from understudy.server.whose import asked_for
from understudy.state.session import FullError
from understudy.types import Json, JsonObject

PREFIX: Final = "/__understudy"
DOCUMENT: Final = Path(__file__).with_name("openapi.yaml")

_OURS = re.compile(rf"(?:/~[^/]*)?{PREFIX}(?:/|$)")
_logger = logging.getLogger("understudy")

Act: TypeAlias = Callable[[Desk, Asked], Reply | Awaitable[Reply]]

_ACTS: Final[Mapping[str, Act]] = {
    "listSessions": worlds.list_sessions,
    "readSession": worlds.read_session,
    "removeSession": worlds.remove_session,
    "reset": worlds.reset,
    "setSeed": worlds.set_seed,
    "setClock": worlds.set_clock,
    "advanceClock": worlds.advance_clock,
    "listScenarios": worlds.list_scenarios,
    "switchScenarios": worlds.switch_scenarios,
    "readState": worlds.read_state,
    "exportState": worlds.export_state,
    "replaceState": worlds.replace_state,
    "patchState": worlds.patch_state,
    "takeSnapshot": worlds.take_snapshot,
    "rollBack": worlds.roll_back,
    "listOperations": operations.list_operations,
    "readOperation": operations.read_operation,
    "listJournal": records.list_journal,
    "clearJournal": records.clear_journal,
    "archiveJournal": records.archive_journal,
    "commandsOfJournal": records.commands_of_journal,
    "listLines": glance.list_lines,
    "readEntry": glance.read_entry,
    "findFindings": glance.find_findings,
    "findExchanges": records.find_exchanges,
    "countExchanges": records.count_exchanges,
    "waitForExchanges": records.wait_for_exchanges,
    "verify": records.verify,
    "health": health.health,
    "readiness": health.readiness,
    "metrics": health.metrics,
}

_STREAMS: Final[Mapping[str, Callable[[Seen], JsonObject]]] = {
    "followJournal": as_json,
    "followLines": glance.as_line,
}


def is_control(path: str) -> bool:
    """Tell whether a path, which may begin with the prefix of a session, is of the control API."""
    return PREFIX in path and _OURS.match(path) is not None


class Control:
    """Answers for one server. Nothing is loaded before the first request."""

    def __init__(self, desk: Desk, token: str = "") -> None:
        self._desk = desk
        self._guard = Guard(token)
        self._security: list[Json] = [{"token": []}] if token else []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        found = page(scope, PREFIX)
        reply = self._guard.refusal(scope, public=found is not None) or found
        if reply is None:
            try:
                reply = await self._answered(scope, receive, send)
            except Exception:
                _logger.exception("%s %s failed", scope["method"], scope["path"])
                reply = self._service.dialect.error(500)
        if reply is not None:
            await send_reply(reply, send)

    @cached_property
    def contract(self) -> Contract:
        """Return the contract of the control API."""
        return load_contract(DOCUMENT)

    @cached_property
    def _service(self) -> Service:
        return Service(self.contract, Settings())

    @cached_property
    def _places(self) -> Places:
        return Places(self.contract, "")

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> Reply | None:
        """Return the answer; None where it was sent as a stream."""
        named, scope = asked_for(scope)
        method, dialect = scope["method"], self._service.dialect
        route = self._places.find(sent_target(scope), method)
        if route is None:
            return dialect.error(404, kind="no-route")
        operation = route.operation(method)
        if operation is None:
            head = {"HEAD"} if "GET" in route.operations else set()
            allowed = ", ".join(sorted({*route.operations} | head))
            return dialect.error(405, headers=(("Allow", allowed),))
        handler = self._service.handler(operation.id)
        found = await arrive(handler, scope, receive, route.texts, route.raw)
        if isinstance(found, Reply):
            return found
        wanted = handler.wanted(scope["headers"], scope["query_string"])
        if wanted is not None and wanted.invalid:
            return refusal("invalid-preference", wanted.invalid[0].message, wanted.invalid)
        if method == "HEAD" and operation.id in _STREAMS:
            return Reply(200, b"", (), "text/event-stream; charset=utf-8")
        asked = Asked(found[0], str(found[0].query.get("session") or named))
        return await self._act(operation.id, asked, receive, send)

    async def _act(
        self, operation_id: str, asked: Asked, receive: Receive, send: Send
    ) -> Reply | None:
        try:
            if operation_id in _STREAMS:
                await follow(self._desk, asked, receive, send, _STREAMS[operation_id])
                return None
            if operation_id == "document":
                return self._document()
            reply = _ACTS[operation_id](self._desk, asked)
            return await reply if inspect.isawaitable(reply) else reply
        except FullError:
            return refusal("too-many-sessions", "No more sessions are kept")
        except ValueError as error:  # what a pattern or the name of a session cannot be
            return refused(400, str(error))

    def _document(self) -> Reply:
        """Return the document of this API, which says whether there is a token."""
        return answer({**self.contract.document.data, "security": self._security})
