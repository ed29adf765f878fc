"""Read recorded traffic: HAR files (HTTP Archive 1.2) of browsers, proxies and test runs.

What shows nothing of the API, or too little of it, is left out and counted with the reason.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from understudy.codec import loads
from understudy.contract import pointers
from understudy.contract.model import Contract
from understudy.errors import ContractError, Problem
from understudy.exchange import Exchange
from understudy.probe.har_entry import EntryError, exchange_of
from understudy.probe.targets import Address, Targets, address
from understudy.types import Json, JsonObject

ELSEWHERE = "for another address"

_LIMIT = 1 << 30
_TOLD = 20


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file shows of an API; `left_out` counts the other entries by reason."""

    exchanges: tuple[Exchange, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)


def read_har(path: Path, contract: Contract, base_url: str = "") -> Recording:
    """Return the exchanges with the API of `contract` that a HAR file holds, in its order.

    `base_url` is the address of the API, base path included. Without it, every URL is taken that
    matches a path template below a server's path; if one of the contract's own hosts is among
    them, the other hosts are not. Raises ContractError for a file that is not HAR, and ValueError
    for a `base_url` that is no HTTP address.
    """
    targets = Targets(contract, base_url)
    exchanges, problems, left_out = [], [], Counter[str]()
    for pointer, entry, target in _aimed(read_entries(path), targets):
        try:
            found = exchange_of(entry, target) if target else _elsewhere(entry)
        except EntryError as wrong:
            problems.append(Problem(str(path), 0, pointer + wrong.pointer, wrong.message))
            continue
        if isinstance(found, Exchange):
            exchanges.append(found)
        else:
            left_out[found] += 1
    if problems:
        raise ContractError(problems[:_TOLD])
    return Recording(tuple(exchanges), dict(left_out))


def read_entries(path: Path) -> list[Json]:
    """Return the entries of a HAR file as they stand. Raises ContractError for what is none."""
    try:
        if path.stat().st_size > _LIMIT:
            raise ContractError([Problem(str(path), 0, "", f"is larger than {_LIMIT >> 30} GiB")])
        data = _parsed(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise ContractError([Problem(str(path), 0, "", message)]) from error
    except ValueError as error:
        raise ContractError([Problem(str(path), 0, "", f"is not JSON: {error}")]) from error
    log = data.get("log") if isinstance(data, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        hint = "an HTTP Archive has them, as browsers and proxies save it"
        problem = Problem(str(path), 0, "", "is not HAR: there is no list at /log/entries", hint)
        raise ContractError([problem])
    return entries


def _parsed(raw: bytes) -> Json:
    try:
        return loads(raw)
    except ValueError:
        if b"\\ud" not in raw.lower():
            raise
    try:
        return json.loads(raw)  # takes halves of surrogate pairs, which browsers write
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _aimed(
    entries: Sequence[Json], targets: Targets
) -> Iterator[tuple[str, JsonObject, str | None]]:
    """Yield pointer, entry and target, which is None where it is not for the API."""
    asked = [_address(entry) for entry in entries]
    found = [targets.find(one) if one else None for one in asked]
    own = targets.origins & {
        one.origin for one, target in zip(asked, found, strict=True) if one and target
    }
    for index, (entry, one, target) in enumerate(zip(entries, asked, found, strict=True)):
        foreign = own and not targets.is_fixed and one and one.origin not in own
        pointer = pointers.join("/log/entries", index)
        yield pointer, entry, None if foreign else target


def _address(entry: Json) -> Address | None:
    url = _url(entry)
    return address(url) if isinstance(url, str) else None


def _url(entry: Json) -> Json:
    request = entry.get("request") if isinstance(entry, dict) else None
    return request.get("url") if isinstance(request, dict) else None


def _elsewhere(entry: Json) -> str:
    if not isinstance(_url(entry), str):
        raise EntryError("/request/url", "is no URL")
    return ELSEWHERE
