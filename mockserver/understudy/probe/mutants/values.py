"""Other values of the same kind, and values changed in one place."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from understudy.contract.nodes import instant
from understudy.contract.pointers import MISSING, children, follow
from understudy.contract.validate import Validator
from understudy.types import Json

_HEX = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DAY = timedelta(days=1)


def other(value: Json) -> Json:
    """Return another value of the same type and, as far as text shows it, format."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case list():
            return [*value, value[-1] if value else "understudy"]
        case dict():
            return {**value, "understudy": True}
        case str():
            return _other_text(value)
    return "understudy"


def _other_text(value: str) -> str:
    at = instant(value)
    if at is not None:
        return told(at + _DAY, value)
    if _HEX.fullmatch(value):
        return f"{value[:-1]}{(int(value[-1], 16) + 1) % 16:x}"
    if value.isdecimal():
        return f"{value[:-1]}{(int(value[-1]) + 1) % 10}"
    return f"{value}x"


def told(at: datetime, like: str) -> str:
    """Return an instant in the notation of another."""
    text = at.isoformat(timespec="microseconds" if "." in like else "seconds")
    return text.replace("+00:00", "Z") if like.endswith("Z") else text


def changed(value: Json, tokens: tuple[str, ...], new: Json) -> Json:
    """Return a copy of `value` with `new` where `tokens` lead, which must be somewhere."""
    if not tokens:
        return new
    root = copy.deepcopy(value)
    box = follow(root, tokens[:-1])
    box[int(tokens[-1]) if isinstance(box, list) else tokens[-1]] = new
    return root


def free_texts(value: Json, schema_of: Validator) -> list[tuple[str, ...]]:
    """Return where in a valid value texts stand that may as well be others, the deepest last."""
    found = [tokens for tokens, one in _texts(value, ()) if not _is_told(one)]
    free = [
        tokens
        for tokens in found
        if schema_of.accepts(changed(value, tokens, f"{follow(value, tokens)} x"))
    ]
    return sorted(free, key=len)


def _is_told(text: str) -> bool:
    return bool(_HEX.fullmatch(text)) or instant(text) is not None or not text


def _texts(value: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, str):
        yield path, value
    for key, member in children(value):
        yield from _texts(member, (*path, str(key)))


def starred(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Return tokens with `*` for every index."""
    return tuple("*" if token.isdecimal() else token for token in tokens)


def altered_texts(value: Json, where: tuple[str, ...], tail: str) -> Json:
    """Return a copy of `value` in which the texts at a starred pointer end in `tail`."""
    if not where:
        return value + tail if isinstance(value, str) else value
    head, *rest = where
    if head == "*" and isinstance(value, list):
        return [altered_texts(one, tuple(rest), tail) for one in value]
    if isinstance(value, dict) and value.get(head, MISSING) is not MISSING:
        return {**value, head: altered_texts(value[head], tuple(rest), tail)}
    return value
