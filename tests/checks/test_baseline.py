from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from understudy.checks.baseline import Baseline, baseline_text, read_baseline
from understudy.checks.promise import PROMISES, Finding
from understudy.errors import ContractError

TODAY = date(2026, 1, 15)
FINDINGS = st.builds(
    Finding,
    promise=st.sampled_from([*PROMISES.values()]),
    operation=st.just("GET /notes"),
    expected=st.just(""),
    got=st.just(""),
    subject=st.text(),
    keyword=st.text(),
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("baseline") / "baseline.txt"


@given(findings=st.lists(FINDINGS, max_size=4))
@example(findings=[Finding(PROMISES["response/body"], "GET /a", "", "", "200 /a\nb")])
@example(findings=[Finding(PROMISES["response/body"], "GET /a", "", "", "200 /[ab]\u2028")])
@example(findings=[Finding(PROMISES["response/body"], "GET /a", "", "", " 200 ")])
def test_what_is_accepted_is_excused_until_its_last_day_and_not_after(
    path: Path, findings: list[Finding]
) -> None:
    path.write_text(baseline_text((one.fingerprint for one in findings), TODAY), encoding="utf-8")
    last = TODAY + timedelta(days=90)

    for day, accepted in ((TODAY, True), (last, True), (last + timedelta(days=1), False)):
        baseline = read_baseline(path, day)
        assert [baseline.excuses(one.fingerprint) for one in findings] == [accepted] * len(findings)
        assert len(baseline.expired) == (0 if accepted else len({f.fingerprint for f in findings}))


@pytest.mark.parametrize(
    ("accepted", "fingerprint", "excused"),
    [
        ("response/body | GET /a | 200 /x", "response/body | GET /a | 200 /x", True),
        ("response/body | GET /a | 200 /x", "response/body | GET /a | 200 /y", False),
        ("response/*", "response/body | GET /a | 200 /x", True),
        ("* | GET /a*", "response/body | GET /a | 200 /x", True),
        ("response/*", "request/invalid-refused | GET /a", False),
        ("RESPONSE/*", "response/body | GET /a", False),
        ("response/body | GET /a | /[x]", "response/body | GET /a | /[x]", True),
    ],
)
def test_an_entry_is_a_fingerprint_or_a_pattern(
    accepted: str, fingerprint: str, *, excused: bool
) -> None:
    assert Baseline((accepted,)).excuses(fingerprint) is excused


def test_comments_and_empty_lines_are_left_alone(path: Path) -> None:
    path.write_text("# why\n\n  until 2026-12-31:   response/body | GET /a  \n", encoding="utf-8")

    assert read_baseline(path, TODAY) == Baseline(("response/body | GET /a",))


def test_every_line_that_is_not_understood_is_told(path: Path) -> None:
    path.write_text("response/body\nuntil 2026-13-01: x\nuntil 2026-12-31: y\n", encoding="utf-8")

    with pytest.raises(ContractError) as caught:
        read_baseline(path, TODAY)
    assert [(one.line, one.message) for one in caught.value.problems] == [
        (1, "is not an accepted finding"),
        (2, "is not an accepted finding"),
    ]


@pytest.mark.parametrize("make", [lambda _path: None, lambda path: path.write_bytes(b"\xff")])
def test_a_file_that_cannot_be_read_is_a_problem_of_it(tmp_path: Path, make) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "absent.txt"
    make(path)

    with pytest.raises(ContractError, match=r"absent\.txt: cannot be read"):
        read_baseline(path, TODAY)
