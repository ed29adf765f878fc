"""`understudy check`: hold an implementation to its contract."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from understudy.cli.arguments import Seed
from understudy.cli.credentials import Given, credentials, secrets
from understudy.cli.ending import fail
from understudy.config import DEFAULT_SEED
from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.errors import ContractError, ExitCode, StartError

if TYPE_CHECKING:
    from understudy.checks.verdict import Verdict
    from understudy.probe.api import Progress
    from understudy.probe.run import Options

_FILES = ("understudy.toml", "pyproject.toml")
_REPORTS = ("text", "json", "junit", "sarif", "github", "markdown", "html")


def configured(
    context: click.Context, _parameter: click.Parameter, value: str | None
) -> str | None:
    """Take the defaults of options from a configuration file: the table `check` of understudy."""
    path = Path(value) if value else next((Path(f) for f in _FILES if Path(f).is_file()), None)
    if path is None:
        return value
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{path}: {error}") from error
    if path.name == "pyproject.toml":
        data = data.get("tool", {}).get("understudy", {})
    table = data.get("check", {})
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
        if kind not in _REPORTS:
            raise click.BadParameter(f"{kind!r} is none of {', '.join(_REPORTS)}")
        found.append((kind, path or "-"))
    return found


@click.command()
@click.argument("contract", metavar="NAME_OR_FILE")
@click.option("--url", help="Where the implementation answers, such as http://127.0.0.1:8080.")
@click.option(
    "--app",
    "app_name",
    metavar="MODULE:NAME",
    help="An ASGI or WSGI application, asked in this process.",
)
@click.option(
    "--har",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Judge recorded traffic instead of sending requests.",
)
@click.option(
    "--tier",
    type=click.Choice(["smoke", "pr", "nightly"]),
    default="pr",
    help="How thorough to be.",
)
@click.option(
    "--bearer",
    multiple=True,
    envvar="UNDERSTUDY_BEARER",
    metavar="TOKEN",
    help="A good bearer token; [SCHEME=]$NAME takes it from the environment.",
)
@click.option(
    "--api-key",
    multiple=True,
    envvar="UNDERSTUDY_API_KEY",
    metavar="KEY",
    help="A good API key, as --bearer.",
)
@click.option(
    "--basic",
    multiple=True,
    envvar="UNDERSTUDY_BASIC",
    metavar="USER:PASSWORD",
    help="Good basic credentials, as --bearer.",
)
@click.option(
    "--header",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="Send this header; where it is that of a scheme, it is the credential.",
)
@click.option(
    "--second-bearer",
    multiple=True,
    envvar="UNDERSTUDY_SECOND_BEARER",
    metavar="TOKEN",
    help="Another user, who must not see what belongs to the first.",
)
@click.option(
    "--second-api-key",
    multiple=True,
    envvar="UNDERSTUDY_SECOND_API_KEY",
    metavar="KEY",
    help="The same with an API key.",
)
@click.option(
    "--known",
    multiple=True,
    callback=known_values,
    metavar="NAME=VALUE",
    help="A value of a parameter that exists. Repeatable.",
)
@click.option(
    "--operation",
    "operations",
    multiple=True,
    metavar="ID",
    help="Check this operation only (operationId or 'GET /path'). Repeatable.",
)
@click.option("--read-only", is_flag=True, help="Send GET and HEAD only.")
@click.option(
    "--seed", default=DEFAULT_SEED, type=Seed(), help="Other requests; the same for the same."
)
@click.option(
    "--max-time",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Stop after so long, with a report on what was done.",
)
@click.option(
    "--max-response-time",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="A slower answer breaks a promise.",
)
@click.option(
    "--timeout",
    default=10.0,
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds to wait for one answer.",
)
@click.option(
    "--rate-limit",
    default=0.0,
    type=click.FloatRange(min=0),
    metavar="PER_SECOND",
    help="At most so many requests in a second; 0 for no limit.",
)
@click.option("--ca", type=click.Path(exists=True), help="Trust this certificate authority.")
@click.option("--cert", type=click.Path(exists=True), help="A client certificate (PEM).")
@click.option("--cert-key", type=click.Path(exists=True), help="The key of --cert.")
@click.option("--insecure", is_flag=True, help="Do not verify the certificate of the server.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Accepted findings, each with the day its acceptance ends.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Accept what was found for ninety days.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    help="The least that makes the exit code 1.",
)
@click.option(
    "--report",
    "report",
    multiple=True,
    callback=reports,
    metavar="KIND[=FILE]",
    help=f"{', '.join(_REPORTS)}. Repeatable.",
)
@click.option(
    "--config",
    callback=configured,
    is_eager=True,
    expose_value=False,
    metavar="FILE",
    help=f"Take defaults of options from the table `check`, else from {' or '.join(_FILES)}.",
)
def check(
    contract: str,
    url: str | None,
    app_name: str | None,
    har: Path | None,
    **options: Any,
) -> None:
    """Check that an implementation keeps its contract.

    Requests are sent to a running service, or to an application in this process; or recorded
    traffic is read. Every broken promise is told once, with the requests that show it. What
    could not be checked is told as well, and is never taken for kept.

    \b
    Exit codes: 0 kept, 1 broken, 2 wrong usage, 3 the contract cannot be read, 4 nothing answers,
    5 something that was to be checked could not be, 130 interrupted.

    \b
    Examples:
      understudy check thena --url http://127.0.0.1:8080 --api-key '$THENA_KEY'
      understudy check ./openapi.yaml --app shop.main:app --bearer test --tier smoke
      understudy check ./openapi.yaml --url https://staging.example.com --read-only --rate-limit 5
      understudy check ./openapi.yaml --har traffic.har --report junit=report.xml
    """
    given = [one for one in (url, app_name, har) if one is not None]
    if len(given) != 1:
        raise click.UsageError("name one of --url, --app and --har")
    try:
        loaded = load_contract(contract)
        chosen = _options(loaded, options)
        verdict = _verdict(loaded, chosen, url, app_name, har)
    except ContractError as error:
        fail("\n".join(map(str, error.problems)), ExitCode.CONTRACT)
    except StartError as error:
        fail(str(error), ExitCode.START)
    _report(verdict, options["report"], options["fail_on"])
    if options["write_baseline"] is not None:
        _write_baseline(verdict, options["write_baseline"])
    sys.exit(_code(verdict, options["fail_on"]))


def _verdict(
    contract: Contract, options: Options, url: str | None, app_name: str | None, har: Path | None
) -> Verdict:
    if har is not None:
        from understudy.probe.recorded import judge_recording  # slow to import

        return judge_recording(contract, har, options)
    from understudy.probe.run import check as run  # slow to import

    if url is not None and "://" not in url:
        url = f"http://{url}"
    app = _imported(app_name) if app_name is not None else None
    with _watched() as watch:
        return run(contract, url or "", options, app=app, watch=watch)


def _options(contract: Contract, given: Mapping[str, Any]) -> Options:
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
        second=second,
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


def _imported(name: str) -> Any:
    """Return the application that `module:name` names, or that `module:name()` makes."""
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


def _report(verdict: Verdict, wanted: Sequence[tuple[str, str]], fail_on: str) -> None:
    from understudy.checks.promise import Severity
    from understudy.report.write import write

    least = Severity.WARNING if fail_on == "warning" else Severity.ERROR
    if not any(path == "-" for _, path in wanted):
        write("text", verdict, sys.stdout, least)
    for kind, path in wanted:
        write(kind, verdict, sys.stdout if path == "-" else Path(path), least)


def _write_baseline(verdict: Verdict, path: Path) -> None:
    from understudy.checks.baseline import baseline_text

    found = (one.fingerprint for one in (*verdict.findings, *verdict.accepted))
    path.write_text(baseline_text(found, datetime.now(UTC).date()), encoding="utf-8")


def _code(verdict: Verdict, fail_on: str) -> ExitCode:
    from understudy.checks.promise import Severity

    if fail_on == "never":
        return ExitCode.OK
    return verdict.code(Severity(fail_on))


@contextmanager
def _watched() -> Iterator[Callable[[Progress], None]]:
    """Yield what shows on a terminal what the run is doing."""
    if not sys.stderr.isatty():
        yield lambda _progress: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:

        def told(progress: Progress) -> None:
            left = "" if progress.left is None else f" · {max(progress.left, 0):.0f} s left"
            status.update(
                f"{progress.phase} · {progress.operation} · {progress.requests:,} requests · "
                f"{progress.findings} findings{left}"
            )

        yield told
