from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from understudy import MockServer

COMPANY = {"company_id": 1}
ID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
THREAD = {
    "assistant_type": "onboarding",
    "name": "<string>",
    "description": "<string>",
    "extra_data": {},
}
CALLS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("cattix", "GET", "/api/v1/chat/threads", {"params": COMPANY}),
    ("cattix", "POST", "/api/v1/chat/threads", {"params": COMPANY, "json": THREAD}),
    ("sitegpt", "GET", "/api/v0/chatbots/365062873485935184/threads", {}),
    ("thena", "GET", f"/api/v1/chat/{ID}/web-threads", {}),
    ("thena", "GET", f"/api/v1/chat/{ID}/threads/{ID}", {}),
)

documented_calls = pytest.mark.parametrize(("name", "method", "path", "options"), CALLS)


@documented_calls
def test_a_documented_call_answers_when_only_host_and_port_change(
    clients: Mapping[str, httpx.Client], name: str, method: str, path: str, options: dict[str, Any]
) -> None:
    reply = clients[name].request(method, path, **options)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")


@documented_calls
def test_a_server_of_all_contracts_answers_the_same_with_and_without_prefix(
    servers: Mapping[str, MockServer],
    clients: Mapping[str, httpx.Client],
    name: str,
    method: str,
    path: str,
    options: dict[str, Any],
) -> None:
    alone = clients[name].request(method, path, **options)
    bare = clients["all"].request(method, path, **options)
    servers["all"].reset()
    prefixed = clients["all"].request(method, f"/{name}{path}", **options)
    assert [bare.content, prefixed.content] == [alone.content, alone.content]


def test_the_placeholder_of_a_documented_call_is_a_token_like_any_other() -> None:
    with MockServer("cattix") as server:
        reply = httpx.get(
            f"{server.url}/api/v1/chat/threads",
            params=COMPANY,
            headers={"Authorization": "Bearer <token>"},
        )
    assert reply.status_code == 200


def test_the_example_of_a_known_thread_can_be_read(thena: httpx.Client) -> None:
    thread = thena.get(f"/api/v1/chat/{ID}/threads/{ID}").json()
    assert (thread["id"], thread["agent_id"]) == (ID, ID)
