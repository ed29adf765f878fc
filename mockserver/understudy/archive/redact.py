"""Take secrets out of what is recorded: where they stand, and where they are repeated.

Secrets are credentials, cookies, and what is named: header fields, parameters of queries and
forms, members of JSON. Who sent one stays visible, so that access can still be judged.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote, quote_plus, unquote_plus

from understudy.archive.recording import Record
from understudy.codec import dumps, loads
from understudy.contract.model import Contract
from understudy.exchange import Reply, Sent
from understudy.types import Json

REDACTED = "REDACTED"

_FIELDS = frozenset(
    "authorization proxy-authorization cookie set-cookie x-api-key x-auth-token x-csrf-token "
    "x-amz-security-token".split()
)
_PARAMETERS = frozenset("access_token api_key apikey client_secret password token".split())
_COOKIES = ("cookie", "set-cookie")
_TELLING = 6
"""How long a credential is that is looked for in other places."""
_TELLING_COOKIE = 16
"""How long a cookie is for that: short ones are words such as `dark`."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is secret by its name: header fields, parameters and cookies, members of JSON."""

    fields: frozenset[str] = _FIELDS
    parameters: frozenset[str] = _PARAMETERS
    members: frozenset[str] = frozenset()

    def record(self, record: Record) -> Record:
        """Return a record without secrets."""
        sent, reply = record.exchange.sent, record.exchange.reply
        secrets = self.secrets(record)
        exchange = replace(
            record.exchange,
            sent=Sent(
                sent.method,
                _without(self._target(sent.target), secrets),
                self._headers(sent.headers, secrets),
                self._body(sent.body, sent.header("content-type"), secrets),
            ),
            reply=Reply(
                reply.status,
                self._body(reply.body, reply.media_type, secrets),
                self._headers(reply.headers, secrets),
                reply.media_type,
            ),
        )
        return replace(record, exchange=exchange)

    def target(self, record: Record) -> str:
        """Return the target of a record without secrets."""
        return _without(self._target(record.exchange.sent.target), self.secrets(record))

    def secrets(self, record: Record) -> tuple[str, ...]:
        """Return the secrets of a record in the ways they may be repeated, the longest first."""
        sent, reply = record.exchange.sent, record.exchange.reply
        return _spellings({*self._of_sent(sent), *self._of_reply(reply), *self._named(record)})

    def _of_sent(self, sent: Sent) -> Iterator[str]:
        """Yield the secrets of a request that may be repeated elsewhere."""
        yield from self._in_headers(sent.headers)
        for name, value in _pairs(sent.query):
            if name.lower() in self.parameters:
                yield value

    def _of_reply(self, reply: Reply) -> Iterator[str]:
        yield from self._in_headers(reply.headers)

    def _in_headers(self, headers: Iterable[tuple[str, str]]) -> Iterator[str]:
        for name, value in headers:
            if name.lower() in _COOKIES:
                pairs = (pair.partition("=")[2].strip() for pair in value.split(";"))
                found = [pair.strip('"') for pair in pairs]
                found = found[:1] if name.lower() == "set-cookie" else found
                yield from (one for one in found if len(one) >= _TELLING_COOKIE)
            elif name.lower() in self.fields:
                yield value
                yield from _credentials(value)

    def _named(self, record: Record) -> Iterator[str]:
        """Yield the texts of members that are secret by their name."""
        for body in (record.exchange.sent.body, record.exchange.reply.body):
            if self.members and body:
                yield from _texts_of(_json(body), self.members)

    def _target(self, target: str) -> str:
        path, mark, query = target.partition("?")
        return f"{path}{mark}{self._query(query)}"

    def _query(self, query: str) -> str:
        """Return a query or form in which the values of secret parameters are taken out."""
        parts = []
        for pair in query.split("&"):
            name, sign, _ = pair.partition("=")
            secret = sign and unquote_plus(name).lower() in self.parameters
            parts.append(f"{name}={REDACTED}" if secret else pair)
        return "&".join(parts)

    def _headers(
        self, headers: Iterable[tuple[str, str]], secrets: tuple[str, ...]
    ) -> tuple[tuple[str, str], ...]:
        return tuple((name, self._value(name.lower(), value, secrets)) for name, value in headers)

    def _value(self, name: str, value: str, secrets: tuple[str, ...]) -> str:
        if name == "cookie":
            return "; ".join(_cookie(pair) for pair in value.split(";"))
        if name == "set-cookie":
            pair, sign, attributes = value.partition(";")
            return f"{_cookie(pair)}{sign}{attributes}"
        if name in self.fields:
            word = re.match(r"(?i)(bearer|basic|digest|token|apikey) +", value)
            return f"{word[0]}{REDACTED}" if word else REDACTED
        if "?" in value and "=" in value:
            value = re.sub(r"(?<=\?)[^\s#>\"]*", lambda found: self._query(found[0]), value)
        return value if name == "content-type" else _without(value, secrets)

    def _body(self, body: bytes, kind: str, secrets: tuple[str, ...]) -> bytes:
        if not body:
            return body
        if kind.lower().startswith("application/x-www-form-urlencoded"):
            body = self._query(body.decode("latin-1")).encode("latin-1")
        elif self.members and "json" in kind.lower():
            value = _json(body)
            if any(True for _ in _texts_of(value, self.members)):
                body = dumps(_cleared(value, self.members))
        for secret in secrets:
            body = body.replace(secret.encode("utf-8", "surrogateescape"), REDACTED.encode())
        return body


def redaction(*contracts: Contract, names: Iterable[str] = ()) -> Redaction:
    """Return what is secret: what everybody keeps secret, the API keys of contracts, `names`."""
    own = frozenset(name.lower() for name in names)
    keys = frozenset[str]().union(*map(_keys, contracts))
    return Redaction(_FIELDS | keys | own, _PARAMETERS | keys | own, own)


def _keys(contract: Contract) -> frozenset[str]:
    """Return the names under which the security schemes of a contract carry credentials."""
    return frozenset(
        scheme.parameter.lower()
        for operation in contract.operations.values()
        for alternative in operation.security
        for scheme in alternative
        if scheme.parameter
    )


def _credentials(value: str) -> Iterator[str]:
    """Yield what is secret in the value of Authorization: the token, user and password."""
    word, _, token = value.strip().partition(" ")
    yield token.strip()
    if word.lower() == "basic":
        try:
            plain = b64decode(token, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return
        yield plain
        yield plain.partition(":")[2]


def _spellings(secrets: Iterable[str]) -> tuple[str, ...]:
    """Return each secret in the ways it may be written, the longest first."""
    found = set()
    for secret in secrets:
        if len(secret) >= _TELLING and secret != REDACTED:
            escaped = dumps(_plain(secret)).decode()[1:-1]
            found |= {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), escaped}
    return tuple(sorted(found, key=lambda one: (-len(one), one)))


def _plain(text: str) -> str:
    """Return text without halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode()


def _without(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return text


def _cookie(pair: str) -> str:
    name, sign, _ = pair.strip().partition("=")
    return f"{name}={REDACTED}" if sign else REDACTED


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        yield unquote_plus(name), unquote_plus(value)


def _json(body: bytes) -> Json:
    try:
        return loads(body)
    except ValueError:
        return None


def _texts_of(value: Json, names: frozenset[str]) -> Iterator[str]:
    """Yield the texts under secret names; an empty one for what is no text."""
    if isinstance(value, list):
        for item in value:
            yield from _texts_of(item, names)
    elif isinstance(value, dict):
        for name, member in value.items():
            if name.lower() in names:
                yield member if isinstance(member, str) else ""
            else:
                yield from _texts_of(member, names)


def _cleared(value: Json, names: frozenset[str]) -> Json:
    if isinstance(value, list):
        return [_cleared(item, names) for item in value]
    if isinstance(value, dict):
        return {
            name: REDACTED if name.lower() in names else _cleared(member, names)
            for name, member in value.items()
        }
    return value
