import io
from dataclasses import replace

import pytest
from rich.text import Text
from tests.report.conftest import (
    CHALLENGE,
    SCHEMA,
    THENA,
    TOO_MANY,
    TOO_MANY_ELSEWHERE,
    VERDICTS,
    verdict,
)

from understudy.checks.promise import Severity
from understudy.checks.verdict import Verdict
from understudy.report.text import show, text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def shown(told: Verdict) -> str:
    stream = Terminal()
    show(told, stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "headline"),
    [
        ("broken", "BROKEN: 2 promises in 2 operations (and 1 warning)"),
        ("accepted", "KEPT: 3 promises in 2 operations (and 1 accepted by the baseline)"),
        ("warned", "KEPT: 2 promises in 2 operations (and 1 warning)"),
        ("kept", "KEPT: 3 promises in 2 operations"),
        (
            "vacuous",
            "NOT TESTED: 1 check had nothing to test with,"
            " otherwise kept 0 promises in 0 operations",
        ),
        ("stopped", "STOPPED: nothing was broken until then"),
        ("empty", "NOT TESTED: no promise was tested"),
    ],
)
def test_the_first_line_is_the_verdict(name: str, headline: str) -> None:
    assert text(VERDICTS[name]()).splitlines()[0] == headline


def test_a_warning_breaks_where_that_is_asked_for() -> None:
    assert text(verdict(CHALLENGE), Severity.WARNING).startswith(
        "BROKEN: 1 promise in 1 operation\n"
    )


def test_a_cause_is_told_once_with_all_that_is_needed_to_see_it() -> None:
    file, line = verdict().place(TOO_MANY)
    assert text(verdict(TOO_MANY, TOO_MANY_ELSEWHERE)).split("\n\n")[1] == (
        "1. error: A request that the contract does not allow is refused with a 4xx\n"
        "   GET /api/v1/chat/{agent_id}/web-threads, "
        "GET /api/v1/chat/{agent_id}/threads/{thread_id}: query limit (maximum)\n"
        "   expected  a 4xx: 51 is greater than the maximum of 50\n"
        "   got       200\n"
        f"   contract  {file}:{line}\n"
        "   promise   request/invalid-refused"
        " (OpenAPI 3.0.3, Parameter Object and Request Body Object)\n"
        "   $ curl --include 'http://127.0.0.1:8080/thena/api/v1/chat/1/web-threads?limit=51' \\\n"
        '     --header "x-api-key: $THENA_KEY"\n'
        "   # 200"
    )


def test_errors_come_before_warnings_and_sequences_are_whole() -> None:
    told = text(verdict(CHALLENGE, SCHEMA))
    assert told.index("1. error: Every body") < told.index("2. warning: A 401")
    assert told.count("$ curl ") == len(SCHEMA.exchanges) + len(CHALLENGE.exchanges)


def test_what_was_not_checked_comes_with_reason_and_hint() -> None:
    assert (
        "Could not be tested\n"
        "   response/body (GET /api/v1/chat/{agent_id}/threads/{thread_id}):"
        " no reply was a success (give an id that exists)\n"
        "\n"
        "Left out by choice\n"
        "   method (GET /api/v1/chat/{agent_id}/web-threads): excluded\n"
    ) in text(VERDICTS["broken"]())


def test_the_table_counts_tests_by_operation_and_family() -> None:
    rows = [line.split() for line in text(VERDICTS["broken"]()).splitlines()]
    labels = [one.label.split() for one in THENA.operations.values()]
    assert ["Times", "tested", "response", "request", "access"] in rows
    assert [*labels[0], "40!", "12!", "1?"] in rows
    assert [*labels[1], "-", "1,200!", "-"] in rows


def test_the_last_lines_say_what_it_took_and_how_to_go_on() -> None:
    assert text(verdict(TOO_MANY)).splitlines()[-4:] == [
        "1,253 requests in 2.1 seconds, tier quick, seed 7",
        "The commands read THENA_KEY from the environment.",
        "Run it again: understudy check thena --seed 7",
        "Accept what was found: understudy check thena --seed 7 --baseline FILE",
    ]


def test_many_causes_are_told_in_full_only_at_first() -> None:
    told = text(verdict(*(replace(TOO_MANY, subject=f"query p{n}") for n in range(25))))
    assert told.count("\n   expected ") == 20
    assert "\n25. error: request/invalid-refused: " in told


def test_a_terminal_gets_the_same_text_in_colours(any_verdict: Verdict) -> None:
    told = shown(any_verdict)
    assert "\x1b[1;3" in told
    assert Text.from_ansi(told).plain.splitlines() == text(any_verdict).splitlines()


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31" not in shown(verdict(TOO_MANY))
    assert ";31m" not in shown(verdict(TOO_MANY))
