"""`understudy proxy`: stand between clients and a real service, and hold both to the contract."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import click

from understudy.cli.arguments import Seed
from understudy.cli.ending import fail
from understudy.cli.loading import loading_options
from understudy.config import DEFAULT_PORT, DEFAULT_SEED, Settings
from understudy.contract.load import Loading
from understudy.errors import ContractError, ExitCode, StartError


@click.command()
@click.argument("contract", metavar="NAME_OR_FILE")
@click.argument("upstream", metavar="UPSTREAM")
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", default=DEFAULT_PORT, type=click.IntRange(0, 65535), help="0 takes any.")
@click.option(
    "--errors", is_flag=True,
    help="Answer with a problem what breaks the contract: 422 for a request, which is not "
    "forwarded, 502 for a response; 404 and 405 for what the contract does not have.",
)  # fmt: skip
@click.option(
    "--validate-requests", type=click.Choice(["off", "warn", "on"]), show_default="warn",
    help="Whether requests are looked at: not at all, told in findings, or refused with 422.",
)  # fmt: skip
@click.option(
    "--mock-missing", is_flag=True,
    help="Let the stand-in answer for operations that the service has not got: where it answers "
    "405 or 501, or 404 on a path without parameters, or refuses the connection.",
)  # fmt: skip
@click.option(
    "--missing-status", "missing", multiple=True, type=click.IntRange(400, 599), metavar="STATUS",
    help="Take this status for 'not there' on every path; with --mock-missing. Repeatable.",
)  # fmt: skip
@click.option(
    "--record", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.har",
    help="Append every exchange with the service to an HTTP Archive, without secrets.",
)  # fmt: skip
@click.option(
    "--redact", multiple=True, metavar="NAME",
    help="A header field, parameter, cookie or member of JSON that is not recorded. Repeatable.",
)  # fmt: skip
@click.option(
    "--timeout", default=30.0, type=click.FloatRange(min=0, min_open=True),
    help="Seconds to wait for the service: to connect, and for the next bytes.",
)  # fmt: skip
@click.option(
    "--limit", default=10.0, type=click.FloatRange(min=0, max=1024), metavar="MIB",
    help="Bodies of up to so many MiB are checked and recorded; longer ones pass unread.",
)  # fmt: skip
@click.option("--seed", default=DEFAULT_SEED, type=Seed(), help="The world of the stand-in.")
@click.option("--ca", type=click.Path(exists=True), help="Trust this certificate authority.")
@click.option("--insecure", is_flag=True, help="Do not verify the certificate of the service.")
@loading_options
@click.option(
    "--log", default="findings", type=click.Choice(["findings", "off"]),
    help="What to say about each exchange.",
)  # fmt: skip
def proxy(
    contract: str,
    upstream: str,
    host: str,
    port: int,
    errors: bool,  # noqa: FBT001 - click passes options by name
    validate_requests: str | None,
    mock_missing: bool,  # noqa: FBT001
    missing: tuple[int, ...],
    record: Path | None,
    redact: tuple[str, ...],
    timeout: float,
    limit: float,
    seed: int,
    ca: str | None,
    insecure: bool,  # noqa: FBT001
    log: str,
    loading: Loading,
) -> None:
    """Forward requests to a service, and hold both sides to the contract.

    A request for /path is forwarded to UPSTREAM/path and nowhere else; redirections are passed
    on and not followed. What breaks the contract is told on standard error and in a header
    field of the response, Understudy-Findings; nothing else is changed.

    \b
    Examples:
      understudy proxy openapi.yaml https://staging.example.com
      understudy proxy openapi.yaml http://127.0.0.1:3000 --errors
      understudy proxy openapi.yaml http://127.0.0.1:3000 --mock-missing
      understudy proxy openapi.yaml https://staging.example.com --record traffic.har
      understudy check openapi.yaml --har traffic.har
    """
    from understudy.archive.redact import redaction
    from understudy.proxy.app import Proxy  # slow to import
    from understudy.proxy.desk import Desk, Options
    from understudy.proxy.inspection import Inspector
    from understudy.proxy.recorder import Recorder
    from understudy.proxy.stand_in import StandIn
    from understudy.proxy.upstream import Upstream, place
    from understudy.server.run import address, bind, serve

    if missing and not mock_missing:
        raise click.UsageError("--missing-status is about what --mock-missing does: give both")
    logging.basicConfig(format="%(levelname)s: %(message)s")
    say = _say if log == "findings" else _nothing
    try:
        at = place(upstream)
        loaded = loading.load(contract)
        recorder = Recorder(record, redaction(loaded, names=redact), _say) if record else None
        desk = Desk(
            Inspector(loaded, at),
            Upstream(at, timeout=timeout, verify=False if insecure else ca or True),
            Options(
                errors=errors,
                requests=validate_requests or ("on" if errors else "warn"),
                surely_missing=frozenset(missing),
                limit=int(limit * (1 << 20)),
            ),
            StandIn(loaded, Settings(seed=seed)) if mock_missing else None,
            recorder.record if recorder else None,
            say,
        )
        listener = bind(host, port)
    except ContractError as error:
        fail("\n".join(map(str, error.problems)), ExitCode.CONTRACT)
    except StartError as error:
        fail(str(error), ExitCode.START)
    lines = [
        f"Understudy is a proxy at {address(listener)}/ for {at.origin}{at.path}; Ctrl-C ends it",
        f"  {loaded.title}: {len(loaded.operations)} operations are checked"
        + (", answered by the stand-in where the service has not got them" * mock_missing),
        *([f"  recording to {record}"] if record else []),
    ]
    application = Proxy(desk, f"understudy-{token_hex(4)}")
    serve(application, listener, access_log=False, date=False, ready=_ready(lines))
    if recorder:
        recorder.close()


def _ready(lines: list[str]) -> Callable[[], None]:
    return lambda: _say("\n".join(lines))


def _say(line: str) -> None:
    click.echo(line, err=True)


def _nothing(_line: str) -> None:
    """Say nothing."""
