"""What the control API has for the console: lines, one entry, findings, operations, pages."""

from collections.abc import Iterator

import httpx
import pytest
from tests.server.test_control import AGENT, KEY, THREADS

from understudy import MockServer, Settings, load_contract


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer("thena", "cattix") as running:
        yield running


@pytest.fixture
def client(server: MockServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers=KEY) as found:
        yield found


def asked(client: httpx.Client, *limits: int) -> None:
    for limit in limits:
        client.get(f"/thena{THREADS}", params={"limit": limit})


def control(client: httpx.Client, path: str, **query: object) -> httpx.Response:
    return client.get(f"/__understudy{path}", params=query)


def test_lines_are_read_page_by_page_backwards(client: httpx.Client) -> None:
    asked(client, *range(1, 8))

    page = control(client, "/journal/lines", last=3).json()
    first = page["lines"][0]
    before = control(
        client, "/journal/lines", last=3, before=f"{first['worker']}-{first['number']}"
    ).json()

    assert page["count"] == 7
    assert [one["number"] for one in page["lines"]] == [5, 6, 7]
    assert [one["number"] for one in before["lines"]] == [2, 3, 4]
    assert control(client, "/journal/lines", before="1-99").json()["lines"] == []


def test_a_line_says_what_an_entry_says_without_bodies_and_secrets(client: httpx.Client) -> None:
    client.get(f"/thena{THREADS}", params={"limit": 1, "x-api-key": KEY["x-api-key"]})

    line = control(client, "/journal/lines").json()["lines"][0]
    entry = control(client, "/journal").json()["entries"][0]

    assert "a-key-of-thena" not in str(line)
    assert (line["method"], line["target"]) == (
        entry["request"]["method"],
        entry["request"]["target"],
    )
    assert (line["status"], line["size"]) == (
        entry["response"]["status"],
        entry["response"]["body"]["size"],
    )
    same = ("worker", "number", "started", "milliseconds", "session", "contract", "operation")
    assert {key: line[key] for key in same} == {key: entry[key] for key in same}


def test_lines_are_followed_from_the_one_that_was_had_last(client: httpx.Client) -> None:
    asked(client, 1, 2, 3)

    told = client.get(
        "/__understudy/journal/lines/stream",
        params={"seconds": 0},
        headers={"Last-Event-ID": "1-2"},
    )

    assert told.headers["content-type"].startswith("text/event-stream")
    assert "id: 1-3\n" in told.text
    assert "id: 1-2\n" not in told.text
    assert '"json"' not in told.text


def test_an_entry_tells_what_is_valid_of_its_request(client: httpx.Client) -> None:
    asked(client, 2, 999)

    good = control(client, "/journal/entries/1-1").json()
    bad = control(client, "/journal/entries/1-2").json()

    assert good["valid"]["path"] == {"agent_id": AGENT}
    assert good["valid"]["query"]["limit"] == 2
    assert "limit" not in bad["valid"]["query"]
    assert good["curl"].startswith("curl ")
    assert bad["findings"] == control(client, "/journal").json()["entries"][1]["findings"]
    assert control(client, "/journal/entries/1-3").status_code == 404
    assert control(client, "/journal/entries/first").status_code == 422


def test_findings_are_told_of_those_that_are_still_there(client: httpx.Client) -> None:
    asked(client, 2, 999)

    told = client.post("/__understudy/journal/findings", json={"entries": ["1-1", "1-2", "9-9"]})

    found = {
        one["entry"]: [each["check"] for each in one["findings"]] for one in told.json()["entries"]
    }
    assert found == {"1-1": [], "1-2": ["request/invalid"]}


def test_the_exchanges_of_everybody_else_are_forgotten_alone(client: httpx.Client) -> None:
    asked(client, 1, 2)
    client.get(f"/thena{THREADS}", headers={"X-Understudy-Session": "one"})

    client.delete("/__understudy/journal", params={"unnamed": True})

    left = control(client, "/journal/lines").json()["lines"]
    assert [one["session"] for one in left] == ["one"]


def test_operations_are_those_of_the_contracts(client: httpx.Client) -> None:
    told = control(client, "/operations").json()["contracts"]

    assert [(one["name"], one["url"]) for one in told] == [
        ("thena", "/thena"),
        ("cattix", "/cattix"),
    ]
    for one in told:
        contract = load_contract(one["name"])
        assert [each["id"] for each in one["operations"]] == [*contract.operations]
        for each in one["operations"]:
            assert each["statuses"] == [*contract.operations[each["id"]].responses]


def test_an_operation_has_a_request_that_succeeds(client: httpx.Client) -> None:
    whole = control(client, "/operation", contract="cattix", operation="createThread").json()

    query = {one["name"]: one["example"] for one in whole["parameters"] if one["required"]}
    headers = {one["name"]: one["value"] for one in whole["credentials"]}
    headers["Content-Type"] = whole["body"]["media_type"]
    answered = client.request(
        whole["method"],
        f"/cattix{whole['path']}",
        params=query,
        headers=headers,
        content=whole["body"]["example"],
    )

    assert answered.status_code == 200
    named = whole["responses"][0]["content"]["application/json"]["$ref"].rpartition("/")[2]
    assert named in whole["schemas"]
    assert control(client, "/operation", contract="cattix", operation="x").status_code == 404
    assert control(client, "/operation", contract="zoo", operation="x").status_code == 404


def test_the_console_is_a_page_with_a_strict_policy(client: httpx.Client) -> None:
    page = control(client, "/")
    script = control(client, "/console/main.js")
    again = client.get(
        "/__understudy/console/main.js", headers={"If-None-Match": script.headers["etag"]}
    )

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (again.status_code, again.content) == (304, b"")
    assert control(client, "").headers["location"] == "__understudy/"
    assert control(client, "/console/api.py").status_code == 404
    assert control(client, "/console/..%2fpage.py").status_code == 404
    assert client.post("/__understudy/").status_code == 404
    assert '<a href="/__understudy/">' in client.get("/").text


def test_the_console_is_there_for_whoever_may_see_it() -> None:
    away = {"Sec-Fetch-Site": "cross-site"}
    with MockServer("thena") as server:
        assert httpx.get(f"{server.url}/__understudy/", headers=away).status_code == 200
        assert httpx.get(f"{server.url}/__understudy/journal", headers=away).status_code == 403
        named = {"Host": "elsewhere.example"}
        assert httpx.get(f"{server.url}/__understudy/", headers=named).status_code == 403
    with MockServer("thena", settings=Settings(control_token="a-token")) as server:
        assert httpx.get(f"{server.url}/__understudy/").status_code == 200
        assert httpx.get(f"{server.url}/__understudy/journal/lines").status_code == 401
    with MockServer("thena", settings=Settings(control=False)) as server:
        assert httpx.get(f"{server.url}/__understudy/").status_code == 404
        assert "__understudy" not in httpx.get(f"{server.url}/").text
