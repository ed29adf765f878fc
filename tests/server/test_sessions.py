"""Requests of one session see nothing of what others do, however they name it."""

import asyncio
from collections.abc import Mapping

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.server.app import Application

CATTIX = load_contract("cattix")
PATH = "/api/v1/chat/threads"
BODY = {"assistant_type": "general"}
WAYS = ("header", "cookie", "prefix")


class Client:
    """Asks an application in this process, for several sessions."""

    def __init__(self) -> None:
        self.application = Application([CATTIX], Settings())

    async def ask(self, method: str, session: str, way: str = "header", **more: object) -> object:
        headers = {"Authorization": "Bearer token", **_headers(session, way)}
        prefix = f"/~{session}" if way == "prefix" and session else ""
        transport = httpx.ASGITransport(self.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            reply = await client.request(
                method,
                f"{prefix}{PATH}?company_id=1",
                headers=headers,
                **more,  # type: ignore[arg-type]
            )
        assert reply.status_code == 200
        return reply.json()

    async def create(self, session: str, name: str, way: str) -> None:
        await self.ask("POST", session, way, json={**BODY, "name": name})

    async def created(self, session: str, way: str) -> list[str]:
        threads = await self.ask("GET", session, way)
        assert isinstance(threads, list)
        return [one["name"] for one in threads if str(one["name"]).startswith("mine ")]


def _headers(session: str, way: str) -> Mapping[str, str]:
    if not session or way == "prefix":
        return {}
    if way == "cookie":
        return {"Cookie": f"theme=dark; understudy_session={session}"}
    return {"X-Understudy-Session": session}


@settings(deadline=None, max_examples=25)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["", "a", "b", "c"]), st.sampled_from(WAYS)), max_size=12
    ),
    way=st.sampled_from(WAYS),
)
def test_sessions_are_as_if_each_were_alone(steps: list[tuple[str, str]], way: str) -> None:
    asyncio.run(act(steps, way))


async def act(steps: list[tuple[str, str]], way: str) -> None:
    client = Client()
    expected: dict[str, list[str]] = {"": [], "a": [], "b": [], "c": []}

    for number, (session, how) in enumerate(steps):
        await client.create(session, f"mine {number}", how)
        expected[session].insert(0, f"mine {number}")

    assert {one: await client.created(one, way) for one in expected} == expected
