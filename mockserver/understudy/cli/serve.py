"""`understudy serve`: stand in for APIs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import click

from understudy.cli.arguments import visible
from understudy.cli.control import control_options
from understudy.cli.ending import fail
from understudy.cli.limits import limit_options
from understudy.cli.loading import loading_options
from understudy.cli.worlds import world_options
from understudy.config import (
    DEFAULT_PORT,
    Limits,
    Settings,
)
from understudy.contract.load import Loading, bundled_names
from understudy.contract.model import Contract, Operation
from understudy.contract.source import STANDARD_INPUT
from understudy.errors import ContractError, ExitCode, FixtureError, Problem, StartError
from understudy.respond.access import example

_WARNINGS: Final = 20
"""How many warnings are shown at the start."""


@click.command()
@click.argument("contracts", metavar="[NAME_OR_FILE]...", nargs=-1)
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", default=DEFAULT_PORT, type=click.IntRange(0, 65535), help="0 takes any.")
@world_options
@click.option(
    "--token", "tokens", multiple=True, callback=visible,
    help="Accept only this bearer token. Repeatable.",
)  # fmt: skip
@click.option(
    "--api-key", "api_keys", multiple=True, callback=visible,
    help="Accept only this API key. Repeatable.",
)  # fmt: skip
@click.option(
    "--examples", is_flag=True, help="Prefer the contract's own examples to generated data."
)
@click.option(
    "--invalid-examples", is_flag=True, help="Serve examples that break their own schema, too."
)
@click.option(
    "--validate-requests", default="on", type=click.Choice(["off", "warn", "on"]),
    show_default=True,
    help="Refuse invalid requests; or answer them, and with warn list what is wrong in a header.",
)  # fmt: skip
@click.option("--preload", is_flag=True, help="Compile every operation before the first request.")
@click.option("--watch", is_flag=True, help="Follow changes of the contracts' files.")
@click.option("--workers", default=1, type=click.IntRange(1, 64), help="Number of processes.")
@click.option("--cors/--no-cors", default=True, help="Let browsers of any origin call.")
@control_options
@limit_options
@loading_options
@click.option(
    "--log", default="requests", type=click.Choice(["requests", "off"]),
    help="What to say about each request.",
)  # fmt: skip
def serve(
    contracts: tuple[str, ...],
    host: str,
    port: int,
    preload: bool,  # noqa: FBT001 - click passes options by name
    watch: bool,  # noqa: FBT001
    workers: int,
    log: str,
    loading: Loading,
    limits: Limits,
    **settings: Any,
) -> None:
    """Serve contracts with generated data.

    Without a name, all bundled contracts are served, each under a prefix of its name. One
    contract alone is served at its own documented path. A file is any OpenAPI 3 or Swagger 2.0
    document, a folder that holds one, a URL, or - for standard input; a behaviour.yaml beside it
    is applied.

    \b
    Examples:
      understudy serve
      understudy serve thena --port 9000
      understudy serve ./openapi.yaml --seed random --token secret
      understudy serve api/ --overlay ours.yaml --watch
      understudy serve thena --scenario rate-limited --state sqlite:///thena.db
      understudy serve thena --load fixtures/thena
    """
    from understudy.server.run import address, bind, serve, serve_with_workers  # slow to import
    from understudy.server.serving import Serving

    logging.basicConfig(format="%(levelname)s: %(message)s")
    set_ = Settings(limits=limits, **settings)
    names = tuple(dict.fromkeys(contracts)) or bundled_names()
    serving = Serving(names, set_, loading, preload, watch)
    alone = replace(serving, watch=watch and workers == 1)
    try:
        if (workers > 1 or watch) and STANDARD_INPUT in names:
            raise StartError("standard input is read once; name a file")
        application = alone.start(lambda text: _say([text]))
        listener = bind(host, port)
    except ContractError as error:
        fail("\n".join(map(str, error.problems)), ExitCode.CONTRACT)
    except FixtureError as error:
        fail(str(error), ExitCode.USAGE)
    except StartError as error:
        fail(str(error), ExitCode.START)
    served = application.contracts
    told = [*_warning_lines(served, application.problems)]
    lines = [*told, *_ready_lines(served, set_, address(listener))]
    if workers > 1:
        _say(lines)
        serve_with_workers(serving, listener, workers=workers, access_log=log == "requests")
        return
    serve(
        application, listener, limits=limits, access_log=log == "requests",
        ready=lambda: _say(lines),
    )  # fmt: skip


def _warning_lines(contracts: Sequence[Contract], problems: Sequence[Problem]) -> list[str]:
    """Return what is written wrongly and served all the same, as far as it can be taken in."""
    found = (*problems, *(warning for contract in contracts for warning in contract.warnings))
    warnings = list(dict.fromkeys(map(str, found)))
    more = len(warnings) - _WARNINGS
    lines = [f"warning: {warning}" for warning in warnings[:_WARNINGS]]
    told = f"and {more} more warnings; `understudy lint` shows all"
    return [*lines, told] if more > 0 else lines


def _ready_lines(contracts: Sequence[Contract], settings: Settings, url: str) -> list[str]:
    """Return what to say when the server is ready: addresses, credentials, seed, console."""
    lines = [f"Understudy is standing in at {url}/ (seed {settings.seed}); Ctrl-C ends it"]
    for contract in contracts:
        prefix = f"/{contract.name}" if len(contracts) > 1 else ""
        first = next(iter(contract.operations.values()), None)
        shown = _credential(first, settings) if first else ""
        lines.append(f"  {contract.title}: {url}{prefix}{contract.base_path}   {shown}".rstrip())
    if settings.control:
        lines.append(f"  Console: {url}/__understudy/")
    return lines


def _credential(operation: Operation, settings: Settings) -> str:
    """Return a header or parameter that gets a request through, ready to copy."""
    for scheme in operation.security[0] if operation.security else ():
        shown = example(scheme, settings.tokens, settings.api_keys)
        sign = ": " if scheme.location == "header" else "="
        return f"{scheme.parameter}{sign}{shown}"
    return ""


def _say(lines: Sequence[str]) -> None:
    click.echo("\n".join(lines), err=True)
