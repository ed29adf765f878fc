"""A FastAPI application of openapi/thena, correct unless it is given one of its defects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import APIKeyHeader
from pydantic import BeforeValidator
from starlette.exceptions import HTTPException as StarletteHTTPException
from tests.implementations.thena_data import AGENT, OTHER_AGENT, Object, threads_of

API_KEY = "thena-5be20f8c41"

DEFECTS: Mapping[str, str] = {
    "message_of_another_thread": "A message names the thread that it is in.",
    "tool_call_ends_before_it_starts": "A tool call does not end before it starts.",
    "limit_ignored": "A page has at most as many threads as the limit says.",
    "offset_off_by_one": "An offset skips as many threads as it says.",
    "thread_of_another_agent": "A thread is read only below its own agent.",
    "unknown_thread_made_up": "An unknown thread is not found.",
    "validation_first": "Without an API key, an invalid request is answered 401 too.",
    "no_allow": "A 405 carries Allow.",
    "metadata_as_text": "The metadata of a thread are an object or null.",
    "oldest_first": "Threads are listed with the latest change first.",
}


def _integer(text: Any) -> Any:
    """Refuse what Python takes for an integer but HTTP clients do not mean: " 5", "1_0", "5.0"."""
    if isinstance(text, str) and not re.fullmatch("-?[0-9]+", text):
        raise ValueError("not an integer")
    return text


_UUID_TEXT = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
Id = Annotated[str, Path(pattern=_UUID_TEXT)]
Limit = Annotated[int, BeforeValidator(_integer), Query(ge=1, le=50)]
Offset = Annotated[int, BeforeValidator(_integer), Query(ge=0)]
MessageLimit = Annotated[int, BeforeValidator(_integer), Query(ge=1, le=100)]
Key = Annotated[str, Depends(APIKeyHeader(name="x-api-key"))]


def make_app(defect: str = "") -> FastAPI:
    """Return a new application with its threads, and with one defect if one is named."""
    if defect and defect not in DEFECTS:
        raise ValueError(f"no such defect: {defect}")
    studio = Studio(defect)
    checks = [Depends(_check_key), Depends(_check_query)]
    if defect == "validation_first":
        del checks[0]
    app = FastAPI(openapi_url=None, redirect_slashes=False, dependencies=checks)
    methods = ["GET", "HEAD"]
    app.add_api_route("/api/v1/chat/{agent_id}/web-threads", studio.list_threads, methods=methods)
    path = "/api/v1/chat/{agent_id}/threads/{thread_id}"
    app.add_api_route(path, studio.get_thread, methods=methods)
    app.add_exception_handler(StarletteHTTPException, studio.refuse)
    return app


async def _check_key(key: Key) -> None:
    """Refuse a wrong key; FastAPI does this before it validates the parameters."""
    if key != API_KEY:
        raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "APIKey"})


async def _check_query(request: Request) -> None:
    """Refuse a parameter that is given twice, of which FastAPI would take the last."""
    for name in ("limit", "offset"):
        if len(given := request.query_params.getlist(name)) > 1:
            where, text = ("query", name), "Input should be given once"
            raise RequestValidationError(
                [{"type": "repeated", "loc": where, "msg": text, "input": given}]
            )


class Studio:
    """The threads of two agents, the latest change first."""

    def __init__(self, defect: str) -> None:
        self._defect = defect
        threads = {AGENT: threads_of(AGENT, 25, 19), OTHER_AGENT: threads_of(OTHER_AGENT, 7, 31)}
        self._threads = {
            agent: sorted(
                (self._spoilt(number, thread) for number, thread in enumerate(found)),
                key=lambda thread: str(thread["updated_at"]),
                reverse=not self.has("oldest_first"),
            )
            for agent, found in threads.items()
        }

    def has(self, defect: str) -> bool:
        return self._defect == defect

    async def list_threads(
        self, request: Request, agent_id: Id, limit: Limit = 10, offset: Offset = 0
    ) -> Response:
        await self._check_late(request)
        threads = self._of(agent_id)
        if offset and self.has("offset_off_by_one"):
            offset += 1
        if self.has("limit_ignored"):
            limit = len(threads)
        return JSONResponse(threads[offset : offset + limit])

    async def get_thread(
        self, request: Request, agent_id: Id, thread_id: Id, limit: MessageLimit = 50
    ) -> Response:
        await self._check_late(request)
        threads = self._of(agent_id)
        if self.has("thread_of_another_agent"):
            threads = [thread for found in self._threads.values() for thread in found]
        found = next((one for one in threads if one["id"] == thread_id.lower()), None)
        if found is None and self.has("unknown_thread_made_up"):
            found = {**threads[0], "id": thread_id.lower(), "messages": []}
        if found is None:
            raise HTTPException(404, "Thread not found")
        return JSONResponse({**found, "messages": found["messages"][-limit:]})

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Answer an error of the framework, with all methods of the path in one order."""
        assert isinstance(error, StarletteHTTPException)
        if error.status_code == 405:
            error.headers = None if self.has("no_allow") else {"Allow": "GET, HEAD"}
        return await http_exception_handler(request, error)

    async def _check_late(self, request: Request) -> None:
        if self.has("validation_first"):
            await _check_key(request.headers.get("x-api-key", ""))

    def _of(self, agent: str) -> list[Object]:
        if agent.lower() not in self._threads:
            raise HTTPException(404, "Agent not found")
        return self._threads[agent.lower()]

    def _spoilt(self, number: int, thread: Object) -> Object:
        """Return a thread with the defect, if the defect is one of the data."""
        if number % 5 == 2 and self.has("metadata_as_text"):
            thread["metadata"] = "en-GB"
        if number % 4 == 1 and self.has("message_of_another_thread"):
            thread["messages"][-1]["thread_id"] = OTHER_AGENT
        calls = [call for message in thread["messages"] for call in message["tool_calls"]]
        if self.has("tool_call_ends_before_it_starts"):
            for call in calls[:1]:
                call["start_time"], call["end_time"] = call["end_time"], call["start_time"]
        return thread
