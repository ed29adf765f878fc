"""Every promise of the page on security names tests, and they are there."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs/explanation/security.md"
TEXT = PAGE.read_text("utf-8")
LINKS = re.findall(r"\[`(test_\w+)`\]\(([^)]+)\)", TEXT)
PROMISED, NOT_PROMISED = TEXT.split("## Not promised")


@pytest.mark.parametrize(("name", "place"), LINKS, ids=[name for name, _ in LINKS])
def test_the_test_of_a_promise_is_there(name: str, place: str) -> None:
    source = (PAGE.parent / place).read_text("utf-8")

    assert re.search(rf"^def {name}\(", source, re.MULTILINE)


def test_every_promise_has_a_test_or_a_benchmark() -> None:
    promises = [line for line in PROMISED.splitlines() if line.startswith("- ")]
    without = [one for one in promises if "](../../tests/" not in one and "benchmarks/" not in one]

    assert len(promises) >= 20
    assert without == []
