"""Requests that Schemathesis makes: its events are read, its verdicts are not.

The gate to schemathesis, whose engine is importable but not documented: the version is pinned.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from schemathesis import Config
from schemathesis.engine import events, from_schema

from understudy.contract.model import Contract
from understudy.exchange import Exchange, Reply, Sent
from understudy.probe.client import Connection
from understudy.types import JsonObject

_OF_THE_CLIENT = frozenset(
    "accept accept-encoding connection content-length user-agent x-schemathesis-testcaseid".split()
)
_WHOLE = 1 << 30
_LEFT_OUT = frozenset({"content-type", "connection"})


@dataclass(frozen=True, slots=True)
class Generation:
    """How much to generate. `unsafe` also sends methods other than GET and HEAD.

    `headers` are sent with every request; after so many `seconds`, if they are given, it ends.
    """

    seed: int
    examples: int
    stateful: bool
    unsafe: bool
    connection: Connection
    headers: Mapping[str, str]
    operations: tuple[str, ...]
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that Schemathesis could not do."""

    label: str
    message: str


def generated(
    contract: Contract, base: str, app: Any, how: Generation
) -> Iterator[Exchange | Trouble]:
    """Run the engine against the API at `base` or `app`, and yield what went back and forth.

    Raises KeyboardInterrupt where that ended it.
    """
    prefix = urlsplit(base).path.rstrip("/")
    document: JsonObject = {**contract.document.data, "servers": [{"url": prefix or "/"}]}
    schema: Any = schemathesis.openapi.from_dict(document, config=_config(base, app, how))
    schema = _chosen(schema, how)
    if app is not None:
        schema.app = app
    stream = from_schema(schema).execute()
    with _stopped(stream, how.seconds) as time_up:
        for event in stream:
            match event:
                case events.ScenarioFinished():
                    for interaction in event.recorder.interactions.values():
                        yield _exchange(interaction, prefix)
                case events.NonFatalError():
                    yield Trouble(str(event.label), str(event.info.message))
                case events.FatalError():
                    yield Trouble("", str(event.exception))
                case events.Interrupted() if not time_up.is_set():
                    raise KeyboardInterrupt


@contextmanager
def _stopped(stream: Any, seconds: float | None) -> Iterator[threading.Event]:
    """Stop the engine when the time is up, and yield what tells that it is."""
    time_up = threading.Event()

    def stop() -> None:
        time_up.set()
        stream.stop()

    timer = threading.Timer(seconds or 0, stop)
    if seconds is not None:
        timer.start()
    try:
        yield time_up
    finally:
        timer.cancel()


def _chosen(schema: Any, how: Generation) -> Any:
    """Return the schema with the operations that are to be asked."""
    labels = [one for one in how.operations if how.unsafe or one.startswith(("GET ", "HEAD "))]
    return schema.include(func=lambda one: one.operation.label in labels)


def _config(base: str, app: Any, how: Generation) -> Config:
    phases: JsonObject = {
        "coverage": {} if how.unsafe else {"unexpected-methods": []},
        "stateful": {"enabled": how.stateful},
    }
    settings: JsonObject = {
        "seed": how.seed,
        "workers": 1,
        "cache": {"enabled": False},
        "continue-on-failure": True,
        "output": {"truncation": {"max-recorded-payload-size": _WHOLE}},
        "request-timeout": how.connection.timeout,
        "headers": dict(how.headers),
        "generation": {
            "database": "none",
            "max-examples": how.examples,
            "with-security-parameters": False,
            "allow-extra-parameters": False,
        },
        "checks": {"not_a_server_error": {"enabled": True}, **_OFF},
        "phases": phases,
        "tls-verify": how.connection.verify,
        **dict(zip(("request-cert", "request-cert-key"), how.connection.certificate, strict=False)),
    }
    if app is None:
        settings["base-url"] = base
    if rate := how.connection.rate:
        settings["rate-limit"] = f"{int(rate)}/s" if rate >= 1 else f"{max(int(rate * 60), 1)}/m"
    return Config.from_dict(settings)


_OFF: JsonObject = {
    name: {"enabled": False}
    for name in """
    allow_header_conformance content_type_conformance ensure_resource_availability ignored_auth
    missing_required_header negative_data_rejection object_level_authorization
    positive_data_acceptance response_headers_conformance response_schema_conformance
    status_code_conformance unsupported_method use_after_free
    """.split()
}


def _exchange(interaction: Any, prefix: str) -> Exchange:
    asked, answer = interaction.request, interaction.response
    parts = urlsplit(asked.uri)
    path = parts.path.removeprefix(prefix) or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    headers = tuple(
        (key, str(value[0] if isinstance(value, list) else value))
        for key, value in asked.headers.items()
        if key.lower() not in _OF_THE_CLIENT
    )
    sent = Sent(asked.method, target, headers, asked.body or b"")
    if answer is None:
        return Exchange(sent, Reply(0, b"no answer", (), ""))
    fields = tuple(
        (name, str(value))
        for name, values in answer.headers.items()
        for value in values
        if name not in _LEFT_OUT
    )
    media_type = ", ".join(answer.headers.get("content-type", []))
    reply = Reply(answer.status_code, answer.content or b"", fields, media_type)
    return Exchange(sent, reply, answer.elapsed)
