"""A verdict as SARIF 2.1.0, for code scanning: results stand on the lines of the contract.

Source: OASIS, Static Analysis Results Interchange Format Version 2.1.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote

from understudy.checks.promise import Finding, Promise, Severity
from understudy.checks.verdict import Verdict
from understudy.report.story import Story, gap_line, gaps, register, story
from understudy.report.words import told
from understudy.types import JsonObject
from understudy.version import __version__

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"

_FINGERPRINT = "understudy/v1"


def sarif(verdict: Verdict, fail_on: Severity = Severity.ERROR) -> str:
    """Return the report as SARIF."""
    rules = register(*(one.promise for one in (*verdict.findings, *verdict.accepted)))
    driver = {"name": "understudy", "version": __version__, "rules": [_rule(one) for one in rules]}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"understudy/{told(verdict.contract.name, verdict.secrets)}/"},
        "invocations": [_invocation(verdict, fail_on)],
        "columnKind": "unicodeCodePoints",
        "results": list(_results(verdict, fail_on, [one.id for one in rules])),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(promise: Promise) -> JsonObject:
    source = f"Source: {promise.source}." if promise.source else "Source: the contract itself."
    return {
        "id": promise.id,
        "shortDescription": {"text": promise.says},
        "fullDescription": {"text": f"{promise.says}."},
        "help": {
            "text": f"{promise.says}. {source}",
            "markdown": f"**{promise.says}.**\n\n{source}",
        },
        "defaultConfiguration": {"level": promise.severity.value},
        "properties": {"tags": ["contract", promise.family]},
    }


def _invocation(verdict: Verdict, fail_on: Severity) -> JsonObject:
    return {
        "executionSuccessful": verdict.complete,
        "exitCode": int(verdict.code(fail_on)),
        "toolExecutionNotifications": [
            {
                "level": "warning" if gap.vacuous else "note",
                "message": _message(f"Not checked: {gap_line(gap)}"),
            }
            for gap in gaps(verdict)
        ],
        "properties": {
            "target": told(verdict.target, verdict.secrets),
            "tier": verdict.tier,
            "seed": verdict.seed,
            "requests": verdict.requests,
        },
    }


def _results(verdict: Verdict, fail_on: Severity, rules: list[str]) -> Iterator[JsonObject]:
    failing = {one.fingerprint for one in verdict.failures(fail_on)}
    for finding in verdict.findings:
        one = story(verdict, (finding,), fails=finding.fingerprint in failing)
        yield {**_result(finding, one, rules), "suppressions": []}
    for finding in verdict.accepted:
        one = story(verdict, (finding,), fails=finding.promise.severity is Severity.ERROR)
        reason = {"kind": "external", "justification": "accepted by the baseline"}
        yield {**_result(finding, one, rules), "suppressions": [reason]}


def _result(finding: Finding, one: Story, rules: list[str]) -> JsonObject:
    about = f" ({one.about})" if one.about else ""
    text = f"{one.promise.says}: {one.operations[0]}{about}: expected {one.expected}, got {one.got}"
    logical = {"fullyQualifiedName": one.operations[0], "kind": "function"}
    return {
        "ruleId": one.promise.id,
        "ruleIndex": rules.index(one.promise.id),
        "level": one.level,
        "message": _message(text),
        "locations": [{"physicalLocation": _location(one), "logicalLocations": [logical]}],
        "partialFingerprints": {_FINGERPRINT: sha256(_raw(finding.fingerprint)).hexdigest()},
        "properties": {"commands": [command for command, _ in one.commands]},
    }


def _message(text: str) -> JsonObject:
    """Return a message in which brackets are brackets; unescaped ones make links."""
    return {"text": re.sub(r"([\\\[\]])", r"\\\1", text)}


def _location(one: Story) -> JsonObject:
    path = Path(one.file)
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
    return {"artifactLocation": {"uri": uri}, "region": {"startLine": max(one.line, 1)}}


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
