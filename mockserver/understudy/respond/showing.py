"""Show a resource as a response describes it: in part, in an envelope, with its address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import quote

from understudy.codec import dumps
from understudy.contract.meaning import names
from understudy.contract.meaning.items import unwrapped
from understudy.contract.meaning.kinds import Kind
from understudy.contract.meaning.model import Reading, Tokens, Writing
from understudy.contract.meaning.shape import Shapes
from understudy.contract.model import Response
from understudy.contract.pointers import MISSING
from understudy.errors import GenerationError
from understudy.exchange import Reply, Request
from understudy.generate.entities import Entities
from understudy.respond.fitting import fitted
from understudy.respond.ids import spelled
from understudy.types import Json, JsonObject

Show: TypeAlias = Callable[[JsonObject], Reply]

_REMEMBERED = 4096
_PARAMETER = re.compile(r"\{([^}]*)\}")


class Showing:
    """Shows the resources of one contract."""

    def __init__(self, base_path: str, entities: Entities, shapes: Shapes) -> None:
        self._base_path = base_path.rstrip("/")
        self._entities = entities
        self._shapes = shapes
        self._views: dict[tuple[int, int], tuple[Json, JsonObject, JsonObject]] = {}

    def written(self, part: Writing, response: Response, kind: Kind) -> Show:
        """Return what shows a resource that was written, or says nothing where nothing is due."""
        status = status_of(response)
        return self.shown(part, response, kind) or (lambda _value: Reply(status, b"", (), ""))

    def shown(self, part: Reading | Writing, response: Response, kind: Kind) -> Show | None:
        """Return what shows a resource as a response describes it, or None without a body."""
        media_type, schema = json_of(response)
        if not media_type:
            return None
        status, label = status_of(response), part.operation.label
        body, inner = unwrapped(schema, part.resource, self._shapes)
        if not self._shapes.properties(inner).keys() & kind.properties.keys():
            value = dumps(self.around(schema, label, ()))
            return lambda _value: Reply(status, value, (), media_type)
        around = self.around(schema, label, body) if body else {}
        valid = self._entities.validator(schema)

        def show(value: JsonObject) -> Reply:
            shown = put(around, body, self.view(inner, value, kind))
            if body and not valid.accepts(shown):
                shown = around
            return Reply(status, dumps(shown), (), media_type)

        return show

    def around(self, schema: Json, label: str, items: Tokens) -> Json:
        """Return what stands around a resource, or around the items of a list, in a response."""
        if not items and self._shapes.types(schema) == {"array"}:
            return []
        return self._entities.value(schema, "around", label)

    def view(self, schema: Json, value: JsonObject, kind: Kind) -> JsonObject:
        """Return a resource as another schema shows it; what was shown lately is remembered."""
        if schema is kind.whole or schema == kind.whole:
            return value
        place = id(schema), id(value)
        seen = self._views.get(place)
        if seen is None or seen[0] is not schema or seen[1] is not value:
            if len(self._views) >= _REMEMBERED:
                self._views.clear()
            seen = self._views[place] = schema, value, self._viewed(schema, value, kind)
        return seen[2]

    def _viewed(self, schema: Json, value: JsonObject, kind: Kind) -> JsonObject:
        known = self._shapes.properties(schema)
        view = {key: one for key, one in value.items() if key in known}
        if self._entities.accepts(schema, view):
            return view
        label = ("view", kind.name, spelled(value.get(kind.id)))
        try:
            return self._entities.make(schema, view, *label)
        except GenerationError:
            made = self._entities.make(schema, {}, *label)
            wrong = self._entities.wrong(schema, {**made, **view})
            whole = {**made, **{key: one for key, one in view.items() if key not in wrong}}
            if self._entities.accepts(schema, whole):
                return whole
            first = sorted(view.items(), key=lambda one: one[0] != kind.id)
            groups = [{key: one} for key, one in first]
            return fitted(made, groups, lambda one: self._entities.accepts(schema, one))

    def located(self, reply: Reply, kind: Kind, made: JsonObject, request: Request) -> Reply:
        """Return a reply that says where a new resource can be read (RFC 9110, 10.2.2)."""
        wanted = _PARAMETER.findall(kind.path)
        if reply.status != 201 or not wanted or kind.id not in made:
            return reply
        said = {names.plain(k): v for k, v in {**made, **request.path}.items() if _is_scalar(v)}
        said[names.plain(wanted[-1])] = made[kind.id]
        if not all(names.plain(name) in said for name in wanted):
            return reply

        def segment(match: re.Match[str]) -> str:
            return quote(spelled(said[names.plain(match[1])]), safe="")

        address = self._base_path + _PARAMETER.sub(segment, kind.path)
        headers = (*reply.headers, ("Location", address))
        return Reply(reply.status, reply.body, headers, reply.media_type)


def json_of(response: Response) -> tuple[str, Json]:
    """Return the media type and the schema of a response in JSON; empty without one."""
    for media_type, schema in response.schemas.items():
        if "json" in media_type or "*" in media_type:
            return ("application/json" if "*" in media_type else media_type), schema
    return "", {}


def status_of(response: Response) -> int:
    """Return the status of a documented success."""
    return int(response.status) if response.status.isdecimal() else 200


def put(body: Json, tokens: Tokens, value: Json) -> Json:
    """Return `body` with a value where tokens lead to; where nothing is, it stays as it is."""
    if not tokens:
        return value
    if not isinstance(body, dict):
        return body
    inner = body.get(tokens[0], MISSING)
    if inner is MISSING and len(tokens) > 1:
        return body
    return {**body, tokens[0]: put(inner, tokens[1:], value)}


def _is_scalar(value: Json) -> bool:
    return isinstance(value, str | int)
