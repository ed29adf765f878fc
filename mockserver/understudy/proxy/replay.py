"""Serve a recording: a request is answered with what was recorded for the same request.

Requests are the same by method, path, query in any order, and body. Several answers to one
request are given in their order, the last of them again and again. What was taken out of a
recording as a secret is equal to whatever stands there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import IntEnum
from pathlib import Path
from urllib.parse import unquote_plus, unquote_to_bytes

from understudy.archive.redact import REDACTED
from understudy.codec import loads
from understudy.contract import pointers
from understudy.contract.model import Contract
from understudy.errors import ContractError, Problem
from understudy.exchange import Exchange, Reply, Sent
from understudy.probe.har import ELSEWHERE, read_entries
from understudy.probe.har_entry import EntryError, exchange_of
from understudy.probe.targets import Targets, address
from understudy.proxy.fields import end_to_end
from understudy.types import Json

_NEAREST = 3
_COMPARED = 200
_SHOWN = 80


class Match(IntEnum):
    """How much of a request has to be as recorded."""

    PATH = 0
    QUERY = 1
    BODY = 2


@dataclass(frozen=True, slots=True)
class Miss:
    """A recorded request that is near to one that was not recorded, and what differs."""

    request: str
    differs: tuple[str, ...]


@dataclass(frozen=True)
class Recorded:
    """One recorded exchange, ready to be compared."""

    exchange: Exchange
    path: bytes
    query: tuple[tuple[str, str], ...]
    body: Json

    def differences(self, other: Recorded) -> Iterator[tuple[Match, str]]:
        """Yield what differs in the request `other`, beyond method and path."""
        mine, asked = _grouped(self.query), _grouped(other.query)
        for name in sorted({*mine, *asked}):
            one, two = mine.get(name), asked.get(name)
            if not _alike(one, two):
                yield Match.QUERY, f"query {name}: recorded {_told(one)}, asked {_told(two)}"
        if not _alike(self.body, other.body):
            yield Match.BODY, f"body: {_body_difference(self.body, other.body)}"


class Tape:
    """The exchanges of a recording, and how often each request was answered."""

    def __init__(self, exchanges: Sequence[Exchange], match: Match = Match.BODY) -> None:
        self._match = match
        self._known: dict[tuple[str, bytes], list[Recorded]] = defaultdict(list)
        for exchange in exchanges:
            one = _recorded(exchange)
            self._known[exchange.sent.method, one.path].append(one)
        self._turns: Counter[tuple[int, ...]] = Counter()

    def answer(self, sent: Sent) -> Reply | None:
        """Return the next answer to a request, or None where none was recorded for it."""
        asked = _recorded(Exchange(sent, Reply(0)))
        known = self._known.get((sent.method, asked.path), ())
        if not known and sent.method == "HEAD":
            known = self._known.get(("GET", asked.path), ())
        same = [
            one
            for one in known
            if not any(what <= self._match for what, _ in one.differences(asked))
        ]
        if not same:
            return None
        key = tuple(map(id, same))
        turn = min(self._turns[key], len(same) - 1)
        self._turns[key] += 1
        return same[turn].exchange.reply

    def nearest(self, sent: Sent) -> list[Miss]:
        """Return the recorded requests that are most like `sent`, with what differs."""
        asked = _recorded(Exchange(sent, Reply(0)))
        ranked = sorted(self._known.items(), key=lambda item: _distance(item[0], sent, asked))
        found = []
        for (method, path), known in ranked[:_NEAREST]:
            differs = [f"method: recorded {method}"] if method != sent.method else []
            differs += [f"path: recorded {path.decode('utf-8', 'replace')}"] * (path != asked.path)
            for one in known[:_COMPARED]:
                more = [what for kind, what in one.differences(asked) if kind <= self._match]
                request = f"{method} {one.exchange.sent.target}"
                found.append(Miss(request, (*differs, *more)))
        found.sort(key=lambda miss: len(miss.differs))
        return list(dict.fromkeys(found))[:_NEAREST]


@dataclass(frozen=True, slots=True)
class Recording:
    """The exchanges of an archive; `left_out` counts the other entries by reason."""

    exchanges: tuple[Exchange, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)


def read_recording(path: Path, contract: Contract | None = None) -> Recording:
    """Return the exchanges of an archive, those with the API only where a contract is given.

    Raises ContractError for a file that is not HAR.
    """
    targets = Targets(contract) if contract is not None else None
    exchanges, problems, left_out = [], [], Counter[str]()
    for index, entry in enumerate(read_entries(path)):
        try:
            found = _exchange(entry, targets)
        except EntryError as wrong:
            where = pointers.join("/log/entries", index) + wrong.pointer
            problems.append(Problem(str(path), 0, where, wrong.message))
            continue
        if isinstance(found, Exchange):
            exchanges.append(found)
        else:
            left_out[found] += 1
    if problems:
        raise ContractError(problems)
    return Recording(tuple(exchanges), dict(left_out))


def _exchange(entry: Json, targets: Targets | None) -> Exchange | str:
    request = entry.get("request") if isinstance(entry, dict) else None
    url = request.get("url") if isinstance(request, dict) else None
    if not isinstance(url, str):
        raise EntryError("/request/url", "is no URL")
    asked = address(url)
    if asked is None or (targets is not None and targets.find(asked) is None):
        return ELSEWHERE
    target = f"{asked.path}?{asked.query}" if asked.query else asked.path
    found = exchange_of(entry, target, any_answer=True)
    return found if isinstance(found, str) else Exchange(found.sent, _playable(found.reply))


def _playable(reply: Reply) -> Reply:
    """Return a reply without what was true of the connection that it came by."""
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    kept = [one for one in end_to_end(raw) if one[0] != b"content-length"]
    fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in kept)
    return Reply(reply.status, reply.body, fields, reply.media_type)


def _recorded(exchange: Exchange) -> Recorded:
    sent = exchange.sent
    pairs = (pair.partition("=") for pair in sent.query.split("&") if pair)
    query = tuple((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)
    kind = sent.header("content-type").lower()
    body: Json = sent.body
    if kind.startswith("application/x-www-form-urlencoded"):
        form = (pair.partition("=") for pair in sent.body.decode("latin-1").split("&") if pair)
        body = _grouped([(unquote_plus(name), unquote_plus(value)) for name, _, value in form])
    elif sent.body:
        try:
            body = loads(sent.body)
        except ValueError:
            body = sent.body
    return Recorded(exchange, unquote_to_bytes(sent.path), query, body)


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _alike(recorded: Json, asked: Json) -> bool:
    """Tell whether two values are equal JSON; a secret that was taken out is like anything."""
    if recorded == REDACTED:
        return asked is not None
    if isinstance(recorded, dict) and isinstance(asked, dict):
        return recorded.keys() == asked.keys() and all(
            _alike(recorded[key], asked[key]) for key in recorded
        )
    if isinstance(recorded, list) and isinstance(asked, list):
        return len(recorded) == len(asked) and all(map(_alike, recorded, asked))
    if isinstance(recorded, bool) or isinstance(asked, bool):
        return recorded is asked
    return bool(recorded == asked)


def _body_difference(recorded: Json, asked: Json) -> str:
    """Return where two bodies differ first, in words."""
    if isinstance(recorded, dict) and isinstance(asked, dict):
        for key in sorted({*recorded, *asked}, key=str):
            one, two = recorded.get(key), asked.get(key)
            if not _alike(one, two):
                return f"{key}: recorded {_told(one)}, asked {_told(two)}"
    return f"recorded {_told(recorded)}, asked {_told(asked)}"


def _told(value: Json) -> str:
    if value is None or value == b"":
        return "nothing"
    text = repr(value[0] if isinstance(value, list) and len(value) == 1 else value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _distance(known: tuple[str, bytes], sent: Sent, asked: Recorded) -> tuple[float, bool]:
    method, path = known
    alike = SequenceMatcher(None, path[:_COMPARED], asked.path[:_COMPARED], autojunk=False)
    return -alike.ratio() if path != asked.path else -2.0, method != sent.method
