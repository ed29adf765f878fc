"""Decide whether a request shows a credential that its operation wants.

Any well-formed credential is good unless good ones are listed. A bearer token is any run of
visible characters: the placeholders of documented examples are copied as they stand. Sources:
OpenAPI 3.0.3, "Security Requirement Object"; RFC 6750, section 2.1; RFC 7617.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from hmac import compare_digest
from typing import TypeAlias

from understudy.contract.model import SecurityScheme
from understudy.contract.wire.parameters import query_texts

Headers: TypeAlias = Iterable[tuple[bytes, bytes]]
_Shown: TypeAlias = Callable[[Headers, bytes], bool]

_BEARER = re.compile(rb"bearer +([\x21-\x7e]+)", re.IGNORECASE)
_BASIC = re.compile(rb"basic +([A-Za-z0-9+/]+=*)", re.IGNORECASE)

EXAMPLE = "understudy"
"""A credential that is good unless others are listed."""

CHALLENGES = {"apiKey": "APIKey", "basic": 'Basic realm="understudy"', "bearer": "Bearer"}
"""The WWW-Authenticate value for each kind of scheme (RFC 9110, section 11.6.1)."""


class Access:
    """The security requirements of one operation, compiled once."""

    def __init__(
        self,
        alternatives: Sequence[Sequence[SecurityScheme]],
        tokens: Sequence[str],
        api_keys: Sequence[str],
    ) -> None:
        self._alternatives = [
            [_shown(scheme, _encoded(tokens), _encoded(api_keys)) for scheme in alternative]
            for alternative in alternatives
        ]

    def granted(self, headers: Headers, query: bytes) -> bool:
        """Tell whether all schemes of one alternative are satisfied; asking for none is open."""
        for alternative in self._alternatives:
            for shown in alternative:
                if not shown(headers, query):
                    break
            else:
                return True
        return not self._alternatives


def example(scheme: SecurityScheme, tokens: Sequence[str], api_keys: Sequence[str]) -> str:
    """Return a credential that gets a request through, as it stands in its header or parameter."""
    if scheme.kind == "apiKey":
        return next(iter(api_keys), EXAMPLE)
    if scheme.kind == "basic":
        return f"Basic {b64encode(f'{EXAMPLE}:{EXAMPLE}'.encode()).decode()}"
    return f"Bearer {next(iter(tokens), EXAMPLE)}"


def _encoded(texts: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


def _shown(
    scheme: SecurityScheme, tokens: tuple[bytes, ...], api_keys: tuple[bytes, ...]
) -> _Shown:
    if scheme.kind == "bearer":
        return lambda headers, _query: _known(_match(_BEARER, headers), tokens)
    if scheme.kind == "basic":
        return lambda headers, _query: _is_basic(_match(_BASIC, headers))
    if scheme.location == "query":
        return lambda _headers, query: _known(_in_query(scheme.parameter, query), api_keys)
    if scheme.location == "cookie":
        return lambda headers, _query: _known(_in_cookie(scheme.parameter, headers), api_keys)
    name = scheme.parameter.lower().encode()
    return lambda headers, _query: _known(_header(name, headers).strip(), api_keys)


def _known(credential: bytes, good: tuple[bytes, ...]) -> bool:
    if not credential:
        return False
    matches = [compare_digest(credential, one) for one in good]
    return not good or any(matches)


def _header(name: bytes, headers: Headers) -> bytes:
    """Return the value of a header that stands exactly once; empty otherwise."""
    found = [value for key, value in headers if key == name]
    return found[0] if len(found) == 1 else b""


def _match(pattern: re.Pattern[bytes], headers: Headers) -> bytes:
    match = pattern.fullmatch(_header(b"authorization", headers))
    return match[1] if match else b""


def _is_basic(encoded: bytes) -> bool:
    try:
        return b":" in b64decode(encoded, validate=True)
    except binascii.Error:
        return False


def _in_query(name: str, query: bytes) -> bytes:
    found = query_texts(query).get(name, ())
    return (found[0] or "").encode() if len(found) == 1 else b""


def _in_cookie(name: str, headers: Headers) -> bytes:
    pairs = (pair.strip().partition(b"=") for pair in _header(b"cookie", headers).split(b";"))
    return next((value for key, _, value in pairs if key == name.encode()), b"")
