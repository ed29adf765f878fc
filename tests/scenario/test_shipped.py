"""The scenarios that come with the contracts keep what they promise."""

import pytest
from tests.scenario.shop import Client, session

from understudy.checks import response as checks
from understudy.checks.case import Case, Rules
from understudy.checks.credentials import Credentials
from understudy.codec import loads
from understudy.contract.load import bundled_names, load_contract
from understudy.contract.meaning.model import Meaning
from understudy.contract.model import Operation
from understudy.contract.wire.route import Route
from understudy.exchange import Exchange, Reply, Request, Sent
from understudy.scenario.library import Scenarios

CONTRACTS = {name: load_contract(name) for name in bundled_names()}
RULES = {name: Rules(one, Meaning(), Credentials()) for name, one in CONTRACTS.items()}
NAMES = (
    "empty-account",
    "expired-credentials",
    "flaky-network",
    "rate-limited",
    "slow",
    "thousands-of-threads",
)
CHECKS = (checks.status, checks.media_type, checks.body, checks.headers, checks.no_body)
REQUESTS = {
    ("cattix", "listThreads"): Request(query={"company_id": 7}),
    ("cattix", "createThread"): Request(
        query={"company_id": 7}, body={"assistant_type": "general"}
    ),
    ("sitegpt", "listThreads"): Request(path={"chatbotId": "184467440737095516"}),
    ("thena", "listWebThreads"): Request(
        path={"agent_id": "3c90c3cc-0d44-4b50-8888-8dd25736052a"}, query={"limit": 50, "offset": 0}
    ),
    ("thena", "getThread"): Request(
        path={
            "agent_id": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
            "thread_id": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
        },
        query={"limit": 50},
    ),
}


def findings(contract: str, operation: Operation, reply: Reply) -> list[str]:
    """Return the promises that an answer breaks."""
    sent, method = Sent(operation.method.upper(), operation.path), operation.method.upper()
    case = Case(
        Exchange(sent, reply), RULES[contract], Route(operation.path, {method: operation}, {})
    )
    found = [outcome for check in CHECKS for outcome in check(case)]
    return [f"{one.finding.expected} {one.finding.got}" for one in found if one.finding]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_same_scenarios_come_with_every_contract(contract: str) -> None:
    found = Scenarios(CONTRACTS[contract])

    assert found.names == NAMES
    assert [problem for name in NAMES for problem in found.problems(name)] == []
    assert all(found.find(name).description.endswith(".") for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("contract", "operation"), list(REQUESTS))
def test_every_answer_of_a_shipped_scenario_keeps_the_contract(
    contract: str, operation: str, name: str
) -> None:
    promised = CONTRACTS[contract].operations[operation]
    for user in ("", "ann"):
        client = Client(Scenarios(CONTRACTS[contract]), (name,), session(user))
        for _ in range(25 if client.found.find(name).rules else 1):
            reply = client.call(operation, REQUESTS[contract, operation])
            if reply.status == 503:  # which flaky networks say, and no contract
                assert name == "flaky-network"
                continue
            assert findings(contract, promised, reply) == []


@pytest.mark.parametrize(("contract", "operation"), list(REQUESTS))
def test_a_flaky_network_fails_about_one_in_four(contract: str, operation: str) -> None:
    client = Client(Scenarios(CONTRACTS[contract]), ("flaky-network",))
    said = [client.direct(operation, REQUESTS[contract, operation])[0] for _ in range(400)]
    failed = [one for one in said if one.fault or one.reply]

    assert 60 < len(failed) < 140
    assert {one.fault for one in failed} == {"", "reset-before", "truncated"}


@pytest.mark.parametrize("contract", ["cattix", "sitegpt"])
def test_thousands_of_threads_are_thousands_and_none_are_none(contract: str) -> None:
    def count(scenario: str) -> int:
        client = Client(Scenarios(CONTRACTS[contract]), (scenario,))
        body = loads(client.call("listThreads", REQUESTS[contract, "listThreads"]).body)
        return len(body if isinstance(body, list) else body["data"]["threads"])

    assert count("empty-account") == 0
    assert 2000 <= count("thousands-of-threads") <= 3000
