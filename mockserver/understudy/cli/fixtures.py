"""`understudy fixtures`: write data that a contract allows, or that it forbids, and verify it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from understudy.cli.arguments import Instant, Locale, Seed, Shard
from understudy.cli.ending import fail
from understudy.cli.loading import loading_options
from understudy.cli.progress import progress
from understudy.config import DEFAULT_LOCALE, DEFAULT_NOW, DEFAULT_SEED
from understudy.contract.load import Loading, bundled_names
from understudy.contract.model import Contract
from understudy.errors import ContractError, ExitCode, FixtureError, GenerationError

_CHOICE = ("operation", "schema", "response", "request", "related")
_PROFILES = ("realistic", "boundary", "invalid")
_FORMATS = ("json", "ndjson", "yaml", "csv", "sql", "parquet", "python", "typescript")


class _Fixtures(click.Group):
    """A group in which `write` needs no saying: what is no command is what to write."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `write` before what does not begin with the name of a command."""
        known = args and args[0] in self.commands
        return super().parse_args(ctx, args if known else ["write", *args])


@click.group(cls=_Fixtures)
def fixtures() -> None:
    """Write sets of data by a contract, and verify them."""


@fixtures.command()
@click.argument("source", metavar="[NAME_OR_FILE]", required=False)
@click.option("--operation", metavar="ID", help="Take the bodies of this operation.")
@click.option("--schema", metavar="NAME", help="Take this component schema.")
@click.option("--response", metavar="STATUS", help="Which response; the success.")
@click.option("--request", is_flag=True, help="The request body instead of a response.")
@click.option("--set", "related", is_flag=True, help="All that COUNT parents have, as served.")
@click.option("--count", type=click.IntRange(0), help="How many; 10, or all there is to show.")
@click.option("--seed", default=DEFAULT_SEED, type=Seed(), help="Another seed, other data.")
@click.option(
    "--now", default=DEFAULT_NOW, type=Instant(), show_default=f"{DEFAULT_NOW:%Y-%m-%dT%H:%M:%SZ}",
    help="What the clock stands at; no generated time is later.",
)  # fmt: skip
@click.option(
    "--locale", default=DEFAULT_LOCALE, type=Locale(), help="Whose names and words are used."
)
@click.option("--profile", default="realistic", type=click.Choice(_PROFILES), help="What to show.")
@click.option("--format", type=click.Choice(_FORMATS), help="By --out, or else ndjson.")
@click.option("--out", default="-", metavar="PLACE", help="A file (.gz, .zst too), folder or URL.")
@click.option("--shard", type=Shard(), help="Write only this part; others can write the rest.")
@click.option("--shards", type=click.IntRange(1), help="How many parts a folder has.")
@click.option("--workers", default=1, type=click.IntRange(1, 256), help="Number of processes.")
@click.option("--scheduler", metavar="tcp://...", help="Write on this Dask cluster.")
@click.option("--verify/--no-verify", default=True, help="Hold each object to its schema.")
@loading_options
def write(source: str | None, **asked: Any) -> None:
    """Write data by a contract: objects of a schema, or bodies of an operation.

    The same seed makes the same objects, in however many parts and by however many processes. A
    folder gets a manifest, and a run that was cut short goes on where it was. The profiles
    boundary and invalid put a label beside each object.

    `understudy fixtures verify FOLDER` says what drifted.

    \b
    Examples:
      understudy fixtures thena --operation getThread --count 1000 > threads.ndjson
      understudy fixtures thena --schema ChatThread --profile invalid --out wrong.json
      understudy fixtures thena --set --count 3 --out world/
      understudy fixtures cattix --schema AssistantSchema --count 1000000 --workers 4 --out big/
    """
    from understudy.fixtures.order import Order, prepare  # slow to import
    from understudy.fixtures.plan import Choice

    if source is None:
        fail(f"name a contract or a file; bundled are {', '.join(bundled_names())}", ExitCode.USAGE)
    given = {name: value for name, value in asked.items() if value is not None}
    choice = Choice(**{name: given.pop(name) for name in _CHOICE if name in given})
    with _mistakes_told():
        prepared = prepare(Order(source, choice, **given))
        _say_unexpressed(prepared.unexpressed)
        for trial in prepared.trials:
            click.echo(f"understudy: made by trial: {trial}", err=True)
        shown = prepared.target.kind != "stream" or not sys.stdout.isatty()
        with progress(prepared.units, shown=shown) as told:
            prepared.write(sys.stdout.buffer, told)


@fixtures.command()
@click.argument("folder", metavar="FOLDER_OR_URL")
@click.option("--contract", metavar="NAME_OR_FILE", help="What they were made from.")
@loading_options
def verify(folder: str, contract: str | None, loading: Loading) -> None:
    """Hold a folder of fixtures to its manifest and its contract, and say what drifted.

    The exit code is 1 if anything did.
    """
    from understudy.fixtures.manifest import read_manifest  # slow to import
    from understudy.fixtures.places import place
    from understudy.fixtures.verify import limits
    from understudy.fixtures.verify import verify as findings_of

    with _mistakes_told():
        where = place(folder)
        manifest = read_manifest(where)
        if manifest is None:
            raise FixtureError(f"{folder} has no manifest.json")
        loaded = _contract(contract, manifest.plan.contract, loading)
        findings = 0
        for finding in findings_of(where, manifest, loaded):
            findings += 1
            click.echo(str(finding))
        files = sum(len(part.files) for part in manifest.parts.values())
        left_out = limits(manifest, loaded)
        told = f"{folder}: {files} files, {findings or 'no'} findings"
        click.echo(f"{told} ({left_out})" if left_out else told, err=True)
    sys.exit(ExitCode.FINDINGS if findings else ExitCode.OK)


def _contract(wanted: str | None, name: str, loading: Loading) -> Contract:
    if not wanted and name not in bundled_names():
        raise FixtureError(f"name the file of the contract {name} by --contract")
    return loading.load(wanted or name)


def _say_unexpressed(told: Sequence[str]) -> None:
    if told:
        click.echo(f"understudy: {len(told)} faults cannot be shown alone:", err=True)
        click.echo("\n".join(f"  {line}" for line in told), err=True)


@contextmanager
def _mistakes_told() -> Iterator[None]:
    """Turn what cannot go on into one message and an exit code."""
    try:
        yield
    except ContractError as error:
        fail("\n".join(map(str, error.problems)), ExitCode.CONTRACT)
    except GenerationError as error:
        fail(str(error), ExitCode.CONTRACT)
    except FixtureError as error:
        fail(str(error), ExitCode.USAGE)
    except BrokenPipeError:
        _leave_quietly()
    except OSError as error:
        fail(str(error), ExitCode.START)
    except KeyboardInterrupt:
        fail(
            "interrupted; what a folder has already is kept by the same command",
            ExitCode.INTERRUPTED,
        )


def _leave_quietly() -> NoReturn:
    """Leave as whoever reads standard output does; what is left in the buffer has no reader."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(ExitCode.OK)
