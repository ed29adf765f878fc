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


def loads(raw: bytes) -> Json:
    """Return the value in `raw`.

    Raises ValueError where it is not JSON (RFC 8259), is nested more than about a thousand
    levels deep, or holds an integer of more than 4300 digits.
    """
    value = orjson.loads(raw)
    return json.loads(raw) if _LONG_INTEGER.search(raw) else value
