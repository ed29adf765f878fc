"""The format is that of Jenkins' xUnit plugin, with `file` and `line` as pytest writes them."""

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, fromstring

from tests.report.conftest import (
    BY_CHOICE,
    CHALLENGE,
    LIST,
    NO_SUCCESS,
    READ,
    SCHEMA,
    TOO_MANY,
    verdict,
)

from understudy.checks.promise import Severity
from understudy.checks.verdict import Verdict
from understudy.report.junit import junit

ELEMENTS: Mapping[str, tuple[str, str, str]] = {
    "testsuites": ("", "name time tests failures errors", "testsuite"),
    "testsuite": ("name tests failures errors", "skipped time", "properties testcase"),
    "properties": ("", "", "property"),
    "property": ("name value", "", ""),
    "testcase": ("name", "classname time file line", "failure error skipped system-out"),
    "failure": ("", "type message", ""),
    "error": ("", "type message", ""),
    "skipped": ("", "type message", ""),
    "system-out": ("", "", ""),
}
"""What each element must have, may have besides, and may hold."""


def offences(element: Element) -> Iterator[str]:
    required, optional, inside = map(str.split, ELEMENTS[element.tag])
    given = set(element.attrib)
    yield from (f"{element.tag} without {name}" for name in set(required) - given)
    yield from (f"{element.tag} with {name}" for name in given - {*required, *optional})
    for child in element:
        if child.tag not in inside:
            yield f"{child.tag} in {element.tag}"
        yield from offences(child)


def suite(told: Verdict, fail_on: Severity = Severity.ERROR) -> Element:
    found = fromstring(junit(told, fail_on).encode()).find("testsuite")
    assert found is not None
    return found


def results(told: Verdict, fail_on: Severity = Severity.ERROR) -> list[tuple[str, str, list[str]]]:
    cases = suite(told, fail_on).findall("testcase")
    return [(c.get("classname", ""), c.get("name", ""), [e.tag for e in c]) for c in cases]


def test_every_report_is_junit(any_verdict: Verdict) -> None:
    root = fromstring(junit(any_verdict).encode())
    assert list(offences(root)) == []
    assert re.fullmatch(r"[0-9]+\.[0-9]{3}", root.get("time", ""))


def test_the_counts_are_those_of_the_cases(any_verdict: Verdict) -> None:
    found = suite(any_verdict)
    tags = [{child.tag for child in case} for case in found.findall("testcase")]
    counted = {
        "tests": len(tags),
        "failures": sum("failure" in one for one in tags),
        "errors": sum("error" in one for one in tags),
        "skipped": sum("skipped" in one for one in tags),
    }
    assert {name: int(found.get(name, "-1")) for name in counted} == counted


def test_there_is_a_case_for_every_operation_and_promise_and_for_what_was_not_checked() -> None:
    told = verdict(TOO_MANY, CHALLENGE, unchecked=(NO_SUCCESS, BY_CHOICE), accepted=(SCHEMA,))
    assert results(told) == [
        (LIST, "request/invalid-refused", ["failure"]),
        (LIST, "response/body", ["skipped"]),
        (LIST, "access/challenge", ["system-out"]),
        (READ, "request/invalid-refused", []),
        (READ, "response/body", ["error"]),
        (LIST, "method", ["skipped"]),
    ]


def test_a_warning_is_a_failure_where_that_is_asked_for() -> None:
    assert (LIST, "access/challenge", ["failure"]) in results(verdict(CHALLENGE), Severity.WARNING)


def test_a_case_says_where_in_the_contract_its_promise_stands() -> None:
    told = verdict(TOO_MANY)
    failed, _, _, kept = suite(told).findall("testcase")
    assert (failed.get("file"), int(failed.get("line", ""))) == told.place(TOO_MANY)
    pointer = next(o.pointer for o in told.contract.operations.values() if o.label == READ)
    place = told.contract.document.problem(pointer, "")
    assert (kept.get("file"), int(kept.get("line", ""))) == (place.file, place.line)


def test_a_failure_shows_what_was_expected_what_came_and_the_command() -> None:
    failure = suite(verdict(TOO_MANY)).find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == TOO_MANY.promise.says
    lines = (failure.text or "").splitlines()
    assert {f"expected: {TOO_MANY.expected}", "got: 200", "# 200"} <= set(lines)
    assert any(line.startswith("$ curl ") for line in lines)


def test_the_seed_is_among_the_properties() -> None:
    found = {p.get("name"): p.get("value") for p in suite(verdict()).findall("properties/property")}
    assert found["seed"] == "7"
