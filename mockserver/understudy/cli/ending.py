"""How commands end: one message on standard error and an exit code."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from understudy.errors import ExitCode


def fail(message: str, code: ExitCode) -> NoReturn:
    """Say what went wrong and leave with `code`."""
    click.echo(f"understudy: {message}", err=True)
    sys.exit(code)
