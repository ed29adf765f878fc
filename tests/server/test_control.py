import asyncio
import json
import re
import threading
import time
from collections.abc import Iterator
from itertools import islice

import httpx
import pytest
from tests.probe.subjects import fingerprints, vacuous
from tests.respond.inferred_contracts import Shape

from understudy import MockServer, Settings, load_contract
from understudy.checks.credentials import Credentials
from understudy.errors import ExitCode
from understudy.probe.run import TIERS, Options, check
from understudy.server.control.api import DOCUMENT, is_control

AGENT = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
THREADS = f"/api/v1/chat/{AGENT}/web-threads"
KEY = {"x-api-key": "a-key-of-thena"}
SLOW = ("followJournal", "followLines", "waitForExchanges")


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer("thena") as running:
        yield running


@pytest.fixture
def client(server: MockServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as found:
        yield found


def threads(client: httpx.Client, session: str = "", **query: object) -> httpx.Response:
    named = {"X-Understudy-Session": session} if session else {}
    return client.get(THREADS, headers={**KEY, **named}, params=query)


def control(client: httpx.Client, method: str, path: str, body: object = None, **query: object):
    return client.request(method, f"/__understudy{path}", json=body, params=query)


FORGETTING = ("reset", "clearJournal", "removeSession")


@pytest.mark.parametrize("token", ["", "a-token-of-control"])
def test_the_control_api_keeps_its_own_contract(tmp_path, token: str) -> None:
    with MockServer("thena", settings=Settings(control_token=token)) as server:
        url = f"{server.url}/__understudy"
        shown = {"Authorization": f"Bearer {token}"} if token else {}
        for name in ("one", "two", "three"):
            httpx.get(f"{server.url}{THREADS}", headers={**KEY, "X-Understudy-Session": name})
        document = httpx.get(f"{url}/openapi.json", headers=shown).json()
        (tmp_path / "openapi.json").write_text(json.dumps(document))
        contract = load_contract(tmp_path / "openapi.json")
        credentials = Credentials({"token": f"Bearer {token}"} if token else {})
        known = {"entry": ["1-1"], "name": ["two"]}
        others = tuple(id_ for id_ in contract.operations if id_ not in (*SLOW, *FORGETTING))

        found = [
            check(contract, url, Options(TIERS["smoke"], 1, credentials, known, operations))
            for operations in (others, FORGETTING)
        ]

    assert [fingerprints(one) for one in found] == [[], []]
    assert [vacuous(one) for one in found] == [[], []]
    assert [one.code() for one in found] == [ExitCode.OK] * 2


def test_every_operation_of_the_document_is_answered(client: httpx.Client) -> None:
    contract = load_contract(DOCUMENT)

    assert contract.warnings == ()
    for operation in contract.operations.values():
        path = operation.path.replace("{name}", "nobody")
        query = {"seconds": 0} if operation.id in SLOW else {}
        answered = control(client, operation.method.upper(), path, {}, **query)
        assert answered.status_code in (200, 204, 400, 404, 422), operation.id


def test_a_session_has_a_seed_a_clock_and_state_of_its_own(client: httpx.Client) -> None:
    ours = threads(client, "one").json()

    seeded = control(client, "PUT", "/seed", {"seed": 7}, session="one")
    frozen = control(
        client, "PUT", "/clock", {"now": "2026-03-01T12:00:00Z", "mode": "frozen"}, session="one"
    )
    control(client, "POST", "/clock/advance", {"seconds": 90}, session="one")

    assert seeded.json()["seed"] == 7
    assert frozen.json()["clock"] == {"now": "2026-03-01T12:00:00+00:00", "mode": "frozen"}
    now = control(client, "GET", "/sessions/one").json()["clock"]["now"]
    assert now == "2026-03-01T12:01:30+00:00"
    assert threads(client, "one").json() != ours
    assert threads(client).json() == ours


def test_what_was_kept_comes_back(client: httpx.Client) -> None:
    control(client, "PUT", "/seed", {"seed": 7}, session="one")
    control(client, "POST", "/state/snapshot", {"name": "before"}, session="one")
    control(client, "PUT", "/seed", {"seed": 8}, session="one")

    back = control(client, "POST", "/state/rollback", {"name": "before"}, session="one")
    missing = control(client, "POST", "/state/rollback", {"name": "other"}, session="one")

    assert (back.status_code, back.json()["seed"]) == (200, 7)
    assert (missing.status_code, missing.json()["detail"]) == (
        404,
        "There is no snapshot other; there are: before",
    )


def test_state_is_read_patched_and_replaced(client: httpx.Client) -> None:
    thread = threads(client).json()[0]
    one = {"contract": "thena", "resource": "thread", "parent": AGENT, "created": [thread]}
    other = {**one, "parent": "y"}
    control(client, "PUT", "/state", {"collections": [one], "states": {"a": "b"}})
    shown = threads(client).json()

    patched = control(client, "PATCH", "/state", {"collections": [other], "states": {"c": "d"}})
    empty = control(client, "PUT", "/state", {})

    assert patched.json() == {
        "collections": [one, other],
        "tallies": {},
        "states": {"a": "b", "c": "d"},
    }
    assert shown[:2] == [thread, thread]
    assert empty.json() == {"collections": [], "tallies": {}, "states": {}}


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"contract": "zoo"}, "/collections/0/contract: no such contract; served are thena"),
        ({"resource": "zoo"}, "/collections/0/resource: no such resource; there are: "),
        ({"created": [{"id": 5}]}, "/collections/0/created/0"),
        ({"changed": {"1": {}}}, "/collections/0/changed: is not what this resource keeps"),
    ],
)
def test_a_state_that_breaks_the_contract_is_refused(
    client: httpx.Client, broken: dict, told: str
) -> None:
    state = {"contract": "thena", "resource": "thread", "parent": AGENT, **broken}

    answered = control(client, "PUT", "/state", {"collections": [state]})

    assert answered.status_code == 400
    assert answered.json()["detail"].startswith(told)
    assert control(client, "GET", "/state").json()["collections"] == []


def test_a_state_of_told_resources_comes_back_as_it_was(tmp_path) -> None:
    document = tmp_path / "shop.json"
    document.write_text(json.dumps(Shape({"type": "integer", "minimum": 1}).document()))
    with MockServer(document) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        made = [client.post("/pets", json={"name": name}).json() for name in ("Ada", "Bea")]
        client.delete(f"/pets/{client.get('/pets').json()[-1]['id']}")
        before, state = client.get("/pets").json(), control(client, "GET", "/state").json()

        control(client, "POST", "/reset")
        reset = client.get("/pets").json()
        put = control(client, "PUT", "/state", state)

        assert put.json() == state
        assert client.get("/pets").json() == before
        assert [one["id"] for one in before[:2]] == [one["id"] for one in made[::-1]]
        assert reset != before
        state["collections"][0]["changed"]["1"] = {"id": "one"}
        refused = control(client, "PUT", "/state", state)
        assert refused.json()["detail"].startswith("/collections/0/changed/1")


def test_reset_forgets_what_one_session_did_and_all_of_them(client: httpx.Client) -> None:
    for name in ("one", "two", ""):
        threads(client, name)

    control(client, "POST", "/reset", session="one")
    left = control(client, "GET", "/journal").json()
    control(client, "POST", "/reset", all=True)

    assert [entry["session"] for entry in left["entries"]] == ["two", ""]
    assert control(client, "GET", "/journal").json() == {"count": 0, "entries": []}


def test_a_removed_session_is_gone_with_its_journal(client: httpx.Client) -> None:
    threads(client, "one")

    removed = control(client, "DELETE", "/sessions/one")

    assert removed.status_code == 204
    assert control(client, "GET", "/sessions/one").status_code == 404
    assert control(client, "GET", "/journal").json()["count"] == 0


def test_scenarios_are_listed_and_switched(client: httpx.Client) -> None:
    listed = control(client, "GET", "/scenarios").json()["scenarios"]

    on = control(client, "PUT", "/scenarios", {"scenarios": ["slow"]}, session="one")
    unknown = control(client, "PUT", "/scenarios", {"scenarios": ["slow", "nope"]})

    assert {one["contract"] for one in listed} == {"thena"}
    assert all(one["description"] and not one["on"] for one in listed)
    assert on.json()["scenarios"] == ["slow"]
    assert unknown.status_code == 400


def test_the_journal_says_what_was_asked_and_what_was_wrong_without_secrets(
    client: httpx.Client,
) -> None:
    threads(client, "one", limit=3)
    threads(client, limit="many")

    entries = control(client, "GET", "/journal").json()["entries"]

    assert [(e["number"], e["session"], e["operation"], e["contract"]) for e in entries] == [
        (1, "one", "listWebThreads", "thena"),
        (2, "", "listWebThreads", "thena"),
    ]
    assert [e["response"]["status"] for e in entries] == [200, 422]
    assert len(entries[0]["response"]["body"]["json"]) == 3
    assert entries[0]["findings"] == []
    assert [(one["in"], one["subject"]) for one in entries[1]["findings"]] == [
        ("request", "query limit")
    ]
    assert "a-key-of-thena" not in json.dumps(entries)


def test_one_pattern_finds_counts_and_verifies(client: httpx.Client) -> None:
    for limit in (1, 2, 2):
        threads(client, limit=limit)
    pattern = {"operation": "listWebThreads", "query": {"limit": 2}, "path": {"agent_id": AGENT}}

    found = control(client, "POST", "/journal/find", {"pattern": pattern}).json()
    counted = control(client, "POST", "/journal/count", {"pattern": pattern}).json()
    held = control(client, "POST", "/verify", {"pattern": pattern, "times": 2}).json()
    missed = control(client, "POST", "/verify", {"pattern": pattern, "times": 3}).json()
    listed = control(client, "GET", "/journal", None, target="*/web-threads", last=1).json()

    assert [one["number"] for one in found["entries"]] == [2, 3]
    assert counted == {"count": 2}
    assert held == {"holds": True, "expected": "exactly 2", "count": 2, "nearest": []}
    assert (missed["holds"], missed["count"]) == (False, 2)
    assert missed["nearest"][0]["misses"] == [{"field": "query limit", "expected": "2", "got": "1"}]
    assert (listed["count"], [one["number"] for one in listed["entries"]]) == (3, [3])


def test_what_is_no_pattern_is_refused(client: httpx.Client) -> None:
    answered = control(
        client, "POST", "/journal/count", {"pattern": {"query": {"limit": {"type": 5}}}}
    )

    assert answered.status_code == 400
    assert answered.json()["detail"].startswith("query limit: a mapping is taken for a JSON Schema")
    assert "\n" not in answered.json()["detail"]


def test_what_is_wrong_with_a_body_is_told_member_by_member(client: httpx.Client) -> None:
    answered = control(client, "POST", "/clock/advance", {"seconds": -1})

    wrong = {"location": "body", "pointer": "/seconds", "got": -1}
    assert answered.status_code == 422
    assert wrong.items() <= answered.json()["errors"][0].items()


def test_a_body_that_is_not_json_is_told_with_its_place(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}

    answered = client.post("/__understudy/clock/advance", content=b'{"a":', headers=headers)

    assert re.search(r": body: .* \(at \d+\)$", answered.json()["detail"])


def test_a_wait_ends_when_enough_has_come(client: httpx.Client, server: MockServer) -> None:
    def later() -> None:
        with httpx.Client(base_url=server.url, timeout=60) as other:
            for _ in range(2):
                time.sleep(0.1)
                threads(other)

    thread = threading.Thread(target=later)
    thread.start()
    wanted = {"pattern": {"method": "GET"}, "count": 2, "seconds": 20}

    start = time.monotonic()
    found = control(client, "POST", "/journal/wait", wanted).json()
    thread.join()

    assert (found["holds"], found["count"], len(found["entries"])) == (True, 2, 2)
    assert time.monotonic() - start < 10


def test_a_wait_for_what_does_not_come_says_so(client: httpx.Client) -> None:
    found = control(client, "POST", "/journal/wait", {"seconds": 0.1}).json()

    assert found == {"holds": False, "count": 0, "entries": []}


def events(chunks: Iterator[bytes]) -> Iterator[tuple[str, dict]]:
    """Yield the ids and data of events as they come."""
    text = ""
    for chunk in chunks:
        text += chunk.decode()
        while "\n\n" in text:
            event, _, text = text.partition("\n\n")
            fields = dict(line.partition(": ")[::2] for line in event.splitlines())
            if "id" in fields:
                yield fields["id"], json.loads(fields["data"])


def test_a_stream_tells_what_comes_and_what_was_missed(
    client: httpx.Client, server: MockServer
) -> None:
    with httpx.Client(base_url=server.url, timeout=60) as other:
        threads(other)
        with client.stream("GET", "/__understudy/journal/stream") as response:
            chunks = response.iter_raw()
            next(chunks)
            threads(other, limit=2)
            threads(other, limit=3)
            live = [id_ for id_, _ in islice(events(chunks), 2)]
        again = {"Last-Event-ID": "1-1"}
        with client.stream(
            "GET", "/__understudy/journal/stream", params={"seconds": 0}, headers=again
        ) as response:
            missed = [one["number"] for _, one in events(response.iter_raw())]
        threads(other)  # nobody is in the way of others

    assert client.head("/__understudy/journal/stream").status_code == 200
    assert live == ["1-2", "1-3"]
    assert missed == [2, 3]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "localhost.evil.example:80"}, 403),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "[::1]:80"}, 200),
        ({"X-Forwarded-For": "203.0.113.5"}, 403),
        ({"Host": "localhost", "Origin": "http://localhost"}, 200),
    ],
)
def test_pages_of_others_and_names_of_others_are_refused(
    client: httpx.Client, headers: dict[str, str], status: int
) -> None:
    answered = client.get("/__understudy/health", headers=headers)

    assert answered.status_code == status
    assert not [name for name in answered.headers if name.startswith("access-control")]


def ask(settings: Settings, address: str, headers: dict[str, str]) -> int:
    from understudy.server.app import Application

    async def run() -> int:
        app = Application([load_contract("thena")], settings)
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.1") as asking:
            return (await asking.get("/__understudy/health", headers=headers)).status_code

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("address", "status"),
    [("127.0.0.1", 200), ("127.8.8.8", 200), ("::1", 200), ("::ffff:127.0.0.1", 200),
     ("10.0.0.7", 403), ("::ffff:10.0.0.7", 403), ("fe80::1%eth0", 403), ("nobody", 403)],
)  # fmt: skip
def test_only_this_machine_is_answered(address: str, status: int) -> None:
    assert ask(Settings(), address, {}) == status


@pytest.mark.parametrize(
    ("field", "status"),
    [("Bearer good-token", 200), ("bearer  good-token", 200), ("Bearer good-tokens", 401),
     ("Basic good-token", 401), ("Bearer", 401), ("", 401)],
)  # fmt: skip
def test_a_token_lets_others_in_and_nobody_without_it(field: str, status: int) -> None:
    settings = Settings(control_token="good-token")

    assert ask(settings, "10.0.0.7", {"Authorization": field}) == status
    assert ask(settings, "127.0.0.1", {"Authorization": field}) == status


def test_without_control_there_is_nothing_of_it() -> None:
    assert ask(Settings(control=False), "127.0.0.1", {}) == 404


def test_a_session_is_named_in_every_way(client: httpx.Client) -> None:
    named = [
        client.put("/~one/__understudy/seed", json={"seed": 5}),
        client.put("/__understudy/seed", json={"seed": 6}, headers={"X-Understudy-Session": "two"}),
        client.put(
            "/__understudy/seed", json={"seed": 7}, headers={"Cookie": "understudy_session=three"}
        ),
        client.put("/~one/__understudy/seed?session=four", json={"seed": 8}),
    ]

    assert [(one.json()["name"], one.json()["seed"]) for one in named] == [
        ("one", 5), ("two", 6), ("three", 7), ("four", 8),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("/__understudy/health", True),
        ("/__understudy", True),
        ("/~a/__understudy/health", True),
        ("/__understudyx", False),
        ("/thena/__understudy/health", False),
    ],
)
def test_which_paths_are_of_the_control_api(path: str, ours: bool) -> None:  # noqa: FBT001
    assert is_control(path) is ours


@pytest.mark.parametrize("before", ["", "/~one", "/~%0d%0ax:%20y", "/~%C3%A4"])
def test_the_console_is_at_a_folder(client: httpx.Client, before: str) -> None:
    answered = client.get(f"{before}/__understudy?a=b")

    assert answered.status_code == 307
    assert answered.next_request is not None
    assert answered.next_request.url.raw_path.lower() == f"{before}/__understudy/".lower().encode()


def test_metrics_count_what_was_answered(client: httpx.Client) -> None:
    threads(client, "one")
    threads(client, limit="many")
    client.get("/nowhere")

    lines = control(client, "GET", "/metrics").text.splitlines()

    labels = 'contract="thena",operation="listWebThreads"'
    assert f'understudy_requests_total{{{labels},status="200"}} 1.0' in lines
    assert f'understudy_requests_total{{{labels},status="422"}} 1.0' in lines
    assert 'understudy_requests_total{contract="",operation="",status="404"} 1.0' in lines
    assert f"understudy_request_seconds_count{{{labels}}} 2.0" in lines
    assert "understudy_sessions 1.0" in lines
    assert "understudy_journal_entries 3.0" in lines
