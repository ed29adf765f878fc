"""What the reference says of scenarios is so."""

import re
from pathlib import Path

import pytest
from tests.scenario.shop import scenarios

from understudy.contract.load import load_contract
from understudy.scenario import answers, conditions, reading
from understudy.scenario.model import FAULTS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "scenarios.md"
TEXT = PAGE.read_text(encoding="utf-8")
THENA = load_contract("thena")


def rows(heading: str) -> list[str]:
    """Return the names in the first column of the tables under a heading."""
    part = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| ([^|]+) \|", part, re.MULTILINE)
    return [name for cell in cells for name in re.findall("`([^`]+)`", cell)]


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL))
def test_every_example_is_a_scenario_of_the_bundled_contract(text: str) -> None:
    assert scenarios(text, THENA).problems("odd") == ()


def test_every_key_has_a_row() -> None:
    assert sorted(rows("The file")) == sorted(reading.KEYS)
    assert sorted(rows("A rule")) == sorted(reading.RULE_KEYS)
    assert sorted(rows("When")) == sorted(conditions.KEYS)
    assert sorted(rows("Answer")) == sorted(answers.KEYS)
    assert {*FAULTS} <= {*rows("Delay, fault and drip")}


def test_every_scenario_that_comes_with_a_contract_has_a_row() -> None:
    before = TEXT.partition("\n## ")[0]

    assert re.findall(r"^\| `([^`]+)` \|", before, re.MULTILINE) != []
    assert {*re.findall(r"^\| `([^`]+)` \|", before, re.MULTILINE)} == {*THENA.scenarios}
