"""Credentials as they are given on the command line, matched to the schemes of a contract.

A value may name a variable of the environment, `$NAME`, so that no secret stands in a command.
"""

from __future__ import annotations

import os
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import click

from understudy.checks.credentials import Credentials
from understudy.contract.model import Contract, SecurityScheme

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+)|\$)")
_TELLING = 6
"""How long a secret is of which a part would tell something and would not stand anywhere."""

_KINDS = {"bearer": "Bearer", "basic": "Basic"}


@dataclass(frozen=True, slots=True)
class Given:
    """What identifies one user, as it was given: texts that may name variables."""

    bearer: Sequence[str] = ()
    api_key: Sequence[str] = ()
    basic: Sequence[str] = ()
    header: Sequence[str] = ()

    def __bool__(self) -> bool:
        return any((self.bearer, self.api_key, self.basic, self.header))


def credentials(contract: Contract, given: Given, *, lenient: bool = False) -> Credentials:
    """Return the credentials that were given, by scheme. Raises UsageError for what fits none."""
    schemes = {
        scheme.name: scheme
        for operation in contract.operations.values()
        for alternative in operation.security
        for scheme in alternative
    }
    values: dict[str, str] = {}
    for kind, texts in (
        ("bearer", given.bearer), ("basic", given.basic), ("apiKey", given.api_key),
    ):  # fmt: skip
        for text in texts:
            values.update(_matched(kind, text, schemes))
    headers = []
    for text in given.header:
        name, colon, value = expanded(text).partition(":")
        if not colon or not name.strip():
            raise click.UsageError(f"--header {text!r} is not written as 'Name: value'")
        found = dict(_from_header(name.strip(), value.strip(), schemes.values()))
        values.update(found)
        if not found:
            headers.append((name.strip(), value.strip()))
    return Credentials(values, tuple(headers), lenient=lenient)


def _matched(
    kind: str, text: str, schemes: Mapping[str, SecurityScheme]
) -> Iterator[tuple[str, str]]:
    """Yield the schemes of one kind that a text is for, which may begin with `NAME=`."""
    option = {"apiKey": "api-key"}.get(kind, kind)
    name, equals, rest = text.partition("=")
    if equals and name in schemes:
        wanted, text = [schemes[name]], rest
    else:
        wanted = [scheme for scheme in schemes.values() if scheme.kind == kind]
    if not wanted:
        known = ", ".join(f"{one.name} ({one.kind})" for one in schemes.values()) or "none"
        raise click.UsageError(f"--{option}: the contract has no such scheme; it has {known}")
    value = expanded(text)
    if kind == "basic" and ":" in value:
        value = b64encode(value.encode()).decode()
    for scheme in wanted:
        word = _KINDS.get(kind, "")
        whole = (
            value if not word or value.lower().startswith(f"{word.lower()} ") else f"{word} {value}"
        )
        yield scheme.name, whole


def _from_header(
    name: str, value: str, schemes: Iterable[SecurityScheme]
) -> Iterator[tuple[str, str]]:
    """Yield the schemes whose credential a header is."""
    for scheme in schemes:
        if scheme.location != "header" or scheme.parameter.lower() != name.lower():
            continue
        word = _KINDS.get(scheme.kind, "")
        if not word or value.lower().startswith(f"{word.lower()} "):
            yield scheme.name, value


def expanded(text: str) -> str:
    """Return `text` with the variables it names, `$` for `$$`. Raises UsageError for unset ones."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if not name:
            return "$"
        if name not in os.environ:
            raise click.UsageError(f"the variable {name} is not set")
        return os.environ[name]

    return _VARIABLE.sub(value, text)


def secrets(found: Sequence[Credentials]) -> Mapping[str, str]:
    """Return each secret with the name of a variable that stands for it in reports.

    So are the close misses that are sent to see them refused, with the expansion of bash that
    makes them of the variable.
    """
    names: dict[str, str] = {}
    for index, one in enumerate(found):
        for scheme, value in one.values.items():
            bare = _plain(value)
            known = next((key for key, text in os.environ.items() if text == bare), "")
            plain = re.sub(r"\W+", "_", scheme).upper()
            names[bare] = name = known or (f"SECOND_{plain}" if index else plain)
            if len(bare) >= _TELLING:
                names.setdefault(bare[:-1], f"{name}%?")
                names.setdefault(bare.swapcase(), f"{name}~~")
    return names


def _plain(value: str) -> str:
    """Return the secret in a credential: the token, or user and password as they were given."""
    word, _, bare = value.rpartition(" ")
    with suppress(ValueError):
        return b64decode(bare, validate=True).decode() if word.lower() == "basic" else bare
    return bare
