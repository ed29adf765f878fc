import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy import load_contract
from understudy.codec import loads
from understudy.config import Settings
from understudy.contract.model import Contract
from understudy.contract.validate import Validator
from understudy.contract.wire.invalid import Invalid
from understudy.exchange import Reply, Request
from understudy.respond.examples import problems
from understudy.respond.prefer import Preferences
from understudy.respond.service import VIOLATIONS, Handler, Service, violations
from understudy.state.sessions import open_sessions

SPEC = Path(__file__).parents[1] / "specs/examples.yaml"
CONTRACT: Contract = load_contract(SPEC)
SERVICE = Service(CONTRACT, Settings())
SESSION = open_sessions(Settings()).default
ERRORS = st.sampled_from(["plain", "nested", "listed", "sentences", "closed", "optional"])
FOUND = st.builds(
    Invalid,
    st.sampled_from(["type", "missing", "maximum"]),
    st.tuples(st.sampled_from(["query", "body", "path"]), st.text(max_size=9) | st.integers(0, 9)),
    st.text(max_size=30),
    st.none() | st.integers() | st.text(max_size=500),
    st.none() | st.integers() | st.lists(st.text(max_size=5)),
)


def handler(operation: str, **settings: object) -> Handler:
    service = Service(CONTRACT, Settings(**settings)) if settings else SERVICE  # type: ignore[arg-type]
    return service.handler(operation)


def asked(operation: str, request: Request | None = None, **wanted: object) -> Reply:
    return handler(operation).choose(request or Request(), SESSION, Preferences(**wanted))  # type: ignore[arg-type]


def allowed(operation: str, reply: Reply) -> bool:
    response = CONTRACT.operations[operation].documented(reply.status)
    assert response is not None
    schema = response.schemas[reply.media_type]
    return Validator(schema, CONTRACT.schemas).accepts(loads(reply.body))


@given(ERRORS, st.lists(FOUND, min_size=1, max_size=5))
def test_an_error_in_a_documented_shape_is_valid(name: str, found: list[Invalid]) -> None:
    reply = handler(name).refusals.invalid(found)

    assert reply.status == 422
    assert allowed(name, reply)


@given(ERRORS, st.text(max_size=50))
def test_so_is_one_that_is_asked_for_or_of_another_kind(name: str, detail: str) -> None:
    assert allowed(name, asked(name, code=422))
    assert allowed(name, handler(name).refusals.error("content-too-large", detail))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain", {"message": "The request is not valid: query.n: no", "code": 422}),
        ("nested", {"error": {"title": "Unprocessable Entity", "status": "422"}, "ok": False}),
        ("listed", {"errors": [{"field": "n", "in": "query", "msg": "no", "rule": "maximum 5"}]}),
        ("sentences", {"detail": "The request is not valid", "errors": ["query.n: no"]}),
        ("closed", {"code": "INVALID_REQUEST"}),
        ("optional", {"message": "The request is not valid: query.n: no"}),
    ],
)
def test_an_error_tells_what_went_wrong_where_names_fit(name: str, expected: object) -> None:
    reply = handler(name).refusals.invalid([Invalid("maximum", ("query", "n"), "no", 9, 5)])

    assert loads(reply.body) == expected


@given(st.integers(), st.integers())
def test_another_seed_is_for_one_answer_only(seed: int, other: int) -> None:
    before = handler("pet").answer(Request(path={"id": 1}), SESSION)

    first = asked("pet", Request(path={"id": 1}), seed=seed)
    asked("pet", Request(path={"id": 1}), seed=other)

    assert asked("pet", Request(path={"id": 1}), seed=seed) == first
    assert handler("pet").answer(Request(path={"id": 1}), SESSION) == before


def test_an_example_that_is_not_valid_is_told_with_its_place() -> None:
    told = [
        (one.pointer.rpartition("/examples/")[2], one.rule, one.severity)
        for one in problems(CONTRACT)
    ]

    assert told == [("wrong/value", "invalid-example", "warning")]


def test_it_is_never_the_one_that_is_preferred() -> None:
    reply = handler("pet", examples=True).answer(Request(path={"id": 1}), SESSION)

    assert loads(reply.body) == {"name": "Ann"}


@pytest.mark.parametrize(
    ("request_", "status", "body"),
    [
        (Request(path={"id": 7}), 200, {"name": "Rex"}),
        (Request(path={"id": "7"}), 200, {"name": "Rex"}),
        (Request(path={"id": 8}), 404, {"code": 404, "message": "gone"}),
        (Request(path={"id": 7}, query={"big": True}), 200, {"name": "Big Rex"}),
    ],
)
def test_a_request_that_equals_examples_gets_their_partner(
    request_: Request, status: int, body: object
) -> None:
    reply = handler("pet").answer(request_, SESSION)

    assert (reply.status, loads(reply.body)) == (status, body)


@pytest.mark.parametrize("body", [{"name": "Rex", "age": 1}, {"age": 1.0, "name": "Rex"}])
def test_so_does_a_body_however_it_is_written(body: object) -> None:
    assert loads(handler("add").answer(Request(body=body), SESSION).body) == {
        "name": "Rex the first"
    }


@given(st.lists(FOUND, max_size=200))
def test_violations_fit_into_a_header(found: list[Invalid]) -> None:
    text = violations(found)
    told = json.loads(text)

    assert len(text) <= 8100
    assert text.isascii()
    assert len(told) - 1 + told[-1]["more"] == len(found) if "more" in str(told[-1:]) else True


def test_a_warning_says_what_is_wrong_and_answers_all_the_same() -> None:
    found = [Invalid("maximum", ("query", "n"), "no", 9, 5)]

    warned = handler("pet", validate_requests="warn").choose(Request(), SESSION, invalid=found)
    silent = handler("pet", validate_requests="off").choose(Request(), SESSION, invalid=found)

    assert warned.status == silent.status == 200
    assert json.loads(warned.header(VIOLATIONS.lower()) or "")[0]["pointer"] == "/n"
    assert silent.header(VIOLATIONS.lower()) is None


@given(st.integers(0, 50))
def test_header_fields_are_valid_and_stay_as_they_are(number: int) -> None:
    request = Request(path={"id": number})

    first, second = (handler("headers").answer(request, SESSION) for _ in range(2))

    assert first == second
    assert dict(header_values(first)) == {"X-Count": True, "X-List": True}


def header_values(reply: Reply) -> Iterator[tuple[str, bool]]:
    for name, value in reply.headers:
        if name == "X-Count":
            yield name, 3 <= int(value) <= 9
        elif name == "X-List":
            yield name, set(value.split(",")) <= {"a", "b"}
        else:
            yield name, False


def test_an_accept_that_leads_to_the_usual_answer_is_remembered() -> None:
    one = handler("plain")
    headers = [(b"accept", b"application/json, text/plain, */*")]

    assert one.wanted(headers, b"") is None
    assert headers[0][1] in one.usual_accepts
    assert one.wanted([(b"accept", b"text/plain")], b"") is not None


def test_it_is_among_the_problems_that_are_told_at_start() -> None:
    rules = [one.rule for one in Service(CONTRACT, Settings()).problems]

    assert rules == ["invalid-example"]
