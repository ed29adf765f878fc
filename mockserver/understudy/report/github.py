"""A verdict as workflow commands of GitHub Actions: annotations on the lines of the contract."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.checks.promise import Severity
from understudy.checks.verdict import Verdict
from understudy.report.story import Story, gap_line, gaps, headline, stories
from understudy.report.words import some


def github(verdict: Verdict, fail_on: Severity = Severity.ERROR) -> str:
    """Return the report as workflow commands, one for each cause, and the verdict as a notice."""
    return "".join(f"{line}\n" for line in _commands(verdict, fail_on))


def _commands(verdict: Verdict, fail_on: Severity) -> Iterator[str]:
    for story in stories(verdict, fail_on):
        properties = {"file": story.file, "line": str(story.line), "title": story.promise.says}
        yield command(story.level, properties, "\n".join(_message(story)))
    for gap in gaps(verdict):
        if gap.vacuous:
            hint = f" ({gap.hint})" if gap.hint else ""
            yield command("warning", {"title": "Not tested"}, f"{gap_line(gap)}{hint}")
    word, rest = headline(verdict, fail_on)
    yield command("notice", {"title": "Understudy"}, f"{word}: {rest}")


def _message(story: Story) -> Iterator[str]:
    about = f": {story.about}" if story.about else ""
    yield f"{some(story.operations)}{about}"
    yield f"expected {story.expected}"
    yield f"got {story.got}"
    for command, _ in story.commands:
        yield f"$ {command}"


def command(name: str, properties: dict[str, str], message: str) -> str:
    """Return a workflow command of GitHub Actions."""
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {told}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
