import pytest
from tests.scenario.shop import scenarios

from understudy.errors import ContractError
from understudy.scenario.model import LogNormal, Uniform, Wanted

MISTAKES = [
    ("weather: sunny", "/weather", "unknown key 'weather'"),
    ("description: 5\nrules: []", "/description", "is not a text"),
    ("rules: 5", "/rules", "is not a list"),
    ("description: nothing", "", "does nothing"),
    ("collections: {orders: 0}", "/collections/orders", "unknown resource"),
    ("collections: {order: [5, 2]}", "/collections/order", "is not a whole number from 5"),
    ("collections: {order: [1]}", "/collections/order", "is not two bounds"),
    ("rules: [5]", "/rules/0", "is not a mapping"),
    ("rules: [{fault: empty}]", "/rules/0", "says not what it is on"),
    ("rules: [{on: listOrder, fault: empty}]", "/rules/0/on", "did you mean listOrders?"),
    ("rules: [{on: [orders, 5], fault: empty}]", "/rules/0/on", "nothing is called 5"),
    ("rules: [{on: orders}]", "/rules/0", "does nothing"),
    ("rules: [{on: orders, fault: explode}]", "/rules/0/fault", "unknown fault 'explode'"),
    ("rules: [{on: orders, drip: 0}]", "/rules/0/drip", "is not a whole number"),
    ("rules: [{on: orders, delay: fast}]", "/rules/0/delay", "is not a number"),
    ("rules: [{on: orders, delay: [5]}]", "/rules/0/delay", "is not two bounds"),
    ("rules: [{on: orders, delay: [5, 2]}]", "/rules/0/delay", "the wrong way round"),
    ("rules: [{on: orders, delay: {median: 5}}]", "/rules/0/delay/sigma", "is not a number"),
    ("rules: [{on: orders, fault: empty, times: true}]", "/rules/0/times", "is not a whole"),
    ("rules: [{on: orders, answer: 99}]", "/rules/0/answer", "is not a whole number from 200"),
    ("rules: [{on: orders, answer: {state: 429}}]", "/rules/0/answer/state", "unknown key"),
    (
        "rules: [{on: listOrders, answer: {body: [], patch: {}}}]",
        "/rules/0/answer/body",
        "is the whole body",
    ),
    ("rules: [{on: getOrder, answer: {example: 5}}]", "/rules/0/answer/example", "not a text"),
    (
        "rules: [{on: getOrder, answer: {headers: {Content-Length: 5}}}]",
        "/rules/0/answer/headers/Content-Length",
        "is for the server to say",
    ),
    (
        "rules: [{on: getOrder, answer: {headers: {a b: 5}}}]",
        "/rules/0/answer/headers/a b",
        "is no name",
    ),
    (
        'rules: [{on: getOrder, answer: {headers: {X-A: "a\\nb"}}}]',
        "/rules/0/answer/headers/X-A",
        "is not a text that",
    ),
    (
        "rules: [{on: orders, limit: {requests: 5}}]",
        "/rules/0/limit/seconds",
        "is not a number from 0.001 to 1000000000",
    ),
    (
        "rules: [{on: orders, limit: {requests: 5, seconds: 1, reset: never}}]",
        "/rules/0/limit/reset",
        "unknown reset",
    ),
    (
        "rules: [{on: orders, limit: {requests: 5, seconds: 1, headers: {limit: a b}}}]",
        "/rules/0/limit/headers/limit",
        "is no name",
    ),
    (
        "rules: [{on: getOrder, limit: {requests: 5, seconds: 1}, answer: 404}]",
        "/rules/0/answer",
        "is no refusal",
    ),
    (
        "rules: [{on: orders, fault: empty, breaks-contract: maybe}]",
        "/rules/0/breaks-contract",
        "is not true or false",
    ),
    ("rules: [{on: orders, fault: empty, when: {today: 1}}]", "/rules/0/when/today", "unknown"),
    (
        "rules: [{on: listOrders, fault: empty, when: {query: {limits: 1}}}]",
        "/rules/0/when/query/limits",
        "did you mean limit?",
    ),
    (
        'rules: [{on: listOrders, fault: empty, when: {query: {limit: "5"}}}]',
        "/rules/0/when/query/limit",
        "no valid request",
    ),
    (
        "rules: [{on: listOrders, fault: empty, when: {query: {limit: {minimum: 60}}}}]",
        "/rules/0/when/query/limit",
        "no valid request",
    ),
    (
        "rules: [{on: listOrders, fault: empty, when: {query: {limit: {type: 5}}}}]",
        "/rules/0/when/query/limit",
        "is no JSON Schema",
    ),
    (
        "rules: [{on: getOrder, fault: empty, when: {path: {orderId: {$absent: true}}}}]",
        "/rules/0/when/path/orderId",
        "is never absent",
    ),
    (
        "rules: [{on: listOrders, fault: empty, when: {query: {limit: {$absent: 1}}}}]",
        "/rules/0/when/query/limit",
        "is written {$absent: true}",
    ),
    (
        "rules: [{on: listOrders, fault: empty, when: {body: {/name: x}}}]",
        "/rules/0/when/body",
        "takes a body",
    ),
    (
        "rules: [{on: addOrder, fault: empty, when: {body: {/title: x}}}]",
        "/rules/0/when/body/~1title",
        "matches nothing",
    ),
    (
        "rules: [{on: addOrder, fault: empty, when: {body: {/size: 10}}}]",
        "/rules/0/when/body/~1size",
        "no valid request",
    ),
    (
        "rules: [{on: addOrder, fault: empty, when: {body: {/size: 1, type: object}}}]",
        "/rules/0/when/body",
        "mixes pointers and keywords",
    ),
    ("rules: [{on: orders, fault: empty, when: {call: 0}}]", "/rules/0/when/call", "not a whole"),
    ("rules: [{on: orders, fault: empty, when: {call: [3]}}]", "/rules/0/when/call", "first and"),
    (
        "rules: [{on: orders, fault: empty, when: {call: [3, 2]}}]",
        "/rules/0/when/call/1",
        "from 3",
    ),
    (
        "rules: [{on: orders, fault: empty, when: {probability: 0}}]",
        "/rules/0/when/probability",
        "never comes true",
    ),
    (
        "rules: [{on: orders, fault: empty, when: {state: busy}}]",
        "/rules/0/when/state",
        "no rule leads to 'busy'",
    ),
    ("rules: [{on: orders, fault: empty, when: {state: []}}]", "/rules/0/when/state", "no state"),
    ("rules: [{on: orders, then: ''}]", "/rules/0/then", "names no state"),
    (
        "rules: [{on: '*', fault: empty}, {on: orders, answer: 429}]",
        "/rules/1",
        "never acts",
    ),
]


@pytest.mark.parametrize(("text", "pointer", "message"), MISTAKES)
def test_a_mistake_is_told_with_line_pointer_and_reason(
    text: str, pointer: str, message: str
) -> None:
    found = [one for one in scenarios(text).problems("odd") if one.pointer == pointer]

    assert [one.severity for one in found] == ["error"]
    assert message in str(found[0])
    assert found[0].line == 1 or "\n" in text
    assert found[0].rule == "scenario"


def test_all_mistakes_are_told_at_once_those_of_the_answers_among_them() -> None:
    text = """\
rules:
  - on: listOrder
    fault: empty
  - on: listOrders
    answer: 401
  - on: getOrder
    delay: slow
    times: 1
    answer: {patch: {size: huge}}
  - on: getOrder
    answer: {patch: {size: huge}}
"""
    found = scenarios(text).problems("odd")

    assert [(one.line, one.pointer) for one in found] == [
        (2, "/rules/0/on"),
        (5, "/rules/1/answer/status"),
        (7, "/rules/2/delay"),
        (11, "/rules/3/answer/patch"),
    ]


def test_what_is_no_yaml_is_told_of() -> None:
    assert "is not YAML" in str(scenarios("rules: [").problems("odd")[0])


def test_an_unknown_name_is_a_mistake_with_a_hint() -> None:
    with pytest.raises(ContractError, match="did you mean odd"):
        scenarios("rules: [{on: '*', fault: empty}]").find("old")


def test_a_rule_is_about_operations_by_id_tag_and_label() -> None:
    found = scenarios("rules: [{on: [reading, POST /orders], fault: empty}]").find("odd")

    assert found.rules[0].operations == ("listOrders", "addOrder", "getOrder")


def test_values_are_equal_absent_or_valid_under_a_schema() -> None:
    text = """
rules:
  - on: orders
    when:
      query: {limit: {minimum: 5}}
      header: {x-region: north, User-Agent: {pattern: Mobile}}
      cookie: {theme: {$absent: true}}
    fault: empty
"""
    assert scenarios(text).find("odd").rules[0].when.wanted == (
        Wanted("query", "limit", {"minimum": 5}),
        Wanted("header", "x-region", {"const": "north"}),
        Wanted("header", "User-Agent", {"pattern": "Mobile"}),
        Wanted("cookie", "theme", absent=True),
    )


def test_delays_are_fixed_between_bounds_or_log_normal() -> None:
    text = "rules:\n" + "".join(
        f"  - {{on: orders, delay: {one}}}\n"
        for one in ("250", "[100, 900]", "{median: 300, sigma: 0.5, max: 5000}")
    )
    found = [rule.delay for rule in scenarios(text).find("odd").rules]

    assert found == [Uniform(250, 250), Uniform(100, 900), LogNormal(300, 0.5, 5000)]
