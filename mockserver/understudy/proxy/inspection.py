"""Hold what passes through a proxy to the contract, in the words of the checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from understudy.checks.inspection import Inspection, Told
from understudy.codec import dumps
from understudy.contract.model import Contract, Operation
from understudy.contract.wire.route import Route, Router
from understudy.probe.targets import Targets, address
from understudy.proxy.upstream import Place
from understudy.types import JsonObject

HEADER_LIMIT = 8192
"""How long the header field with the findings may be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks of the API: its target below the API's address, and the route there."""

    target: str
    route: Route
    operation: Operation | None


class Inspector(Inspection):
    """The contract compiled for what goes to and comes from the service at one place."""

    def __init__(self, contract: Contract, at: Place | None = None) -> None:
        super().__init__(contract)
        self._targets = Targets(contract)
        self._below = Targets(contract, f"{at.origin}{at.path}" if at else "")
        self._router = Router(contract)

    def asked(self, method: str, url: str) -> Asked | None:
        """Return what a request for `url` asks of the API; None where no path of it matches.

        The URL is read as in recorded traffic; where it matches nothing, its path below the
        address of the service is.
        """
        found = address(url)
        for targets in (self._targets, self._below) if found else ():
            target = targets.find(found) if found else None
            route = self._router.find(target, method) if target else None
            if target and route:
                return Asked(target, route, route.operations.get(method))
        return None


def as_header(told: Sequence[Told]) -> bytes:
    """Return findings as a JSON array that fits a header field; the last item counts the rest."""
    kept: list[JsonObject] = []
    size = len('[{"more":99999}]')
    for one in told:
        entry = one.as_json()
        size += len(_ascii(entry)) + 1
        if size > HEADER_LIMIT:
            break
        kept.append(entry)
    if len(kept) < len(told):
        kept.append({"more": len(told) - len(kept)})
    return b"[" + b",".join(map(_ascii, kept)) + b"]"


def _ascii(entry: JsonObject) -> bytes:
    text = dumps(entry).decode()
    units = (one if " " <= one <= "~" else _escaped(one) for one in text)
    return "".join(units).encode()


def _escaped(sign: str) -> str:
    raw = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{raw[at] << 8 | raw[at + 1]:04x}" for at in range(0, len(raw), 2))
