"""What a run of checks came to: findings, what was tested how often, and what was not checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from understudy.checks.baseline import Baseline
from understudy.checks.promise import PROMISES, Finding, Outcome, Promise, Severity
from understudy.contract.model import Contract
from understudy.errors import ExitCode
from understudy.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Something that was not checked: why, and what would help.

    What is `vacuous` was to be checked and could not be; the rest was left out by choice.
    """

    what: str
    operation: str
    reason: str
    hint: str = ""
    vacuous: bool = True


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the requests of a run touched, as counts.

    `statuses` are by (operation, status); `parameters` by (operation, `query limit`, valid or
    the keyword that was broken); `properties` by (operation, status, pointer with `*`).
    """

    statuses: Mapping[tuple[str, int], int] = field(default_factory=dict)
    parameters: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    properties: Mapping[tuple[str, int, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a run. `tested` counts, by operation and promise, how often it was tested.

    `secrets` maps what must not be shown to the name of the variable that holds it; `complete`
    is false after an interrupt or when the time was up; `accepted` are findings that a baseline
    excuses. `reproduce` and `accept` are what to type to run it again and to accept what it found.
    """

    contract: Contract
    target: str
    tier: str
    seed: int
    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    tested: Mapping[tuple[str, str], int] = field(default_factory=dict)
    coverage: Coverage = field(default_factory=Coverage)
    requests: int = 0
    seconds: float = 0.0
    secrets: Mapping[str, str] = field(default_factory=dict)
    complete: bool = True
    reproduce: str = ""
    accept: str = ""

    def failures(self, fail_on: Severity = Severity.ERROR) -> tuple[Finding, ...]:
        """Return the findings that are bad enough to fail."""
        return tuple(
            one
            for one in self.findings
            if one.promise.severity is Severity.ERROR or fail_on is Severity.WARNING
        )

    def code(self, fail_on: Severity = Severity.ERROR) -> ExitCode:
        """Return how to exit: broken promises go before what could not be tested."""
        if self.failures(fail_on):
            return ExitCode.FINDINGS
        if not self.complete:
            return ExitCode.INTERRUPTED
        if not self.tested or any(one.vacuous for one in self.unchecked):
            return ExitCode.VACUOUS
        return ExitCode.OK

    def causes(self) -> Iterator[tuple[Finding, ...]]:
        """Yield the findings in groups of one cause, errors first."""
        groups: dict[tuple[str, str, str], list[Finding]] = {}
        for finding in self.findings:
            groups.setdefault(finding.cause, []).append(finding)
        yield from sorted(map(tuple, groups.values()), key=lambda group: group[0].promise.severity)

    def place(self, finding: Finding) -> tuple[str, int]:
        """Return file and line of the broken promise."""
        behaviour = self.contract.behaviour.document
        document = behaviour if finding.declared and behaviour else self.contract.document
        problem = document.problem(finding.pointer, "")
        return problem.file, problem.line


class Ledger:
    """Takes down outcomes as they come; the smallest exchange that shows a finding is kept."""

    def __init__(self) -> None:
        self._findings: dict[str, Finding] = {}
        self._tested: Counter[tuple[str, str, str]] = Counter()
        self.requests = 0

    def note(self, outcomes: Iterable[Outcome]) -> None:
        """Take down outcomes."""
        for outcome in outcomes:
            self._tested[outcome.operation, outcome.promise.id, outcome.subject] += outcome.count
            finding = outcome.finding
            if finding is None:
                continue
            known = self._findings.get(finding.fingerprint)
            if known is None or _size(finding.exchanges) < _size(known.exchanges):
                self._findings[finding.fingerprint] = finding

    def times(self, promise: Promise, operation: str = "", subject: str = "") -> int:
        """Return how often a promise was tested, for one operation and subject where given."""
        return sum(
            count
            for (where, id_, about), count in self._tested.items()
            if id_ == promise.id and operation in ("", where) and subject in ("", about)
        )

    @property
    def count(self) -> int:
        """Return how many findings there are."""
        return len(self._findings)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings in the order of the register of promises, then of operations."""
        rank = {id_: index for index, id_ in enumerate(PROMISES)}
        found = self._findings.values()
        return tuple(sorted(found, key=lambda one: (rank[one.promise.id], one.fingerprint)))

    @property
    def tested(self) -> Mapping[tuple[str, str], int]:
        """Return how often each promise was tested, by operation and id."""
        found: Counter[tuple[str, str]] = Counter()
        for (operation, id_, _), count in self._tested.items():
            found[operation, id_] += count
        return found

    def judged(self, baseline: Baseline) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """Return the findings that stand, and those that a baseline excuses."""
        kept = [one for one in self.findings if not baseline.excuses(one.fingerprint)]
        excused = [one for one in self.findings if baseline.excuses(one.fingerprint)]
        return tuple(kept), tuple(excused)


def _size(exchanges: tuple[Exchange, ...]) -> tuple[int, int]:
    return len(exchanges), sum(len(one.sent.target) + len(one.sent.body) for one in exchanges)
