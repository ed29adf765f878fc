import json
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.report.conftest import CHALLENGE, SECRET, TOO_MANY, VERDICTS, verdict

from understudy.checks.promise import Severity
from understudy.checks.verdict import Verdict
from understudy.exchange import Exchange, Reply, Sent
from understudy.report.as_json import VERSION, as_json

DOCUMENTED = Path(__file__).parents[2] / "docs" / "reference" / "report.md"


def value(told: Verdict, fail_on: Severity = Severity.ERROR) -> Any:
    return json.loads(as_json(told, fail_on).encode())


def shown(reply: Reply) -> Any:
    finding = replace(TOO_MANY, exchanges=(Exchange(Sent("GET", "/"), reply),))
    return value(verdict(finding))["findings"][0]["exchanges"][0]["reply"]


def members(one: Any) -> Iterator[str]:
    for name, inside in one.items() if isinstance(one, dict) else ():
        yield name
        yield from members(inside)
    for item in one if isinstance(one, list) else ():
        yield from members(item)


def test_every_member_is_documented_and_there_is_no_other() -> None:
    page = DOCUMENTED.read_text(encoding="utf-8")
    long = replace(TOO_MANY, exchanges=(Exchange(Sent("GET", "/"), Reply(200, b"\xff" * 70_000)),))
    found = {*members(value(VERDICTS["broken"]())), *members(value(verdict(long)))}
    assert found - set(re.findall(r"`(\w+)`", page)) == set()
    listed = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert listed - found == set()


def test_the_layout_has_a_version() -> None:
    told = value(verdict())
    assert (told["format"], told["version"]) == ("understudy-check", VERSION)


def test_the_verdict_and_the_exit_code() -> None:
    told = {name: value(make()) for name, make in VERDICTS.items()}
    assert {name: (one["verdict"], one["exit_code"]) for name, one in told.items()} == {
        "broken": ("broken", 1),
        "accepted": ("kept", 0),
        "warned": ("kept", 0),
        "kept": ("kept", 0),
        "vacuous": ("not tested", 5),
        "stopped": ("stopped", 130),
        "empty": ("not tested", told["empty"]["exit_code"]),
        "hostile": ("broken", 1),
    }


def test_findings_say_whether_they_fail() -> None:
    told = verdict(TOO_MANY, CHALLENGE)
    assert [one["fails"] for one in value(told)["findings"]] == [True, False]
    assert [one["fails"] for one in value(told, Severity.WARNING)["findings"]] == [True, True]


def test_coverage_is_complete() -> None:
    told, coverage = value(verdict())["coverage"], verdict().coverage
    rows = {name: [tuple(row.values()) for row in told[name]] for name in told}
    assert rows == {
        "statuses": [(*key, count) for key, count in coverage.statuses.items()],
        "parameters": [(*key, count) for key, count in coverage.parameters.items()],
        "properties": [(*key, count) for key, count in coverage.properties.items()],
    }


def test_a_body_is_text_where_it_can_be() -> None:
    assert shown(Reply(200, b'{"a": "\\ud800\n"}'))["body"] == '{"a": "\\ud800\n"}'
    assert b64decode(shown(Reply(200, b"\xff\x00"))["body_base64"]) == b"\xff\x00"


def test_a_long_body_is_cut_between_characters() -> None:
    reply = shown(Reply(200, b"a" + "\N{SNOWMAN}".encode() * 50_000))
    assert reply["length"] == 150_001
    assert set(reply["body"]) == {"a", "\N{SNOWMAN}"}
    assert 65_000 < len(reply["body"].encode()) <= 65_536


def test_secrets_are_hidden_in_bytes_too() -> None:
    raw = b"\xff" + SECRET.encode()
    assert b64decode(shown(Reply(200, raw))["body_base64"]) == b"\xff$THENA_KEY"


def test_a_secret_that_is_a_common_word_leaves_the_layout_alone() -> None:
    told = value(verdict(TOO_MANY, secrets={"understudy": "A", "error": "B", "request": "C"}))
    assert (told["format"], told["findings"][0]["severity"]) == ("understudy-check", "error")
    assert told["findings"][0]["fingerprint"] == TOO_MANY.fingerprint
