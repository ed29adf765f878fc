"""Read an entry of the journal: what it asked of which contract, what was wrong, no secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple

from understudy.archive.recording import Record
from understudy.archive.redact import REDACTED, redaction
from understudy.checks.inspection import Inspection, Told, distinct
from understudy.codec import loads
from understudy.contract.model import Contract, Operation
from understudy.contract.pointers import MISSING
from understudy.contract.wire.reading import Understood
from understudy.contract.wire.route import Route
from understudy.exchange import Exchange, Reply, Sent
from understudy.server.routing import Places
from understudy.state.journal import NOT_READ, Entry, Fields
from understudy.types import Json

_DIGITS = 10
_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


class Served(NamedTuple):
    """One contract, the prefix of its paths, and where its operations are."""

    prefix: str
    contract: Contract
    places: Places


class Asked(NamedTuple):
    """What a request asked of one contract; `target` is below the address of the API."""

    served: Served
    target: str
    route: Route


class Reader:
    """Reads the entries of the journal of one server."""

    def __init__(self, served: Sequence[Served], secret: Sequence[str] = ()) -> None:
        self._served = served
        self.redaction = redaction(*(one.contract for one in served), names=secret)
        self._inspections: dict[str, Inspection] = {}

    def seen(self, entry: Entry) -> Seen:
        """Return an entry to be read."""
        return Seen(entry, self)

    def asked(self, method: str, target: str) -> Asked | None:
        """Return what a request asks; a path without a prefix counts if just one contract has it.

        Where a contract has the path under its prefix, no other is meant.
        """
        for one in self._served:
            if not one.prefix or target.startswith(f"{one.prefix}/"):
                found = one.places.below(target, method)
                return Asked(one, *found) if found else None
        tried = ((one, one.places.below(one.prefix + target, method)) for one in self._served)
        matching = [Asked(one, *found) for one, found in tried if found]
        return matching[0] if len(matching) == 1 else None

    def inspection(self, contract: Contract) -> Inspection:
        """Return what judges exchanges with one contract, compiled when it is asked for first."""
        if contract.name not in self._inspections:
            self._inspections[contract.name] = Inspection(contract)
        return self._inspections[contract.name]


@dataclass(frozen=True)
class Seen:
    """An entry beside what the contracts say about it; each part is read when it is asked for."""

    entry: Entry
    reader: Reader

    @cached_property
    def asked(self) -> Asked | None:
        """Return what the request asks of which contract."""
        return self.reader.asked(self.entry.method, self.entry.target)

    @property
    def contract(self) -> str:
        """Return the name of the contract that the request was for, or an empty text."""
        return self.asked.served.contract.name if self.asked else ""

    @property
    def operation(self) -> Operation | None:
        """Return the operation that the request was for; HEAD is for that of GET."""
        return self.asked.route.operation(self.entry.method) if self.asked else None

    @property
    def texts(self) -> Mapping[str, str | None]:
        """Return the texts of the path parameters, secrets included."""
        return self.asked.route.texts if self.asked else {}

    @cached_property
    def record(self) -> Record:
        """Return the exchange as it was, secrets included."""
        entry = self.entry
        sent = Sent(entry.method, entry.target, _texts(entry.fields), entry.body)
        kind = next((v.decode("latin-1") for k, v in entry.reply_fields if _is_type(k)), "")
        others = tuple((k, v) for k, v in entry.reply_fields if not _is_type(k))
        reply = Reply(entry.status, entry.reply, _texts(others), kind)
        return Record(
            Exchange(sent, reply, entry.seconds),
            f"http://{_authority(sent.header('host'))}",
            datetime.fromtimestamp(entry.started, UTC),
            _missing(entry, sent),
            None if len(entry.reply) == entry.reply_size and entry.whole else entry.reply_size,
        )

    @cached_property
    def shown(self) -> Record:
        """Return the exchange without secrets."""
        return self.reader.redaction.record(self.record)

    @cached_property
    def understood(self) -> Understood | None:
        """Return the request as its operation reads it; None where that says nothing."""
        return self._understood(self.record)

    @cached_property
    def understood_shown(self) -> Understood | None:
        """Return the request without secrets, as its operation reads it."""
        return self._understood(self.shown)

    @cached_property
    def findings(self) -> Sequence[Told]:
        """Return what is wrong with the request, and with the answer, without secrets."""
        if self.asked is None or not self.entry.status:
            return ()
        record, inspection = self.record, self.reader.inspection(self.asked.served.contract)
        sent = _retargeted(record.exchange.sent, self.asked.target)
        exchange = Exchange(sent, record.exchange.reply, record.exchange.seconds)
        whole, kept = record.request_size is None, record.reply_size is None
        found = inspection.of_request(sent) if whole else []
        found += inspection.of_reply(exchange, asked=whole, body=kept)
        secrets = self.reader.redaction.secrets(record)
        return [_without(one, secrets) for one in distinct(found)]

    def _understood(self, record: Record) -> Understood | None:
        if self.operation is None or self.asked is None or record.request_size is not None:
            return None
        reader = self.reader.inspection(self.asked.served.contract).rules.reader(self.operation)
        asked = self.asked
        if record is not self.record:  # of which the target may be another one
            asked = self.reader.asked(self.entry.method, record.exchange.sent.target) or asked
        sent = _retargeted(record.exchange.sent, asked.target)
        return reader.read(sent, asked.route.texts, asked.route.raw)


def body_of(record: Record, understood: Understood | None) -> Json:
    """Return the body of a request as a value; text where it is no JSON; MISSING without one."""
    raw = record.exchange.sent.body
    if understood is not None and understood.request.body is not None:
        return understood.request.body
    if not raw:
        return MISSING
    try:
        return loads(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")


def _without(told: Told, secrets: Sequence[str]) -> Told:
    expected, got = told.expected, told.got
    for secret in secrets:
        expected, got = _cleared(expected, secret), _cleared(got, secret)
    return Told(
        told.direction, told.check, told.subject, expected, got, told.keyword, told.severity
    )


def _cleared(text: str, secret: str) -> str:
    """Return text without a secret, nor the beginning of one at which it was cut."""
    text = text.replace(secret, REDACTED)
    for length in range(len(secret) - 1, 3, -1):
        if text.endswith(secret[:length]):
            return f"{text[:-length]}{REDACTED}"
    return text


def _authority(host: str) -> str:
    """Return where a request was sent, as its Host says, or some place where that is none."""
    return host if _HOST.fullmatch(host) else "localhost"


def _missing(entry: Entry, sent: Sent) -> int | None:
    """Return how long a body of a request was that was not kept whole; None where it was."""
    if entry.size != NOT_READ:
        return None if len(entry.body) == entry.size else entry.size
    length = sent.header("content-length")
    if length.isdecimal() and len(length) < _DIGITS:
        return int(length) or None
    return 0 if sent.header("transfer-encoding") else None


def _retargeted(sent: Sent, target: str) -> Sent:
    return Sent(sent.method, target, sent.headers, sent.body)


def _texts(fields: Fields) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields)


def _is_type(name: bytes) -> bool:
    return name.lower() == b"content-type"


def parameters_of(understood: Understood | None) -> Mapping[str, Mapping[str, Json]]:
    """Return the decoded parameters of a request by their location and name."""
    if understood is None:
        return {}
    found = understood.request
    return {
        "path": found.path, "query": found.query, "header": found.headers, "cookie": found.cookies
    }  # fmt: skip
