"""What handlers look up: the answers of an operation, by the parameters that tell them apart."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from urllib.parse import quote

from understudy.codec import loads
from understudy.contract.wire import media_types
from understudy.contract.wire.writing import Arguments, text
from understudy.exchange import Reply
from understudy.export.model import Told
from understudy.scenario.model import speaks_early
from understudy.types import JsonObject

_UNQUOTED = "-_.!~*'()"


def data_of(told: Told) -> JsonObject:
    """Return all that is told of an operation, as the handlers read it."""
    found: JsonObject = {}
    if told.member is not None:
        found["found"] = _head(told.shown[0].exchange.reply)
    else:
        found["answers"] = answers_of(told)
    if told.missing is not None and (told.member or not told.partial):
        found["missing"] = reply_of(told.missing.reply)
    if told.unauthorized is not None:
        found["unauthorized"] = reply_of(told.unauthorized.reply)
    if told.steps:
        replies = (one and one.reply for one in told.steps)
        found["steps"] = [one and _step(one) for one in replies]
    if told.errors:
        found["errors"] = {str(key): reply_of(one.reply) for key, one in told.errors.items()}
    return found


def answers_of(told: Told) -> JsonObject:
    """Return the answers by key; those of lists with all the items they have."""
    if told.cut is None:
        return {
            key_of(told, one.arguments): reply_of(one.exchange.reply)
            for one in reversed(told.shown)
        }
    left_out = {*told.cut.varying, told.cut.total_header}
    found: JsonObject = {}
    for one in told.wholes:
        kept = tuple(pair for pair in one.reply.headers if pair[0].lower() not in left_out)
        head = _head(replace(one.reply, headers=kept))
        found[key_of(told, one.arguments)] = {**head, "body": one.empty, "items": [*one.items]}
    return found


def key_of(told: Told, arguments: Arguments) -> str:
    """Return the key under which an answer stands, as the handlers put it together."""
    values = (arguments.get(place, "") for place in told.by)
    return "/".join(quote(text(value), safe=_UNQUOTED) for value in values)


def reply_of(reply: Reply) -> JsonObject:
    """Return a reply with its body as JSON, as text, or as base64."""
    return {**_head(reply), **_body(reply)}


def _step(reply: Reply) -> JsonObject:
    return {**reply_of(reply), **({"early": True} if speaks_early(reply.status) else {})}


def _head(reply: Reply) -> JsonObject:
    kind = [("content-type", reply.media_type)] if reply.media_type else []
    fields = [*kind, *reply.headers]
    if len({name.lower() for name, _ in fields}) < len(fields):
        return {"status": reply.status, "headers": [list(pair) for pair in fields]}
    return {"status": reply.status, "headers": dict(fields)}


def _body(reply: Reply) -> JsonObject:
    if not reply.body:
        return {}
    if media_types.is_json(reply.media_type):
        try:
            return {"body": loads(reply.body)}
        except ValueError:
            return {"base64": b64encode(reply.body).decode()}
    try:
        return {"text": reply.body.decode()}
    except UnicodeDecodeError:
        return {"base64": b64encode(reply.body).decode()}
