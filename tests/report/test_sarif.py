import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
from tests.report.conftest import CHALLENGE, LIST, SCHEMA, TOO_MANY, verdict

from understudy.checks.promise import PROMISES, Severity
from understudy.checks.verdict import Verdict
from understudy.report.sarif import sarif

STANDARD = json.loads(Path(__file__).with_name("sarif.schema.json").read_text(encoding="utf-8"))


def run(told: Verdict, fail_on: Severity = Severity.ERROR) -> Any:
    return json.loads(sarif(told, fail_on))["runs"][0]


def test_every_report_is_sarif(any_verdict: Verdict) -> None:
    validator = jsonschema_rs.validator_for(STANDARD, validate_formats=True)
    assert [str(e) for e in validator.iter_errors(json.loads(sarif(any_verdict)))] == []


def test_every_promise_is_a_rule_with_help() -> None:
    rules = run(verdict())["tool"]["driver"]["rules"]
    assert {one["id"] for one in rules} == PROMISES.keys()
    assert all(one["help"]["text"] and one["shortDescription"]["text"] for one in rules)


def test_a_result_stands_on_its_line_and_points_to_its_rule(any_verdict: Verdict) -> None:
    found = run(any_verdict)
    rules = found["tool"]["driver"]["rules"]
    findings = (*any_verdict.findings, *any_verdict.accepted)
    places = [
        (
            rules[one["ruleIndex"]]["id"],
            one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            one["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for one in found["results"]
    ]
    assert places == [(one.promise.id, *any_verdict.place(one)) for one in findings]


def test_accepted_findings_are_suppressed_and_the_others_are_not() -> None:
    results = run(verdict(SCHEMA, accepted=(TOO_MANY,)))["results"]
    assert [[s["kind"] for s in one["suppressions"]] for one in results] == [[], ["external"]]


def test_the_level_is_whether_it_fails() -> None:
    told = verdict(TOO_MANY, CHALLENGE)
    assert [one["level"] for one in run(told)["results"]] == ["error", "warning"]
    strict = run(told, Severity.WARNING)
    assert [one["level"] for one in strict["results"]] == ["error", "error"]


def test_the_fingerprint_does_not_depend_on_what_came() -> None:
    one = run(verdict(TOO_MANY))["results"][0]["partialFingerprints"]
    told = verdict(replace(TOO_MANY, got="201", expected="422"))
    other = run(told)["results"][0]["partialFingerprints"]
    assert one == other != run(verdict(SCHEMA))["results"][0]["partialFingerprints"]


def test_brackets_in_a_message_make_no_link() -> None:
    told = verdict(replace(TOO_MANY, got="[x](javascript:y)"))
    text = run(told)["results"][0]["message"]["text"]
    assert "\\[x\\](javascript:y)" in text
    assert LIST in text
