from collections import Counter
from datetime import timedelta
from itertools import groupby
from math import inf
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.scenario.shop import SHOP, Client, scenarios, session, sessions, written

from understudy.codec import loads
from understudy.exchange import Request
from understudy.scenario.delays import seconds_of
from understudy.scenario.library import Scenarios
from understudy.scenario.model import LogNormal, Uniform
from understudy.state.log import FileLog

OPERATIONS = ("listOrders", "addOrder", "getOrder")
REQUESTS = {
    "listOrders": Request(query={"limit": 5}),
    "addOrder": Request(body={"name": "Chair", "size": 3}),
    "getOrder": Request(path={"orderId": 7}),
}
ON = st.sampled_from(["'*'", "orders", "reading", *OPERATIONS])
WHEN = st.sampled_from(
    ["{}", "{probability: 0.4}", "{call: [2, 4]}", "{state: busy}", "{call: 3, probability: 0.5}"]
)
DOES = st.sampled_from(
    [
        "answer: 429",
        "fault: truncated",
        "delay: [10, 900]",
        "delay: {median: 200, sigma: 1}",
        "limit: {requests: 2, seconds: 5}",
        "drip: 100",
        "then: busy",
    ]
)
TIMES = st.sampled_from(["", ", times: 1", ", times: 3"])
RULES = st.lists(
    st.builds("{{on: {}, when: {}, {}{}}}".format, ON, WHEN, DOES, TIMES), min_size=1, max_size=4
)
CALLS = st.lists(st.sampled_from(OPERATIONS), max_size=12)


def told(rules: list[str]) -> str:
    """Return a file of these rules, and of one that leads to the state for which some wait."""
    leading = "{on: '*', when: {call: 1000}, then: busy}"
    return "rules:\n" + "".join(f"  - {rule}\n" for rule in (leading, *rules))


@given(rules=RULES, calls=CALLS, seed=st.integers(0, 3), name=st.sampled_from(["", "ann"]))
@settings(deadline=timedelta(seconds=5))
def test_the_same_seed_and_session_decide_the_same(
    rules: list[str], calls: list[str], seed: int, name: str
) -> None:
    found = scenarios(told(rules))
    assume(not found.problems("odd"))  # of a rule behind one that decides on everything
    clients = [Client(found, session=session(name, seed)) for _ in range(2)]
    other = Client(found, session=session("other", seed))
    for call in calls:
        once = clients[0].direct(call, REQUESTS[call])
        other.direct(call, REQUESTS[call])
        again = clients[1].direct(call, REQUESTS[call])
        assert once == again


@given(times=st.integers(1, 5), calls=CALLS, does=st.sampled_from(["answer: 429", "drip: 5"]))
@settings(deadline=None)
def test_a_rule_acts_exactly_as_often_as_it_says(times: int, calls: list[str], does: str) -> None:
    client = Client(scenarios(f"rules: [{{on: reading, {does}, times: {times}}}]"))
    acted = Counter(
        bool(said.acted) for call in calls for said in client.direct(call, REQUESTS[call])[:1]
    )

    assert acted[True] == min(times, sum(call != "addOrder" for call in calls))


@given(
    requests=st.integers(0, 4),
    seconds=st.integers(1, 20),
    waits=st.lists(st.floats(0, 9), max_size=25),
)
@settings(deadline=None)
def test_a_limit_never_lets_more_through_in_a_window(
    requests: int, seconds: int, waits: list[float]
) -> None:
    limit = f"{{requests: {requests}, seconds: {seconds}}}"
    client = Client(scenarios(f"rules: [{{on: '*', limit: {limit}}}]"))
    began, used = None, 0
    for wait in waits:
        client.session.advance(wait)
        now = client.session.seconds()
        if began is None or now >= began + seconds:
            began, used = now, 0
        used += 1
        reply = client.call("listOrders", REQUESTS["listOrders"])

        assert reply.status == (200 if used <= requests else 429)
        assert reply.header("x-ratelimit-limit") == str(requests)
        assert reply.header("x-ratelimit-remaining") == str(max(requests - used, 0))
        after = reply.header("retry-after")
        assert (after is None) == (reply.status == 200)
        if after is not None:
            assert began + seconds <= now + int(after) < began + seconds + 1.001


@given(
    turns=st.lists(st.tuples(st.integers(0, 2), st.floats(0, 4)), max_size=30),
    times=st.integers(1, 4),
)
@settings(deadline=None, max_examples=50)
def test_workers_that_share_a_log_count_together(
    turns: list[tuple[int, float]], times: int
) -> None:
    text = f"""
rules:
  - {{on: listOrders, limit: {{requests: 3, seconds: 5}}}}
  - {{on: listOrders, answer: 503, times: {times}}}
"""
    found = scenarios(text)
    with TemporaryDirectory() as folder:
        logs = [FileLog(f"{folder}/log") for _ in range(3)]
        workers = [sessions(log=log) for log in logs]
        clients = [Client(found, session=worker.find()) for worker in workers]
        began, statuses = -inf, list[list[int]]()
        for worker, wait in turns:
            workers[worker].find().advance(wait)
            now = clients[worker].session.seconds()
            if now >= began + 5:
                began = now
                statuses.append([])
            statuses[-1].append(clients[worker].call("listOrders").status)
        for log in logs:
            log.close()

    assert all(sum(status != 429 for status in window) <= 3 for window in statuses)
    assert sum(window.count(503) for window in statuses) == min(
        times, sum(min(3, len(window)) for window in statuses)
    )


@pytest.mark.parametrize("seconds", [0.5, 3, 60])
def test_whoever_waits_as_long_as_was_said_is_let_through(seconds: float) -> None:
    limit = f"{{requests: 1, seconds: {seconds}}}"
    client = Client(scenarios(f"rules: [{{on: '*', limit: {limit}}}]"))

    assert client.call("listOrders").status == 200
    refused = client.call("listOrders")
    assert refused.status == 429
    client.session.advance(float(refused.header("retry-after") or 0))
    assert client.call("listOrders").status == 200


def test_a_limit_counts_all_operations_together_and_sessions_apart() -> None:
    found = scenarios("rules: [{on: '*', limit: {requests: 1, seconds: 9}}]")
    first, second = (Client(found, session=session(name)) for name in ("a", "b"))

    assert first.call("listOrders").status == 200
    assert first.call("getOrder", REQUESTS["getOrder"]).status == 429
    assert second.call("listOrders").status == 200


def test_the_fields_of_a_limit_have_the_names_of_the_vendor() -> None:
    limit = "{requests: 5, seconds: 9, headers: {remaining: X-Left, reset: X-In}, reset: seconds}"
    client = Client(scenarios(f"rules: [{{on: '*', limit: {limit}}}]"))

    assert client.direct("listOrders")[0].headers == (("X-Left", "4"), ("X-In", "9"))


def test_a_refusal_clears_after_two_tries() -> None:
    client = Client(scenarios("rules: [{on: listOrders, when: {call: [1, 2]}, answer: 503}]"))

    assert [client.call("listOrders").status for _ in range(4)] == [503, 503, 200, 200]


def test_calls_are_those_of_one_operation_refused_or_not() -> None:
    text = """
rules:
  - {on: orders, when: {call: [1, 2]}, answer: 429}
  - {on: getOrder, when: {call: 3}, answer: 404}
"""
    client = Client(scenarios(text))
    client.call("listOrders")

    statuses = [client.call("getOrder", REQUESTS["getOrder"]).status for _ in range(4)]
    assert statuses == [429, 429, 404, 200]


def test_states_lead_from_one_answer_to_the_next() -> None:
    text = """
initial state: empty
rules:
  - {on: listOrders, when: {state: empty}, answer: {status: 200, body: []}}
  - {on: listOrders, when: {state: paid}, answer: 503}
  - {on: addOrder, when: {state: empty}, then: full}
  - {on: getOrder, when: {state: full}, answer: 404, times: 1, then: paid}
"""
    client = Client(scenarios(text))

    assert client.call("listOrders").body == b"[]"
    assert client.call("addOrder", REQUESTS["addOrder"]).status == 201
    assert client.call("listOrders").body != b"[]"
    assert client.call("getOrder", REQUESTS["getOrder"]).status == 404
    assert client.call("listOrders").status == 503


def test_a_request_finds_one_state_whatever_rules_make_of_it() -> None:
    text = """
rules:
  - {on: '*', when: {state: start}, delay: 1, then: second}
  - {on: '*', when: {state: second}, delay: 1, then: third}
  - {on: listOrders, when: {state: third}, answer: {status: 200, body: []}}
"""
    client = Client(scenarios(text))

    assert [client.call("listOrders").body == b"[]" for _ in range(4)] == [False, False, True, True]


def test_chance_and_states_together_make_bursts() -> None:
    text = """
rules:
  - {on: listOrders, when: {state: start, probability: 0.05}, then: down}
  - {on: listOrders, when: {state: down, probability: 0.3}, answer: 503, then: start}
  - {on: listOrders, when: {state: down}, answer: 503}
"""
    client = Client(scenarios(text))
    statuses = [client.call("listOrders").status for _ in range(400)]
    bursts = [len([*run]) for status, run in groupby(statuses) if status == 503]

    assert 5 < len(bursts) < 35
    assert 1.5 < sum(bursts) / len(bursts) < 6


@pytest.mark.parametrize(
    ("when", "request_", "headers", "fits"),
    [
        ("query: {limit: 5}", Request(query={"limit": 5}), {}, True),
        ("query: {limit: 5}", Request(query={"limit": 6}), {}, False),
        ("query: {limit: 5}", Request(), {}, False),
        ("query: {limit: {maximum: 5}}", Request(query={"limit": 3}), {}, True),
        ("query: {limit: {maximum: 5}}", Request(query={"limit": 7}), {}, False),
        ("query: {limit: {$absent: true}}", Request(), {}, True),
        ("query: {limit: {$absent: true}}", Request(query={"limit": 7}), {}, False),
        ("header: {x-region: north}", Request(headers={"X-Region": "north"}), {}, True),
        ("header: {x-region: north}", Request(headers={"X-Region": "south"}), {}, False),
        ("header: {User-Agent: {pattern: b}}", Request(), {b"user-agent": b"abc"}, True),
        ("header: {User-Agent: {pattern: b}}", Request(), {b"user-agent": b"acc"}, False),
        ("header: {User-Agent: {pattern: b}}", Request(), {}, False),
        ("cookie: {theme: dark}", Request(cookies={"theme": "dark"}), {}, True),
        ("cookie: {theme: dark}", Request(cookies={"theme": "light"}), {}, False),
    ],
)
def test_a_rule_is_about_requests_that_have_what_it_says(
    when: str, request_: Request, headers: dict[bytes, bytes], *, fits: bool
) -> None:
    client = Client(scenarios(f"rules: [{{on: listOrders, when: {{{when}}}, fault: empty}}]"))

    assert bool(client.direct("listOrders", request_, headers)[0].fault) is fits


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        ("{/name: Chair, /size: {minimum: 3}}", True),
        ("{/name: Chair, /size: {minimum: 4}}", False),
        ("{required: [size]}", True),
        ("{properties: {name: {const: Table}}}", False),
    ],
)
def test_a_rule_about_a_body_acts_late(body: str, *, fits: bool) -> None:
    client = Client(scenarios(f"rules: [{{on: addOrder, when: {{body: {body}}}, answer: 429}}]"))
    early, late = client.direct("addOrder", REQUESTS["addOrder"])

    assert early.reply is None
    assert (late.reply is not None) is fits


def test_delays_add_up_until_a_rule_decides() -> None:
    text = """
rules:
  - {on: '*', delay: 100}
  - {on: '*', drip: 50}
  - {on: '*', delay: 200, drip: 20}
  - {on: '*', answer: 429, delay: 300, when: {call: 1}}
  - {on: '*', delay: 400}
"""
    said = Client(scenarios(text)).direct("listOrders")[0]

    assert said.reply is not None
    assert said.reply.status == 429
    assert (round(said.delay, 6), said.drip) == (0.6, 20)
    assert said.acted == tuple(f"odd/rules/{n}" for n in range(4))


def test_a_broken_connection_is_decided_early_and_the_answer_is_the_usual_one() -> None:
    text = """
rules:
  - {on: '*', fault: garbled}
  - {on: listOrders, answer: {status: 200, body: []}, when: {call: 1}}
"""
    found = scenarios(text)
    assert [one.pointer for one in found.problems("odd")] == ["/rules/1"]

    found = scenarios(text.replace("fault: garbled", "fault: garbled, times: 1"))
    early, late = Client(found).direct("listOrders")
    assert (early.fault, early.reply, late.reply) == ("garbled", None, None)


def test_several_scenarios_act_one_after_the_other() -> None:
    texts = {"odd": "rules: [{on: '*', delay: 100}]", "busy": "rules: [{on: '*', answer: 429}]"}
    found = Scenarios(SHOP, [written(text, name) for name, text in texts.items()])
    said = Client(found, ("odd", "busy")).direct("listOrders")[0]

    assert (said.delay, said.acted) == (0.1, ("odd/rules/0", "busy/rules/0"))


def test_nothing_is_compiled_for_operations_of_which_no_rule_speaks() -> None:
    client = Client(scenarios("rules: [{on: getOrder, answer: 404}]"))

    assert client.acting("listOrders") is None
    assert client.acting("getOrder") is not None


@given(chances=st.tuples(st.floats(0.001, 0.999), st.floats(0.001, 0.999)).map(sorted))
def test_a_delay_keeps_its_bounds_and_grows_with_chance(chances: list[float]) -> None:
    for delay, most in ((Uniform(100, 900), 0.9), (LogNormal(300, 1, 2000), 2.0)):
        low, high = (seconds_of(delay, chance) for chance in chances)
        assert 0 <= low <= high <= most
    assert seconds_of(LogNormal(300, 1, 2000), 0.5) == pytest.approx(0.3)


def test_a_probability_is_about_how_often_a_rule_acts() -> None:
    client = Client(scenarios("rules: [{on: '*', when: {probability: 0.3}, answer: 429}]"))
    acted = sum(bool(client.direct("listOrders")[0].acted) for _ in range(600))

    assert 140 < acted < 220


def test_a_delay_that_is_fixed_needs_no_count() -> None:
    client = Client(scenarios("rules: [{on: '*', delay: 5}]"))
    client.direct("listOrders")

    assert not client.session.store.tallies


def test_a_patch_is_merged_into_what_is_kept() -> None:
    client = Client(scenarios("rules: [{on: getOrder, answer: {patch: {size: 9, note: null}}}]"))
    plain = Client(scenarios("rules: [{on: listOrders, fault: empty}]"))
    made = client.call("getOrder", REQUESTS["getOrder"])
    usual = loads(plain.call("getOrder", REQUESTS["getOrder"]).body)
    usual.pop("note", None)

    assert loads(made.body) == {**usual, "size": 9}
    assert made.header("x-version") is not None
