"""A verdict as JUnit XML: a test case for each operation and promise.

A failure is a broken promise, an error is what could not be tested, skipped is what was left out
or accepted. `file` and `line` of a case lead into the contract.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from understudy.checks.promise import Finding, Severity
from understudy.checks.verdict import Unchecked, Verdict
from understudy.report.story import operation_place, story, subject
from understudy.report.words import several, told, typed, visible


def junit(verdict: Verdict, fail_on: Severity = Severity.ERROR) -> str:
    """Return the report as JUnit XML."""
    suites = Element("testsuites", name="understudy")
    suite = SubElement(suites, "testsuite", name=subject(verdict))
    properties = SubElement(suite, "properties")
    for name, value in _properties(verdict):
        SubElement(properties, "property", name=name, value=value)
    suite.extend(_cases(verdict, fail_on))
    _count(suite)
    for name in ("tests", "failures", "errors", "time"):
        suites.set(name, suite.get(name, ""))
    suite.set("time", f"{verdict.seconds:.3f}")
    suites.set("time", f"{verdict.seconds:.3f}")
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, "unicode")}\n'


def _properties(verdict: Verdict) -> Iterator[tuple[str, str]]:
    yield "contract", told(f"{verdict.contract.title} {verdict.contract.version}", verdict.secrets)
    yield "target", told(verdict.target, verdict.secrets)
    yield "tier", verdict.tier
    yield "seed", str(verdict.seed)
    yield "requests", str(verdict.requests)
    yield "complete", "true" if verdict.complete else "false"
    if verdict.reproduce:
        yield "reproduce", visible(typed(verdict.reproduce, verdict.secrets))


def _cases(verdict: Verdict, fail_on: Severity) -> Iterator[Element]:
    found: dict[tuple[str, str], list[Finding]] = {key: [] for key in verdict.tested}
    for finding in (*verdict.findings, *verdict.accepted):
        found.setdefault((finding.operation, finding.promise.id), []).append(finding)
    failures = {one.fingerprint for one in verdict.failures(fail_on)}
    accepted = {one.fingerprint for one in verdict.accepted}
    for (label, id_), findings in found.items():
        case = _case(verdict, label, id_, findings)
        failing = tuple(one for one in findings if one.fingerprint in failures)
        if failing:
            _add(case, "failure", id_, _message(failing), _told(verdict, failing))
        excused = tuple(one for one in findings if one.fingerprint in accepted)
        if excused and not failing:
            _add(case, "skipped", "accepted", "accepted by the baseline", _told(verdict, excused))
        others = tuple(one for one in findings if one.fingerprint not in failures | accepted)
        if others:
            SubElement(case, "system-out").text = f"warning: {_told(verdict, others)}"
        yield case
    for one in verdict.unchecked:
        yield _unchecked(verdict, one)


def _case(verdict: Verdict, label: str, name: str, findings: list[Finding]) -> Element:
    file, line = verdict.place(findings[0]) if findings else operation_place(verdict, label)
    return Element(
        "testcase",
        classname=told(label, verdict.secrets),
        name=told(name, verdict.secrets),
        file=told(file, verdict.secrets),
        line=str(line),
    )


def _unchecked(verdict: Verdict, one: Unchecked) -> Element:
    case = _case(verdict, one.operation or verdict.contract.name, one.what, [])
    reason, hint = (told(text, verdict.secrets) for text in (one.reason, one.hint))
    kind, type_ = ("error", "not tested") if one.vacuous else ("skipped", "left out")
    _add(case, kind, type_, reason, hint)
    return case


def _add(case: Element, kind: str, type_: str, message: str, text: str) -> None:
    SubElement(case, kind, type=type_, message=message).text = text


def _message(findings: tuple[Finding, ...]) -> str:
    more = len(findings) - 1
    says = findings[0].promise.says
    return f"{says} (and {several(more, 'more finding')})" if more else says


def _told(verdict: Verdict, findings: tuple[Finding, ...]) -> str:
    return "\n\n".join("\n".join(_lines(verdict, one)) for one in findings)


def _lines(verdict: Verdict, finding: Finding) -> Iterator[str]:
    one = story(verdict, (finding,), fails=True)
    yield f"{one.promise.id}: {one.about}" if one.about else one.promise.id
    yield f"expected: {one.expected}"
    yield f"got: {one.got}"
    yield f"contract: {one.where}"
    for command, status in one.commands:
        yield f"$ {command}"
        yield f"# {status}"


def _count(suite: Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(kind) is not None for case in cases)))
