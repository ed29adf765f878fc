"""Which session a request is for: a header field says so, a prefix of the path, or a cookie.

Of several that are there, the first of these counts.
"""

from __future__ import annotations

from typing import Final

from starlette.types import Scope

SESSION: Final = "understudy.session"
"""The key of a scope under which the session stands."""

FIELDS: Final = "understudy.fields"
"""The key of a scope under which header fields stand by name; of several of one, the last."""

HEADER: Final = "X-Understudy-Session"
COOKIE: Final = "understudy_session"

_FIELD = HEADER.lower().encode()


def asked_for(scope: Scope) -> tuple[str, Scope]:
    """Return the name of a session, empty where none is named, and the scope without a prefix."""
    prefixed = ""
    if scope["path"].startswith("/~"):
        prefixed, scope = _unprefixed(scope)
    fields = scope[FIELDS]
    if _FIELD in fields:
        return fields[_FIELD].decode("latin-1").strip(), scope
    if not prefixed and b"cookie" in fields:
        return _cookie(fields[b"cookie"]), scope
    return prefixed, scope


def _cookie(field: bytes) -> str:
    """Return what a field says of the cookie; nothing where it says it in no proper way."""
    for pair in field.decode("latin-1").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE:
            return value.strip('"')
    return ""


def _unprefixed(scope: Scope) -> tuple[str, Scope]:
    """Return the name in a path like `/~name/rest`, and the scope of `/rest`."""
    name, _, rest = scope["path"][2:].partition("/")
    raw: bytes | None = scope.get("raw_path")
    below = None if raw is None else b"/" + raw[2:].partition(b"/")[2]
    return name, {**scope, "path": f"/{rest}", "raw_path": below}
