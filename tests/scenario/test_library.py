from pathlib import Path

import pytest
from tests.scenario.shop import DOCUMENT, SHOP, scenarios, written

from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.errors import ContractError
from understudy.respond.service import Service
from understudy.scenario.library import Scenarios, admit

SLOW = "description: A slow day.\nrules: [{on: '*', delay: 100}]\n"
BUSY = "description: A busy day.\nrules: [{on: '*', answer: 429}]\n"


@pytest.fixture
def contract() -> Contract:
    path = written(DOCUMENT, "shop")
    folder = path.with_name("scenarios")
    folder.mkdir()
    for name, text in (("slow", SLOW), ("broken", "rules: ["), ("notes", "[a list]")):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "readme.txt").write_text("not a scenario", encoding="utf-8")
    return load_contract(path)


def test_scenarios_are_the_files_beside_a_contract_by_their_names(contract: Contract) -> None:
    found = Scenarios(contract)

    assert found.names == ("broken", "notes", "slow")
    assert found.find("slow").description == found.about("slow") == "A slow day."


def test_a_file_that_is_named_goes_before_the_one_of_the_same_name(contract: Contract) -> None:
    found = Scenarios(contract, [written(BUSY, "slow"), written(BUSY, "busy")])

    assert found.names == ("broken", "busy", "notes", "slow")
    assert found.find("slow").description == "A busy day."


def test_a_file_that_cannot_be_used_does_not_disturb_the_others(contract: Contract) -> None:
    found = Scenarios(contract)

    assert "is not YAML" in found.about("broken")
    assert found.about("notes") == ""
    for name in ("broken", "notes"):
        with pytest.raises(ContractError):
            found.find(name)
    assert found.find("slow").rules[0].delay is not None


def test_names_that_only_other_contracts_have_are_left_out(contract: Contract) -> None:
    found = Scenarios(contract)
    refusals = Service(contract, Settings()).handler("listOrders").refusals

    assert found.acting(("elsewhere",), refusals) is None
    assert found.acting(("elsewhere", "slow"), refusals) is not None
    assert found.acting(("slow",), refusals) is found.acting(("slow",), refusals)


def test_the_files_of_scenarios_decide_about_a_contract(contract: Contract) -> None:
    names = {path.name for path in contract.files}

    assert {"shop.yaml", "behaviour.yaml", "slow.yaml", "broken.yaml"} <= names


def test_a_file_that_is_gone_is_told_of() -> None:
    found = Scenarios(SHOP, [Path("nowhere/odd.yaml")])

    assert "No such file" in str(found.problems("odd")[0])


def test_a_contract_without_scenarios_has_none() -> None:
    with pytest.raises(ContractError, match="it has none"):
        Scenarios(SHOP).find("slow")
    assert scenarios(SLOW).names == ("odd",)


def test_a_file_is_for_the_contracts_that_it_fits() -> None:
    path = written("rules: [{on: getOrder, answer: 404}]", "odd")
    shop, thena = Scenarios(SHOP, [path]), Scenarios(load_contract("thena"), [path])
    admit([thena, shop], ["odd", "slow"], [path])

    assert "odd" in shop.names
    assert "odd" not in thena.names


def test_a_file_that_fits_no_contract_is_refused_with_the_reasons_of_all() -> None:
    path = written("rules: [{on: getOrders, answer: 404}]", "odd")
    libraries = [Scenarios(SHOP, [path]), Scenarios(load_contract("thena"), [path])]

    with pytest.raises(ContractError) as refused:
        admit(libraries, ["odd"], [path])
    assert len(refused.value.problems) == len(libraries)


def test_a_name_that_no_contract_has_is_refused() -> None:
    with pytest.raises(ContractError, match="did you mean slow"):
        admit([Scenarios(load_contract("thena"))], ["slowly"], [])
