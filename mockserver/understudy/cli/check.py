"""`understudy check`: hold an implementation to its contract."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from understudy.cli.arguments import Secret, Seed
from understudy.cli.check_options import (
    CONFIGURATIONS,
    REPORTS,
    configured,
    imported,
    known_values,
    reports,
)
from understudy.cli.check_options import options as chosen_options
from understudy.cli.ending import fail
from understudy.cli.loading import loading_options
from understudy.config import DEFAULT_SEED
from understudy.contract.load import Loading
from understudy.contract.model import Contract
from understudy.errors import ContractError, ExitCode, StartError

if TYPE_CHECKING:
    from understudy.checks.verdict import Verdict
    from understudy.probe.api import Progress
    from understudy.probe.run import Options

_ACCEPT = "--write-baseline=accepted.txt"


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
    type=Secret(),
    envvar="UNDERSTUDY_BEARER",
    metavar="TOKEN",
    help="A good bearer token; [SCHEME=]$NAME takes it from the environment.",
)
@click.option(
    "--api-key",
    multiple=True,
    type=Secret(),
    envvar="UNDERSTUDY_API_KEY",
    metavar="KEY",
    help="A good API key, as --bearer.",
)
@click.option(
    "--basic",
    multiple=True,
    type=Secret(),
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
    type=Secret(),
    envvar="UNDERSTUDY_SECOND_BEARER",
    metavar="TOKEN",
    help="Another user, who must not see what belongs to the first.",
)
@click.option(
    "--second-api-key",
    multiple=True,
    type=Secret(),
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
    help=f"{', '.join(REPORTS)}. Repeatable.",
)
@loading_options
@click.option(
    "--config",
    callback=configured,
    is_eager=True,
    expose_value=False,
    metavar="FILE",
    help=f"Defaults of options, in a table `check`; else {' or '.join(CONFIGURATIONS)}.",
)
def check(
    contract: str,
    url: str | None,
    app_name: str | None,
    har: Path | None,
    loading: Loading,
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
        loaded = loading.load(contract)
        chosen = chosen_options(loaded, options)
        verdict = _verdict(loaded, chosen, url, app_name, har)
    except ContractError as error:
        fail("\n".join(map(str, error.problems)), ExitCode.CONTRACT)
    except StartError as error:
        fail(str(error), ExitCode.START)
    verdict = replace(verdict, reproduce=_typed(verdict), accept=_typed(verdict, _ACCEPT))
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
    app = imported(app_name) if app_name is not None else None
    with _watched() as watch:
        return run(contract, url or "", options, app=app, watch=watch)


def _typed(verdict: Verdict, *more: str) -> str:
    """Return the command as it was typed, secrets as variables."""
    words = [shlex.quote(word) for word in (*sys.argv[1:], *more)]
    for secret, name in verdict.secrets.items():
        words = [word.replace(secret, f"${name}") for word in words]
    return " ".join(["understudy", *words])


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
