"""What can be written on the command line: seeds, secrets, instants, locales, shards."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime

import click

_SEEDS = 1 << 32


class Seed(click.ParamType[int]):
    """A whole number, or the word random."""

    name = "N|random"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Return the seed that `value` spells."""
        if value == "random":
            return secrets.randbelow(_SEEDS)
        try:
            return int(str(value))
        except ValueError:
            self.fail(f"{value!r} is neither a whole number nor the word random", param, ctx)


class Secret(click.ParamType[str]):
    """Text that may name variables, `$NAME`; what the environment holds stands as it is."""

    name = "text"

    def split_envvar_value(self, rv: str) -> list[str]:
        """Return the lines of a variable, as they are written on the command line."""
        return [line.replace("$", "$$") for line in rv.splitlines() if line]


class Instant(click.ParamType[datetime]):
    """An RFC 3339 date-time, in UTC where it has no offset, or the word now."""

    name = "TIME|now"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the instant that `value` spells, in UTC."""
        if isinstance(value, datetime):
            return value
        if value == "now":
            return datetime.now(UTC)
        try:
            at = datetime.fromisoformat(str(value))
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (OverflowError, ValueError):
            self.fail(f"{value!r} is not a time such as 2026-01-15T12:00:00Z", param, ctx)


class Locale(click.ParamType[str]):
    """A locale of Faker such as de_DE; de-DE is the same."""

    name = "LOCALE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the locale that `value` spells."""
        from understudy.generate.vocabulary import locales  # slow to import

        locale, known = str(value).replace("-", "_"), locales()
        if locale not in known:
            close = [one for one in known if one[:2] == locale[:2].lower()] or known
            self.fail(f"there are no words for {value!r}, but for {', '.join(close)}", param, ctx)
        return locale


class Shard(click.ParamType[tuple[int, int]]):
    """One of several parts of equal size, such as 2/7."""

    name = "K/N"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Return the number of the part, from 1, and how many there are."""
        number, slash, total = str(value).partition("/")
        if not (slash and number.isdecimal() and total.isdecimal()):
            self.fail(f"{value!r} is not a part such as 2/7", param, ctx)
        if not 1 <= int(number) <= int(total):
            self.fail(f"{value!r}: parts are numbered from 1 to {int(total)}", param, ctx)
        return int(number), int(total)


def visible(
    _ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """Return credentials that can stand in a header: visible characters, at least one."""
    for value in values:
        if not re.fullmatch(r"[\x21-\x7e]+", value):
            raise click.BadParameter(f"{value!r} cannot be sent: visible characters only")
    return values
