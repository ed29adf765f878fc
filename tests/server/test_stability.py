import random
from datetime import UTC, datetime

import httpx
import pytest

from understudy import MockServer, Settings

AGENT = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
HEADERS = {"Authorization": "Bearer any", "x-api-key": "any"}
TARGETS = (
    *(f"/cattix/api/v1/chat/threads?company_id={company}" for company in (1, 2, 3)),
    "/cattix/api/v1/chat/threads?company_id=1&assistant_type=general",
    *(f"/sitegpt/api/v0/chatbots/{chatbot}/threads" for chatbot in (1, 2, 3)),
    f"/thena/api/v1/chat/{AGENT}/web-threads",
    f"/thena/api/v1/chat/{AGENT}/web-threads?offset=3&limit=2",
    f"/thena/api/v1/chat/{AGENT}/threads/{AGENT}",
)
MANY_COMPANIES = tuple(
    f"/cattix/api/v1/chat/threads?company_id={company}" for company in range(100, 400)
)


def bodies(server: MockServer, targets: tuple[str, ...] = TARGETS) -> dict[str, bytes]:
    with httpx.Client(base_url=server.url, headers=HEADERS) as client:
        replies = {target: client.get(target) for target in targets}
    assert {reply.status_code for reply in replies.values()} == {200}
    return {target: reply.content for target, reply in replies.items()}


def world(settings: Settings) -> dict[str, bytes]:
    with MockServer("cattix", "sitegpt", "thena", settings=settings) as server:
        return bodies(server)


@pytest.mark.parametrize("shuffle", range(3))
def test_the_order_of_requests_changes_no_byte(shuffle: int) -> None:
    targets = list(TARGETS)
    random.Random(shuffle).shuffle(targets)
    with MockServer("cattix", "sitegpt", "thena") as server:
        shuffled = bodies(server, tuple(targets))
        again = bodies(server)
    assert shuffled == again == world(Settings())


def test_a_list_is_the_same_after_hundreds_of_others_were_read() -> None:
    with MockServer("cattix", "sitegpt", "thena") as server:
        before = bodies(server)
        bodies(server, MANY_COMPANIES)
        assert bodies(server) == before


def test_a_reset_brings_every_byte_back() -> None:
    with MockServer("cattix", "sitegpt", "thena") as server:
        before = bodies(server)
        with httpx.Client(base_url=server.url, headers=HEADERS) as client:
            client.post(TARGETS[0], json={"assistant_type": "general"})
        changed = bodies(server)
        server.reset()
        assert changed != before
        assert bodies(server) == before


def test_what_is_created_after_a_reset_is_not_taken_for_what_was_there_before() -> None:
    with MockServer("cattix") as server, httpx.Client(base_url=server.url) as client:
        client.headers.update(HEADERS)
        target = "/api/v1/chat/threads?company_id=1"
        client.post(target, json={"assistant_type": "general", "name": "before"})
        client.get(target)
        server.reset()
        client.post(target, json={"assistant_type": "general", "name": "after"})
        assert client.get(target).json()[0]["name"] == "after"


def test_the_credential_and_the_set_of_contracts_change_no_byte() -> None:
    restricted = world(Settings(tokens=("any",), api_keys=("any",), cors=False))
    with MockServer("cattix") as server:
        target = TARGETS[0].removeprefix("/cattix")
        alone = bodies(server, (target,))[target]
    assert restricted == world(Settings())
    assert alone == restricted[TARGETS[0]]


def test_another_seed_is_another_world_all_over() -> None:
    one, two = world(Settings(seed=1)), world(Settings(seed=2))
    assert [target for target in TARGETS if one[target] == two[target]] == []
    assert two == world(Settings(seed=2))


def test_no_time_is_later_than_the_clock() -> None:
    now = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    with (
        MockServer("cattix", settings=Settings(now=now)) as server,
        httpx.Client(base_url=server.url, headers=HEADERS) as client,
    ):
        target = "/api/v1/chat/threads?company_id=1"
        created = client.post(target, json={"assistant_type": "general"}).json()
        threads = client.get(target).json()
    assert created["date_added"] == "2031-05-06T07:08:09Z"
    assert max(thread["date_updated"] for thread in threads) == created["date_added"]
