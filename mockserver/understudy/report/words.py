"""Text from strangers, made fit to be shown: secrets hidden, control characters spelled out, cut.

Whatever a report shows of requests, replies and contracts goes through here first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from understudy.archive.curl import forms

_LIMIT = 300


def told(text: str, secrets: Mapping[str, str], limit: int = _LIMIT) -> str:
    """Return `text` on one line, without secrets, no longer than `limit` characters or so."""
    return cut(whole(text, secrets), limit)


def whole(text: str, secrets: Mapping[str, str]) -> str:
    """Return all of `text` on one line, without secrets."""
    return visible(hidden(text, secrets))


def hidden(text: str, secrets: Mapping[str, str]) -> str:
    """Return `text` with `$NAME` for each secret, in whichever notation it stands there."""
    names = {form: name for secret, name in secrets.items() for form in forms(secret)}
    if not names:
        return text
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return pattern.sub(lambda match: expansion(names[match[0]]), text)


def typed(command: str, secrets: Mapping[str, str]) -> str:
    """Return a command of ours without secrets; its own name is none, though a key may be it."""
    name = "understudy "
    kept = name if command.startswith(name) else ""
    return kept + hidden(command.removeprefix(kept), secrets)


def expansion(name: str) -> str:
    """Return the expansion of a variable, in braces where the name has an operator of the shell."""
    return f"${name}" if re.fullmatch(r"\w+", name) else f"${{{name}}}"


def visible(text: str) -> str:
    """Return `text` with everything that does not print spelled as in Python, line ends too."""
    return "".join(one if one.isprintable() else _spelled(one) for one in text)


def cut(text: str, limit: int) -> str:
    """Return the beginning of `text`, and how much is left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}... ({len(text) - limit} more characters)"


def several(count: int, noun: str) -> str:
    """Return a count with its noun: `1 promise`, `2 promises`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def some(names: tuple[str, ...], limit: int = 3) -> str:
    """Return the first names of many, and how many more there are."""
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def _spelled(one: str) -> str:
    return one.encode("unicode_escape").decode()
