"""Every promise of the pages that explain names tests, and they are there."""

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[1] / "docs" / "explanation"
LINKS = [
    (page, name, place)
    for page in sorted(PAGES.glob("*.md"))
    for name, place in re.findall(r"\[`(test_\w+)`\]\(([^)]+)\)", page.read_text("utf-8"))
]
PROMISES = {
    "security.md": ("# Security", "## Not promised", 20),
    "determinism.md": ("## The laws", "## What clients do", 8),
    "relations.md": ("## The laws", "## What a relation does not say", 6),
}
"""Between which headings a page promises something, and at least how much."""


@pytest.mark.parametrize(
    ("page", "name", "place"), LINKS, ids=[f"{page.stem}-{name}" for page, name, _ in LINKS]
)
def test_the_test_of_a_promise_is_there(page: Path, name: str, place: str) -> None:
    source = (page.parent / place).read_text("utf-8")

    assert re.search(rf"^def {name}\(", source, re.MULTILINE)


@pytest.mark.parametrize("name", PROMISES)
def test_every_promise_has_a_test_a_benchmark_or_a_score(name: str) -> None:
    begin, end, least = PROMISES[name]
    text = (PAGES / name).read_text("utf-8").partition(begin)[2].partition(end)[0]
    promises = [line for line in text.splitlines() if line.startswith("- ")]
    proofs = ("](../../tests/", "benchmarks/", "what-green-means.md#the-score")

    assert len(promises) >= least
    assert [one for one in promises if not any(proof in one for proof in proofs)] == []
