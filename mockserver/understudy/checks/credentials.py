"""The credentials of a run, and what a request shows of those that its operation wants."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_plus

from understudy.contract.model import Operation, SecurityScheme
from understudy.exchange import Sent


class Shown(enum.Enum):
    """What a request shows: the good credential, none at all, or another one."""

    GOOD = "good"
    NONE = "none"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What identifies the client, by the name of a security scheme, as it stands on the wire.

    `values` hold `Bearer ...` and `Basic ...` in full, `second` those of another user, which are
    good as well but must not show what belongs to the first. `headers` are sent with every request.
    With `lenient`, a credential that is not known is taken for good, as in recorded traffic.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()
    lenient: bool = False
    second: Mapping[str, str] = field(default_factory=dict)

    def alternative(self, operation: Operation) -> Sequence[SecurityScheme] | None:
        """Return the schemes of the first alternative that can be shown in full, or None."""
        for schemes in operation.security:
            if all(scheme.name in self.values for scheme in schemes):
                return schemes
        return () if not operation.security else None

    def shown(self, operation: Operation, sent: Sent) -> Shown:
        """Return what `sent` shows of the credentials that `operation` wants."""
        if not operation.security or any(not schemes for schemes in operation.security):
            return Shown.GOOD
        told = self._told(operation, sent)
        for schemes in operation.security:
            if all(told[scheme.name] is Shown.GOOD for scheme in schemes):
                return Shown.GOOD
        return Shown.NONE if set(told.values()) == {Shown.NONE} else Shown.OTHER

    def _told(self, operation: Operation, sent: Sent) -> Mapping[str, Shown]:
        return {
            scheme.name: self._one(scheme, sent)
            for schemes in operation.security
            for scheme in schemes
        }

    def _one(self, scheme: SecurityScheme, sent: Sent) -> Shown:
        found = found_in(sent, scheme)
        if not found:
            return Shown.NONE
        if self.lenient:
            return Shown.GOOD
        good = (self.values.get(scheme.name), self.second.get(scheme.name))
        return Shown.GOOD if len(found) == 1 and found[0] in good else Shown.OTHER


def found_in(sent: Sent, scheme: SecurityScheme) -> list[str]:
    """Return the values that stand where the credential of `scheme` goes."""
    if scheme.location == "query":
        pairs = (pair.partition("=") for pair in sent.query.split("&"))
        return [unquote_plus(v) for k, _, v in pairs if unquote_plus(k) == scheme.parameter]
    if scheme.location == "cookie":
        cookies = (pair.strip().partition("=") for pair in sent.header("cookie").split(";"))
        return [value for key, _, value in cookies if key == scheme.parameter]
    name = scheme.parameter.lower()
    return [value for key, value in sent.headers if key.lower() == name]


def placed(sent: Sent, scheme: SecurityScheme, value: str) -> Sent:
    """Return `sent` with `value` where the credential of `scheme` goes."""
    if scheme.location == "query":
        sign = "&" if "?" in sent.target else "?"
        target = f"{sent.target}{sign}{quote(scheme.parameter)}={quote(value)}"
        return Sent(sent.method, target, sent.headers, sent.body)
    field_ = (scheme.parameter, value)
    if scheme.location == "cookie":
        field_ = ("Cookie", f"{scheme.parameter}={value}")
    return Sent(sent.method, sent.target, (*sent.headers, field_), sent.body)
