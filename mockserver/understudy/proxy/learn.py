"""Turn recorded exchanges into named examples of a contract, as an OpenAPI Overlay 1.0.

Request and response of an exchange are examples of one name, so that they are a pair. Names are
told from what is in them: the same exchange has the same name in any recording.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from understudy.archive.recording import Record
from understudy.archive.redact import REDACTED, Redaction
from understudy.checks.case import Case
from understudy.codec import dumps, identity
from understudy.contract import pointers
from understudy.contract.locate import locate
from understudy.contract.model import Contract, Operation
from understudy.contract.pointers import MISSING
from understudy.exchange import Exchange, Request
from understudy.probe.har import Recording
from understudy.proxy.inspection import Inspector
from understudy.types import Json, JsonObject

DOCUMENTED = "documented"
"""The name that a single example of the contract gets where others come to stand beside it."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What becomes an example: valid exchanges, so many of an operation and status, so long."""

    invalid: bool = False
    each: int = 5
    size: int = 64 << 10


@dataclass(frozen=True, slots=True)
class Learned:
    """An overlay, how many examples are in it, and by reason what was left out."""

    overlay: JsonObject
    count: int
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Pair:
    """One exchange as examples: values by the pointer of what they are examples of."""

    name: str
    values: Mapping[str, Json]


def learn(
    contract: Contract, recording: Recording, redaction: Redaction, bounds: Bounds
) -> Learned:
    """Return the overlay that gives a contract the examples of a recording."""
    learner = _Learner(contract, bounds)
    left_out = Counter(recording.left_out)
    found: dict[str, dict[str, Json]] = {}
    count = 0
    for exchange in recording.exchanges:
        clean = redaction.record(Record(exchange, "", _NEVER)).exchange
        pair = learner.pair(clean)
        if isinstance(pair, str):
            left_out[pair] += 1
            continue
        count += 1
        for pointer, value in pair.values.items():
            found.setdefault(pointer, {})[pair.name] = {"value": value}
    actions = [
        action
        for pointer, examples in found.items()
        for action in _actions(contract.document.data, pointer, examples)
    ]
    title = f"Recorded examples of {contract.title}"
    overlay = {
        "overlay": "1.0.0",
        "info": {"title": title, "version": contract.version or "1"},
        "actions": actions,
    }
    return Learned(overlay, count, dict(left_out))


class _Learner:
    """Makes pairs of exchanges, as long as they are good for it."""

    def __init__(self, contract: Contract, bounds: Bounds) -> None:
        self._root = contract.document.data
        self._inspector = Inspector(contract)
        self._bounds = bounds
        self._asked: set[bytes] = set()
        self._counts: Counter[tuple[str, int]] = Counter()

    def pair(self, exchange: Exchange) -> _Pair | str:
        """Return the examples of an exchange, or why there are none."""
        case = self._inspector.rules.case(exchange)
        operation, understood = case.operation, case.understood
        if operation is None or understood is None:
            return "no operation is recorded in it"
        if case.response is None or not case.media_type:
            return _undocumented(case)
        value = _value(case)
        if value is MISSING:
            return "its response is neither JSON nor text"
        if not self._bounds.invalid and (understood.invalid or self._is_broken(exchange)):
            return "it breaks the contract"
        if len(dumps(value)) + len(exchange.sent.body) > self._bounds.size:
            return "it is too long"
        told = _told(understood.request)
        key = identity([operation.id, told, case.status])
        if key in self._asked:
            return "the same request was answered before"
        if self._counts[operation.id, case.status] >= self._bounds.each:
            return "there are enough of its operation and status"
        self._asked.add(key)
        self._counts[operation.id, case.status] += 1
        digest = sha256(identity([told, case.status, value])).hexdigest()[:8]
        name = f"{_slug(operation.id)}-{case.status}-{digest}"
        place = pointers.join(case.response.pointer, "content", case.media_type)
        values = dict(self._of_request(operation, understood.request, exchange))
        return _Pair(name, {**values, locate(self._root, place, ()): value})

    def _is_broken(self, exchange: Exchange) -> bool:
        return any(one.is_error for one in self._inspector.of_reply(exchange))

    def _of_request(
        self, operation: Operation, request: Request, exchange: Exchange
    ) -> Iterator[tuple[str, Json]]:
        """Yield the values of parameters and body with the pointers of what describes them.

        A path parameter that is declared nowhere has no place for an example.
        """
        given = {"path": request.path, "query": request.query, "header": request.headers}
        for parameter in (one for one in operation.parameters if one.pointer):
            value = given.get(parameter.location, {}).get(parameter.name, MISSING)
            if value is not MISSING and not _is_secret(value):
                yield locate(self._root, parameter.pointer, ()), value
        if operation.body is None or not exchange.sent.body or request.body is None:
            return
        kind = exchange.sent.header("content-type").partition(";")[0].strip().lower()
        known = {name.lower(): name for name in operation.body.content}
        name = known.get(kind) if kind else next(iter(operation.body.content), None)
        if name is not None:
            place = locate(self._root, pointers.join(operation.pointer, "requestBody"), ())
            yield pointers.join(place, "content", name), request.body


def _undocumented(case: Case) -> str:
    if case.response is None:
        return "its status is not documented"
    body = case.exchange.reply.body
    return "its media type is not documented" if body else "its response has no body"


def _value(case: Case) -> Json:
    """Return the body of a reply as the value of an example: JSON or text."""
    if case.value is not MISSING:
        return case.value
    body = case.exchange.reply.body
    if not body or "json" in case.exchange.reply.media_type:
        return MISSING
    try:
        return body.decode()
    except UnicodeDecodeError:
        return MISSING


def _told(request: Request) -> JsonObject:
    """Return what tells one request from another."""
    return {
        "path": dict(request.path),
        "query": dict(request.query),
        "headers": dict(request.headers),
        "body": request.body,
    }


def _is_secret(value: Json) -> bool:
    return isinstance(value, str) and REDACTED in value


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-")


def _actions(root: Json, pointer: str, examples: Mapping[str, Json]) -> Iterator[JsonObject]:
    """Yield the actions that add examples at a pointer.

    `example` and `examples` exclude each other (OpenAPI 3.1.1, "Media Type Object"): the one
    that is there becomes one of the named.
    """
    tokens = pointers.split(pointer)
    holder: Any = pointers.follow(root, tokens)
    if not isinstance(holder, dict):
        return
    target = json_path(root, tokens)
    added = dict(examples)
    if "example" in holder:
        added = {DOCUMENTED: {"value": holder["example"]}, **added}
    yield {"target": target, "update": {"examples": added}}
    if "example" in holder:
        yield {"target": json_path(root, (*tokens, "example")), "remove": True}


def json_path(root: Json, tokens: tuple[str, ...]) -> str:
    """Return the JSONPath (RFC 9535) of what `tokens` lead to in `root`."""
    path, value = "$", root
    for token in tokens:
        if isinstance(value, list):
            path += f"[{token}]"
        elif _PLAIN.fullmatch(token):
            path += f".{token}"
        else:
            escaped = token.replace("\\", "\\\\").replace("'", "\\'")
            path += f"['{escaped}']"
        value = pointers.step(value, token)
    return path
