"""`understudy diff`: say what changes between two contracts, for the clients of the old one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

import click

from understudy.cli.ending import fail
from understudy.cli.loading import loading_options
from understudy.contract.compare.changes import LEVELS, Change
from understudy.contract.compare.contracts import compare, counts
from understudy.contract.load import Loading
from understudy.contract.model import Contract
from understudy.errors import ContractError, ExitCode, Problem

Shape: TypeAlias = Callable[[Sequence[Change]], str]

_COMMANDS: Final = {"breaking": "error", "risky": "warning", "safe": "notice"}
"""The workflow command of GitHub Actions for each level."""


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--format", "shape", default="text", type=click.Choice(["text", "json", "markdown", "github"]),
    help="Lines for people and editors, JSON, a table, or annotations of GitHub Actions.",
)  # fmt: skip
@click.option(
    "--fail-on", default="breaking", type=click.Choice([*LEVELS, "none"]),
    help="End with exit code 1 where a change is this bad, or worse.",
)  # fmt: skip
@loading_options
def diff(old: str, new: str, shape: str, fail_on: str, loading: Loading) -> None:
    """Compare two contracts: what breaks clients that were written for OLD.

    Each is the name of a bundled contract or an OpenAPI document. A change is

    \b
      breaking  where a client that keeps to OLD fails with NEW:
                a request is refused, or a response is what it could not be
      risky     where it depends on the client, or cannot be told from the contracts
      safe      where no client has to notice

    Requests may be allowed more and responses may be promised more, never less. Operations are
    known by method and path, whatever their path parameters are called. A behaviour.yaml beside
    each document is compared too: its relations.

    The exit code is 1 where a change is as bad as --fail-on says, 3 where a contract cannot be
    read, and otherwise 0.

    \b
    Examples:
      understudy diff published.yaml openapi.yaml
      understudy diff old/ new/ --fail-on risky --format markdown >> "$GITHUB_STEP_SUMMARY"
      understudy diff thena ./openapi.yaml --format json | jq '.changes[].rule'
    """
    changes = compare(*_load(loading, old, new))
    click.echo(_SHAPES[shape](changes))
    bad = LEVELS[: LEVELS.index(fail_on) + 1] if fail_on in LEVELS else ()
    sys.exit(ExitCode.FINDINGS if any(one.level in bad for one in changes) else ExitCode.OK)


def _load(loading: Loading, *names: str) -> list[Contract]:
    """Return the contracts, or end with all that is wrong with them."""
    loaded: list[Contract] = []
    problems: list[Problem] = []
    for name in names:
        try:
            loaded.append(loading.load(name))
        except ContractError as error:
            problems += error.problems
    if problems:
        fail("\n".join(map(str, problems)), ExitCode.CONTRACT)
    return loaded


def _verdict(changes: Sequence[Change]) -> str:
    if not changes:
        return "no changes"
    breaking, risky, safe = counts(changes).values()
    return f"{breaking} breaking, {risky} risky and {safe} safe change{'s' * (safe != 1)}"


def _text(changes: Sequence[Change]) -> str:
    lines = (f"{_place(one)}: {one.level}: {_message(one)} [{one.rule}]" for one in changes)
    return "\n".join([_verdict(changes), *lines])


def _json(changes: Sequence[Change]) -> str:
    found = {"summary": counts(changes), "changes": [one.as_json() for one in changes]}
    return json.dumps(found, indent=2, ensure_ascii=False)


def _markdown(changes: Sequence[Change]) -> str:
    if not changes:
        return f"**{_verdict(changes)}**"
    rows = ((one.level, one.operation, one.message, one.rule, _place(one)) for one in changes)
    head = ["| level | operation | change | rule | where |", "|---|---|---|---|---|"]
    table = ("| " + " | ".join(map(_cell, row)) + " |" for row in rows)
    return "\n".join([f"**{_verdict(changes)}**", "", *head, *table])


def _github(changes: Sequence[Change]) -> str:
    """Return annotations ("Workflow commands for GitHub Actions"), after the verdict."""
    return "\n".join([_verdict(changes), *map(_annotation, changes)])


def _annotation(one: Change) -> str:
    named = {"file": one.file, "line": str(one.line), "title": f"{one.level}: {one.rule}"}
    told = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in named.items())
    return f"::{_COMMANDS[one.level]} {told}::{_escaped(_message(one))}"


def _escaped(text: str, more: str = "") -> str:
    return "".join(f"%{ord(sign):02X}" if sign in f"%\r\n{more}" else sign for sign in text)


def _cell(text: str) -> str:
    for sign in "\\|*_<`[":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _place(one: Change) -> str:
    return f"{one.file}:{one.line}"


def _message(one: Change) -> str:
    return f"{one.operation}: {one.message}" if one.operation else one.message


_SHAPES: Final[Mapping[str, Shape]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
    "github": _github,
}
