import json
import time

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.probe.servers import nobody
from tests.proxy.running import ITEM, SHOP, answer, ask, get, proxying, saying

from understudy.archive.redact import redaction
from understudy.checks.inspection import Told
from understudy.checks.promise import PROMISES, Severity
from understudy.contract.load import load_contract
from understudy.exchange import Exchange, Reply, Sent
from understudy.probe.recorded import judge_recording
from understudy.probe.run import TIERS
from understudy.probe.run import Options as CheckOptions
from understudy.proxy.desk import Options
from understudy.proxy.inspection import HEADER_LIMIT, Inspector, as_header
from understudy.proxy.recorder import Recorder

POST = ["content-type: application/json", "content-length: 2"]


def findings(found: bytes) -> list[dict]:
    head = found.partition(b"\r\n\r\n")[0].decode()
    lines = [one for one in head.split("\r\n") if one.startswith("understudy-findings: ")]
    return json.loads(lines[0].partition(": ")[2]) if lines else []


def test_what_keeps_the_contract_is_passed_on_without_a_word():
    with saying(answer(ITEM, b"etag: 1")) as shop, proxying(shop.url) as proxy:
        found = ask(proxy.url, get("/v1/items/1"))

    assert found == answer(ITEM, b"etag: 1").replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")
    assert proxy.said == []


def test_an_invalid_request_is_told_and_forwarded():
    with saying(answer(b"[]")) as shop, proxying(shop.url) as proxy:
        found = ask(proxy.url, get("/v1/items?limit=99"))

    assert found.startswith(b"HTTP/1.1 200 ")
    assert [(one["in"], one["check"], one["subject"]) for one in findings(found)] == [
        ("request", "request/invalid", "query limit"),
        ("response", "request/invalid-refused", "query limit"),
    ]
    assert proxy.said[0] == (
        "GET /v1/items?limit=99 -> 200: error: request/invalid query limit: "
        "99 is greater than the maximum of 10"
    )


def test_an_invalid_response_is_told_and_passed_on():
    body = b'{"id":1,"name":5}'
    with saying(answer(body)) as shop, proxying(shop.url) as proxy:
        found = ask(proxy.url, get("/v1/items/1"))

    assert found.endswith(body)
    assert findings(found) == [
        {
            "in": "response",
            "check": "response/body",
            "severity": "error",
            "subject": "200 /name",
            "expected": "type ['string']",
            "got": '5 is not of type "string" (at /name)',
        }
    ]


def test_with_errors_an_invalid_request_is_not_forwarded():
    with (
        saying(answer(b"[]")) as shop,
        proxying(shop.url, Options(errors=True, requests="on")) as proxy,
    ):
        found = ask(proxy.url, get("/v1/items?limit=99"))
        post = ask(proxy.url, get("/v1/items", *POST, method="POST") + b"{}")

    assert found.startswith(b"HTTP/1.1 422 ")
    assert b"application/problem+json" in found
    told = json.loads(found.partition(b"\r\n\r\n")[2])
    assert [one["subject"] for one in told["errors"]] == ["query limit"]
    assert post.startswith(b"HTTP/1.1 422 ")
    assert shop.heads == []


def test_with_errors_a_valid_body_reaches_the_service_whole():
    body = b'{"name":"cup"}'
    fields = ["content-type: application/json", f"content-length: {len(body)}"]
    made = answer(ITEM, status=b"201 Created")
    with saying(made) as shop, proxying(shop.url, Options(errors=True, requests="on")) as proxy:
        found = ask(proxy.url, get("/v1/items", *fields, method="POST") + body)

    assert found.startswith(b"HTTP/1.1 201 ")
    assert shop.bodies == [body]


def test_with_errors_an_invalid_response_is_a_bad_gateway():
    with saying(answer(b"{}")) as shop, proxying(shop.url, Options(errors=True)) as proxy:
        found = ask(proxy.url, get("/v1/items/1"))

    assert found.startswith(b"HTTP/1.1 502 ")
    told = json.loads(found.partition(b"\r\n\r\n")[2])
    assert told["errors"] == findings(found)
    assert {one["check"] for one in told["errors"]} == {"response/body"}


@pytest.mark.parametrize(
    ("request_", "status", "allow"),
    [
        (get("/v1/nothing"), b"404", b""),
        (get("/v1/items", method="DELETE"), b"405", b"allow: GET, POST"),
    ],
)
def test_with_errors_what_the_contract_has_not_got_is_not_forwarded(request_, status, allow):
    with saying(answer(b"[]")) as shop, proxying(shop.url, Options(errors=True)) as proxy:
        found = ask(proxy.url, request_)

    assert found.startswith(b"HTTP/1.1 " + status)
    assert allow in found
    assert shop.heads == []


def test_without_errors_it_passes_through():
    with saying(answer(b"anything")) as shop, proxying(shop.url) as proxy:
        found = ask(proxy.url, get("/v1/nothing"))

    assert found.endswith(b"anything")
    assert findings(found) == []


def test_requests_need_not_be_looked_at():
    with saying(answer(b"[]")) as shop, proxying(shop.url, Options(requests="off")) as proxy:
        found = ask(proxy.url, get("/v1/items?limit=99"))

    assert [one["check"] for one in findings(found)] == ["request/invalid-refused"]


def test_the_address_may_hold_the_path_of_the_api():
    with saying(answer(b"{}")) as shop, proxying(f"{shop.url}/v1") as proxy:
        found = ask(proxy.url, get("/items/1"))

    assert shop.heads[0].startswith(b"GET /v1/items/1 ")
    assert findings(found) != []


def test_the_api_may_be_below_a_path_that_the_contract_does_not_know():
    with saying(answer(b"{}")) as shop, proxying(f"{shop.url}/mounted") as proxy:
        found = ask(proxy.url, get("/items/1"))

    assert shop.heads[0].startswith(b"GET /mounted/items/1 ")
    assert findings(found) != []


@pytest.mark.parametrize(
    ("request_", "said", "options", "mocked"),
    [
        (get("/v1/items"), b"404 Not Found", Options(), True),
        (get("/v1/items"), b"405 Method Not Allowed", Options(), True),
        (get("/v1/items/1"), b"501 Not Implemented", Options(), True),
        (get("/v1/items/1"), b"404 Not Found", Options(), False),
        (get("/v1/items/1"), b"404 Not Found", Options(surely_missing=frozenset({404})), True),
        (get("/v1/items"), b"503 Service Unavailable", Options(), False),
        (get("/v1/nothing"), b"404 Not Found", Options(), False),
    ],
)
def test_the_stand_in_answers_for_what_is_missing(request_, said, options, mocked):
    with (
        saying(answer(b"{}", status=said)) as shop,
        proxying(shop.url, options, mock=True) as proxy,
    ):
        found = ask(proxy.url, request_)

    assert (b"understudy-answered-by: stand-in" in found) is mocked
    assert found.startswith(b"HTTP/1.1 " + (b"200" if mocked else said[:3]))
    assert (len(proxy.records) == 0) is mocked


def test_the_stand_in_answers_where_nobody_does():
    body = b'{"name":"cup"}'
    with nobody() as url, proxying(url, mock=True) as proxy:
        found = httpx.post(
            f"{proxy.url}/v1/items", content=body, headers={"content-type": "application/json"}
        )
        other = httpx.get(f"{proxy.url}/v1/nothing")

    assert (found.status_code, other.status_code) == (201, 502)
    assert found.headers["understudy-answered-by"] == "stand-in"
    assert set(found.json()) >= {"id", "name"}


def test_the_stand_in_hears_a_body_that_comes_in_pieces():
    def pieces():
        for piece in (b'{"na', b'me":', b'"cup"}'):
            time.sleep(0.1)
            yield piece

    with nobody() as url, proxying(url, mock=True) as proxy:
        found = httpx.post(
            f"{proxy.url}/v1/items", content=pieces(), headers={"content-type": "application/json"}
        )

    assert found.status_code == 201


@given(st.lists(st.builds(Told, *[st.text()] * 7), max_size=30))
def test_the_header_is_ascii_and_short_and_can_be_read(told):
    header = as_header(told)

    assert len(header) <= HEADER_LIMIT
    assert header.isascii()
    assert b"\n" not in header
    found = json.loads(header)
    more = found[-1].get("more", 0) if found else 0
    assert len(found) - bool(more) + more == len(told)


def test_many_findings_are_cut_and_counted():
    told = [Told("response", "response/body", "x" * 300, "y" * 300, "z" * 300)] * 100

    found = json.loads(as_header(told))

    assert found[-1] == {"more": 100 - len(found) + 1}


BODIES = st.sampled_from([ITEM, b"{}", b"[]", b'[{"id":"x"}]', b"not json", b"\xff\xfe", b""])
TARGETS = st.sampled_from(
    ["/v1/items", "/v1/items?limit=3", "/v1/items?limit=99", "/v1/items?word=a&word=b",
     "/v1/items/1", "/v1/items/%ff", "/v1/events", "/v1/files", "/v1/none", "/items/1"]
)  # fmt: skip
REQUESTS = st.builds(
    Sent,
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]),
    TARGETS,
    st.sampled_from(
        [(), (("content-type", "application/json"),), (("x-shop-key", "a-secret-key"),)]
    ),
    st.sampled_from([b"", b"{}", b'{"name":"cup"}', b"\x00\xff"]),
)
REPLIES = st.builds(
    Reply,
    st.sampled_from([200, 201, 204, 301, 304, 400, 401, 404, 405, 422, 500, 501]),
    BODIES,
    st.sampled_from([(), (("allow", "GET"),), (("set-cookie", "session=a-secret-of-the-shop"),)]),
    st.sampled_from(["application/json", "text/event-stream", "text/plain", ""]),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(exchanges=st.lists(st.tuples(REQUESTS, REPLIES), min_size=1, max_size=4))
def test_findings_are_those_that_check_has_of_the_recording(tmp_path_factory, exchanges):
    from datetime import UTC, datetime

    from understudy.archive.recording import Record
    from understudy.proxy.upstream import Place

    path = tmp_path_factory.mktemp("recorded") / "traffic.har"
    recorder = Recorder(path, redaction(SHOP), print)
    inspector = Inspector(SHOP, Place("http", "shop.test", ""))
    live = set()
    for sent, reply in exchanges:
        exchange = Exchange(sent, reply)
        recorder.record(Record(exchange, "http://shop.test", datetime.now(UTC)))
        asked = inspector.asked(sent.method, f"http://shop.test{sent.target}")
        if asked is not None:
            own = Sent(sent.method, asked.target, sent.headers, sent.body)
            found = inspector.findings(Exchange(own, reply))
            live |= {one.fingerprint for one in found}
    recorder.close()

    verdict = judge_recording(SHOP, path, CheckOptions(tier=TIERS["pr"]))

    assert {one.fingerprint for one in verdict.findings} == live


def test_the_words_are_those_of_the_checks():
    inspector = Inspector(SHOP)
    exchange = Exchange(Sent("GET", "/items/1"), Reply(200, b"{}"))

    found = inspector.of_reply(exchange)

    assert found
    assert all(one.check in PROMISES for one in found)
    assert all(one.severity in set(Severity) for one in found)


def test_a_request_without_a_credential_is_told_when_it_is_served():
    thena = Inspector(load_contract("thena"))
    agent = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
    sent = Sent("GET", f"/api/v1/chat/{agent}/web-threads")

    found = thena.of_reply(Exchange(sent, Reply(200, b"[]")))

    assert [one.check for one in found] == ["access/refused"]


def test_a_request_is_for_the_operation_that_the_checks_take_it_for(tmp_path):
    answer = {"responses": {"200": {"description": "ok"}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Users", "version": "1"},
        "paths": {
            "/users/{id}": {"get": {"operationId": "read", **answer}},
            "/users/me": {"put": {"operationId": "write", **answer}},
            "/users?deleted=true": {"get": {"operationId": "deleted", **answer}},
        },
    }
    path = tmp_path / "users.json"
    path.write_text(json.dumps(document))
    inspector = Inspector(load_contract(path))

    asked = [
        inspector.asked(method, f"http://users.test{target}")
        for method, target in [
            ("GET", "/users/me"), ("PUT", "/users/me"), ("GET", "/users?deleted=true"),
        ]
    ]  # fmt: skip

    assert [one.operation.id for one in asked] == ["read", "write", "deleted"]
