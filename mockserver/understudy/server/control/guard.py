"""Who may use the control API: this machine, or whoever has the token; no page of another site."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.types import Scope

from understudy.exchange import Reply
from understudy.respond.problems import refusal
from understudy.server.control.desk import refused

_FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-real-ip"})
_OWN_SITE = frozenset({b"same-origin", b"none"})


class Guard:
    """Tells who may use the control API. An empty token is none."""

    def __init__(self, token: str = "") -> None:
        self._token = token.encode()

    def refusal(self, scope: Scope, *, public: bool = False) -> Reply | None:
        """Return the refusal of a request that must not be answered, or None.

        What is public holds no data: any link may lead to it, and it needs no token.
        """
        headers: Sequence[tuple[bytes, bytes]] = scope["headers"]
        if public:
            reason = "" if self._token else _elsewhere(scope, headers)
            return refused(403, reason) if reason else None
        reason = _foreign_page(scope["scheme"], headers)
        if reason:
            return refused(403, reason)
        if self._token:
            return None if self._is_shown(headers) else _unauthorized()
        reason = _elsewhere(scope, headers)
        return refused(403, reason) if reason else None

    def _is_shown(self, headers: Sequence[tuple[bytes, bytes]]) -> bool:
        shown = [value for name, value in headers if name == b"authorization"]
        if len(shown) != 1:
            return False
        word, _, token = shown[0].partition(b" ")
        return word.lower() == b"bearer" and hmac.compare_digest(token.strip(), self._token)


def _foreign_page(scheme: str, headers: Sequence[tuple[bytes, bytes]]) -> str:
    """Return why a request comes from a page of another site, or an empty text."""
    values = dict(headers)
    own = f"{scheme}://".encode() + values.get(b"host", b"")
    if values.get(b"origin", own) != own:
        return "The control API is not for pages of other origins"
    if values.get(b"sec-fetch-site", b"none") not in _OWN_SITE:
        return "The control API is not for pages of other sites"
    return ""


def _elsewhere(scope: Scope, headers: Sequence[tuple[bytes, bytes]]) -> str:
    """Return why a request does not come from this machine, or an empty text."""
    client = scope.get("client")
    if client is not None and not _is_loopback(client[0]):
        return "The control API is for this machine only, unless --control-token is given"
    if any(name in _FORWARDED for name, _ in headers):
        return "The control API is not for what a proxy forwards, unless --control-token is given"
    host = next((value for name, value in headers if name == b"host"), b"")
    if host and not _is_local(host.decode("latin-1")):
        return (
            "The control API is asked at an address or localhost, unless --control-token is given"
        )
    return ""


def _is_loopback(text: str) -> bool:
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped.is_loopback
    return found.is_loopback


def _is_local(host: str) -> bool:
    """Tell whether Host is an address or localhost, which no other site can have as its name."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    name = name.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def _unauthorized() -> Reply:
    return refusal(
        "unauthorized",
        "Wanted: the token of --control-token",
        (),
        (("WWW-Authenticate", "Bearer"),),
    )
