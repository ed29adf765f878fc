"""JSON to bytes and back. Integers of any size survive; what is not JSON is refused."""

from __future__ import annotations

import json
import re

import orjson

from understudy.types import Json

_LONG_INTEGER = re.compile(rb"[0-9]{16}")


def dumps(value: Json) -> bytes:
    """Return `value` as compact UTF-8 JSON."""
    try:
        return orjson.dumps(value)
    except TypeError:  # an integer beyond 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def identity(value: Json) -> bytes:
    """Return bytes that are equal exactly for equal JSON values: 1 and 1.0 are, 1 and true not."""
    return json.dumps(_plain(value), sort_keys=True).encode()


def _plain(value: Json) -> Json:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def loads(raw: bytes) -> Json:
    """Return the value in `raw`.

    Raises ValueError where it is not JSON (RFC 8259), is nested more than about a thousand
    levels deep, or holds a number beyond what a double can hold.
    """
    value = orjson.loads(raw)
    if not _LONG_INTEGER.search(raw):
        return value
    try:
        return json.loads(raw)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
