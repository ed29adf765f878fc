"""Header fields on their way through a proxy.

Sources: RFC 9110, sections 7.6.1 (Connection), 7.6.3 (Via) and 10.2.2 (Location); RFC 9112,
section 3.2.2 (Host). The X-Forwarded fields are those that reverse proxies are known by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias
from urllib.parse import urlsplit

from understudy.probe.targets import address
from understudy.proxy.upstream import Place

Fields: TypeAlias = tuple[tuple[bytes, bytes], ...]

_HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authorization proxy-connection te trailer transfer-encoding "
    b"upgrade http2-settings".split()
)
_REPLACED = frozenset({b"host", b"expect", b"x-forwarded-proto", b"x-forwarded-host"})
_LED_BACK = frozenset({b"location", b"content-location"})


def end_to_end(fields: Iterable[tuple[bytes, bytes]]) -> Fields:
    """Return the fields that are meant for the other end, in their order, names in lower case."""
    lower = [(name.lower(), value) for name, value in fields]
    named = {
        option.strip().lower()
        for name, value in lower
        if name == b"connection"
        for option in value.split(b",")
    }
    dropped = (_HOP_BY_HOP | named) - {b"content-length", b"host"}
    return tuple(one for one in lower if one[0] not in dropped)


def forwarded(fields: Fields, at: Place, *, client: str, chunked: bool, pseudonym: bytes) -> Fields:
    """Return the fields of a request as it goes on to the service."""
    asked = first(fields, b"host")
    through = [value for name, value in fields if name == b"x-forwarded-for"]
    via = [value for name, value in fields if name == b"via"]
    added = [
        (b"host", at.authority.encode()),
        *(one for one in fields if one[0] not in (*_REPLACED, b"x-forwarded-for", b"via")),
        (b"x-forwarded-for", b", ".join([*through, client.encode()] if client else through)),
        (b"x-forwarded-proto", b"http"),
        (b"x-forwarded-host", asked),
        (b"via", b", ".join([*via, b"1.1 " + pseudonym])),
    ]
    if chunked:
        added.append((b"transfer-encoding", b"chunked"))
    return tuple(one for one in added if one[1] or one in fields)


def led_back(fields: Fields, at: Place) -> Fields:
    """Return the fields of an answer with the service's own addresses as those of the proxy."""
    return tuple(
        (name, _below(value, at) if name in _LED_BACK else value) for name, value in fields
    )


def first(fields: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes:
    """Return the first value of a field, or an empty one."""
    return next((value for key, value in fields if key == name), b"")


def texts(fields: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    """Yield names and values as text, one character for each byte."""
    for name, value in fields:
        yield name.decode("latin-1"), value.decode("latin-1")


def _below(value: bytes, at: Place) -> bytes:
    """Return a reference to the service as a reference to the same below the proxy."""
    text = value.decode("latin-1")
    try:
        parts = urlsplit(text)
    except ValueError:
        return value
    if parts.netloc or parts.scheme:
        found, own = address(text), address(at.origin)
        if not found or not own or found.origin != own.origin:
            return value
    path = parts.path or "/"
    if not path.startswith("/") or not f"{path}/".startswith(f"{at.path}/"):
        return value
    rest = path[len(at.path) :] or "/"
    if rest.startswith("//"):  # would name another host
        rest = f"/.{rest}"
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{rest}{query}{fragment}".encode("latin-1")
