"""Hold the responses of HTTP clients to a contract, in tests.

Knows httpx, requests, and the test clients of Starlette, Werkzeug, Flask and Django by what their
responses have; none of them is imported.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from understudy.checks import access
from understudy.checks.case import Rules
from understudy.checks.credentials import Credentials
from understudy.checks.every import judge
from understudy.checks.promise import Finding, Severity
from understudy.contract.load import load_contract
from understudy.contract.meaning.infer import meaning
from understudy.contract.model import Contract
from understudy.exchange import Exchange, Reply, Sent
from understudy.probe.har_entry import wire
from understudy.probe.targets import Targets, address

EXPECTED: ContextVar[Callable[[], Contract] | None] = ContextVar("EXPECTED", default=None)
"""Returns the contract of the running test; the pytest plugin sets it."""

_SHOWN = 400
_NOT_SENT = ("content-type", "content-encoding")


def assert_keeps_contract(
    response: Any, contract: Contract | str | Path | None = None, *, base_url: str = ""
) -> None:
    """Raise AssertionError with every promise that a response and its request break.

    `contract` is loaded, or a name or path; without one, that of the test's marker or of the ini
    file is meant. `base_url` says where the API is, if not at one of the contract's own paths.
    Warnings do not count, nor whether a credential that the client sent is a good one.
    """
    __tracebackhide__ = True
    rules = _rules(_Same(_wanted(contract)))
    method, url, sent, reply = _read(response)
    asked = address(url)
    target = Targets(rules.contract, base_url).find(asked) if asked else None
    if target is None:
        name = rules.contract.name
        raise AssertionError(f"{method} {url} is at no path of {name}; say where it is by base_url")
    exchange = Exchange(Sent(method, target, *sent), reply)
    broken = [
        outcome.finding
        for outcome in judge(rules.case(exchange))
        if outcome.finding is not None
        and outcome.promise.severity is Severity.ERROR
        and outcome.promise is not access.GRANTED  # only the test knows which credential is good
    ]
    if broken:
        raise AssertionError(_message(rules.contract, exchange, broken))


def _wanted(contract: Contract | str | Path | None) -> Contract:
    if isinstance(contract, Contract):
        return contract
    if contract is not None:
        return _loaded(str(contract))
    expected = EXPECTED.get()
    if expected is None:
        raise TypeError("name the contract that the response is to keep")
    return expected()


@lru_cache(maxsize=16)
def _loaded(name: str) -> Contract:
    return load_contract(name)


@dataclass(frozen=True, eq=False)
class _Same:
    """A contract as a key: contracts are the same if they are one object."""

    contract: Contract

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.contract is other.contract

    def __hash__(self) -> int:
        return id(self.contract)


@lru_cache(maxsize=16)
def _rules(key: _Same) -> Rules:
    return Rules(key.contract, meaning(key.contract), Credentials(lenient=True))


def _message(contract: Contract, exchange: Exchange, broken: Iterable[Finding]) -> str:
    sent, reply = exchange.sent, exchange.reply
    lines = [f"{sent.method} {sent.target} breaks its contract ({contract.name})"]
    for one in broken:
        about = f" ({one.subject})" if one.subject else ""
        document = contract.behaviour.document if one.declared else contract.document
        place = (document or contract.document).problem(one.pointer, "")
        lines += [
            f"  {one.promise.says}{about}",
            f"    expected: {one.expected}",
            f"    got:      {one.got}",
            f"    promised: {place.file}:{place.line} ({one.promise.id})",
        ]
    body = reply.body.decode("utf-8", "replace")
    shown = body if len(body) <= _SHOWN else f"{body[:_SHOWN]}..."
    return "\n".join([*lines, f"  response: {reply.status} {reply.media_type}", f"    {shown}"])


_Read = tuple[str, str, tuple[tuple[tuple[str, str], ...], bytes], Reply]
"""Method, URL, header fields and body of the request, and the reply."""


def _read(response: Any) -> _Read:
    if hasattr(response, "wsgi_request") or hasattr(response, "asgi_request"):
        return _of_django(response)
    request: Any = getattr(response, "request", None)
    if hasattr(request, "environ"):
        return _of_werkzeug(response, request)
    if not hasattr(response, "status_code") or not hasattr(request, "url"):
        raise TypeError(f"{type(response).__name__} is no response of a client that is known")
    body = request.content if hasattr(request, "content") else request.body
    sent = _fields(request.headers), _bytes(body)
    url = str(request.url)
    return request.method.upper(), url, sent, _reply(response, response.content)


def _of_django(response: Any) -> _Read:
    request = getattr(response, "wsgi_request", None) or response.asgi_request
    try:
        body = request.body
    except Exception:  # the view has read the stream itself; what the client gave it is there
        payload = response.request.get("wsgi.input", response.request.get("_body_file"))
        body = b"" if payload is None else payload._FakePayload__content.getvalue()
    url = f"http://{request.META.get('SERVER_NAME', 'testserver')}{request.get_full_path()}"
    streamed = getattr(response, "streaming", False)
    content = b"".join(response.streaming_content) if streamed else response.content
    if streamed:
        response.streaming_content = [content]
    return request.method, url, (_fields(request.headers), body), _reply(response, content)


def _of_werkzeug(response: Any, request: Any) -> _Read:
    environ = request.environ
    url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ['REQUEST_URI']}"
    sent = _fields(request.headers), _bytes(environ["wsgi.input"])
    return request.method, url, sent, _reply(response, response.get_data())


def _reply(response: Any, body: bytes) -> Reply:
    fields = _fields(response.headers)
    names = {name.lower(): value for name, value in reversed(fields)}
    if names.get("content-encoding") == "gzip" and body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)  # test clients hand over what a server would send
    kept = tuple(field for field in fields if field[0].lower() not in _NOT_SENT)
    return Reply(response.status_code, body, kept, names.get("content-type", ""))


def _fields(headers: Any) -> tuple[tuple[str, str], ...]:
    """Return header fields in order, each of those that came several times."""
    pairs = headers.multi_items() if hasattr(headers, "multi_items") else headers.items()
    return tuple((_text(name), wire(_text(value))) for name, value in pairs)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    """Return the body of a request, which may be a file that was read to its end."""
    if body is None or isinstance(body, bytes | str):
        return body.encode() if isinstance(body, str) else body or b""
    if not hasattr(body, "seek"):
        raise TypeError("the body of the request was a stream and cannot be read again")
    body.seek(0)
    found: bytes = body.read()
    return found
