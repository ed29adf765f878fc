"""Decide whether a request shows a credential that its operation wants.

Any well-formed credential is good unless good ones are listed. A bearer token is any run of
visible characters: the placeholders of documented examples are copied as they stand. Scopes
cannot be seen in a token, nor certificates here: mutualTLS is taken as given. Sources: OpenAPI
3.1.1, "Security Requirement Object"; RFC 6750, section 2.1; RFC 7616, section 3.4; RFC 7617.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from hmac import compare_digest
from typing import TypeAlias

from understudy.contract.model import SecurityScheme
from understudy.contract.wire.parameters import query_texts

Headers: TypeAlias = Iterable[tuple[bytes, bytes]]
_Shown: TypeAlias = Callable[[Headers, bytes], bool]

_BEARER = re.compile(rb"bearer +([\x21-\x7e]+)", re.IGNORECASE)

EXAMPLE = "understudy"
"""A credential that is good unless others are listed."""

_DIGEST = ("username", "realm", "nonce", "uri", "response")


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
        alone = [len(alternative) for alternative in self._alternatives] == [1]
        self._only = self._alternatives[0][0] if alone else None

    def granted(self, headers: Headers, query: bytes) -> bool:
        """Tell whether all schemes of one alternative are satisfied; asking for none is open."""
        if self._only is not None:
            return self._only(headers, query)
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
    if scheme.kind == "digest":
        return "Digest " + ", ".join(f'{name}="{EXAMPLE}"' for name in _DIGEST)
    word = "Bearer" if scheme.kind == "bearer" else scheme.kind
    return f"{word} {next(iter(tokens), EXAMPLE)}"


def challenges(alternatives: Sequence[Sequence[SecurityScheme]]) -> str:
    """Return the WWW-Authenticate value that asks for them (RFC 9110, section 11.6.1)."""
    told = dict.fromkeys(_challenge(scheme) for schemes in alternatives for scheme in schemes)
    return ", ".join(filter(None, told))


def asked_for(alternatives: Sequence[Sequence[SecurityScheme]]) -> str:
    """Return in words which credentials let a request through."""
    told = [" with ".join(map(_told, schemes)) for schemes in alternatives]
    return f"Wanted: {' or '.join(told)}"


def _encoded(texts: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


def _shown(
    scheme: SecurityScheme, tokens: tuple[bytes, ...], api_keys: tuple[bytes, ...]
) -> _Shown:
    if scheme.kind == "bearer":
        return lambda headers, _query: _known(_match(_BEARER, headers), tokens)
    if scheme.kind == "mutualTLS":
        return lambda _headers, _query: True
    if scheme.kind in _FORMS:
        pattern, is_good = _FORMS[scheme.kind]
        return lambda headers, _query: is_good(_match(pattern, headers))
    if scheme.kind != "apiKey":
        pattern = re.compile(rb"%b +(.+)" % re.escape(scheme.kind.encode()), re.IGNORECASE)
        return lambda headers, _query: _known(_match(pattern, headers), tokens)
    if scheme.location == "query":
        return lambda _headers, query: _known(_in_query(scheme.parameter, query), api_keys)
    if scheme.location == "cookie":
        return lambda headers, _query: _known(_in_cookie(scheme.parameter, headers), api_keys)
    name = scheme.parameter.lower().encode()
    return lambda headers, _query: _known(_header(name, headers).strip(), api_keys)


def _known(credential: bytes, good: tuple[bytes, ...]) -> bool:
    if not credential or not good:
        return bool(credential)
    matches = [compare_digest(credential, one) for one in good]  # of all, to take the same time
    return any(matches)


def _header(name: bytes, headers: Headers) -> bytes:
    """Return the value of a header that stands exactly once; empty otherwise."""
    found = None
    for key, value in headers:
        if key == name:
            if found is not None:
                return b""
            found = value
    return found or b""


def _match(pattern: re.Pattern[bytes], headers: Headers) -> bytes:
    match = pattern.fullmatch(_header(b"authorization", headers))
    return match[1] if match else b""


def _is_basic(encoded: bytes) -> bool:
    try:
        return b":" in b64decode(encoded, validate=True)
    except binascii.Error:
        return False


def _is_digest(parameters: bytes) -> bool:
    names = re.findall(rb'([a-z]+)\s*=\s*(?:"(?:[^"\\]|\\.)+"|[^\s",]+)', parameters.lower())
    return {name.encode() for name in _DIGEST} <= set(names)


_FORMS: Mapping[str, tuple[re.Pattern[bytes], Callable[[bytes], bool]]] = {
    "basic": (re.compile(rb"basic +([A-Za-z0-9+/]+=*)", re.IGNORECASE), _is_basic),
    "digest": (re.compile(rb"digest +(.+)", re.IGNORECASE), _is_digest),
}


def _challenge(scheme: SecurityScheme) -> str:
    if scheme.kind in _CHALLENGES:
        return _CHALLENGES[scheme.kind]
    scopes = f' scope="{" ".join(scheme.scopes)}"' if scheme.scopes else ""
    return ("Bearer" if scheme.kind == "bearer" else scheme.kind) + scopes


def _told(scheme: SecurityScheme) -> str:
    scopes = f" ({', '.join(scheme.scopes)})" if scheme.scopes else ""
    if scheme.kind == "apiKey":
        return f"{scheme.location} {scheme.parameter}{scopes}"
    return (
        "a client certificate"
        if scheme.kind == "mutualTLS"
        else f"{scheme.kind} credentials{scopes}"
    )


_CHALLENGES: Mapping[str, str] = {
    "apiKey": "APIKey",
    "basic": 'Basic realm="understudy"',
    "digest": 'Digest realm="understudy", nonce="understudy", qop="auth"',
    "mutualTLS": "",
}


def _in_query(name: str, query: bytes) -> bytes:
    found = query_texts(query).get(name, ())
    return (found[0] or "").encode() if len(found) == 1 else b""


def _in_cookie(name: str, headers: Headers) -> bytes:
    pairs = (pair.strip().partition(b"=") for pair in _header(b"cookie", headers).split(b";"))
    return next((value for key, _, value in pairs if key == name.encode()), b"")
