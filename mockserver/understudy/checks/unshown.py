"""Which answers say nothing of an API: HTTP itself gives them, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Sequence

CACHED = "answered from a cache"
REDIRECTED = "redirected"
PREFLIGHT = "asked by a browser before the request itself (CORS preflight)"

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def unshown(method: str, headers: Sequence[tuple[str, str]], status: int | None) -> str:
    """Return why an answer says nothing of what the API does, or an empty text."""
    if status == 304:
        return CACHED
    if status in _REDIRECTS:
        return REDIRECTED
    preflight = any(name.lower() == "access-control-request-method" for name, _ in headers)
    return PREFLIGHT if method == "OPTIONS" and preflight else ""
