"""Tell from a URL what it asks of an API: path and query below the API's address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from understudy.contract.model import Contract
from understudy.contract.wire.route import Router
from understudy.types import Json

_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))
_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Scheme, host and port of a URL (RFC 6454)."""

    scheme: str
    host: str
    port: int


class Address(NamedTuple):
    """An HTTP URL in parts; path and query are percent-encoded."""

    origin: Origin
    path: str
    query: str


def address(url: str) -> Address | None:
    """Return the parts of an HTTP URL, or None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not parts.hostname:
        return None
    origin = Origin(scheme, parts.hostname, port or _PORTS[scheme])
    return Address(origin, _encoded(parts.path) or "/", _encoded(parts.query))


class Targets:
    """The addresses at which an API may be.

    With `base_url`, the address of the API with its base path, everything below it is meant;
    without, whatever matches a path template below one of the contract's servers, on any host.
    """

    def __init__(self, contract: Contract, base_url: str = "") -> None:
        self._router = Router(contract)
        self._base = address(base_url) if base_url else None
        if base_url and self._base is None:
            raise ValueError(f"{base_url} is not the address of an API, such as http://host/v1")
        servers = list(_servers(contract.document.data))
        self._paths = sorted({"", *contract.base_paths}, key=len, reverse=True)
        self.origins = frozenset(found.origin for one in servers if (found := address(one)))

    @property
    def is_fixed(self) -> bool:
        """Tell whether a base URL says where the API is."""
        return self._base is not None

    def find(self, asked: Address) -> str | None:
        """Return the target of a URL, or None if it is not for this API."""
        query = f"?{asked.query}" if asked.query else ""
        if self._base is not None:
            if asked.origin != self._base.origin:
                return None
            below = _below(self._base.path.rstrip("/"), asked.path)
            return below and below + query
        tried = (_below(path, asked.path) for path in self._paths)
        found = (path + query for path in tried if path)
        return next((target for target in found if self._router.find(target)), None)


def _below(base: str, path: str) -> str | None:
    rest = path.removeprefix(base) or "/"
    return rest if path.startswith(base) and rest.startswith("/") else None


def _encoded(text: str) -> str:
    return quote(text, safe=_VISIBLE, errors="replace")


def _servers(document: Json) -> Iterator[str]:
    """Yield the URLs of the servers, variables at their defaults; only well-formed ones."""
    listed = document.get("servers") if isinstance(document, dict) else None
    for server in listed if isinstance(listed, list) else ():
        if not isinstance(server, dict) or not isinstance(server.get("url"), str):
            continue
        url = _filled(server["url"], server.get("variables"))
        try:
            urlsplit(url)
        except ValueError:
            continue
        yield url


def _filled(url: str, variables: Json) -> str:
    known: Mapping[str, Json] = variables if isinstance(variables, dict) else {}

    def default(match: re.Match[str]) -> str:
        variable = known.get(match[1])
        return str(variable.get("default", "")) if isinstance(variable, dict) else match[0]

    return re.sub(r"\{([^}]*)\}", default, url)
