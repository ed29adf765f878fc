"""The console: pages, styles and scripts of this package, which hold no data of their own."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.types import Scope

from understudy.exchange import Reply
from understudy.server.send import header

_FOLDER: Final = Path(__file__).parent.with_name("console")
_KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS: Final = (
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-cache"),
)


def page(scope: Scope, prefix: str) -> Reply | None:
    """Return what the console answers below `prefix`, which a session may precede, or None."""
    if scope["method"] not in ("GET", "HEAD"):
        return None
    path = scope["path"].partition(prefix)[2]
    if not path:
        return Reply(307, b"", (("Location", f"{prefix[1:]}/"),), "")
    name = "index.html" if path == "/" else path.removeprefix("/console/")
    if name == path or name not in _names():
        return None
    body, tag = _read(name)
    headers = (*_HEADERS, ("ETag", tag))
    if header(scope, b"if-none-match") == tag:
        return Reply(304, b"", headers, "")
    return Reply(200, body, headers, _KINDS[Path(name).suffix])


@cache
def _names() -> frozenset[str]:
    return frozenset(one.name for one in _FOLDER.iterdir() if one.suffix in _KINDS)


@cache
def _read(name: str) -> tuple[bytes, str]:
    """Return a file of the console and the tag of its bytes."""
    body = (_FOLDER / name).read_bytes()
    return body, f'"{sha256(body).hexdigest()[:16]}"'
