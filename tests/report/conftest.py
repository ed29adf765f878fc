from collections.abc import Callable
from dataclasses import replace

import pytest

from understudy import load_contract
from understudy.checks import every
from understudy.checks.promise import PROMISES, Finding
from understudy.checks.verdict import Coverage, Unchecked, Verdict
from understudy.contract.model import Contract
from understudy.exchange import Exchange, Reply, Sent

assert every.EVERY  # registers the promises

LIST = "GET /api/v1/chat/{agent_id}/web-threads"
READ = "GET /api/v1/chat/{agent_id}/threads/{thread_id}"
SECRET = "sk-live-1234"
KEY = ("x-api-key", SECRET)
TARGET = "http://127.0.0.1:8080/thena"
HOSTILE = (
    "\r\n::error::\x1b[31m]]>&<script>alert(1)</script>|`````\x00\u202e\ud800\ufffe,:%0A "
    "\N{GRINNING FACE} '\"</pre>--> $(id) \x85\u2028 [x](javascript:y)"
)


def contract() -> Contract:
    return load_contract("thena")


THENA = contract()
POINTERS = {one.label: one.pointer for one in THENA.operations.values()}

TOO_MANY = Finding(
    PROMISES["request/invalid-refused"],
    LIST,
    "a 4xx: 51 is greater than the maximum of 50",
    "200",
    "query limit",
    "maximum",
    f"{POINTERS[LIST]}/parameters/1",
    exchanges=(
        Exchange(
            Sent("GET", "/api/v1/chat/1/web-threads?limit=51", (KEY,)),
            Reply(200, b'[{"id": "1"}]'),
            0.01,
        ),
    ),
)
TOO_MANY_ELSEWHERE = replace(TOO_MANY, operation=READ, pointer=f"{POINTERS[READ]}/parameters/2")
SCHEMA = Finding(
    PROMISES["response/body"],
    LIST,
    "type array",
    "{} is not of type array (at the body itself)",
    "200",
    "type",
    f"{POINTERS[LIST]}/responses/200/content/application~1json/schema",
    exchanges=(
        Exchange(
            Sent("POST", "/things", (KEY, ("Content-Type", "application/json")), b'{"a": 1}'),
            Reply(201, b"{}"),
        ),
        Exchange(Sent("GET", "/api/v1/chat/1/web-threads", (KEY,)), Reply(200, b"{}")),
    ),
)
CHALLENGE = Finding(
    PROMISES["access/challenge"],
    LIST,
    "a WWW-Authenticate header",
    "none",
    pointer=POINTERS[LIST],
    exchanges=(Exchange(Sent("GET", "/api/v1/chat/1/web-threads"), Reply(401)),),
)
TESTED = {
    (LIST, "request/invalid-refused"): 12,
    (LIST, "response/body"): 40,
    (LIST, "access/challenge"): 1,
    (READ, "request/invalid-refused"): 1200,
}
NO_SUCCESS = Unchecked("response/body", READ, "no reply was a success", "give an id that exists")
BY_CHOICE = Unchecked("method", LIST, "excluded", vacuous=False)
COVERAGE = Coverage(
    {(LIST, 200): 50, (LIST, 422): 12, (READ, 404): 9},
    {(LIST, "query limit", "valid"): 20, (LIST, "query limit", "maximum"): 2},
    {(LIST, 200, "/*/title"): 11},
)


def verdict(*findings: Finding, **more: object) -> Verdict:
    fields = {
        "tested": TESTED,
        "coverage": COVERAGE,
        "requests": 1253,
        "seconds": 2.14,
        "secrets": {SECRET: "THENA_KEY"},
        "reproduce": "understudy check thena --seed 7",
        "accept": "understudy check thena --seed 7 --baseline FILE",
        **more,
    }
    return Verdict(THENA, TARGET, "quick", 7, findings, **fields)  # type: ignore[arg-type]


def hostile() -> Verdict:
    """Return a verdict in which every text that strangers can choose is hostile."""
    sent = Sent(
        "POST", f"/a?b={HOSTILE}", (("X-A", HOSTILE), KEY), HOSTILE.encode("utf-8", "ignore")
    )
    reply = Reply(200, HOSTILE.encode("utf-8", "surrogatepass"), (("X-B", HOSTILE),), HOSTILE)
    finding = Finding(
        PROMISES["response/body"],
        f"GET /{HOSTILE}",
        HOSTILE,
        HOSTILE,
        f"body /{HOSTILE}",
        HOSTILE,
        f"/paths/{HOSTILE}",
        exchanges=(Exchange(sent, reply), Exchange(sent, replace(reply, body=b"\xff\x00"))),
    )
    accepted = replace(finding, promise=PROMISES["response/status"])
    return verdict(
        finding,
        accepted=(accepted,),
        unchecked=(
            Unchecked(HOSTILE, HOSTILE, HOSTILE, HOSTILE),
            Unchecked(HOSTILE, HOSTILE, HOSTILE, HOSTILE, vacuous=False),
        ),
        tested={(HOSTILE, "response/body"): 1},
        coverage=Coverage(
            {(HOSTILE, 200): 1}, {(HOSTILE, HOSTILE, HOSTILE): 1}, {(HOSTILE, 200, HOSTILE): 1}
        ),
        reproduce=HOSTILE,
        accept=HOSTILE,
    )


VERDICTS: dict[str, Callable[[], Verdict]] = {
    "broken": lambda: verdict(
        TOO_MANY, TOO_MANY_ELSEWHERE, SCHEMA, CHALLENGE, unchecked=(NO_SUCCESS, BY_CHOICE)
    ),
    "accepted": lambda: verdict(accepted=(TOO_MANY,)),
    "warned": lambda: verdict(CHALLENGE),
    "kept": verdict,
    "vacuous": lambda: verdict(unchecked=(NO_SUCCESS,), tested={}, coverage=Coverage()),
    "stopped": lambda: verdict(complete=False),
    "empty": lambda: Verdict(THENA, TARGET, "quick", 7, ()),
    "hostile": hostile,
}


@pytest.fixture(params=VERDICTS, name="any_verdict")
def _any_verdict(request: pytest.FixtureRequest) -> Verdict:
    return VERDICTS[request.param]()
