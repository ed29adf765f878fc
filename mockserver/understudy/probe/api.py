"""One API under check: every request that is sent is judged, counted and taken down."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from understudy.checks.case import Case, Rules
from understudy.checks.credentials import placed
from understudy.checks.every import judge
from understudy.contract.model import Operation, SecurityScheme
from understudy.contract.pointers import MISSING
from understudy.contract.wire.writing import Arguments, request
from understudy.exchange import Exchange, Reply, Sent
from understudy.probe.client import Client
from understudy.probe.judge import Judge
from understudy.types import Json

_SAFE = frozenset({"GET", "HEAD"})
_NO_REPLY = Reply(0, b"", (), "")


class TimeUpError(Exception):
    """The time for a run is over; what was found so far is reported."""


class NotReadOnlyError(Exception):
    """A request that is not safe was about to be sent in read-only mode."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run is doing: for those who watch."""

    phase: str
    operation: str
    requests: int
    findings: int
    left: float | None


Watch = Callable[[Progress], None]


class Api(Judge):
    """Asks an API by its contract. Whatever comes is judged on its own at once."""

    def __init__(
        self,
        rules: Rules,
        client: Client,
        *,
        read_only: bool = False,
        deadline: float | None = None,
        watch: Watch = lambda _progress: None,
    ) -> None:
        super().__init__(rules)
        self.phase = ""
        self.read_only = read_only
        self._client = client
        self._deadline = deadline
        self._watch = watch

    @property
    def base(self) -> str:
        """Return the address below which targets are."""
        return self._client.base

    @property
    def left(self) -> float | None:
        """Return how many seconds are left, or None where there is no end."""
        return None if self._deadline is None else max(self._deadline - time.monotonic(), 0)

    def check_time(self) -> None:
        """Raise TimeUpError if the time is over."""
        if self.left == 0:
            raise TimeUpError

    def ask(self, operation: Operation, arguments: Arguments, body: Json = MISSING) -> Case:
        """Send one request with good credentials and return its case."""
        sent = request(operation, arguments, body, self.rules.contract.schemas)
        return self.send(self.authorized(operation, sent))

    def as_second(self, operation: Operation, arguments: Arguments) -> Case:
        """Send one request with the credentials of the second user."""
        second = self.rules.credentials.second
        sent = request(operation, arguments, schemas=self.rules.contract.schemas)
        for schemes in operation.security:
            if all(scheme.name in second for scheme in schemes):
                for scheme in schemes:
                    sent = placed(sent, scheme, second[scheme.name])
                break
        return self.send(sent)

    def repeat(self, case: Case, method: str) -> Case:
        """Send the request of a case again, with another method."""
        return self.send(replace(case.exchange.sent, method=method))

    def get(self, target: str) -> Case:
        """Send a GET for a target below the address of the API, with good credentials."""
        sent = Sent("GET", target)
        operation = self.rules.case(Exchange(sent, _NO_REPLY)).operation
        return self.send(self.authorized(operation, sent) if operation else sent)

    def below(self, address: str) -> str | None:
        """Return the target below the address of the API that a URL leads to, or None.

        An address on another host, as of the public one, counts if its path is of the contract.
        """
        base, parts = urlsplit(self.base), urlsplit(address)
        for prefix in (base.path.rstrip("/"), self.rules.contract.base_path):
            path = parts.path.removeprefix(prefix)
            target = f"{path}?{parts.query}" if parts.query else path
            known = self.rules.case(Exchange(Sent("GET", target), _NO_REPLY)).route is not None
            if path.startswith("/") and (known or parts.netloc in ("", base.netloc)):
                return target
        return None

    def authorized(self, operation: Operation, sent: Sent) -> Sent:
        """Return `sent` with the good credentials of the first alternative that is known."""
        credentials = self.rules.credentials
        return self.with_schemes(credentials.alternative(operation) or (), sent)

    def with_schemes(self, schemes: Iterable[SecurityScheme], sent: Sent) -> Sent:
        """Return `sent` with the good credentials of `schemes`."""
        for scheme in schemes:
            sent = placed(sent, scheme, self.rules.credentials.values[scheme.name])
        return sent

    def common_headers(self) -> Mapping[str, str]:
        """Return the headers that carry good credentials to any operation."""
        found: dict[str, str] = {}
        for operation in self.rules.contract.operations.values():
            found |= dict(self.authorized(operation, Sent("GET", "/")).headers)
        return found

    def as_method(self, sent: Sent, method: str) -> Sent:
        """Return `sent` with another method, and a body where the method wants one."""
        if method not in ("POST", "PUT", "PATCH"):
            return replace(sent, method=method)
        headers = (*sent.headers, ("Content-Type", "application/json"))
        return replace(sent, method=method, headers=headers, body=b"{}")

    def send(self, sent: Sent) -> Case:
        """Send one request as it stands, and judge what comes.

        Raises TimeUpError when the time is over, NotReadOnlyError rather than break that word.
        """
        return self.judge(self._exchange(sent))

    def shows(self, sent: Sent, fingerprint: str) -> bool:
        """Send a request and tell whether it shows a known finding; nothing else is taken down."""
        outcomes = judge(self.rules.case(self._exchange(sent)))
        same = [one for one in outcomes if one.finding and one.finding.fingerprint == fingerprint]
        self.ledger.requests += 1
        self.note(same)
        return bool(same)

    def _exchange(self, sent: Sent) -> Exchange:
        if self.read_only and sent.method not in _SAFE:
            raise NotReadOnlyError(f"{sent.method} {sent.target}")
        self.check_time()
        return self._client.send(sent)

    def judge(self, exchange: Exchange) -> Case:
        """Judge an exchange, and tell those who watch."""
        case = super().judge(exchange)
        self._tell(case.label)
        return case

    def _tell(self, label: str) -> None:
        found = self.ledger.count
        self._watch(Progress(self.phase, label, self.ledger.requests, found, self.left))
