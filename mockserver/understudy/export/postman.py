"""A Postman collection (format 2.1.0): requests with variables, and answers as saved examples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_plus

from understudy.contract.model import Operation, Parameter, SecurityScheme
from understudy.contract.wire import media_types
from understudy.contract.wire.writing import Arguments, text
from understudy.exchange import Exchange, Sent
from understudy.export.model import Export, Told
from understudy.respond.access import example
from understudy.types import Json, JsonObject

SCHEMA: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

_EXAMPLES: Final = 3
"""How many successes of one operation are saved."""

_BASE: Final = "{{baseUrl}}"


def collection(export: Export, base: str) -> JsonObject:
    """Return the collection; `base` is the value of the variable for the address of the API."""
    contract = export.contract
    told = [one for one in export.told if one.shown]
    schemes = [s for one in told for each in one.operation.security[:1] for s in each]
    credentials = {name: value for one in schemes for name, value in _credentials(one).items()}
    variables = {"baseUrl": base.rstrip("/"), **credentials}
    return {
        "info": {
            "name": contract.title,
            "description": f"Version {contract.version}, with answers of its stand-in under seed "
            f"{export.seed}. Examples of errors ask for them by the parameter __code, which the "
            "stand-in knows.",
            "schema": SCHEMA,
        },
        "item": [_item(one) for one in told],
        "variable": [
            {"key": name, "value": value, "type": "string"} for name, value in variables.items()
        ],
    }


def _item(told: Told) -> JsonObject:
    operation, first = told.operation, told.shown[0]
    return {
        "name": operation.summary or operation.label,
        "request": _request(operation, first.arguments, first.exchange.sent),
        "response": [_response(name, exchange) for name, exchange in _examples(told)],
    }


def _examples(told: Told) -> Iterator[tuple[str, Exchange]]:
    """Yield the answers to be saved, with their names."""
    for number, one in enumerate(told.shown[:_EXAMPLES], 1):
        yield _named(one.exchange) + (f" ({number})" if number > 1 else ""), one.exchange
    if told.missing is not None:
        yield f"{_named(told.missing)}: no such id", told.missing
    if told.unauthorized is not None:
        yield f"{_named(told.unauthorized)}: no credential", told.unauthorized
    for number, step in enumerate(told.steps, 1):
        if step is not None:
            yield f"{_named(step)}: call {number} of the scenario", step
    for error in told.errors.values():
        yield _named(error), error


def _named(exchange: Exchange) -> str:
    status = exchange.reply.status
    return f"{status} {_phrase(status)}".rstrip()


def _request(operation: Operation, arguments: Arguments, sent: Sent) -> JsonObject:
    """Return the request of an operation, with variables where its template has parameters."""
    schemes = operation.security[0] if operation.security else ()
    hidden = {one.parameter.lower() for one in schemes if one.location != "query"}
    fields = [pair for pair in sent.headers if pair[0].lower() not in hidden]
    others = [pair for one in schemes[1:] for pair in _as_field(one)]
    found: JsonObject = {
        "auth": _auth(schemes[0]) if schemes else {"type": "noauth"},
        "method": operation.method.upper(),
        "header": _pairs([*fields, *others]),
        "url": _templated(operation, arguments),
        **_body(sent),
    }
    if operation.description or operation.summary:
        found["description"] = operation.description or operation.summary
    return found


def _templated(operation: Operation, arguments: Arguments) -> JsonObject:
    """Return the URL of an operation; optional parameters are there and switched off."""
    template = operation.path.partition("?")[0]
    values = {name: text(v) for (place, name), v in arguments.items() if place == "path"}
    whole = {name: value for name, value in values.items() if f"/{{{name}}}/" in f"{template}/"}
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", f":{name}" if name in whole else value)
    query = [_asked(one, arguments) for one in operation.parameters if one.location == "query"]
    enabled = "&".join(f"{one['key']}={one['value']}" for one in query if "disabled" not in one)
    return {
        "raw": f"{_BASE}{template}{'?' if enabled else ''}{enabled}",
        "host": [_BASE],
        "path": template.strip("/").split("/"),
        "query": query,
        "variable": [
            {"key": one.name, "value": whole[one.name], **_described(one)}
            for one in operation.parameters
            if one.location == "path" and one.name in whole
        ],
    }


def _asked(parameter: Parameter, arguments: Arguments) -> JsonObject:
    place = parameter.location, parameter.name
    value = arguments.get(place, parameter.example)
    found = {
        "key": parameter.name,
        "value": "" if value is None else text(value),
        **_described(parameter),
    }
    return found if place in arguments else {**found, "disabled": True}


def _described(parameter: Parameter) -> JsonObject:
    return {"description": parameter.description} if parameter.description else {}


def _response(name: str, exchange: Exchange) -> JsonObject:
    """Return a saved example with the request that it answers."""
    sent, reply = exchange.sent, exchange.reply
    kind = [("Content-Type", reply.media_type)] if reply.media_type else []
    found: JsonObject = {
        "name": name,
        "originalRequest": {
            "method": sent.method,
            "header": _pairs(sent.headers),
            "url": _plain(sent),
            **_body(sent),
        },
        "status": _phrase(reply.status),
        "code": reply.status,
        "_postman_previewlanguage": "json" if media_types.is_json(reply.media_type) else "text",
        "header": _pairs([*kind, *reply.headers]),
        "cookie": [],
    }
    try:
        found["body"] = reply.body.decode()
    except UnicodeDecodeError:
        found["name"] = f"{name}, with a body of {len(reply.body)} bytes that is no text"
    return found


def _plain(sent: Sent) -> JsonObject:
    pairs = (pair.partition("=") for pair in sent.query.split("&") if pair)
    return {
        "raw": f"{_BASE}{sent.target}",
        "host": [_BASE],
        "path": sent.path.strip("/").split("/"),
        "query": [{"key": unquote_plus(key), "value": unquote_plus(v)} for key, _, v in pairs],
    }


def _body(sent: Sent) -> JsonObject:
    """Return the body of a request as text; nothing where there is none, or it is no text."""
    try:
        raw = sent.body.decode()
    except UnicodeDecodeError:
        return {}
    if not raw:
        return {}
    is_json = media_types.is_json(sent.header("content-type"))
    language = "json" if is_json else "text"
    return {"body": {"mode": "raw", "raw": raw, "options": {"raw": {"language": language}}}}


def _auth(scheme: SecurityScheme) -> JsonObject:
    """Return how Postman shows a credential, which is a variable of the collection."""
    names = [f"{{{{{name}}}}}" for name in _credentials(scheme)]
    if scheme.kind == "apiKey" and scheme.location != "cookie":
        told = {"key": scheme.parameter, "value": names[0], "in": scheme.location}
        return {"type": "apikey", "apikey": _attributes(told)}
    if scheme.kind == "bearer":
        return {"type": "bearer", "bearer": _attributes({"token": names[0]})}
    if scheme.kind == "basic":
        told = {"username": names[0], "password": names[1]}
        return {"type": "basic", "basic": _attributes(told)}
    return {"type": "noauth"}


def _attributes(told: Mapping[str, str]) -> list[Json]:
    return [{"key": key, "value": value, "type": "string"} for key, value in told.items()]


def _as_field(scheme: SecurityScheme) -> Sequence[tuple[str, str]]:
    """Return the header field of a credential besides the one that is the authorization."""
    names = list(_credentials(scheme))
    if scheme.location == "cookie":
        return [("Cookie", f"{scheme.parameter}={{{{{names[0]}}}}}")]
    return [(scheme.parameter, f"{{{{{names[0]}}}}}")] if scheme.location == "header" else []


def _credentials(scheme: SecurityScheme) -> Mapping[str, str]:
    """Return the variables of a scheme, with values that the stand-in takes."""
    name = re.sub(r"\W", "_", scheme.name)
    if scheme.kind == "basic":
        return {f"{name}_username": "understudy", f"{name}_password": "understudy"}
    value = example(scheme, (), ())
    return {name: value.partition(" ")[2] if scheme.kind == "bearer" else value}


def _pairs(fields: Sequence[tuple[str, str]]) -> list[Json]:
    return [{"key": name, "value": value} for name, value in fields]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
