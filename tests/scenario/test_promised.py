import pytest
from tests.scenario.shop import scenarios

from understudy.errors import ContractError

BREAKS = [
    ("listOrders", "404", "/status", "404 is not documented"),
    ("listOrders", "{status: 201}", "/status", "201 is not documented"),
    ("listOrders", "{patch: {size: 5}}", "/patch", 'is not of type "array"'),
    ("getOrder", "{patch: {size: 10}}", "/patch", "10 is greater than the maximum"),
    ("getOrder", "{patch: {name: null}}", "/patch", '"name" is a required property'),
    ("getOrder", "{status: 200, body: {id: 1, name: A}}", "/body", '"size" is a required'),
    ("listOrders", "{body: {}}", "/body", 'is not of type "array"'),
    ("getOrder", "{status: 404, patch: {code: x}}", "/patch", 'is not of type "integer"'),
    ("getOrder", "{example: wrong}", "/example", "is not of type"),
    ("getOrder", "{headers: {X-Version: old}}", "/headers", "header X-Version"),
    ("getOrder", "{headers: {X-Version: 0}}", "/headers", "header X-Version"),
    (
        "getOrder",
        "{status: 404, headers: {Content-Type: text/html}, body: <p>no</p>}",
        "/headers",
        "text/html",
    ),
    (
        "listOrders",
        "{status: 503, headers: {Content-Type: text/html}, body: <p>no</p>}",
        "/headers",
        "text/html",
    ),
    ("getOrder", "{status: 429, headers: {X-RateLimit-Remaining: -1}}", "/headers", "-1"),
    ("removeOrder", "{status: 204, body: {}}", "/body", "no body"),
]


@pytest.mark.parametrize(("operation", "answer", "part", "message"), BREAKS)
def test_what_breaks_the_contract_is_refused_unless_it_says_so(
    operation: str, answer: str, part: str, message: str
) -> None:
    text = f"rules: [{{on: {operation}, answer: {answer}}}]"
    found = scenarios(text)

    with pytest.raises(ContractError):
        found.find("odd")
    problems = [one for one in found.problems("odd") if one.severity == "error"]
    assert {one.pointer for one in problems} == {f"/rules/0/answer{part}"}
    assert any(message in one.message for one in problems)
    assert all("breaks-contract: true" in one.hint for one in problems)

    excused = scenarios(text.replace("}]", ", breaks-contract: true}]"))
    assert excused.find("odd").rules[0].breaks
    assert excused.problems("odd") == ()


CANNOT = [
    ("removeOrder", "{patch: {a: 1}}", "/patch", "no JSON body"),
    ("listOrders", "{status: 202, patch: {a: 1}}", "/patch", "no JSON body"),
    ("getOrder", "{example: small}", "/example", "no example small"),
    ("listOrders", "{example: true}", "/example", "no example"),
    ("listOrders", "{status: 404, example: true}", "/example", "is not documented"),
]


@pytest.mark.parametrize(("operation", "answer", "part", "message"), CANNOT)
def test_what_cannot_be_answered_at_all_is_refused_whatever_it_says(
    operation: str, answer: str, part: str, message: str
) -> None:
    text = f"rules: [{{on: {operation}, answer: {answer}, breaks-contract: true}}]"
    problems = [one for one in scenarios(text).problems("odd") if one.severity == "error"]

    assert [one.pointer for one in problems] == [f"/rules/0/answer{part}"]
    assert message in problems[0].message


KEEPS = [
    ("listOrders", "200"),
    ("listOrders", "{status: 200, body: []}"),
    ("listOrders", "{status: 503, headers: {Content-Type: text/plain}, body: Come back later}"),
    ("listOrders", "{status: 503, patch: {message: Come back later}}"),
    ("addOrder", "{status: 201, patch: {note: null}}"),
    ("getOrder", "{patch: {size: 9}, headers: {X-Version: 5}}"),
    ("getOrder", "{example: large}"),
    ("getOrder", "{example: true, patch: {size: 1}}"),
    ("getOrder", "404"),
    ("'*'", "429"),
]


@pytest.mark.parametrize(("operation", "answer"), KEEPS)
def test_what_keeps_the_contract_is_accepted_and_need_not_excuse_itself(
    operation: str, answer: str
) -> None:
    text = f"rules: [{{on: {operation}, answer: {answer}}}]"
    assert scenarios(text).problems("odd") == ()

    excused = scenarios(text.replace("}]", ", breaks-contract: true}]")).problems("odd")
    assert [(one.severity, one.pointer) for one in excused] == [
        ("warning", "/rules/0/breaks-contract")
    ]


def test_a_property_that_the_contract_does_not_know_is_a_warning() -> None:
    problems = scenarios("rules: [{on: getOrder, answer: {patch: {nmae: x}}}]").problems("odd")

    assert [one.severity for one in problems] == ["warning"]
    assert "/nmae" in problems[0].message


def test_what_is_wrong_with_many_operations_is_told_once() -> None:
    problems = scenarios("rules: [{on: '*', answer: 500}]").problems("odd")

    assert [one.message for one in problems] == ["listOrders and 3 more: 500 is not documented"]


def test_the_fields_of_a_limit_keep_the_contract() -> None:
    text = """
rules:
  - on: orders
    limit: {requests: 5, seconds: 9, headers: {reset: X-RateLimit-Remaining}, reset: seconds}
  - on: getOrder
    limit: {requests: 5, seconds: 9}
    answer: {status: 429, headers: {X-RateLimit-Remaining: none}}
"""
    assert scenarios(text).problems("odd") == ()
