"""Texts at the edge: what scripts, quotes and markup do to programs; special values of formats."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Final

from understudy.types import Json

UNICODE: Final[Mapping[str, str]] = {
    "astral": "\U0001f600 \U0001d49c \U00020000",
    "combining": "e\u0301 a\u0308\u0323 \u1100\u1161\u11a8",
    "right-to-left": "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 abc",
    "zero-width-joiner": "\U0001f469\u200d\U0001f4bb a\u200bb\u2060c\ufeff",
    "line-separator": "one\u2028two\u2029three",
    "control": "tab\tline\r\nend",
    "spaces": "  \u00a0between spaces\u3000 ",
    "quotes": "\"double\" 'single' `back` \\ / \\n",
    "html": "<b title='x'>&amp;</b><script>alert(1)</script><!-- -->",
    "case": "\u0130stanbul \u00df\u1e9e \u01c5 \ufb03",
    "formula": "=1+1",
    "nul": "a\u0000b",
}
"""Free text by kind. No lone surrogates: those are no characters."""

_FORMATS: Final[Mapping[str, Mapping[str, str]]] = {
    "date": {
        "leap-day": "2024-02-29",
        "epoch": "1970-01-01",
        "far-past": "0001-01-01",
        "far-future": "9999-12-31",
    },
    "date-time": {
        "leap-day": "2024-02-29T23:59:59Z",
        "epoch": "1970-01-01T00:00:00Z",
        "far-past": "0001-01-01T00:00:00Z",
        "far-future": "9999-12-31T23:59:59Z",
        "largest-32-bit": "2038-01-19T03:14:07Z",
        "future-leap-day": "2096-02-29T23:59:59Z",
        "largest-offset": "2024-06-30T12:00:00+14:00",
        "smallest-offset": "2024-06-30T12:00:00-12:00",
        "fractional": "2024-06-30T12:00:00.123456789Z",
    },
    "duration": {"zero": "PT0S", "long": "P9999Y", "weeks": "P1W"},
    "email": {"plus": "a+b@example.com", "shortest": "a@b.co", "quoted": '"a b"@example.com'},
    "hostname": {
        "shortest": "a",
        "punycode": "xn--bcher-kva.example",
        "longest-label": f"{'a' * 63}.example",
    },
    "idn-email": {"international": "\u00fc@b\u00fccher.example"},
    "idn-hostname": {"international": "b\u00fccher.example"},
    "ipv4": {"broadcast": "255.255.255.255", "loopback": "127.0.0.1", "first": "0.0.0.1"},
    "ipv6": {"unspecified": "::", "loopback": "::1", "mapped": "::ffff:192.0.2.1"},
    "iri": {"international": "https://b\u00fccher.example/\u00fc"},
    "iri-reference": {"empty": "", "international": "/\u00fc"},
    "json-pointer": {"root": "", "escaped": "/~0/~1", "empty-token": "/"},
    "regex": {"empty": ""},
    "relative-json-pointer": {"itself": "0", "key": "0#"},
    "time": {
        "midnight": "00:00:00Z",
        "last": "23:59:59Z",
        "largest-offset": "12:00:00+14:00",
        "fractional": "12:00:00.123456789Z",
    },
    "uri": {
        "ipv6-host": "http://[::1]:65535/",
        "escaped": "https://example.com/%F0%9F%98%80?a=b&c=%26#d",
        "urn": "urn:isbn:0451450523",
    },
    "uri-reference": {"empty": "", "relative": "../a?b#c"},
    "uri-template": {"plain": "", "expressions": "/{+path}{?query*}"},
    "uuid": {
        "nil": "00000000-0000-0000-0000-000000000000",
        "max": "ffffffff-ffff-ffff-ffff-ffffffffffff",
    },
}


def special(name: str, value: Json) -> Mapping[str, str]:
    """Return texts of the format `name` by kind; instants also beside the `value` there is."""
    found = dict(_FORMATS.get(name, {}))
    if name == "date-time" and isinstance(value, str):
        found.update(_same_instant(value))
    if name == "uuid" and isinstance(value, str):
        found["upper-case"] = value.upper()
    return found


def _same_instant(text: str) -> Mapping[str, str]:
    """Return other ways to write an instant: they stay in order with those around it."""
    try:
        at = datetime.fromisoformat(text)
        east = at.astimezone(timezone(timedelta(hours=14)))
        west = at.astimezone(timezone(timedelta(hours=-12)))
    except (OverflowError, ValueError):
        return {}
    return {
        "same-instant-largest-offset": east.isoformat(),
        "same-instant-smallest-offset": west.isoformat(),
    }
