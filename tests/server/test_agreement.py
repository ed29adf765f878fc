import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy import MockServer

THREADS = "/api/v1/chat/threads"
TYPES = ("onboarding", "general", "market_analysis", "campaign_creation")
AGENT = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
ANOTHER_AGENT = "11111111-1111-4111-8111-111111111111"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


# Cattix -------------------------------------------------------------------------------------


def test_a_created_thread_is_the_first_of_its_company(cattix: httpx.Client) -> None:
    before = cattix.get(THREADS, params={"company_id": 7}).json()
    first = cattix.post(THREADS, params={"company_id": 7}, json={"assistant_type": "general"})
    second = cattix.post(THREADS, params={"company_id": 7}, json={"assistant_type": "general"})
    after = cattix.get(THREADS, params={"company_id": 7}).json()
    assert after == [second.json(), first.json(), *before]
    assert len({thread["thread_id"] for thread in after}) == len(after)


def test_a_created_thread_is_unknown_to_other_companies(cattix: httpx.Client) -> None:
    before = cattix.get(THREADS, params={"company_id": 8}).content
    cattix.post(THREADS, params={"company_id": 7}, json={"assistant_type": "general"})
    assert cattix.get(THREADS, params={"company_id": 8}).content == before


def test_a_created_thread_echoes_what_it_was_created_with(cattix: httpx.Client) -> None:
    body = {
        "assistant_type": "market_analysis",
        "name": "Żółw & <b>co</b>",
        "description": "",
        "extra_data": {"radius_km": 5, "keywords": ["a", None], "deep": {"er": [1.5]}},
    }
    about = {"customer_id": 1234567890, "location_id": "loc 1", "login_customer_id": 9876543210}
    thread = cattix.post(THREADS, params={"company_id": 7, **about}, json=body).json()
    assert {name: thread[name] for name in ("name", "description", "extra_data")} == {
        name: body[name] for name in ("name", "description", "extra_data")
    }
    assert thread["assistant"]["assistant_type"] == "market_analysis"
    assert thread["google_ads_customer"]["id"] == 1234567890
    assert thread["google_business_location"]["id"] == "loc 1"
    assert thread["google_ads_login_customer_id"] == 9876543210
    assert thread["is_completed"] is False
    assert thread["date_added"] == thread["date_updated"]


def test_what_a_created_thread_is_not_about_is_sent_as_null(cattix: httpx.Client) -> None:
    body = {"assistant_type": "general"}
    thread = cattix.post(THREADS, params={"company_id": 7}, json=body).json()
    assert {name: value for name, value in thread.items() if value is None} == {
        "name": None,
        "description": None,
        "extra_data": None,
        "google_ads_customer": None,
        "google_ads_login_customer_id": None,
        "google_business_location": None,
    }


def test_the_same_customer_is_described_the_same_in_every_thread(cattix: httpx.Client) -> None:
    params = {"company_id": 7, "customer_id": 1234567890}
    created = [
        cattix.post(THREADS, params=params, json={"assistant_type": kind}).json() for kind in TYPES
    ]
    customers = [thread["google_ads_customer"] for thread in created]
    assert customers == [customers[0]] * len(TYPES)


@pytest.mark.parametrize("company", [1, 2, 500, 9223372036854775807])
def test_the_lists_by_assistant_type_are_a_partition_of_the_whole(
    cattix: httpx.Client, company: int
) -> None:
    cattix.post(THREADS, params={"company_id": company}, json={"assistant_type": "general"})
    whole = cattix.get(THREADS, params={"company_id": company}).json()
    parts = {
        kind: cattix.get(THREADS, params={"company_id": company, "assistant_type": kind}).json()
        for kind in TYPES
    }
    assert parts == {
        kind: [one for one in whole if one["assistant"]["assistant_type"] == kind] for kind in TYPES
    }
    assert sum(map(len, parts.values())) == len(whole) > 0


def test_companies_have_no_thread_in_common(cattix: httpx.Client) -> None:
    lists = [cattix.get(THREADS, params={"company_id": one}).json() for one in range(1, 21)]
    ids = [thread["thread_id"] for threads in lists for thread in threads]
    assert len(set(ids)) == len(ids)


def test_threads_are_listed_by_their_last_change_newest_first(cattix: httpx.Client) -> None:
    cattix.post(THREADS, params={"company_id": 3}, json={"assistant_type": "general"})
    changed = [
        thread["date_updated"] for thread in cattix.get(THREADS, params={"company_id": 3}).json()
    ]
    assert changed == sorted(changed, reverse=True)


def test_a_reset_forgets_what_was_created(
    servers: dict[str, MockServer], cattix: httpx.Client
) -> None:
    before = cattix.get(THREADS, params={"company_id": 7}).content
    cattix.post(THREADS, params={"company_id": 7}, json={"assistant_type": "general"})
    servers["cattix"].reset()
    assert cattix.get(THREADS, params={"company_id": 7}).content == before


# Thena --------------------------------------------------------------------------------------


def web_threads(thena: httpx.Client, agent: str = AGENT, **params: int) -> list[dict[str, object]]:
    threads: list[dict[str, object]] = thena.get(
        f"/api/v1/chat/{agent}/web-threads", params=params
    ).json()
    return threads


def every_web_thread(thena: httpx.Client, agent: str = AGENT) -> list[dict[str, object]]:
    return web_threads(thena, agent, limit=50)


def test_ten_threads_are_listed_unless_a_limit_is_given(thena: httpx.Client) -> None:
    assert web_threads(thena) == every_web_thread(thena)[:10]


def test_pages_of_any_size_add_up_to_the_whole(thena: httpx.Client) -> None:
    whole = every_web_thread(thena)

    @settings(deadline=None, max_examples=25)
    @given(limit=st.integers(1, 50), offset=st.integers(0, 60))
    def law(limit: int, offset: int) -> None:
        assert web_threads(thena, limit=limit, offset=offset) == whole[offset : offset + limit]

    law()
    pages = [web_threads(thena, limit=7, offset=start) for start in range(0, len(whole) + 7, 7)]
    assert [thread for page in pages for thread in page] == whole
    assert web_threads(thena, offset=len(whole)) == []


@pytest.mark.parametrize("agent", [AGENT, ANOTHER_AGENT])
def test_every_listed_thread_can_be_read_and_is_the_same(thena: httpx.Client, agent: str) -> None:
    listed = every_web_thread(thena, agent)
    read = [
        thena.get(f"/api/v1/chat/{agent}/threads/{thread['id']}", params={"limit": 100}).json()
        for thread in listed
    ]
    assert read == listed
    assert {thread["agent_id"] for thread in listed} == {agent}


def test_an_id_is_found_in_any_case(thena: httpx.Client) -> None:
    lower = thena.get(f"/api/v1/chat/{AGENT}/threads/{AGENT}")
    upper = thena.get(f"/api/v1/chat/{AGENT.upper()}/threads/{AGENT.upper()}")
    assert upper.content == lower.content


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_a_limit_keeps_the_latest_messages_oldest_first(thena: httpx.Client, limit: int) -> None:
    thread = max(every_web_thread(thena), key=lambda one: len(one["messages"]))
    read = thena.get(f"/api/v1/chat/{AGENT}/threads/{thread['id']}", params={"limit": limit}).json()
    assert read == {**thread, "messages": thread["messages"][-limit:]}
    times = [message["created_at"] for message in read["messages"]]
    assert times == sorted(times)


@pytest.mark.parametrize(
    ("agent", "thread"), [(AGENT, UNKNOWN), (UNKNOWN, AGENT), (UNKNOWN, UNKNOWN)]
)
def test_an_unknown_id_gets_the_vendors_404(thena: httpx.Client, agent: str, thread: str) -> None:
    reply = thena.get(f"/api/v1/chat/{agent}/threads/{thread}")
    assert (reply.status_code, reply.json()) == (404, {"detail": "Thread not found"})


def test_a_thread_of_another_agent_is_unknown(thena: httpx.Client) -> None:
    thread = every_web_thread(thena, ANOTHER_AGENT)[0]
    assert thena.get(f"/api/v1/chat/{AGENT}/threads/{thread['id']}").status_code == 404


def test_optional_fields_without_a_value_are_sent_as_null(thena: httpx.Client) -> None:
    threads = every_web_thread(thena)
    messages = [message for thread in threads for message in thread["messages"]]
    assert {len(thread) for thread in threads} == {10}
    assert {len(message) for message in messages} == {10}
    assert {thread["user_id"] for thread in threads} == {None}
    assert None in [message["feedback"] for message in messages]


# SiteGPT ------------------------------------------------------------------------------------


def test_the_threads_of_a_chatbot_come_in_the_vendors_envelope(sitegpt: httpx.Client) -> None:
    envelope = sitegpt.get("/api/v0/chatbots/365062873485935184/threads").json()
    threads = envelope["data"]["threads"]
    assert envelope == {
        "success": True,
        "message": "Fetched the chatbot threads successfully",
        "data": {"threads": threads},
    }
    assert 6 <= len(threads) <= 30


def test_last_messages_name_their_thread_and_chatbot_newest_first(sitegpt: httpx.Client) -> None:
    threads = sitegpt.get("/api/v0/chatbots/42/threads").json()["data"]["threads"]
    last = [(thread["threadId"], thread["lastMessage"]) for thread in threads]
    named = [(m["threadId"], m["chatbotId"]) for _, m in last if m is not None]
    changed = [thread["updatedAt"] for thread in threads]
    assert named == [(thread_id, "42") for thread_id, m in last if m is not None]
    assert changed == sorted(changed, reverse=True)


def test_fields_that_a_message_does_not_need_are_left_out(sitegpt: httpx.Client) -> None:
    lists = [sitegpt.get(f"/api/v0/chatbots/{one}/threads").json() for one in range(20)]
    messages = [
        thread["lastMessage"]
        for envelope in lists
        for thread in envelope["data"]["threads"]
        if thread["lastMessage"] is not None
    ]
    shown = {
        (m["messageType"], tuple(name for name in ("iconUrl", "gptModel") if name in m))
        for m in messages
    }
    assert shown == {
        ("NORMAL_MESSAGE", ("gptModel",)),
        ("USER_MESSAGE", ("iconUrl",)),
        ("AGENT_MESSAGE", ()),
        ("SYSTEM_MESSAGE", ()),
    }
    assert {("question" in m, "answer" in m) for m in messages} == {(True, True)}
