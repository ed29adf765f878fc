"""Requests changed in one place: a parameter, the credential, the body."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote, unquote_plus

from understudy.checks.case import Case
from understudy.checks.credentials import Credentials, placed
from understudy.contract.expressions import Runtime
from understudy.contract.model import Operation, SecurityScheme
from understudy.contract.pointers import MISSING
from understudy.contract.wire.writing import text
from understudy.exchange import Sent
from understudy.types import Json


def with_argument(asked: Case, runtime: Runtime, value: Json) -> Sent:
    """Return a request with another value of a path or query parameter; without it if MISSING."""
    sent = asked.exchange.sent
    told = None if value is MISSING else quote(text(value), safe="")
    if runtime.location == "query":
        return with_query(sent, runtime.name, told)
    if runtime.location == "path" and told is not None and asked.route is not None:
        known = {name: quote(one or "", safe="") for name, one in asked.route.texts.items()}
        path = asked.route.template
        for name, one in {**known, runtime.name: told}.items():
            path = path.replace(f"{{{name}}}", one)
        return replace(sent, target=f"{path}?{sent.query}" if sent.query else path)
    return sent


def with_query(sent: Sent, name: str, told: str | None) -> Sent:
    """Return a request with one encoded value of a query parameter, or without any."""
    pairs = [pair for pair in sent.query.split("&") if pair and _name(pair) != name]
    if told is not None:
        pairs.append(f"{quote(name, safe='')}={told}")
    query = "&".join(pairs)
    return replace(sent, target=f"{sent.path}?{query}" if query else sent.path)


def queried(sent: Sent, name: str) -> str | None:
    """Return the encoded value of a query parameter, or None."""
    found = (pair.partition("=")[2] for pair in sent.query.split("&") if _name(pair) == name)
    return next(found, None)


def with_body(sent: Sent, good: Sent) -> Sent:
    """Return a request with the body of another, in its media type."""
    headers = without_headers(sent, ("content-type",))
    kind = good.header("content-type")
    return replace(sent, headers=(*headers, ("content-type", kind)), body=good.body)


def authorized(sent: Sent, operation: Operation, credentials: Credentials) -> Sent:
    """Return a request with good credentials instead of those that it shows."""
    schemes = credentials.alternative(operation) or ()
    bare = stripped(sent, [one for alternative in operation.security for one in alternative])
    for scheme in schemes:
        bare = placed(bare, scheme, credentials.values[scheme.name])
    headers = tuple((key.lower(), value) for key, value in bare.headers)
    return replace(bare, headers=headers)


def stripped(sent: Sent, schemes: Iterable[SecurityScheme]) -> Sent:
    """Return a request without credentials."""
    for scheme in schemes:
        if scheme.location == "query":
            sent = with_query(sent, scheme.parameter, None)
        name = "cookie" if scheme.location == "cookie" else scheme.parameter.lower()
        if scheme.location != "query":
            sent = replace(sent, headers=without_headers(sent, (name,)))
    return sent


def without_headers(sent: Sent, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return the headers of a request without some."""
    return tuple((key, value) for key, value in sent.headers if key.lower() not in names)


def _name(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0])
