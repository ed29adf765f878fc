"""Judge exchanges as they come, and take down what they show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from understudy.checks.case import Case, Rules
from understudy.checks.every import judge
from understudy.checks.promise import Outcome
from understudy.checks.request import subject_of
from understudy.checks.verdict import Coverage, Ledger
from understudy.contract.pointers import MISSING, join
from understudy.exchange import Exchange
from understudy.types import Json


class Judge:
    """Holds every exchange to the contract on its own; the ledger keeps what came of it."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.ledger = Ledger()
        self._touched = _Touched()

    def judge(self, exchange: Exchange) -> Case:
        """Judge an exchange, whoever had it, and take down what was found."""
        case = self.rules.case(exchange)
        self.ledger.requests += 1
        self.note(judge(case))
        self._touched.note(case)
        return case

    def note(self, outcomes: Iterable[Outcome]) -> None:
        """Take down outcomes."""
        self.ledger.note(outcomes)

    def coverage(self) -> Coverage:
        """Return what the requests touched so far."""
        return self._touched.result()


class _Touched:
    """Counts what exchanges touch."""

    def __init__(self) -> None:
        self._statuses: Counter[tuple[str, int]] = Counter()
        self._parameters: Counter[tuple[str, str, str]] = Counter()
        self._properties: Counter[tuple[str, int, str]] = Counter()

    def note(self, case: Case) -> None:
        if case.operation is None or case.status == 0:
            return
        self._statuses[case.label, case.status] += 1
        if case.understood is not None:
            wrong = case.understood.surely_invalid
            if wrong is not None:
                subject = subject_of(case.operation, wrong, case.rules.contract.schemas)
                self._parameters[case.label, subject, wrong.keyword] += 1
            elif not case.understood.invalid:
                self._note_valid(case)
        if case.response is not None and case.value is not MISSING:
            for pointer in set(_pointers(case.value, "", 0)):
                self._properties[case.label, case.status, pointer] += 1

    def _note_valid(self, case: Case) -> None:
        asked = case.understood.request if case.understood else None
        if asked is None or case.operation is None:
            return
        values = {"path": asked.path, "query": asked.query, "header": asked.headers}
        for parameter in case.operation.parameters:
            if parameter.name in values.get(parameter.location, {}):
                subject = f"{parameter.location} {parameter.name}"
                self._parameters[case.label, subject, "valid"] += 1

    def result(self) -> Coverage:
        return Coverage(dict(self._statuses), dict(self._parameters), dict(self._properties))


def _pointers(value: Json, pointer: str, depth: int) -> Iterator[str]:
    if depth > 6:
        return
    if isinstance(value, dict):
        for key, member in value.items():
            yield join(pointer, key)
            yield from _pointers(member, join(pointer, key), depth + 1)
    elif isinstance(value, list):
        for item in value[:5]:
            yield from _pointers(item, f"{pointer}/*", depth + 1)
