from pathlib import Path

import pytest

from understudy.contract.wire.invalid import Invalid
from understudy.respond.prefer import READERS
from understudy.respond.problems import KINDS, Kind, detail, kind_of

PAGE = Path(__file__).parents[2] / "docs/reference/errors.md"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_reference_tells_every_kind_of_error(kind: Kind) -> None:
    others = ", ".join(map(str, kind.others)) or "-"
    shown = "not used" if kind.own else others

    row = f"| `{kind.type}` | {kind.status} | {shown} | {kind.meaning} |"

    assert row in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_reference_tells_no_kind_that_there_is_not() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()

    assert sum(line.startswith("| `urn:") for line in lines) == len(KINDS)


def test_the_reference_tells_every_preference() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert [name for name in READERS if f"`{name}=" not in page or f"`__{name}`" not in page] == []


@pytest.mark.parametrize(("status", "name"), [(404, "not-found"), (422, "invalid-request")])
def test_a_status_alone_stands_for_the_kind_that_a_client_causes(status: int, name: str) -> None:
    assert kind_of(status) is KINDS[name]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(5, "maximum 5"), (["a", "b"], "maximum a, b"), (None, "maximum"), ([object()], "maximum")],
)
def test_what_is_expected_is_the_keyword_with_its_argument(limit: object, expected: str) -> None:
    assert detail(Invalid("maximum", ("query", "n"), "no", 9, limit))["expected"] == expected
