"""Requests that servers may refuse for reasons of which no contract speaks."""

from __future__ import annotations

from collections.abc import Iterable

from understudy.exchange import Sent

_CONTROL = frozenset(map(chr, {*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D}))
_LONG = 8000


def is_odd(sent: Sent, texts: Iterable[str | None]) -> bool:
    """Tell whether a request is one that servers may refuse for what no contract speaks of."""
    media_type = sent.header("content-type").lower()
    encoding = media_type.partition("charset=")[2].strip(' "')
    if encoding not in ("", "utf-8") or (sent.body and not media_type):
        return True
    if len(sent.target) > _LONG or len(sent.body) > _LONG:
        return True
    if any(text in ("", ".", "..") or _strange(text) for text in texts):
        return True
    raw = sent.query + sent.body.decode("utf-8", "replace")
    return _strange_raw(raw)


def _strange(text: str | None) -> bool:
    return text is None or "/" in text or "\\" in text or not _CONTROL.isdisjoint(text)


def _strange_raw(raw: str) -> bool:
    """Tell whether raw text holds control characters or lone surrogates, escaped or not."""
    lowered = raw.lower()
    return (
        not _CONTROL.isdisjoint(raw)
        or "\\u00" in lowered
        or "\\ud" in lowered
        or any(f"%0{digit}" in lowered or f"%1{digit}" in lowered for digit in "0123456789abcdef")
        or "%7f" in lowered
        or "%ff" in lowered
    )
