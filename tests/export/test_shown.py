"""Whatever the contract: handlers answer every request that was shown, as it was answered."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from understudy import Settings
from understudy.contract.load import load_contract
from understudy.exchange import Exchange
from understudy.export.exporting import Wanted, export
from understudy.export.model import Told
from understudy.export.msw import modules
from understudy.export.routes import refusal

HERE = Path(__file__).parent
SPECS = [one for one in HERE.glob("../specs/*.yaml") if one.stem != "unions"]  # without operations
CONTRACTS = sorted([*HERE.glob("*.yaml"), *SPECS])
API = "http://api.test"

Ask = Callable[[dict[str, str], list[dict[str, Any]]], list[dict[str, Any]]]


def shown(told: Told) -> list[Exchange]:
    """Return what was asked of an operation, and what came."""
    missing = told.missing if told.member or not told.partial else None
    more = [one for one in (missing, told.unauthorized) if one is not None]
    return [*(one.exchange for one in told.shown), *more]


def asked(exchange: Exchange) -> dict[str, Any]:
    sent = exchange.sent
    body = sent.body.decode() or None
    return {
        "method": sent.method,
        "url": API + sent.target,
        "headers": dict(sent.headers),
        "body": body,
    }


def meant(body: bytes, kind: str) -> Any:
    return json.loads(body) if body and "json" in kind else body


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_what_was_shown_is_answered(path: Path, handlers: Ask) -> None:
    found = export(load_contract(path), Settings(), Wanted(count=2))
    written = modules(found, API)
    every = [one for told in found.told if not refusal(told.operation) for one in shown(told)]
    answers = handlers(dict(written), list(map(asked, every)))

    assert every
    for one, answer in zip(every, answers, strict=True):
        reply = one.reply
        assert answer.get("status") == reply.status, one.sent
        assert meant(answer["body"], reply.media_type) == meant(reply.body, reply.media_type)
        fields = {name.lower(): value for name, value in reply.headers}
        assert fields.items() <= answer["headers"].items(), one.sent
