"""What is told of one exchange that others had: what is wrong with the request, and the reply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from understudy.checks.case import Case, Rules
from understudy.checks.credentials import Credentials
from understudy.checks.every import judge
from understudy.checks.promise import Finding, Severity
from understudy.checks.request import subject_of
from understudy.checks.unshown import unshown
from understudy.contract.meaning.infer import meaning
from understudy.contract.model import Contract
from understudy.contract.wire.reading import kindly_valid
from understudy.exchange import Exchange, Reply, Sent
from understudy.types import JsonObject

REQUEST = "request/invalid"
"""What a request is called that the contract surely does not allow."""

_OF_BODIES = frozenset({"response/body", "response/problem", "response/undeclared-property"})
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Told:
    """One finding about an exchange, as the header field and the log tell it.

    `direction` is request or response; a finding without a `check` is a note on what was not
    looked at, and its text is in `got`.
    """

    direction: str
    check: str = ""
    subject: str = ""
    expected: str = ""
    got: str = ""
    keyword: str = ""
    severity: str = "error"

    @property
    def is_error(self) -> bool:
        """Tell whether this is a broken promise, and not only a warning or a note."""
        return bool(self.check) and self.severity == Severity.ERROR

    def as_json(self) -> JsonObject:
        """Return the finding as one JSON object."""
        if not self.check:
            return {"in": self.direction, "note": self.got}
        told = {
            "in": self.direction,
            "check": self.check,
            "severity": self.severity,
            "subject": self.subject,
            "expected": self.expected[:_SHOWN],
            "got": self.got[:_SHOWN],
        }
        return {key: value for key, value in told.items() if value}

    def __str__(self) -> str:
        """Return the finding as one line."""
        if not self.check:
            return printable(f"note: {self.direction}: {self.got}")
        about = f" {self.subject}" if self.subject else ""
        wanted = f"expected {self.expected[:_SHOWN]}, " if self.expected else ""
        return printable(f"{self.severity}: {self.check}{about}: {wanted}{self.got[:_SHOWN]}")


class Inspection:
    """The contract compiled for judging exchanges whose credentials are not known."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.rules = Rules(contract, meaning(contract), Credentials(lenient=True))

    def of_request(self, sent: Sent) -> list[Told]:
        """Return what is surely wrong with a request, whatever a server may read kindly."""
        case = self._case(sent, Reply(0))
        if case.operation is None or case.understood is None:
            return []
        schemas = self.contract.schemas
        return [
            Told("request", REQUEST, subject_of(case.operation, one, schemas), "", one.message,
                 one.keyword)
            for one in case.understood.invalid
            if not kindly_valid(one)
        ]  # fmt: skip

    def of_reply(self, exchange: Exchange, *, asked: bool = True, body: bool = True) -> list[Told]:
        """Return the broken promises that an exchange shows.

        Without `asked`, the request is not known in full and what depends on it is left out, and
        so is what depends on the body of the reply without `body`.
        """
        findings = self.findings(exchange)
        if not asked:
            findings = (one for one in findings if one.promise.family == "response")
        if not body:
            findings = (one for one in findings if not _needs_body(one))
        return [_told(one) for one in findings]

    def findings(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield the findings of an exchange; none for what says nothing of the API."""
        sent, reply = exchange.sent, exchange.reply
        if unshown(sent.method, sent.headers, reply.status):
            return
        for outcome in judge(self._case(sent, reply, exchange.seconds)):
            if outcome.finding is not None:
                yield outcome.finding

    def _case(self, sent: Sent, reply: Reply, seconds: float = 0.0) -> Case:
        return self.rules.case(Exchange(sent, reply, seconds))


def distinct(told: Iterable[Told]) -> list[Told]:
    """Return findings in their order, each once."""
    return list(dict.fromkeys(told))


def printable(text: str) -> str:
    """Return text in one line, without what would move the cursor of a terminal."""
    return "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text)


def _needs_body(finding: Finding) -> bool:
    return finding.promise.id in _OF_BODIES or finding.promise.family not in (
        "response", "access", "method", "request",
    )  # fmt: skip


def _told(finding: Finding) -> Told:
    return Told(
        "response",
        finding.promise.id,
        finding.subject,
        finding.expected,
        finding.got,
        finding.keyword,
        finding.promise.severity.value,
    )
