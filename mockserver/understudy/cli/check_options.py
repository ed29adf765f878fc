"""What the options of `understudy check` mean: configuration, credentials, applications."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from understudy.cli.credentials import Given, credentials, secrets
from understudy.contract.model import Contract

if TYPE_CHECKING:
    from understudy.probe.run import Options

CONFIGURATIONS = ("understudy.toml", "pyproject.toml")
REPORTS = ("text", "json", "junit", "sarif", "github", "markdown", "html")


def configured(
    context: click.Context, _parameter: click.Parameter, value: str | None
) -> str | None:
    """Take the defaults of options from a configuration file: the table `check` of understudy."""
    path = (
        Path(value) if value else next((Path(f) for f in CONFIGURATIONS if Path(f).is_file()), None)
    )
    if path is None:
        return value
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{path}: {error}") from error
    names = ("tool", "understudy", "check") if path.name == "pyproject.toml" else ("check",)
    table: Any = data
    for name in names:
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise click.UsageError(f"{path}: {name} is not a table")
    known = {option.name for option in context.command.params}
    found = {name.replace("-", "_"): entry for name, entry in table.items()}
    unknown = sorted(found.keys() - known)
    if unknown:
        raise click.UsageError(f"{path}: check has no option {', '.join(unknown)}")
    context.default_map = {**found, **(context.default_map or {})}
    return value


def known_values(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> Mapping[str, Sequence[str]]:
    """Return the values that exist, by the name of their parameter."""
    found: dict[str, list[str]] = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{text!r} is not written as NAME=VALUE")
        found.setdefault(name, []).append(value)
    return found


def reports(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> Sequence[tuple[str, str]]:
    """Return kinds of report with the file that each goes to, `-` for standard output."""
    found = []
    for text in values:
        kind, _, path = text.partition("=")
        if kind not in REPORTS:
            raise click.BadParameter(f"{kind!r} is none of {', '.join(REPORTS)}")
        found.append((kind, path or "-"))
    return found


def options(contract: Contract, given: Mapping[str, Any]) -> Options:
    """Return what a run is asked to do, from the options of the command by name."""
    from understudy.checks.baseline import Baseline, read_baseline
    from understudy.probe.client import Connection
    from understudy.probe.run import TIERS, Options

    unknown = set(given["operations"]) - {
        name for one in contract.operations.values() for name in (one.id, one.label)
    }
    if unknown:
        known = ", ".join(one.id for one in contract.operations.values())
        raise click.UsageError(f"no operation {', '.join(sorted(unknown))}; there are {known}")
    first = Given(given["bearer"], given["api_key"], given["basic"], given["header"])
    other = Given(given["second_bearer"], given["second_api_key"])
    mine = credentials(contract, first)
    second = credentials(contract, other) if other else None
    if second is not None:
        mine = replace(mine, second=second.values)
    today = datetime.now(UTC).date()
    path = given["baseline"]
    certificate = tuple(one for one in (given["cert"], given["cert_key"]) if one)
    return Options(
        tier=TIERS[given["tier"]],
        seed=given["seed"],
        credentials=mine,
        known=given["known"],
        operations=given["operations"],
        read_only=given["read_only"],
        max_time=given["max_time"],
        max_response_time=given["max_response_time"],
        connection=Connection(
            timeout=given["timeout"],
            rate=given["rate_limit"],
            verify=False if given["insecure"] else given["ca"] or True,
            certificate=certificate,
            headers=mine.headers,
        ),
        baseline=read_baseline(path, today) if path is not None else Baseline(),
        secrets=secrets([mine, *([second] if second else [])]),
    )


def imported(name: str) -> Any:
    """Return the application that `module:name` names, or that `module:name()` makes."""
    found: Any
    module, _, attribute = name.removesuffix("()").partition(":")
    sys.path.insert(0, "")
    try:
        found = import_module(module)
        for part in (attribute or "app").split("."):
            found = getattr(found, part)
        found = found() if name.endswith("()") else found
    except Exception as error:
        raise click.UsageError(f"--app {name}: {type(error).__name__}: {error}") from error
    if not callable(found):
        raise click.UsageError(f"--app {name}: is neither an ASGI nor a WSGI application")
    return found
