"""The options that say how a contract is loaded; every command that takes a contract has them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from understudy.contract.load import Loading


def loading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options; `command` gets what they say as one argument, `loading`."""

    @click.option(
        "--overlay", "overlays", multiple=True, metavar="FILE",
        help="Apply an OpenAPI Overlay to the contract. Repeatable.",
    )  # fmt: skip
    @click.option("--allow-remote", is_flag=True, help="Follow references into the network.")
    @click.option(
        "--allow-outside", is_flag=True,
        help="Follow references to files outside the folder of the contract.",
    )  # fmt: skip
    @wraps(command)
    def taken(
        *arguments: Any,
        overlays: tuple[str, ...],
        allow_remote: bool,
        allow_outside: bool,
        **options: Any,
    ) -> None:
        loading = Loading(overlays, allow_remote, allow_outside)
        command(*arguments, loading=loading, **options)

    return taken
