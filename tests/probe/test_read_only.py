import pytest
from tests.probe.servers import Watched, serving
from tests.probe.subjects import SUBJECTS, fingerprints

from understudy.probe.run import check

SAFE = {"GET", "HEAD"}


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        *((name, tier) for name in SUBJECTS for tier in ("smoke", "pr")),
        ("thena", "nightly"),
        ("forum", "nightly"),
    ],
)
def test_only_get_and_head_arrive(name: str, tier: str) -> None:
    subject = SUBJECTS[name]
    app = Watched(subject.module.make_app())
    with serving(app) as url:
        verdict = check(subject.contract, url, subject.options(tier, read_only=True, max_time=10))

    assert set(app.verbs) == SAFE
    assert app.verbs["GET"] > 100
    assert fingerprints(verdict) == []


@pytest.mark.parametrize("defect", ["reading_updates", "location_elsewhere", "open_getThread"])
def test_findings_are_not_made_smaller_by_other_means(defect: str) -> None:
    app = Watched(SUBJECTS["forum"].module.make_app(defect))
    subject = SUBJECTS["forum"]
    check(subject.contract, "", subject.options("pr", read_only=True), app=app)

    assert set(app.verbs) == SAFE


def test_what_was_left_out_for_it_is_told_and_is_by_choice() -> None:
    subject = SUBJECTS["forum"]
    verdict = subject.verdict(read_only=True)

    left_out = {one.operation or one.what for one in verdict.unchecked if not one.vacuous}
    assert left_out >= {"POST /threads", "undeclared methods"}
    assert [one for one in verdict.unchecked if one.vacuous] == []


def test_a_chosen_operation_that_is_not_safe_is_not_asked() -> None:
    app = Watched(SUBJECTS["forum"].module.make_app())
    subject = SUBJECTS["forum"]
    options = subject.options("pr", read_only=True, operations=("createThread",))
    verdict = check(subject.contract, "", options, app=app)

    assert set(app.verbs) <= SAFE
    assert verdict.code() != 0


def test_only_the_chosen_operations_are_asked() -> None:
    subject = SUBJECTS["forum"]
    verdict = subject.verdict(tier="pr", read_only=True, operations=("listThreads",))

    asked = {label for label, _ in verdict.coverage.statuses}
    assert asked == {"GET /threads"}
