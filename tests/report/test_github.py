import re
from dataclasses import replace

from tests.report.conftest import CHALLENGE, SCHEMA, TOO_MANY, VERDICTS, verdict

from understudy.checks.verdict import Verdict
from understudy.report.github import github

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def commands(told: Verdict) -> list[tuple[str, dict[str, str], str]]:
    """Return what GitHub reads: name, properties and message."""
    return [read(line) for line in github(told).splitlines()]


def read(line: str) -> tuple[str, dict[str, str], str]:
    match = COMMAND.fullmatch(line)
    assert match is not None, line
    properties = dict(pair.split("=", 1) for pair in match[2].split(","))
    return match[1], {k: decoded(v) for k, v in properties.items()}, decoded(match[3])


def decoded(text: str) -> str:
    for code, character in (("3A", ":"), ("2C", ","), ("0A", "\n"), ("0D", "\r"), ("25", "%")):
        text = text.replace(f"%{code}", character)
    return text


def test_every_line_is_a_command(any_verdict: Verdict) -> None:
    names = [name for name, _, _ in commands(any_verdict)]
    assert names[-1] == "notice"
    assert names.count("error") == len({one.cause for one in any_verdict.failures()})


def test_an_annotation_stands_on_the_line_of_the_contract() -> None:
    file, line = verdict().place(SCHEMA)
    name, properties, message = commands(verdict(SCHEMA))[0]
    assert name == "error"
    assert properties == {"file": file, "line": f"{line}", "title": SCHEMA.promise.says}
    assert (
        "expected type array\ngot {} is not of type array (at the body itself)\n$ curl" in message
    )


def test_warnings_and_what_could_not_be_tested_are_warnings() -> None:
    assert commands(verdict(CHALLENGE))[0][0] == "warning"
    name, properties, message = commands(VERDICTS["vacuous"]())[0]
    assert (name, properties) == ("warning", {"title": "Not tested"})
    assert message.endswith("no reply was a success (give an id that exists)")


def test_what_would_end_a_property_is_escaped() -> None:
    promise = replace(TOO_MANY.promise, says="a::b,c=d%0A\n")
    _, properties, _ = commands(verdict(replace(TOO_MANY, promise=promise)))[0]
    assert properties["title"] == "a::b,c=d%0A\n"
