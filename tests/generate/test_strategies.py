import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from understudy.contract.instances import instances
from understudy.contract.load import load_contract
from understudy.contract.relations import breaches
from understudy.contract.validate import Validator
from understudy.generate.strategies import Strategies

CONTRACTS = {name: load_contract(name) for name in ("cattix", "sitegpt", "thena")}
STRATEGIES = {name: Strategies(contract) for name, contract in CONTRACTS.items()}
slow = settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("cattix", "listThreads"),
        ("cattix", "createThread"),
        ("thena", "getThread"),
        ("thena", "listWebThreads"),
    ],
)
@slow
@given(data=st.data())
def test_a_response_validates_and_keeps_its_relations(
    name: str, operation: str, data: st.DataObject
) -> None:
    contract = CONTRACTS[name]
    schema = contract.operations[operation].success.schemas["application/json"]

    value = data.draw(STRATEGIES[name].response(operation, 200))

    assert Validator(schema, contract.schemas).violations(value) == []
    found = instances(value, schema, contract.schemas)
    pairs = [(r, found.get(s, [])) for s, rs in contract.behaviour.relations.items() for r in rs]
    assert [breach for relation, nodes in pairs for breach in breaches(relation, nodes)] == []


@slow
@given(data=st.data())
def test_a_request_body_validates(data: st.DataObject) -> None:
    contract = CONTRACTS["cattix"]
    operation = contract.operations["createThread"]
    assert operation.body is not None
    schema = operation.body.schemas["application/json"]

    value = data.draw(STRATEGIES["cattix"].request_body("createThread"))

    assert Validator(schema, contract.schemas).violations(value) == []


@slow
@given(data=st.data())
def test_parameters_validate_and_required_ones_are_there(data: st.DataObject) -> None:
    found = data.draw(STRATEGIES["cattix"].parameters("createThread"))

    assert found["query"]["company_id"] >= 1
    assert set(found["query"]) <= {"company_id", "customer_id", "location_id", "login_customer_id"}


@pytest.mark.parametrize(
    ("member", "left"),
    [("assistant_type", {"assistant_type"}), ("name", {"assistant_type", "name"})],
)
def test_examples_shrink_to_what_matters(member: str, left: set[str]) -> None:
    bodies = STRATEGIES["cattix"].request_body("createThread")
    found = find(bodies, lambda body: member in body, settings=settings(database=None))

    assert set(found) == left


def test_what_is_not_documented_is_refused() -> None:
    with pytest.raises(KeyError):
        STRATEGIES["thena"].response("getThread", 201)
    with pytest.raises(KeyError):
        STRATEGIES["thena"].request_body("getThread")
