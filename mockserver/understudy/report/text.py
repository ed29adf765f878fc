"""A verdict for people on a terminal: what broke first, and how to see it oneself.

The gate to rich, which is asked for colours only where somebody may be looking.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TextIO, TypeAlias

from understudy.checks.promise import Severity
from understudy.checks.verdict import Verdict
from understudy.report.story import (
    Cell,
    Gap,
    Story,
    gap_line,
    gaps,
    headline,
    matrix,
    stories,
    subject,
    summary,
    variables,
)
from understudy.report.words import several, some, typed, visible

Line: TypeAlias = tuple[tuple[str, str], ...]
"""Pieces of text, each with its style."""

_STYLES: Final = {"BROKEN": "bold red", "KEPT": "bold green"}
_LEVELS: Final = {"error": "bold red", "warning": "bold yellow"}
_CAUSES = 20
_ROWS = 40


def text(verdict: Verdict, fail_on: Severity = Severity.ERROR) -> str:
    """Return the report as plain text."""
    return "".join("".join(part for part, _ in line) + "\n" for line in lines(verdict, fail_on))


def show(verdict: Verdict, stream: TextIO, fail_on: Severity = Severity.ERROR) -> None:
    """Write the report to a terminal, in colours unless NO_COLOR is set."""
    from rich.console import Console  # slow to import
    from rich.text import Text

    console = Console(file=stream, highlight=False, emoji=False, markup=False)
    for line in lines(verdict, fail_on):
        console.print(Text.assemble(*line), soft_wrap=True)


def lines(verdict: Verdict, fail_on: Severity) -> Iterator[Line]:
    """Yield the lines of the report."""
    word, rest = headline(verdict, fail_on)
    yield (word, _STYLES.get(word, "bold yellow")), (f": {rest}", "bold")
    yield ((subject(verdict), "dim"),)
    told_stories = list(stories(verdict, fail_on))
    for number, story in enumerate(told_stories, 1):
        yield from _story(number, story) if number <= _CAUSES else _short(number, story)
    yield from _gaps(list(gaps(verdict)))
    yield from _table(verdict, fail_on)
    yield from _end(verdict, told_stories[:_CAUSES])


def _story(number: int, story: Story) -> Iterator[Line]:
    yield ()
    yield (
        (f"{number}. ", "bold"),
        (story.level, _LEVELS[story.level]),
        (f": {story.promise.says}", "bold"),
    )
    about = f": {story.about}" if story.about else ""
    yield ((f"   {some(story.operations)}{about}", ""),)
    source = f" ({story.promise.source})" if story.promise.source else ""
    for name, value in (
        ("expected", story.expected),
        ("got", story.got),
        ("contract", story.where),
        ("promise", f"{story.promise.id}{source}"),
    ):
        yield (f"   {name:<9} ", "dim"), (value, "")
    for command, status in story.commands:
        yield ((f"   $ {command}".replace("\n", "\n   "), "cyan"),)
        yield ((f"   # {status}", "dim"),)


def _short(number: int, story: Story) -> Iterator[Line]:
    if number == _CAUSES + 1:
        yield ()
    about = f": {story.about}" if story.about else ""
    yield (
        (f"{number}. ", "bold"),
        (story.level, _LEVELS[story.level]),
        (f": {story.promise.id}: {some(story.operations)}{about}", ""),
    )


def _gaps(found: list[Gap]) -> Iterator[Line]:
    for vacuous, title in ((True, "Could not be tested"), (False, "Left out by choice")):
        those = [gap for gap in found if gap.vacuous is vacuous]
        if those:
            yield ()
            yield ((title, "bold yellow" if vacuous else "bold"),)
        for gap in those:
            yield (f"   {gap_line(gap)}", ""), (f" ({gap.hint})" if gap.hint else "", "dim")


def _table(verdict: Verdict, fail_on: Severity) -> Iterator[Line]:
    families, rows = matrix(verdict, fail_on)
    if not families:
        return
    yield ()
    width = max(len(label) for label, _ in [*rows[:_ROWS], ("Times tested", [])])
    yield (
        (f"{'Times tested':<{width}}", "bold"),
        ("".join(f"{family:>{_width(family)}}" for family in families), "dim"),
    )
    for label, cells in rows[:_ROWS]:
        yield (f"{label:<{width}}", ""), *map(_cell, families, cells)
    if len(rows) > _ROWS:
        yield ((f"and {several(len(rows) - _ROWS, 'more operation')}", "dim"),)
    if any(cell.broken or cell.warned for _, cells in rows for cell in cells):
        yield (("! is a broken promise, ? a warning", "dim"),)


def _width(family: str) -> int:
    return max(10, len(family) + 2)


def _cell(family: str, cell: Cell) -> tuple[str, str]:
    sign = "!" if cell.broken else "?" if cell.warned else ""
    style = "red" if cell.broken else "yellow" if cell.warned else "" if cell.count else "dim"
    count = f"{cell.count:,}{sign}" if cell.count or sign else "-"
    return f"{count:>{_width(family)}}", style


def _end(verdict: Verdict, shown: list[Story]) -> Iterator[Line]:
    yield ()
    yield ((summary(verdict), ""),)
    commands = "".join(command for story in shown for command, _ in story.commands)
    if names := variables(verdict, commands):
        yield ((f"The commands read {', '.join(names)} from the environment.", ""),)
    for what, command in (
        ("Run it again", verdict.reproduce),
        ("Accept what was found", verdict.accept if verdict.findings else ""),
    ):
        if command:
            yield (f"{what}: ", "dim"), (visible(typed(command, verdict.secrets)), "cyan")
