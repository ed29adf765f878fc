"""The options that say what a server's world is like, and what it remembers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

from understudy.cli.arguments import Instant, Locale, Seed
from understudy.config import DEFAULT_LOCALE, DEFAULT_NOW, DEFAULT_SEED

_FILES = (".yaml", ".yml")


def generation_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that decide what is generated: seed, now and locale."""
    options = (
        click.option(
            "--seed", default=DEFAULT_SEED, type=Seed(), help="Another seed, another world."
        ),
        click.option(
            "--now", default=DEFAULT_NOW, type=Instant(),
            show_default=f"{DEFAULT_NOW:%Y-%m-%dT%H:%M:%SZ}",
            help="What the clock stands at; no generated time is later.",
        ),
        click.option(
            "--locale", default=DEFAULT_LOCALE, type=Locale(),
            help="Whose names and words are used.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def world_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options; `command` gets them under the names that Settings has for them."""

    @generation_options
    @click.option(
        "--scenario", "scenarios", multiple=True, metavar="NAME_OR_FILE",
        help="Begin with this scenario, of a contract or in a file. Repeatable.",
    )  # fmt: skip
    @click.option(
        "--state", "store", default="", metavar="URL", show_default=False,
        help="Keep what clients do in a database: sqlite:///FILE, or postgresql+psycopg://...",
    )  # fmt: skip
    @click.option(
        "--load", multiple=True, metavar="FOLDER",
        help="Let resources hold what is in this set of fixtures, or in those below. Repeatable.",
    )  # fmt: skip
    @click.option(
        "--stateless", is_flag=True, help="Forget at once what clients create, change and delete."
    )
    @click.option(
        "--strict-ids", is_flag=True,
        help="404 for ids that no list or example shows and no client created.",
    )  # fmt: skip
    @wraps(command)
    def taken(*arguments: Any, scenarios: tuple[str, ...], store: str, **options: Any) -> None:
        if store and "://" not in store:
            raise click.BadParameter(
                f"{store} is no URL of a database; write sqlite:///{store.removeprefix('sqlite:')}",
                param_hint="--state",
            )
        names, files = scenarios_of(scenarios)
        command(
            *arguments,
            store=store,
            scenarios=names,
            scenario_files=files,
            **options,
        )

    return taken


def scenarios_of(said: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of scenarios, and the files of those that are named by one."""
    files = [one for one in said if one.endswith(_FILES)]
    for one in files:
        if not Path(one).is_file():
            raise click.BadParameter(f"there is no file {one}", param_hint="--scenario")
    names = [Path(one).stem if one in files else one for one in said]
    return tuple(dict.fromkeys(names)), tuple(str(Path(one).absolute()) for one in files)
