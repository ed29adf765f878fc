from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from tests.checks.exchanges import reply

from understudy import load_contract, strategies
from understudy.checks.case import Rules
from understudy.checks.credentials import Credentials, placed
from understudy.checks.every import judge
from understudy.contract.meaning.infer import meaning
from understudy.contract.model import Contract, Operation
from understudy.contract.pointers import MISSING
from understudy.contract.wire.writing import request
from understudy.exchange import Exchange, Sent

NAMES = ("cattix", "sitegpt", "thena")
CONTRACTS = {name: load_contract(name) for name in NAMES}
STRATEGIES = {name: strategies(contract) for name, contract in CONTRACTS.items()}
HEADERS = (("WWW-Authenticate", "any"), ("Allow", "any"))
"""All header fields that the contracts document."""


def credentials(contract: Contract) -> Credentials:
    schemes = (s for op in contract.operations.values() for one in op.security for s in one)
    return Credentials(
        {one.name: "Bearer good" if one.kind == "bearer" else "good" for one in schemes}
    )


RULES = {
    name: Rules(contract, meaning(contract), credentials(contract))
    for name, contract in CONTRACTS.items()
}


def findings(name: str, exchange: Exchange, *families: str) -> list[str]:
    """Return what an exchange breaks of some families of promises."""
    return [
        f"{one.finding.fingerprint}: {one.finding.got}"
        for one in judge(RULES[name].case(exchange))
        if one.finding is not None and one.promise.id.startswith(families)
    ]


def documented(name: str) -> Iterator[tuple[str, str, str]]:
    """Yield the responses with a body; a failure of the server is a finding, documented or not."""
    for operation in CONTRACTS[name].operations.values():
        for status, response in operation.responses.items():
            if response.schemas and status < "500":
                yield name, operation.id, status


def authorized(name: str, operation: Operation, sent: Sent) -> Sent:
    known = RULES[name].credentials
    for scheme in known.alternative(operation) or ():
        sent = placed(sent, scheme, known.values[scheme.name])
    return sent


@st.composite
def valid(draw: st.DrawFn, name: str, operation: Operation) -> Sent:
    """Draw a valid request with a good credential."""
    drawn = draw(STRATEGIES[name].parameters(operation.id))
    arguments = {(place, key): v for place, members in drawn.items() for key, v in members.items()}
    assume("" not in drawn.get("path", {}).values())  # there is no such segment of a path
    body = MISSING
    if operation.body is not None:
        body = draw(STRATEGIES[name].request_body(operation.id))
    return authorized(name, operation, request(operation, arguments, body))


@pytest.mark.parametrize(
    ("name", "operation_id", "status"), [one for name in NAMES for one in documented(name)]
)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_what_is_generated_for_a_documented_response_breaks_nothing(
    data: DataObject, name: str, operation_id: str, status: str
) -> None:
    operation = CONTRACTS[name].operations[operation_id]
    response = operation.responses[status]
    value = data.draw(STRATEGIES[name].response(operation_id, status))
    sent = data.draw(valid(name, operation))
    answer = reply(int(status), value, HEADERS, media_type=next(iter(response.schemas)))

    assert findings(name, Exchange(sent, answer), "response/", "time/", "meaning/relation") == []


@pytest.mark.parametrize(
    ("name", "operation_id"), [(n, o) for n, c in CONTRACTS.items() for o in c.operations]
)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_valid_request_that_is_answered_with_a_documented_success_is_never_reported(
    data: DataObject, name: str, operation_id: str
) -> None:
    operation = CONTRACTS[name].operations[operation_id]
    value = data.draw(STRATEGIES[name].response(operation_id))
    sent = data.draw(valid(name, operation))
    answer = reply(int(operation.success.status), value)

    case = RULES[name].case(Exchange(sent, answer))
    assert case.operation == operation
    assert case.understood is not None
    assert case.understood.invalid == ()
    assert findings(name, case.exchange, "request/", "access/", "method/", "response/") == []
