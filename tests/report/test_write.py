import io
from dataclasses import replace
from pathlib import Path

import pytest
from tests.report.conftest import SECRET, TOO_MANY, VERDICTS, verdict

from understudy.checks.verdict import Unchecked, Verdict
from understudy.exchange import Exchange, Reply, Sent
from understudy.report.write import KINDS, write

every_kind = pytest.mark.parametrize("kind", KINDS)


def leaky() -> Verdict:
    """Return a verdict in which the secret stands wherever it can."""
    fields = (("x-api-key", SECRET),)
    exchange = Exchange(
        Sent("POST", f"/{SECRET}?a={SECRET}", fields, SECRET.encode()),
        Reply(200, SECRET.encode(), fields, f"text/{SECRET}"),
    )
    finding = replace(TOO_MANY, expected=SECRET, got=SECRET, exchanges=(exchange,))
    return replace(
        verdict(finding, accepted=(replace(finding, subject="query a"),)),
        target=f"http://localhost/{SECRET}",
        unchecked=(Unchecked("a", "b", SECRET),),
        reproduce=f"understudy check --key {SECRET}",
    )


@every_kind
def test_a_report_prints_and_is_utf_8(kind: str, any_verdict: Verdict, tmp_path: Path) -> None:
    write(kind, any_verdict, tmp_path / "reports" / "one")
    told = (tmp_path / "reports" / "one").read_bytes().decode()
    assert told.endswith("\n")
    assert told.replace("\n", "").isprintable()


@every_kind
def test_no_report_tells_a_secret(kind: str) -> None:
    stream = io.StringIO()
    write(kind, leaky(), stream)
    assert SECRET not in stream.getvalue()
    assert "$THENA_KEY" in stream.getvalue()


@every_kind
def test_the_same_verdict_is_the_same_report(kind: str) -> None:
    one, other = io.StringIO(), io.StringIO()
    write(kind, VERDICTS["broken"](), one)
    write(kind, VERDICTS["broken"](), other)
    assert one.getvalue() == other.getvalue()


@every_kind
def test_a_stream_of_a_narrow_encoding_gets_escapes(kind: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", newline="\n")
    write(kind, VERDICTS["hostile"](), stream)
    stream.flush()
    assert raw.getvalue().isascii()


def test_long_bodies_are_cut_except_in_json() -> None:
    exchange = Exchange(Sent("POST", "/", (), b"a" * 10_000), Reply(200, b"b" * 10_000))
    told = verdict(replace(TOO_MANY, exchanges=(exchange,)))
    lengths = {}
    for kind in KINDS:
        stream = io.StringIO()
        write(kind, told, stream)
        lengths[kind] = stream.getvalue().count("a" * 201) + stream.getvalue().count("b" * 4_001)
    assert {kind for kind, count in lengths.items() if count} == {"json"}


def test_a_terminal_gets_colours_and_a_file_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = io.StringIO()
    stream.isatty = lambda: True  # type: ignore[method-assign]
    write("text", verdict(TOO_MANY), stream)
    write("text", verdict(TOO_MANY), tmp_path / "told.txt")
    assert "\x1b[" in stream.getvalue()
    assert "\x1b[" not in (tmp_path / "told.txt").read_text(encoding="utf-8")
