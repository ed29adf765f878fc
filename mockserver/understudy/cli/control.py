"""The options of the control API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from understudy.cli.arguments import visible


def control_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; `command` gets them under the names that Settings has for them."""
    add = (
        click.option(
            "--control/--no-control", default=True,
            help="Whether there is a control API, at /__understudy/.",
        ),
        click.option(
            "--control-token", default="", show_default=False, metavar="TOKEN",
            envvar="UNDERSTUDY_CONTROL_TOKEN",
            help="Let whoever knows it control the server from other machines, too.",
        ),
        click.option(
            "--redact", "secret", multiple=True, metavar="NAME", callback=visible,
            help="What the journal does not show besides credentials: a header field, parameter, "
            "cookie or member of JSON. Repeatable.",
        ),
    )  # fmt: skip
    for option in reversed(add):
        command = option(command)
    return command
