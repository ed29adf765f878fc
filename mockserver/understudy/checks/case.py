"""One exchange beside what the contract says about it: what every check of one exchange reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from understudy.checks.credentials import Credentials, Shown
from understudy.checks.odd import is_odd
from understudy.checks.promise import Finding, Outcome, Promise
from understudy.codec import loads
from understudy.contract.meaning.model import Meaning
from understudy.contract.model import Contract, Operation, Response
from understudy.contract.pointers import MISSING, join
from understudy.contract.schemas import general
from understudy.contract.validate import Validator
from understudy.contract.wire.bodies import is_deep
from understudy.contract.wire.reading import RequestReader, Understood
from understudy.contract.wire.route import Route, Router
from understudy.exchange import Exchange
from understudy.types import Json

Check: TypeAlias = Callable[["Case"], Iterator[Outcome]]
"""Yields an outcome for each promise that the case is about; nothing where it is about none."""

_JSON = re.compile(r"(?:application|text)/(?:[\w.+-]+\+)?json", re.IGNORECASE)


class Rules:
    """A contract compiled for checking: what reads requests and validates replies."""

    def __init__(
        self,
        contract: Contract,
        meaning: Meaning,
        credentials: Credentials,
        *,
        max_seconds: float | None = None,
    ) -> None:
        self.contract = contract
        self.max_seconds = max_seconds
        self.meaning = meaning
        self.credentials = credentials
        self._router = Router(contract)
        self._readers: dict[str, RequestReader] = {}
        self._validators: dict[tuple[str, str], Validator] = {}

    def case(self, exchange: Exchange) -> Case:
        """Return the case of `exchange`."""
        return Case(exchange, self, self._router.find(exchange.sent.target, exchange.sent.method))

    def reader(self, operation: Operation) -> RequestReader:
        """Return what reads the requests to `operation`, compiled when it is asked for first."""
        if operation.id not in self._readers:
            self._readers[operation.id] = RequestReader(operation, self.contract.schemas)
        return self._readers[operation.id]

    def validator(self, response: Response, media_type: str) -> Validator:
        """Return what validates the bodies of one documented media type."""
        return self._compiled(response.pointer, media_type, response.schemas[media_type])

    def header_validator(self, response: Response, name: str, schema: Json) -> Validator:
        """Return what validates one documented header field."""
        return self._compiled(response.pointer, f"header {name}", schema)

    def _compiled(self, pointer: str, what: str, schema: Json) -> Validator:
        key = pointer, what
        if key not in self._validators:
            self._validators[key] = Validator(schema, self.contract.schemas)
        return self._validators[key]


@dataclass(frozen=True)
class Case:
    """One exchange, read by the contract. `route` is None where no path template matches."""

    exchange: Exchange
    rules: Rules
    route: Route | None

    @property
    def status(self) -> int:
        """Return the status of the reply."""
        return self.exchange.reply.status

    @property
    def ok(self) -> bool:
        """Tell whether the reply is a success."""
        return 200 <= self.status < 300

    @cached_property
    def operation(self) -> Operation | None:
        """Return the operation that the request is for, or None if there is none."""
        return self.route.operations.get(self.exchange.sent.method) if self.route else None

    @cached_property
    def response(self) -> Response | None:
        """Return what is documented for the status that came.

        A 405 to a method that is not declared is what the other methods of the path document.
        """
        if self.operation is not None:
            return self.operation.documented(self.status)
        if self.route is None or self.status != 405:
            return None
        documented = (one.responses.get("405") for one in self.route.operations.values())
        return next((one for one in documented if one is not None), None)

    @cached_property
    def understood(self) -> Understood | None:
        """Return the request as the contract reads it."""
        if self.operation is None or self.route is None:
            return None
        return self.rules.reader(self.operation).read(
            self.exchange.sent, self.route.texts, self.route.raw
        )

    @cached_property
    def shown(self) -> Shown:
        """Return what the request shows of the credentials that its operation wants."""
        if self.operation is None:
            return Shown.GOOD
        return self.rules.credentials.shown(self.operation, self.exchange.sent)

    @cached_property
    def is_odd(self) -> bool:
        """Tell whether the request is one that servers may refuse whatever the contract says."""
        return is_odd(self.exchange.sent, self.route.texts.values() if self.route else ())

    @cached_property
    def media_type(self) -> str:
        """Return the documented media type that the reply has, or an empty text."""
        if self.response is None:
            return ""
        came = self.exchange.reply.media_type.partition(";")[0].strip().lower()
        return _documented_as(came, self.response.schemas)

    @cached_property
    def value(self) -> Json:
        """Return the decoded body of the reply, or MISSING if it is not JSON or nested too deep."""
        if not _JSON.match(self.exchange.reply.media_type):
            return MISSING
        try:
            value = loads(self.exchange.reply.body)
        except ValueError:
            return MISSING
        return MISSING if is_deep(value) else value

    def starred(self, tokens: Sequence[str | int]) -> str:
        """Return the pointer of a member of the body, with `*` for what is data."""
        schema = self.response.schemas.get(self.media_type, True) if self.response else True
        return join("", *general(schema, tokens, self.rules.contract.schemas))

    @property
    def label(self) -> str:
        """Return the operation, or in words what the request is for where there is none."""
        if self.operation is not None:
            return self.operation.label
        return f"other methods of {self.route.template}" if self.route else "other paths"

    def held(self, promise: Promise, subject: str = "", count: int = 1) -> Outcome:
        """Return that a promise was kept."""
        return Outcome(promise, self.label, subject, None, count)

    def broken(
        self,
        promise: Promise,
        expected: str,
        got: str,
        *,
        subject: str = "",
        keyword: str = "",
        pointer: str = "",
    ) -> Outcome:
        """Return that a promise was broken, as this exchange alone shows."""
        place = pointer or (self.operation.pointer if self.operation else "")
        found = Finding(
            promise, self.label, expected, got, subject, keyword, place, exchanges=(self.exchange,)
        )
        return Outcome(promise, self.label, subject, found)


def _documented_as(came: str, documented: Iterable[str]) -> str:
    """Return the documented media type or range that `came` is; exact ones go first."""
    by_name = {kind.partition(";")[0].strip().lower(): kind for kind in documented}
    for name in (came, f"{came.partition('/')[0]}/*", "*/*"):
        if name in by_name:
            return by_name[name]
    return ""
