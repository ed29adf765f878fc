"""Probes of authentication: every way to come without a good credential."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from understudy.checks.credentials import Credentials, placed
from understudy.contract.model import Operation, SecurityScheme
from understudy.exchange import Sent


def without_access(operation: Operation, sent: Sent, credentials: Credentials) -> Iterator[Sent]:
    """Yield `sent`, which has no credential yet, in every way that is to be refused."""
    if not operation.security or any(not schemes for schemes in operation.security):
        return
    yield sent
    for schemes in operation.security:
        for scheme in schemes:
            good = credentials.values.get(scheme.name, "")
            others = [
                one for one in schemes if one is not scheme and one.name in credentials.values
            ]
            rest = sent
            for other in others:
                rest = placed(rest, other, credentials.values[other.name])
            if others:
                yield rest
            for value in _wrong(scheme, good):
                yield placed(rest, scheme, value)
            if good:
                yield from _misplaced(rest, scheme, good)


def _wrong(scheme: SecurityScheme, good: str) -> Iterator[str]:
    """Yield values that are no credential, and close misses of the good one."""
    word, _, bare = good.rpartition(" ")
    yield ""
    if scheme.kind == "apiKey":
        yield "understudy-no-such-key"
        if len(good) > 1:
            yield from (one for one in (good[:-1], f"{good}x", good.swapcase()) if one != good)
            yield f"Bearer {good}"
        return
    name = word or {"basic": "Basic"}.get(scheme.kind, "Bearer")
    unknown = "dW5kZXJzdHVkeTpuby1zdWNoLXVzZXI=" if scheme.kind == "basic" else "no-such-token"
    yield f"{name} {unknown}"
    yield name
    if bare:
        close = [bare[:-1], f"{bare}x", bare.swapcase()] if scheme.kind == "bearer" else []
        yield from (f"{name} {one}" for one in close if one and one != bare)
        yield bare
        yield from (
            f"{other} {bare}"
            for other in ("Token", "Digest", "Basic", "Bearer")
            if other.lower() != name.lower()
        )


def _misplaced(sent: Sent, scheme: SecurityScheme, good: str) -> Iterator[Sent]:
    """Yield the good credential where it does not belong."""
    bare = good.rpartition(" ")[2]
    sign = "&" if "?" in sent.target else "?"
    if scheme.location != "query":
        for name in dict.fromkeys(("access_token", "token", "api_key", scheme.parameter)):
            yield replace(sent, target=f"{sent.target}{sign}{quote(name)}={quote(bare)}")
    if scheme.location != "header":
        yield replace(sent, headers=(*sent.headers, (scheme.parameter, bare)))
    if scheme.location != "cookie":
        cookie = ("Cookie", f"{scheme.parameter.lower()}={quote(bare)}")
        yield replace(sent, headers=(*sent.headers, cookie))
    if scheme.kind == "apiKey" and scheme.parameter.lower() != "authorization":
        yield replace(sent, headers=(*sent.headers, ("Authorization", good)))
