"""Values as JavaScript source, laid out as Prettier leaves it: 80 columns, double quotes.

Objects have a member a line; arrays stand on one line where they fit.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Final

from understudy.types import Json

WIDTH: Final = 80
_STEP: Final = "  "
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")
_SHORT_KEY = len(_STEP) + 3


def literal(value: Json, margin: str = "", before: int = 0, after: int = 1) -> str:
    """Return a value whose lines stand at `margin`.

    On its first line stand so many columns `before` it, and on its last so many `after` it.
    """
    if isinstance(value, dict):
        return _object(value, margin)
    if isinstance(value, list):
        return _array(value, margin, before, after)
    return _scalar(value)


def member(name: str, value: Json, margin: str) -> str:
    """Return a member of an object on lines of their own, with the comma behind it."""
    key = member_name(name)
    text = literal(value, margin, len(margin) + _width(key) + 2)
    line = f"{margin}{key}: {text},\n"
    is_long = isinstance(value, str) and _width(line) > WIDTH + 1 and _width(key) >= _SHORT_KEY
    return f"{margin}{key}:\n{margin}{_STEP}{text},\n" if is_long else line


def member_name(name: str) -> str:
    """Return a name as it stands in an object, which `__proto__` would change."""
    if name == "__proto__":
        return '["__proto__"]'
    return name if _NAME.fullmatch(name) or _NUMBER.fullmatch(name) else text_of(name)


def member_of(value: str, name: str) -> str:
    """Return the expression that reads a member."""
    return f"{value}.{name}" if _NAME.fullmatch(name) else f"{value}[{text_of(name)}]"


def text_of(text: str) -> str:
    """Return a string in the quotes that need fewer backslashes, double ones if in doubt."""
    shown = json.dumps(text, ensure_ascii=False)
    shown = shown.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x7f", "\\x7f")
    if text.count('"') <= text.count("'"):
        return shown
    body = shown[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{body}'"


def _object(value: dict[str, Json], margin: str) -> str:
    if not value:
        return "{}"
    inner = margin + _STEP
    return f"{{\n{''.join(member(key, one, inner) for key, one in value.items())}{margin}}}"


def _array(value: list[Json], margin: str, before: int, after: int) -> str:
    flat = _flat(value)
    if flat is not None and before + _width(flat) + after <= WIDTH:
        return flat
    inner = margin + _STEP
    if len(value) > 1 and all(map(_is_number, value)):
        return f"[\n{_filled(list(map(_scalar, value)), inner)}{margin}]"
    lines = (f"{inner}{literal(one, inner, len(inner))},\n" for one in value)
    return f"[\n{''.join(lines)}{margin}]"


def _flat(value: Json) -> str | None:
    """Return a value on one line, or None where it takes more, however short it is."""
    if isinstance(value, dict):
        return None if value else "{}"
    if not isinstance(value, list):
        return _scalar(value)
    if len(value) > 1 and all(isinstance(one, list) and len(one) > 1 for one in value):
        return None
    items = [_flat(one) for one in value]
    told = [one for one in items if one is not None]
    return f"[{', '.join(told)}]" if len(told) == len(items) else None


def _filled(numbers: list[str], margin: str) -> str:
    """Return numbers as many on a line as fit."""
    lines, line = "", ""
    for one in numbers:
        longer = f"{line} {one}," if line else f"{margin}{one},"
        if line and len(longer) > WIDTH:
            lines, longer = f"{lines}{line}\n", f"{margin}{one},"
        line = longer
    return f"{lines}{line}\n"


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scalar(value: Json) -> str:
    if isinstance(value, str):
        return text_of(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"
    return json.dumps(value).replace("e+", "e").replace("e-0", "e-")


def _width(text: str) -> int:
    """Return how many columns a text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
