"""A verdict as JSON for programs. `docs/reference/report.md` documents the layout.

`version` grows when something is removed or changes its meaning; additions leave it as it is.
"""

from __future__ import annotations

import json
from base64 import b64encode
from codecs import getincrementaldecoder
from collections.abc import Iterable, Mapping
from typing import Any, Final

from understudy.archive.curl import curl
from understudy.checks.promise import Finding, Severity
from understudy.checks.verdict import Verdict
from understudy.exchange import Exchange
from understudy.report.story import headline
from understudy.report.words import hidden, typed
from understudy.types import Json, JsonObject

VERSION: Final = 1

_BODY_LIMIT = 1 << 16
_UTF_8 = getincrementaldecoder("utf-8")


def as_json(verdict: Verdict, fail_on: Severity = Severity.ERROR) -> str:
    """Return the report as JSON."""
    whole = {**_run(verdict, fail_on), **_found(verdict, fail_on), **_tested(verdict)}
    return json.dumps(_encodable(whole), indent=2) + "\n"


def _run(verdict: Verdict, fail_on: Severity) -> JsonObject:
    contract = verdict.contract
    return {
        "format": "understudy-check",
        "version": VERSION,
        "verdict": headline(verdict, fail_on)[0].lower(),
        "exit_code": int(verdict.code(fail_on)),
        "contract": {
            "name": contract.name,
            "title": contract.title,
            "version": contract.version,
            "file": contract.document.problem("", "").file,
        },
        "target": hidden(verdict.target, verdict.secrets),
        "tier": verdict.tier,
        "seed": verdict.seed,
        "requests": verdict.requests,
        "seconds": round(verdict.seconds, 3),
        "complete": verdict.complete,
        "reproduce": typed(verdict.reproduce, verdict.secrets),
    }


def _found(verdict: Verdict, fail_on: Severity) -> JsonObject:
    failing = {one.fingerprint for one in verdict.failures(fail_on)}
    return {
        "findings": [
            _finding(verdict, f, fails=f.fingerprint in failing) for f in verdict.findings
        ],
        "accepted": [_finding(verdict, f, fails=False) for f in verdict.accepted],
        "unchecked": [
            {
                "what": one.what,
                "operation": one.operation,
                "reason": hidden(one.reason, verdict.secrets),
                "hint": one.hint,
                "vacuous": one.vacuous,
            }
            for one in verdict.unchecked
        ],
    }


def _tested(verdict: Verdict) -> JsonObject:
    coverage = verdict.coverage
    return {
        "tested": _rows("operation promise", verdict.tested),
        "coverage": {
            "statuses": _rows("operation status", coverage.statuses),
            "parameters": _rows("operation parameter keyword", coverage.parameters),
            "properties": _rows("operation status pointer", coverage.properties),
        },
    }


def _rows(names: str, counts: Mapping[tuple[Any, ...], int]) -> list[JsonObject]:
    return [
        {**dict(zip(names.split(), key, strict=True)), "count": count}
        for key, count in counts.items()
    ]


def _finding(verdict: Verdict, finding: Finding, *, fails: bool) -> JsonObject:
    file, line = verdict.place(finding)
    return {
        "fingerprint": finding.fingerprint,
        "promise": finding.promise.id,
        "says": finding.promise.says,
        "source": finding.promise.source,
        "severity": finding.promise.severity.value,
        "fails": fails,
        "operation": finding.operation,
        "subject": finding.subject,
        "keyword": finding.keyword,
        "expected": hidden(finding.expected, verdict.secrets),
        "got": hidden(finding.got, verdict.secrets),
        "file": file,
        "line": line,
        "pointer": finding.pointer,
        "exchanges": [_exchange(verdict, one) for one in finding.exchanges],
    }


def _exchange(verdict: Verdict, exchange: Exchange) -> JsonObject:
    sent, reply = exchange.sent, exchange.reply
    return {
        "curl": curl(exchange, verdict.target, verdict.secrets),
        "request": {
            "method": sent.method,
            "target": hidden(sent.target, verdict.secrets),
            "headers": _headers(sent.headers, verdict),
            **_body(sent.body, verdict),
        },
        "reply": {
            "status": reply.status,
            "media_type": hidden(reply.media_type, verdict.secrets),
            "headers": _headers(reply.headers, verdict),
            **_body(reply.body, verdict),
        },
        "seconds": round(exchange.seconds, 6),
    }


def _headers(headers: Iterable[tuple[str, str]], verdict: Verdict) -> list[list[str]]:
    return [[name, hidden(value, verdict.secrets)] for name, value in headers]


def _body(raw: bytes, verdict: Verdict) -> JsonObject:
    """Return a body as text or in Base64, and its length where it is cut."""
    text = hidden(raw.decode("utf-8", "surrogateescape"), verdict.secrets)
    shown = text.encode("utf-8", "surrogateescape")
    length = {"length": len(raw)} if len(shown) > _BODY_LIMIT else {}
    shown = shown[:_BODY_LIMIT]
    try:
        return {"body": _UTF_8().decode(shown, final=not length), **length}
    except UnicodeDecodeError:
        return {"body_base64": b64encode(shown).decode(), **length}


def _encodable(value: Json) -> Json:
    """Return `value` with lone surrogates, which are no UTF-8, spelled out."""
    if isinstance(value, dict):
        return {key: _encodable(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return value
