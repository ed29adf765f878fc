"""A verdict as Markdown, for summaries of pipelines and comments on changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from understudy.checks.promise import Severity
from understudy.checks.verdict import Verdict
from understudy.report.story import (
    Cell,
    Story,
    gaps,
    headline,
    matrix,
    stories,
    subject,
    summary,
)
from understudy.report.words import typed, visible

_PIPE: Final = r"\|"
_SPECIAL = re.compile(r"([\\`*_\[\]<>#~&]|:(?=\S))")


def markdown(verdict: Verdict, fail_on: Severity = Severity.ERROR) -> str:
    """Return the report as GitHub-flavoured Markdown."""
    return "\n".join(_lines(verdict, fail_on)) + "\n"


def table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    """Yield the lines of a table whose cells are Markdown."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', _PIPE) for cell in row)} |"


def plain(text: str) -> str:
    """Return `text` so that nothing in it is markup, a link or a mention of somebody."""
    return _SPECIAL.sub(r"\\\1", text).replace("@", "@\N{WORD JOINER}")


def code(text: str) -> str:
    """Return `text` as a code span."""
    fence = _fence(text, 1)
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{padding}{text or ' '}{padding}{fence}"


def _lines(verdict: Verdict, fail_on: Severity) -> Iterator[str]:
    word, rest = headline(verdict, fail_on)
    yield f"## {word}: {plain(rest)}"
    yield ""
    yield plain(subject(verdict))
    for story in stories(verdict, fail_on):
        yield from _story(story)
    yield from _gaps(verdict)
    yield from _tested(verdict, fail_on)
    yield ""
    yield plain(summary(verdict))
    if verdict.reproduce:
        yield from ("", "Run it again:", "")
        yield from _block(visible(typed(verdict.reproduce, verdict.secrets)))


def _story(story: Story) -> Iterator[str]:
    yield ""
    yield f"### {story.level}: {plain(story.promise.says)}"
    yield ""
    about = f": {code(story.about)}" if story.about else ""
    yield f"- {', '.join(map(code, story.operations))}{about}"
    yield f"- expected {code(story.expected)}"
    yield f"- got {code(story.got)}"
    yield f"- {code(story.where)}"
    source = f", {plain(story.promise.source)}" if story.promise.source else ""
    yield f"- {code(story.promise.id)}{source}"
    yield ""
    yield from _block("\n".join(f"{command}\n# {status}" for command, status in story.commands))


def _gaps(verdict: Verdict) -> Iterator[str]:
    rows = [
        [
            plain(gap.what),
            ", ".join(map(code, gap.operations)),
            plain(gap.reason) + ("" if gap.vacuous else " (by choice)"),
            plain(gap.hint),
        ]
        for gap in gaps(verdict)
    ]
    if rows:
        yield from ("", "### Not checked", "")
        yield from table(["what", "operation", "reason", "what would help"], rows)


def _tested(verdict: Verdict, fail_on: Severity) -> Iterator[str]:
    families, rows = matrix(verdict, fail_on)
    if families:
        yield from ("", "### Times tested", "")
        cells = [[code(label), *map(_cell, found)] for label, found in rows]
        yield from table(["operation", *families], cells)


def _cell(cell: Cell) -> str:
    if cell.broken:
        return f"**{cell.count:,} broken**"
    return f"{cell.count:,} warned" if cell.warned else f"{cell.count:,}" if cell.count else "-"


def _block(text: str) -> Iterator[str]:
    if text:
        fence = _fence(text, 3)
        yield from (f"{fence}bash", text, fence)


def _fence(text: str, least: int) -> str:
    """Return more backticks than stand in a row anywhere in `text`."""
    return "`" * max(least, 1 + max(map(len, re.findall("`+", text)), default=0))
