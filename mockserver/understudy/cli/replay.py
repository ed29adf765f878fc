"""`understudy replay`: serve a recording."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from understudy.cli.arguments import Seed
from understudy.cli.ending import fail
from understudy.cli.loading import loading_options
from understudy.config import DEFAULT_PORT, DEFAULT_SEED, Settings
from understudy.contract.load import Loading
from understudy.errors import ContractError, ExitCode, StartError


@click.command()
@click.argument(
    "recording", metavar="FILE.har", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--contract", metavar="NAME_OR_FILE", help="Serve what is for this API only.")
@click.option(
    "--mock-missing", is_flag=True,
    help="Let the stand-in for --contract answer what was not recorded.",
)  # fmt: skip
@click.option(
    "--match", default="body", type=click.Choice(["path", "query", "body"]),
    help="How much of a request has to be as recorded: method and path, the query as well, or "
    "all of it.",
)  # fmt: skip
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", default=DEFAULT_PORT, type=click.IntRange(0, 65535), help="0 takes any.")
@click.option("--seed", default=DEFAULT_SEED, type=Seed(), help="The world of the stand-in.")
@loading_options
@click.option(
    "--log", default="misses", type=click.Choice(["misses", "off"]),
    help="What to say about each request.",
)  # fmt: skip
def replay(
    recording: Path,
    contract: str | None,
    mock_missing: bool,  # noqa: FBT001 - click passes options by name
    match: str,
    host: str,
    port: int,
    seed: int,
    log: str,
    loading: Loading,
) -> None:
    """Serve a recording: an HTTP Archive of `understudy proxy`, a browser or another proxy.

    A request gets what was recorded for the same method, path, query (in any order) and body;
    header fields do not matter. Several answers to one request come in their order, then the
    last again. For what was not recorded, 404 names the nearest requests and what differs.

    \b
    Examples:
      understudy replay traffic.har
      understudy replay traffic.har --match path --port 9000
      understudy replay traffic.har --contract openapi.yaml --mock-missing
    """
    from understudy.proxy.replay import Match, Tape, read_recording  # slow to import
    from understudy.proxy.replaying import Replay
    from understudy.proxy.stand_in import StandIn
    from understudy.server.run import address, bind, serve

    if mock_missing and contract is None:
        raise click.UsageError("--mock-missing needs a contract: name it with --contract")
    logging.basicConfig(format="%(levelname)s: %(message)s")
    try:
        loaded = loading.load(contract) if contract is not None else None
        found = read_recording(recording, loaded)
        stand_in = StandIn(loaded, Settings(seed=seed)) if loaded and mock_missing else None
        listener = bind(host, port)
    except ContractError as error:
        fail("\n".join(map(str, error.problems)), ExitCode.CONTRACT)
    except StartError as error:
        fail(str(error), ExitCode.START)
    say = _say if log == "misses" else _nothing
    application = Replay(Tape(found.exchanges, Match[match.upper()]), say, loaded, stand_in)
    count = len(found.exchanges)
    lines = [
        f"Understudy is replaying {recording} at {address(listener)}/; Ctrl-C ends it",
        f"  {count} exchange{'s' * (count != 1)}",
        *(f"  left out: {number} {reason}" for reason, number in found.left_out.items()),
    ]
    serve(application, listener, access_log=False, date=False, ready=lambda: _say("\n".join(lines)))


def _say(line: str) -> None:
    click.echo(line, err=True)


def _nothing(_line: str) -> None:
    """Say nothing."""
