from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checks.exchanges import (
    MANY,
    NOTES,
    ONE,
    RULES,
    asked,
    get,
    listed,
    note,
    posted,
    read,
    reply,
)

from understudy.checks.baseline import Baseline
from understudy.checks.every import judge
from understudy.checks.promise import PROMISES, Finding, Outcome, Severity
from understudy.checks.verdict import Ledger, Unchecked, Verdict
from understudy.errors import ExitCode
from understudy.exchange import Exchange, Reply, Sent

BODY, CHALLENGE = PROMISES["response/body"], PROMISES["access/challenge"]
STATUS = PROMISES["response/status"]
LATER = Unchecked("the operation", "GET /labels", "no credential for key")
CHOSEN = replace(LATER, vacuous=False)


def shown_by(*targets: str) -> Outcome:
    """Return a finding that requests for `targets` show."""
    exchanges = tuple(Exchange(Sent("GET", target), Reply(200)) for target in targets)
    finding = Finding(BODY, "GET /notes", "JSON", targets[0], exchanges=exchanges)
    return Outcome(BODY, "GET /notes", "", finding)


def verdict(*findings: Finding, **more: object) -> Verdict:
    fields = {"tested": {("GET /notes", "response/body"): 1}, **more}
    return Verdict(NOTES, "http://notes.test", "smoke", 1, findings, **fields)  # type: ignore[arg-type]


# Ledger --------------------------------------------------------------------------------------


@given(st.lists(st.lists(st.text("/ab", min_size=1), min_size=1, max_size=3), min_size=1))
def test_the_smallest_exchanges_that_show_a_finding_are_kept(shown: list[list[str]]) -> None:
    ledger = Ledger()
    for targets in shown:
        ledger.note([shown_by(*targets)])

    sizes = [(len(targets), sum(map(len, targets))) for targets in shown]
    (kept,) = ledger.findings
    assert ledger.count == 1
    told = [one.sent.target for one in kept.exchanges]
    assert told == shown[sizes.index(min(sizes))]


@given(st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.integers(1, 9))))
def test_every_test_of_a_promise_is_counted(tests: list[tuple[str, int]]) -> None:
    ledger = Ledger()
    ledger.note(Outcome(BODY, "GET /notes", subject, None, count) for subject, count in tests)

    total = sum(count for _, count in tests)
    assert ledger.times(BODY) == ledger.times(BODY, "GET /notes") == total
    assert ledger.times(BODY, subject="a") == sum(count for about, count in tests if about == "a")
    assert ledger.times(BODY, "GET /labels") == ledger.times(STATUS) == 0
    assert dict(ledger.tested) == ({("GET /notes", "response/body"): total} if tests else {})


@given(st.permutations([*PROMISES.values()]))
def test_findings_are_told_in_the_order_of_the_promises(found: list[object]) -> None:
    ledger = Ledger()
    ledger.note(Outcome(one, "GET /notes", "", Finding(one, "GET /notes", "", "")) for one in found)  # type: ignore[arg-type]

    assert [one.promise for one in ledger.findings] == [*PROMISES.values()]


def test_what_a_baseline_excuses_is_told_apart() -> None:
    ledger = Ledger()
    ledger.note([shown_by("/"), *judge(RULES.case(get(ONE, reply(418))))])

    kept, excused = ledger.judged(Baseline(("response/status*",)))
    assert [one.promise for one in kept] == [BODY]
    assert [one.promise for one in excused] == [STATUS]


# Verdict -------------------------------------------------------------------------------------


ERROR = Finding(BODY, "GET /notes", "", "")
WARNING = Finding(CHALLENGE, "GET /notes", "", "")


@pytest.mark.parametrize(
    ("told", "least", "code"),
    [
        (verdict(), Severity.ERROR, ExitCode.OK),
        (verdict(ERROR), Severity.ERROR, ExitCode.FINDINGS),
        (verdict(WARNING), Severity.ERROR, ExitCode.OK),
        (verdict(WARNING), Severity.WARNING, ExitCode.FINDINGS),
        (verdict(accepted=(ERROR,)), Severity.ERROR, ExitCode.OK),
        (verdict(tested={}), Severity.ERROR, ExitCode.VACUOUS),
        (verdict(unchecked=(CHOSEN,)), Severity.ERROR, ExitCode.OK),
        (verdict(unchecked=(CHOSEN, LATER)), Severity.ERROR, ExitCode.VACUOUS),
        (verdict(WARNING, unchecked=(LATER,)), Severity.ERROR, ExitCode.VACUOUS),
        (verdict(ERROR, unchecked=(LATER,), complete=False), Severity.ERROR, ExitCode.FINDINGS),
        (verdict(unchecked=(LATER,), complete=False), Severity.ERROR, ExitCode.INTERRUPTED),
    ],
)
def test_what_is_broken_goes_before_what_is_not_known(
    told: Verdict, least: Severity, code: ExitCode
) -> None:
    assert told.code(least) is code


def test_findings_of_one_cause_are_told_together_and_errors_first() -> None:
    elsewhere = replace(ERROR, operation="GET /labels")
    other = replace(ERROR, subject="200 /id")

    causes = list(verdict(WARNING, ERROR, other, elsewhere).causes())

    assert causes == [(ERROR, elsewhere), (other,), (WARNING,)]


def test_a_finding_leads_to_the_line_of_its_promise() -> None:
    (found,) = (
        one.finding for one in judge(RULES.case(read(note(7, title=5)))) if one.finding is not None
    )
    file, line = verdict().place(found)

    text = NOTES.document.path.read_text(encoding="utf-8").splitlines()[line - 1]
    assert file.endswith("notes.yaml")
    assert text.strip() == "title: {type: string}"


# Fingerprints --------------------------------------------------------------------------------

SAME_DEFECT = [
    (read(note(7, mood="glad")), read(note(7, mood="sad"))),
    (read(note(7, title=5)), read(note(7, title=True))),
    (listed(note(3), note(2, title=1)), listed(note(3, title=2), note(2))),
    (listed(note(3), query="limit=9"), listed(note(3), query="limit=77&offset=0")),
    (listed(note(2), note(3)), listed(note(4), note(5))),
    (get(ONE, reply(418)), get("/owners/8/notes/9", reply(418))),
    (
        posted({"title": "x" * 21}, reply(201, note(8))),
        posted({"title": "y" * 99}, reply(201, note(9))),
    ),
    (read(note(7, marks={"a": "x"})), read(note(7, marks={"b": "y"}))),
    (
        posted({"title": "Salt", "marks": {"a": "x"}}, reply(201, note(8, title="Salt"))),
        posted({"title": "Salt", "marks": {"b": []}}, reply(201, note(8, title="Salt"))),
    ),
    (asked("PUT", MANY, reply(200)), asked("PUT", "/owners/5/notes", reply(200))),
    (get(ONE, reply(200, note(7)), ()), get("/owners/1/notes/8", reply(200, note(8)), ())),
]


@pytest.mark.parametrize(("one", "other"), SAME_DEFECT)
def test_a_fingerprint_says_nothing_of_the_data(one: Exchange, other: Exchange) -> None:
    def fingerprints(exchange: Exchange) -> set[str]:
        outcomes = judge(RULES.case(exchange))
        return {found.finding.fingerprint for found in outcomes if found.finding}

    assert fingerprints(one) == fingerprints(other) != set()
