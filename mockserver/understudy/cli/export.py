"""`understudy export`: what the stand-in answers, for tests without a server."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from understudy.cli.check_options import known_values
from understudy.cli.ending import fail
from understudy.cli.loading import loading_options
from understudy.cli.worlds import generation_options, scenarios_of
from understudy.config import DEFAULT_PORT, Settings
from understudy.contract.load import Loading
from understudy.errors import ContractError, ExitCode, FixtureError, UnderstudyError

if TYPE_CHECKING:
    from understudy.export.model import Export


@click.group()
def export() -> None:
    """Write what the stand-in answers, for tests without a server.

    The stand-in is asked, in this process: lists with all their items, each item, 404 for what is
    not there, 401 without a credential, documented errors by name. The same seed writes the same
    bytes, and what `understudy serve` with this seed would answer.

    \b
    Examples:
      understudy export msw thena --output mocks/
      understudy export har thena --output thena.har
      understudy export postman thena --output thena.postman_collection.json
    """


def _export_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what is exported; `command` gets it as one argument, `export`."""

    @click.argument("source", metavar="NAME_OR_FILE")
    @click.option(
        "--operation", "operations", multiple=True, metavar="ID",
        help="Only this operation: its operationId, or such as 'GET /threads'. Repeatable.",
    )  # fmt: skip
    @click.option(
        "--count", default=1, type=click.IntRange(1, 1000),
        help="How many parents have their lists shown; or how many answers, without lists.",
    )  # fmt: skip
    @click.option(
        "--known", multiple=True, callback=known_values, metavar="NAME=VALUE",
        help="A value for parameters of this name, used before all others. Repeatable.",
    )  # fmt: skip
    @generation_options
    @click.option(
        "--scenario", "scenarios", multiple=True, metavar="NAME_OR_FILE",
        help="As with this scenario on, as far as it depends on the number of a call. Repeatable.",
    )  # fmt: skip
    @click.option(
        "--load", multiple=True, metavar="FOLDER",
        help="Hold the objects of these fixtures in place of generated ones. Repeatable.",
    )  # fmt: skip
    @loading_options
    @wraps(command)
    def taken(
        source: str,
        operations: tuple[str, ...],
        count: int,
        known: Mapping[str, Sequence[str]],
        seed: int,
        now: datetime,
        locale: str,
        scenarios: tuple[str, ...],
        load: tuple[str, ...],
        loading: Loading,
        **options: Any,
    ) -> None:
        from understudy.export.exporting import Wanted, export  # slow to import

        logging.getLogger("understudy").setLevel(logging.ERROR)  # `lint` tells of examples
        names, files = scenarios_of(scenarios)
        settings = Settings(
            seed=seed, now=now, locale=locale, load=load, scenarios=names, scenario_files=files
        )
        with _mistakes_told():
            found = export(loading.load(source), settings, Wanted(operations, count, known))
            for note in found.notes:
                click.echo(f"understudy: {note}", err=True)
            command(export=found, **options)

    return taken


_BASE_URL = click.option(
    "--base-url", metavar="URL", help="The address of the API; the first that the contract gives."
)
_OUTPUT = click.option(
    "--output", "-o", default="-", metavar="FILE", help="Where to; - is standard output."
)


@export.command()
@_export_options
@click.option(
    "--base-url", metavar="URL", help="The address of the API that is answered for; any, without."
)
@click.option(
    "--output", "-o", required=True, metavar="FOLDER", type=click.Path(path_type=Path),
    help="Where to; files of the same names are replaced.",
)  # fmt: skip
def msw(export: Export, base_url: str | None, output: Path) -> None:
    """Write handlers for Mock Service Worker 2, as ES modules.

    handlers.js has the handlers and says at its top what they do and what they do not; data.js has
    the answers; handlers.d.ts the types. Several contracts go to several folders.

    \b
      import { setupServer } from "msw/node";
      import { failing, handlers } from "./mocks/handlers.js";
      const server = setupServer(...handlers);
      server.use(failing("getThread", 429));

    Of scenarios, rules that depend on the number of the call become steps, and restart() begins
    them anew. Rules that ask for more are told of, and left out.

    \b
    Examples:
      understudy export msw thena --output mocks/
      understudy export msw thena --known agent_id=3c90c3cc-0d44-4b50-8888-8dd25736052a -o mocks/
      understudy export msw openapi.yaml --base-url https://api.test/v1 --count 3 --output mocks/
      understudy export msw thena --scenario twice-429.yaml --output mocks/
    """
    from understudy.export.msw import modules

    written = modules(export, base_url or f"*{export.contract.base_path}")
    output.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (output / name).write_text(text, encoding="utf-8")
    click.echo(f"{output}: {', '.join(written)}", err=True)


@export.command()
@_export_options
@_BASE_URL
@_OUTPUT
def har(export: Export, base_url: str | None, output: str) -> None:
    """Write an HTTP Archive that `understudy replay` serves, and other tools read.

    A documented error answers the request that asks for it, such as `?__code=429`. In a scenario,
    several answers to one request come in their order.

    \b
    Examples:
      understudy export har thena --output thena.har
      understudy export har cattix --operation listThreads --count 5 --output threads.har
    """
    from understudy.export.har import archive

    _write(archive(export, base_url or _address(export)), output)


@export.command()
@_export_options
@_BASE_URL
@_OUTPUT
def postman(export: Export, base_url: str | None, output: str) -> None:
    """Write a Postman collection, format 2.1, with answers as saved examples.

    The address of the API and the credentials are variables of the collection.

    \b
    Examples:
      understudy export postman thena --output thena.postman_collection.json
      understudy export postman thena --base-url http://127.0.0.1:8080 --output thena.json
    """
    from understudy.export.postman import collection

    _write(collection(export, base_url or _address(export)), output)


def _address(export: Export) -> str:
    """Return the address of the first server of a contract, or of a stand-in on this machine."""
    servers = export.contract.document.data.get("servers") or [{}]
    url = str(servers[0].get("url", ""))
    if url.startswith(("http://", "https://")) and "{" not in url:
        return url
    return f"http://127.0.0.1:{DEFAULT_PORT}{export.contract.base_path}"


def _write(value: Any, output: str) -> None:
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    if output == "-":
        sys.stdout.buffer.write(text.encode())
        return
    Path(output).write_text(text, encoding="utf-8")


@contextmanager
def _mistakes_told() -> Iterator[None]:
    """Turn what cannot go on into one message and an exit code."""
    try:
        yield
    except ContractError as error:
        fail("\n".join(map(str, error.problems)), ExitCode.CONTRACT)
    except FixtureError as error:
        fail(str(error), ExitCode.USAGE)
    except (OSError, UnderstudyError) as error:
        fail(str(error), ExitCode.START)
