"""Make the request that shows a finding smaller, as long as it still shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from understudy.checks.promise import Finding
from understudy.codec import dumps, loads
from understudy.exchange import Sent
from understudy.probe.api import Api
from understudy.types import Json

_TRIES = 24
_FINDINGS = 40


def reduce(api: Api) -> None:
    """Send smaller requests for each finding that one exchange shows; the smallest is kept."""
    for finding in api.ledger.findings[:_FINDINGS]:
        if len(finding.exchanges) == 1:
            _one(api, finding)


def _one(api: Api, finding: Finding) -> None:
    sent, tries = finding.exchanges[0].sent, 0
    progress = True
    while progress and tries < _TRIES:
        progress = False
        for smaller in _smaller(sent):
            tries += 1
            if api.shows(smaller, finding.fingerprint):
                sent, progress = smaller, True
                break
            if tries >= _TRIES:
                return


def _smaller(sent: Sent) -> Iterator[Sent]:
    """Yield the request without one parameter of its query or one member of its body."""
    pairs = sent.query.split("&") if sent.query else []
    for index in range(len(pairs)):
        rest = "&".join(pairs[:index] + pairs[index + 1 :])
        yield replace(sent, target=f"{sent.path}?{rest}" if rest else sent.path)
    try:
        body: Json = loads(sent.body) if sent.body else None
    except ValueError:
        return
    if isinstance(body, dict):
        for key in body:
            yield replace(sent, body=dumps({k: v for k, v in body.items() if k != key}))
        for key, value in body.items():
            if isinstance(value, str) and len(value) > 1:
                yield replace(sent, body=dumps({**body, key: value[: len(value) // 2]}))
            elif isinstance(value, dict | list) and value:
                yield replace(sent, body=dumps({**body, key: type(value)()}))
