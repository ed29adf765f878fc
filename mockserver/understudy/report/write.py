"""Write a verdict in one of the kinds of report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TextIO, TypeAlias

from understudy.checks.promise import Severity
from understudy.checks.verdict import Verdict
from understudy.report.as_json import as_json
from understudy.report.github import github
from understudy.report.html import html
from understudy.report.junit import junit
from understudy.report.markdown import markdown
from understudy.report.sarif import sarif
from understudy.report.text import show, text

Report: TypeAlias = Callable[[Verdict, Severity], str]

KINDS: Final[Mapping[str, Report]] = {
    "text": text,
    "json": as_json,
    "junit": junit,
    "sarif": sarif,
    "github": github,
    "markdown": markdown,
    "html": html,
}
"""What makes each kind of report, by its name."""


def write(
    kind: str, verdict: Verdict, destination: Path | TextIO, fail_on: Severity = Severity.ERROR
) -> None:
    """Write the report of `kind` to a file, whose folder is made, or to an open stream.

    Text has colours on a terminal; what a stream cannot encode is escaped.
    """
    if not isinstance(destination, Path) and kind == "text" and destination.isatty():
        show(verdict, destination, fail_on)
        return
    report = KINDS[kind](verdict, fail_on)
    if isinstance(destination, Path):
        destination.parent.mkdir(parents=True, exist_ok=True)
        destination.write_text(report, encoding="utf-8", newline="\n")
        return
    encoding = destination.encoding or "utf-8"
    destination.write(report.encode(encoding, "backslashreplace").decode(encoding))
