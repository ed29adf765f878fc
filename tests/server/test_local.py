import httpx
import pytest

from understudy import MockServer

AGENT = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
KEY = {"x-api-key": "a-key-of-thena"}


def threads(url: str, headers: dict[str, str] | None = None, **query: object) -> httpx.Response:
    return httpx.get(
        f"{url}/api/v1/chat/{AGENT}/web-threads",
        headers={**KEY, **(headers or {})},
        params=query,
    )


def test_what_was_asked_is_proved_in_python() -> None:
    with MockServer("thena") as server:
        threads(server.url, limit=2)

        server.journal.verify(operation="listWebThreads", query={"limit": 2}, times=1)
        server.journal.verify(operation="listWebThreads", query={"limit": 3}, times=0)
        with pytest.raises(AssertionError) as told:
            server.journal.verify(operation="listWebThreads", query={"limit": 3})

        assert str(told.value).splitlines() == [
            "expected at least 1, found 0",
            f"GET /api/v1/chat/{AGENT}/web-threads?limit=2 -> 200",
            "  query limit: expected 3, got 2",
        ]
        assert [one["number"] for one in server.journal.entries(status=200)] == [1]
        assert server.journal.har()["log"]["entries"][0]["response"]["status"] == 200
        assert server.journal.curl().startswith("curl --include ")


def test_a_wait_in_python_ends_with_what_came_or_tells_what_did_not() -> None:
    with MockServer("thena") as server:
        threads(server.url)

        assert len(server.journal.wait(1, seconds=5, method="GET")) == 1
        with pytest.raises(AssertionError, match="expected at least 2, found 1"):
            server.journal.wait(2, seconds=0.05, method="GET")


def test_a_session_has_an_address_a_journal_and_a_world_of_its_own() -> None:
    with MockServer("thena") as server:
        one, two = server.session("one"), server.session("two")
        one.seed(7)

        ours, theirs = threads(one.url).json(), threads(server.url, two.headers).json()

        assert ours != theirs == threads(server.url).json()
        assert (one.journal.count(), two.journal.count(), server.journal.count()) == (1, 1, 3)
        one.reset()
        assert (one.journal.count(), server.journal.count()) == (0, 2)
        assert threads(one.url).json() == theirs


def test_a_session_has_a_clock_and_scenarios() -> None:
    with MockServer("thena") as server:
        session = server.session("one")
        before = session.state.now

        session.freeze()
        session.advance(60)
        session.scenarios("expired-credentials")

        assert session.state.now - before == 60_000_000
        assert threads(session.url).status_code == 401
        assert threads(server.url).status_code == 200
        assert session.journal.entries()[0]["rule"]


def test_a_reset_server_has_an_empty_journal() -> None:
    with MockServer("thena") as server:
        threads(server.url)
        server.reset()
        assert server.journal.entries() == []
        threads(server.url)
        assert [one["number"] for one in server.journal.entries()] == [2]
