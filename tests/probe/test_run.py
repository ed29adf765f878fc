import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tests.probe.servers import answering, nobody, say
from tests.probe.subjects import SUBJECTS, fingerprints, vacuous

from understudy.checks.credentials import Credentials
from understudy.checks.verdict import Verdict
from understudy.errors import ExitCode, StartError
from understudy.probe.api import Progress
from understudy.probe.run import check

THENA, FORUM = SUBJECTS["thena"], SUBJECTS["forum"]


def asked(answer: Callable[[Request], Response], **more: Any) -> Verdict:
    """Check an application that answers every request to Thena by one function."""

    async def endpoint(request: Request) -> Response:
        return answer(request)

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"]
    app = Starlette(routes=[Route("/{path:path}", endpoint, methods=methods)])
    return check(THENA.contract, "", THENA.options(**more), app=app)


# Vacuity -------------------------------------------------------------------------------------


def test_without_credentials_nothing_is_kept_and_the_flag_that_helps_is_told() -> None:
    verdict = THENA.verdict(credentials=Credentials())

    assert verdict.code() is ExitCode.VACUOUS
    assert [one.reason for one in verdict.unchecked if one.vacuous] == [
        "no credential for APIKeyHeader"
    ] * 2
    assert all("--api-key" in one.hint for one in verdict.unchecked if one.vacuous)


def test_with_wrong_credentials_no_run_is_green() -> None:
    verdict = THENA.verdict(credentials=Credentials({"APIKeyHeader": "wrong"}))

    assert verdict.code() is ExitCode.FINDINGS
    assert {one.promise.id for one in verdict.findings} == {"access/granted"}
    assert vacuous(verdict)
    assert all("credentials" in one.hint for one in verdict.unchecked if one.vacuous)


def test_an_api_that_refuses_everybody_is_not_green() -> None:
    headers = {"WWW-Authenticate": "APIKey"}
    verdict = asked(lambda _request: JSONResponse({"detail": "No"}, 401, headers))

    assert verdict.code() is ExitCode.FINDINGS
    assert len(vacuous(verdict)) == 2


def test_an_api_that_knows_nothing_is_not_green() -> None:
    key = str(THENA.values["APIKeyHeader"])

    def answer(request: Request) -> Response:
        good = request.headers.get("x-api-key") == key
        headers = {} if good else {"WWW-Authenticate": "APIKey"}
        return JSONResponse({"detail": "Not found"}, 404 if good else 401, headers)

    verdict = asked(answer)
    assert verdict.code() is not ExitCode.OK
    assert len(vacuous(verdict)) == 2


def test_an_empty_list_is_told_with_what_would_help() -> None:
    nobody_there = {"agent_id": ["7d0cbb39-4a06-4c3e-9a51-0a5a0c6a3c11"]}
    key = str(THENA.values["APIKeyHeader"])

    def answer(request: Request) -> Response:
        if request.headers.get("x-api-key") != key:
            return JSONResponse({"detail": "No"}, 401, {"WWW-Authenticate": "APIKey"})
        empty = request.url.path.endswith("web-threads")
        return JSONResponse([] if empty else {"detail": "No"}, 200 if empty else 404)

    verdict = asked(answer, known=nobody_there)
    listed = [one for one in verdict.unchecked if one.what == "the list"]
    assert [(one.vacuous, one.reason) for one in listed] == [
        (True, "no page with two items: 0 at most")
    ]
    assert "--known agent_id=VALUE" in listed[0].hint


def test_an_operation_that_was_not_chosen_is_left_out_by_choice() -> None:
    verdict = FORUM.verdict(operations=("listThreads",))

    assert {label for label, _ in verdict.tested if label.count("/threads")} >= {"GET /threads"}
    assert not {label for label, _ in verdict.tested} & {"POST /threads"}
    told = {one.operation: one.vacuous for one in verdict.unchecked if one.reason == "not chosen"}
    assert told == {
        "POST /threads": False,
        "GET /companies/{company_id}/threads/{thread_id}": False,
    }
    assert verdict.code() is ExitCode.OK


@pytest.mark.parametrize("name", SUBJECTS)
def test_each_operation_can_be_checked_alone(name: str) -> None:
    subject = SUBJECTS[name]
    for operation in subject.contract.operations.values():
        verdict = subject.verdict(operations=(operation.label,))
        assert fingerprints(verdict) == [], operation.label
        assert ("", operation.label) not in verdict.tested


# Nobody there --------------------------------------------------------------------------------


def test_where_nothing_answers_there_is_no_verdict() -> None:
    with nobody() as url, pytest.raises(StartError, match=f"nothing answers at {url}"):
        check(THENA.contract, url, THENA.options())


def test_a_server_that_dies_on_the_way_has_not_answered() -> None:
    count = 0

    def answer(handler: BaseHTTPRequestHandler) -> None:
        nonlocal count
        count += 1
        if count > 20:
            handler.close_connection = True
        else:
            say(handler, 200, b"[]")

    with answering(answer) as url:
        verdict = check(THENA.contract, url, THENA.options())
    assert "response/answer" in {one.promise.id for one in verdict.findings}
    assert verdict.code() is ExitCode.FINDINGS


# Time ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tier", "seconds"), [("smoke", 0.1), ("pr", 2.0), ("nightly", 3.0)])
def test_when_the_time_is_up_there_is_a_verdict_on_what_was_done(tier: str, seconds: float) -> None:
    start = time.monotonic()
    verdict = SUBJECTS["desk"].verdict(tier=tier, max_time=seconds)

    assert time.monotonic() - start < seconds + 3
    assert not verdict.complete
    assert verdict.code() is ExitCode.INTERRUPTED
    assert verdict.requests > 0
    assert verdict.tested
    assert fingerprints(verdict) == []


def test_who_watches_is_told_what_is_done() -> None:
    seen: list[Progress] = []
    app = THENA.module.make_app()
    verdict = check(THENA.contract, "", THENA.options(max_time=600), app=app, watch=seen.append)

    assert [one.requests for one in seen] == [*range(1, verdict.requests + 1)]
    assert list(dict.fromkeys(one.phase for one in seen)) == [
        "reach", "access", "methods", "meaning", "input",
    ]  # fmt: skip
    assert all(one.left is not None and 0 < one.left <= 600 for one in seen)


# The same again ------------------------------------------------------------------------------

RUN = """
import hashlib, json, sys
from tests.probe.subjects import SUBJECTS, fingerprints
from understudy.probe.run import check
name, defect, tier, seed = sys.argv[1:]
subject, digest = SUBJECTS[name], hashlib.sha256()
inner = subject.module.make_app(defect)

async def app(scope, receive, send):
    async def received():
        message = await receive()
        digest.update(message.get("body", b""))
        return message
    if scope["type"] == "http":
        mine = [(k, v) for k, v in scope["headers"] if b"schemathesis" not in k]
        target = scope["raw_path"] + b"?" + scope["query_string"]
        digest.update(repr((scope["method"], target, mine)).encode())
    await inner(scope, received, send)

verdict = check(subject.contract, "", subject.options(tier, seed=int(seed)), app=app)
told = [(one.fingerprint, one.expected, one.got, repr(one.exchanges[0].sent))
        for one in verdict.findings]
print(json.dumps([digest.hexdigest(), verdict.requests, told,
                  sorted(map(repr, verdict.tested.items())),
                  sorted(map(repr, verdict.coverage.statuses.items()))]))
"""


def ran(hash_seed: str, *arguments: str) -> Any:
    environment = {
        **os.environ,
        "PYTHONHASHSEED": hash_seed,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    ended = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        capture_output=True, text=True, check=True, timeout=120, env=environment,
    )  # fmt: skip
    return json.loads(ended.stdout)


@pytest.mark.parametrize(
    ("name", "defect", "tier"),
    [
        ("forum", "", "smoke"),
        ("desk", "", "smoke"),
        ("forum", "message_ids_vary", "smoke"),
        ("desk", "listed_count_zero", "smoke"),
        ("thena", "limit_ignored", "pr"),
        ("forum", "", "pr"),
    ],
)
def test_the_same_seed_sends_the_same_bytes_and_finds_the_same_in_any_process(
    name: str, defect: str, tier: str
) -> None:
    first, second = ran("1", name, defect, tier, "5"), ran("2", name, defect, tier, "5")

    assert first == second


def test_another_seed_sends_other_bytes() -> None:
    assert ran("1", "forum", "", "smoke", "5")[0] != ran("1", "forum", "", "smoke", "6")[0]
