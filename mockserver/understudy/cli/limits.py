"""The options that say how much a server takes from its clients."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from understudy.config import Limits

_USUAL = Limits()
_MIB = 1 << 20


def limit_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options; `command` gets what they say as one argument, `limits`."""

    @click.option(
        "--max-body", default=_USUAL.body / _MIB, metavar="MIB",
        type=click.FloatRange(min=0, max=1024), show_default=True,
        help="413 for request bodies of more MiB.",
    )  # fmt: skip
    @click.option(
        "--max-connections", default=_USUAL.connections, type=click.IntRange(min=1),
        show_default=True, help="503 for connections beyond so many at once, in each process.",
    )  # fmt: skip
    @click.option(
        "--request-timeout", default=_USUAL.request_seconds, metavar="SECONDS",
        type=click.FloatRange(min=0, min_open=True), show_default=True,
        help="503 when an answer has not begun in time.",
    )  # fmt: skip
    @wraps(command)
    def taken(
        *arguments: Any,
        max_body: float,
        max_connections: int,
        request_timeout: float,
        **options: Any,
    ) -> None:
        limits = Limits(
            body=int(max_body * _MIB), connections=max_connections, request_seconds=request_timeout
        )
        command(*arguments, limits=limits, **options)

    return taken
