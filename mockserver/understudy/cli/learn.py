"""`understudy learn`: make named examples of recorded exchanges."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from understudy.cli.ending import fail
from understudy.cli.loading import loading_options
from understudy.contract.load import Loading
from understudy.errors import ContractError, ExitCode
from understudy.types import JsonObject


@click.command()
@click.argument(
    "recording", metavar="FILE.har", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--contract", required=True, metavar="NAME_OR_FILE", help="The contract to add to.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Where the overlay goes, JSON for .json; standard output without it.",
)  # fmt: skip
@click.option("--invalid", is_flag=True, help="Take exchanges that break the contract as well.")
@click.option(
    "--each", default=5, type=click.IntRange(min=1), metavar="N",
    help="At most so many examples for an operation and status.",
)  # fmt: skip
@click.option(
    "--size", default=64, type=click.IntRange(min=1), metavar="KIB",
    help="Leave out exchanges of more KiB.",
)  # fmt: skip
@click.option(
    "--redact", multiple=True, metavar="NAME",
    help="A parameter, header field or member of JSON that is secret. Repeatable.",
)  # fmt: skip
@loading_options
def learn(
    recording: Path,
    contract: str,
    output: Path | None,
    invalid: bool,  # noqa: FBT001 - click passes options by name
    each: int,
    size: int,
    redact: tuple[str, ...],
    loading: Loading,
) -> None:
    """Turn a recording into named examples: an OpenAPI Overlay 1.0 of the contract.

    The parameters, the request body and the response of an exchange become examples of one
    name, so that they are a pair. Only exchanges that keep the contract are taken, each request
    once, without secrets. The same recording makes the same overlay.

    \b
    Exit codes: 0 something was learned, 2 wrong usage, 3 a file cannot be read, 5 nothing was.

    \b
    Examples:
      understudy learn traffic.har --contract openapi.yaml -o examples.overlay.yaml
      understudy learn traffic.har --contract openapi.yaml --each 1 --redact email
    """
    from understudy.archive.redact import redaction
    from understudy.probe.har import read_har  # slow to import
    from understudy.proxy import learn as learning

    try:
        loaded = loading.load(contract)
        found = read_har(recording, loaded)
    except ContractError as error:
        fail("\n".join(map(str, error.problems)), ExitCode.CONTRACT)
    bounds = learning.Bounds(invalid, each, size << 10)
    learned = learning.learn(loaded, found, redaction(loaded, names=redact), bounds)
    _write(learned.overlay, output)
    click.echo(f"{learned.count} examples of {len(found.exchanges)} exchanges", err=True)
    for reason, count in learned.left_out.items():
        click.echo(f"  left out: {count}: {reason}", err=True)
    sys.exit(ExitCode.OK if learned.count else ExitCode.VACUOUS)


def _write(overlay: JsonObject, output: Path | None) -> None:
    from understudy.fixtures.yaml_text import document

    text = document(overlay)
    if output is None:
        click.echo(text, nl=False)
        return
    if output.suffix == ".json":
        text = json.dumps(overlay, indent=2, ensure_ascii=False) + "\n"
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}", ExitCode.USAGE)
