import pytest
from tests.probe.subjects import SUBJECTS, fingerprints, vacuous

from understudy.contract import pointers
from understudy.contract.pointers import MISSING
from understudy.errors import ExitCode

NOT_PROMISED = {
    ("desk", "message_forgotten"): "no contract says in general that a new resource starts a list",
}
"""Defects that break what only this API's prose promises, each with the reason."""

DEFECTS = [
    (name, defect)
    for name, subject in SUBJECTS.items()
    for defect in subject.module.DEFECTS
    if (name, defect) not in NOT_PROMISED
]


@pytest.mark.parametrize("seed", [1, 2, 7])
@pytest.mark.parametrize("name", SUBJECTS)
def test_a_correct_implementation_is_clean_and_all_of_it_was_tested(name: str, seed: int) -> None:
    verdict = SUBJECTS[name].verdict(seed=seed)

    assert fingerprints(verdict) == []
    assert vacuous(verdict) == []
    assert verdict.code() is ExitCode.OK


@pytest.mark.parametrize("seed", [1, 5])
@pytest.mark.parametrize("name", SUBJECTS)
def test_a_correct_implementation_is_clean_in_tier_pr(name: str, seed: int) -> None:
    verdict = SUBJECTS[name].verdict(tier="pr", seed=seed)

    assert fingerprints(verdict) == []
    assert verdict.code() is ExitCode.OK


@pytest.mark.parametrize(("name", "defect"), DEFECTS)
def test_a_defect_is_found_in_tier_smoke(name: str, defect: str) -> None:
    verdict = SUBJECTS[name].verdict(defect)

    assert verdict.failures(), fingerprints(verdict)
    for finding in verdict.findings:
        assert finding.exchanges
        assert finding.expected
        assert exists(name, finding.pointer, declared=finding.declared), finding


@pytest.mark.parametrize(("name", "defect"), NOT_PROMISED)
def test_what_no_general_promise_covers_is_not_found(name: str, defect: str) -> None:
    assert fingerprints(SUBJECTS[name].verdict(defect)) == []


@pytest.mark.parametrize(("name", "defect"), [("forum", "limit_zero"), ("desk", "page_zero")])
def test_the_same_defect_has_the_same_fingerprints_with_another_seed(
    name: str, defect: str
) -> None:
    subject = SUBJECTS[name]

    assert fingerprints(subject.verdict(defect, seed=1)) == fingerprints(
        subject.verdict(defect, seed=9)
    )


def exists(name: str, pointer: str, *, declared: bool) -> bool:
    """Tell whether the place of a broken promise is in the document that it names."""
    contract = SUBJECTS[name].contract
    document = contract.behaviour.document if declared else contract.document
    assert document is not None
    return pointers.follow(document.data, pointers.split(pointer)) is not MISSING
