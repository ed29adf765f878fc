"""A verdict as it is told: the headline, each cause once, what was not checked, what was tested."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from understudy.archive.curl import curl
from understudy.checks.promise import PROMISES, Finding, Promise, Severity
from understudy.checks.verdict import Verdict
from understudy.exchange import Exchange
from understudy.report.words import hidden, several, some, told

_FAMILIES = ("response", "request", "access", "method", "meaning", "time")
_LONG_BODY = 2000
_CUT_BODY = 200


@dataclass(frozen=True, slots=True)
class Story:
    """One cause of findings, fit to be shown; `fails` tells whether it fails the run.

    `about` is what the promise is about in one phrase; `expected` and `got` are those of the
    first of `findings`, and `commands` repeat its exchanges in their order, each with the status
    that came.
    """

    promise: Promise
    fails: bool
    findings: tuple[Finding, ...]
    operations: tuple[str, ...]
    about: str
    expected: str
    got: str
    file: str
    line: int
    commands: tuple[tuple[str, int], ...]

    @property
    def level(self) -> str:
        """Return error or warning."""
        return "error" if self.fails else "warning"

    @property
    def where(self) -> str:
        """Return file and line of the contract, as editors and compilers write them."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was not checked, in all the operations to which it happened."""

    what: str
    operations: tuple[str, ...]
    reason: str
    hint: str
    vacuous: bool


def headline(verdict: Verdict, fail_on: Severity) -> tuple[str, str]:
    """Return the verdict in a word or two, and what it came to."""
    failures = verdict.failures(fail_on)
    besides = _besides(verdict, len(verdict.findings) - len(failures))
    if failures:
        broken = {(one.operation, one.promise.id) for one in failures}
        return "BROKEN", _count(verdict, broken) + besides
    if not verdict.complete:
        return "STOPPED", f"nothing was broken until then{besides}"
    found = {(one.operation, one.promise.id) for one in verdict.findings}
    kept = _count(verdict, verdict.tested.keys() - found)
    vacuous = sum(one.vacuous for one in verdict.unchecked)
    if vacuous:
        rest = f"{several(vacuous, 'check')} had nothing to test with, otherwise kept {kept}"
        return "NOT TESTED", rest + besides
    if not verdict.tested:
        return "NOT TESTED", f"no promise was tested{besides}"
    return "KEPT", kept + besides


def stories(verdict: Verdict, fail_on: Severity) -> Iterator[Story]:
    """Yield each cause once, what fails the run first."""
    failing = {one.promise.id for one in verdict.failures(fail_on)}
    for findings in verdict.causes():
        yield story(verdict, findings, fails=findings[0].promise.id in failing)


def story(verdict: Verdict, findings: tuple[Finding, ...], *, fails: bool) -> Story:
    """Return the story of findings of one cause."""
    first, secrets = findings[0], verdict.secrets
    keyword = f"({first.keyword})" if first.keyword else ""
    file, line = verdict.place(first)
    return Story(
        first.promise,
        fails,
        findings,
        tuple(dict.fromkeys(told(one.operation, secrets) for one in findings)),
        told(f"{first.subject} {keyword}".strip(), secrets),
        told(first.expected, secrets),
        told(first.got, secrets),
        told(file, secrets),
        line,
        tuple((_command(verdict, one), one.reply.status) for one in first.exchanges),
    )


def _command(verdict: Verdict, exchange: Exchange) -> str:
    """Return the curl command, with the beginning of a body that is too long to be read."""
    body = exchange.sent.body
    if len(body) <= _LONG_BODY:
        return curl(exchange, verdict.target, verdict.secrets)
    shown = hidden(body.decode("utf-8", "ignore"), verdict.secrets)[:_CUT_BODY].encode()
    short = replace(exchange, sent=replace(exchange.sent, body=shown))
    note = f"# the body is cut, it has {len(body):,} bytes; a JSON report has all of it"
    return f"{curl(short, verdict.target, verdict.secrets)}\n{note}"


def gaps(verdict: Verdict) -> Iterator[Gap]:
    """Yield what was not checked, what should have been first, each with all its operations."""
    found: dict[tuple[bool, str, str, str], list[str]] = {}
    for one in sorted(verdict.unchecked, key=lambda one: not one.vacuous):
        what, reason, hint = (told(t, verdict.secrets) for t in (one.what, one.reason, one.hint))
        those = found.setdefault((one.vacuous, what, reason, hint), [])
        those.append(told(one.operation, verdict.secrets))
    for (vacuous, what, reason, hint), operations in found.items():
        yield Gap(what, tuple(filter(None, dict.fromkeys(operations))), reason, hint, vacuous)


@dataclass(frozen=True, slots=True)
class Cell:
    """How often the promises of one family were tested for one operation, and whether they hold."""

    count: int
    broken: bool
    warned: bool


def matrix(verdict: Verdict, fail_on: Severity) -> tuple[list[str], list[tuple[str, list[Cell]]]]:
    """Return the families tested, and for each operation a cell for each of them."""
    counts: Counter[tuple[str, str]] = Counter()
    for (label, id_), count in verdict.tested.items():
        counts[label, id_.partition("/")[0]] += count
    broken = {(one.operation, one.promise.family) for one in verdict.failures(fail_on)}
    warned = {(one.operation, one.promise.family) for one in verdict.findings} - broken
    touched = [*counts, *sorted(broken | warned)]
    families = sorted({family for _, family in touched}, key=family_rank)
    labels = dict.fromkeys([*_labels(verdict), *(label for label, _ in touched)])
    rows = [
        (
            told(label, verdict.secrets),
            [Cell(counts[at], at in broken, at in warned) for at in ((label, f) for f in families)],
        )
        for label in labels
    ]
    return families, rows


def operation_place(verdict: Verdict, label: str) -> tuple[str, int]:
    """Return file and line of an operation, or of the paths where the contract has none such."""
    pointer = _labels(verdict).get(label, "/paths")
    problem = verdict.contract.document.problem(pointer, "")
    return problem.file, problem.line


def register(*found: Promise) -> list[Promise]:
    """Return every promise, and those that are not registered, by family and id."""
    known = {one.id: one for one in (*found, *PROMISES.values())}
    return sorted(known.values(), key=lambda one: (family_rank(one.family), one.id))


def family_rank(family: str) -> tuple[int, str]:
    """Return where a family stands among the others."""
    rank = _FAMILIES.index(family) if family in _FAMILIES else len(_FAMILIES)
    return rank, family


def summary(verdict: Verdict) -> str:
    """Return requests, seconds, tier and seed in one line."""
    tier = f"tier {verdict.tier}, " if verdict.tier else ""
    requests = several(verdict.requests, "request")
    return f"{requests} in {verdict.seconds:,.1f} seconds, {tier}seed {verdict.seed}"


def subject(verdict: Verdict) -> str:
    """Return which API was checked, and where."""
    return told(f"{verdict.contract.title} at {verdict.target}", verdict.secrets)


def variables(verdict: Verdict, commands: str) -> tuple[str, ...]:
    """Return the variables that hold the secrets of `commands`."""
    names = sorted({re.split(r"\W", name)[0] for name in verdict.secrets.values()})
    return tuple(name for name in names if re.search(rf"\$\{{?{name}\b", commands))


def gap_line(gap: Gap) -> str:
    """Return what was not checked and why, in one line."""
    where = f" ({some(gap.operations)})" if gap.operations else ""
    return f"{gap.what}{where}: {gap.reason}"


def _labels(verdict: Verdict) -> Mapping[str, str]:
    return {one.label: one.pointer for one in verdict.contract.operations.values()}


def _count(verdict: Verdict, pairs: Collection[tuple[str, str]]) -> str:
    """Return how many promises in how many operations, from pairs of label and id."""
    operations = several(len({label for label, _ in pairs} & _labels(verdict).keys()), "operation")
    return f"{several(len({id_ for _, id_ in pairs}), 'promise')} in {operations}"


def _besides(verdict: Verdict, warnings: int) -> str:
    parts = []
    if warnings:
        parts.append(several(warnings, "warning"))
    if verdict.accepted:
        parts.append(f"{len(verdict.accepted)} accepted by the baseline")
    return f" (and {', '.join(parts)})" if parts else ""
