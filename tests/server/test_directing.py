"""What scenarios say is what the server does."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import Message

from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.scenario.model import FAULTS
from understudy.server.app import Application
from understudy.server.faults import faulty


async def receive() -> Message:
    return {"type": "http.disconnect"}


async def send(_message: Message) -> None:
    pass


@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_that_a_scenario_can_say_breaks_what_is_sent(kind: str) -> None:
    assert faulty(kind, {"type": "http"}, receive, send) is not send


@pytest.mark.parametrize(("before", "then"), [((), ("slow",)), (("slow",), ())])
def test_scenarios_may_be_switched_while_a_body_is_read(
    before: tuple[str, ...], then: tuple[str, ...]
) -> None:
    application = Application([load_contract("cattix")], Settings(scenarios=before))

    async def body() -> AsyncIterator[bytes]:
        application.sessions.default.switch(then)
        yield b'{"assistant_type": "general", "name": "mine"}'

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        headers = {"Authorization": "Bearer token", "Content-Type": "application/json"}
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            url = "/api/v1/chat/threads?company_id=1"
            return await client.post(url, headers=headers, content=body())

    assert asyncio.run(ask()).status_code == 200
