"""Answer operations of which behaviour.yaml says nothing, from what their names tell.

The meaning is the one that the checks demand. What names tell nothing of is not answered here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias
from urllib.parse import quote

from understudy.codec import dumps
from understudy.contract.expressions import Runtime
from understudy.contract.meaning.infer import meaning
from understudy.contract.meaning.items import unwrapped
from understudy.contract.meaning.kinds import Kind, kinds, scope_of
from understudy.contract.meaning.model import Listing, Meaning, Reading, Tokens, Writing
from understudy.contract.meaning.shape import Shapes
from understudy.contract.model import Contract, Operation, Response
from understudy.contract.pointers import MISSING, follow
from understudy.errors import GenerationError
from understudy.exchange import Reply, Request
from understudy.generate.entities import Entities
from understudy.generate.world import World
from understudy.respond.dialects import Dialect
from understudy.respond.fitting import PatchError, fitted
from understudy.respond.holding import Holding, Scope, spelled
from understudy.respond.pages import Pages
from understudy.respond.sorting import Sorting
from understudy.state.store import FullError, Store
from understudy.types import Json, JsonObject

Answer: TypeAlias = Callable[[Request], Reply]
Part: TypeAlias = Listing | Reading | Writing
_Show: TypeAlias = Callable[[JsonObject, Request], Reply]


class Inferred:
    """The resources of one contract that its names tell of."""

    def __init__(self, contract: Contract, world: World, store: Store, dialect: Dialect) -> None:
        self._contract = contract
        self._world = world
        self._store = store
        self._dialect = dialect
        self._shapes = Shapes(contract.schemas)
        self._holdings: dict[str, Holding] = {}

    def answer(self, operation: Operation) -> Answer | None:
        """Return what answers valid requests to `operation`, or None where nothing is told."""
        told = self._meaning
        part = told.listing(operation) or told.reading(operation) or told.writing(operation)
        kind = self._kinds.get(part.resource) if part is not None else None
        if part is None or kind is None or self._is_declared(kind):
            return None
        holding = self._holding(kind)
        if isinstance(part, Listing):
            return self._list(part, holding)
        if isinstance(part, Reading):
            return self._read(part, holding)
        makers = {
            "create": self._create,
            "delete": self._delete,
            "replace": self._replace,
            "update": self._update,
        }
        return self._guarded(makers[part.kind](part, holding))

    @cached_property
    def entities(self) -> Entities:
        """Return what makes values in which the relations that names tell of hold."""
        return self._world.entities(self._meaning.relations)

    @cached_property
    def _meaning(self) -> Meaning:
        return meaning(self._contract)

    @cached_property
    def _kinds(self) -> Mapping[str, Kind]:
        return kinds(self._meaning, self._shapes)

    def _is_declared(self, kind: Kind) -> bool:
        return kind.name in self._contract.behaviour.resources

    def _holding(self, kind: Kind) -> Holding:
        if kind.name not in self._holdings:
            self._holdings[kind.name] = Holding(
                self._contract.name, kind, self.entities, self._store, self._shapes
            )
        return self._holdings[kind.name]

    def _guarded(self, answer: Answer) -> Answer:
        """Return an answer that says so when no more can be remembered."""
        full = self._dialect.error(507, "No more resources are kept here; reset the stand-in")

        def guarded(request: Request) -> Reply:
            try:
                return answer(request)
            except FullError:
                return full
            except PatchError as error:
                return self._dialect.error(409, f"The patch {error}")

        return guarded

    def _list(self, part: Listing, holding: Holding) -> Answer | None:
        response, operation = part.operation.success, part.operation
        media_type, schema = _json(response)
        if not media_type:
            return None
        base = self._base(schema, operation.label, part.items)
        pages = Pages(part, schema, self._shapes, self.entities)
        scope, kind = self._scope(part, holding.kind), holding.kind
        status, sorting = _status(response), Sorting(operation, kind, part.order, self._shapes)
        wanted = {**part.filters, **part.owners}
        wanted = {
            t: r for t, r in wanted.items() if t[0] in kind.properties and not _is_in(r, kind)
        }
        item, least = part.schema, self._least(schema, part.items)

        def answer(request: Request) -> Reply:
            here = scope(request)
            keys = holding.keys(here)
            if wanted or sorting.matters(request):
                found = [(key, holding.member(here, key) or {}) for key in keys]
                keys = [key for key, _ in sorting.sorted(_kept(found, wanted, request), request)]
            page = pages.page(keys, request)
            shown = keys[page.start : page.stop]
            if len(shown) < least:
                shown = (keys + holding.keys(here))[:least]
            items = [self._view(item, holding.member(here, key) or {}, kind) for key in shown]
            if not part.items:
                return Reply(status, dumps(items), _headers(part, page.total), media_type)
            body = _put(base, part.items, items)
            for tokens, value in pages.around(page, len(items), request):
                body = _put(body, tokens, value)
            return Reply(status, dumps(body), _headers(part, page.total), media_type)

        return answer

    def _read(self, part: Reading, holding: Holding) -> Answer | None:
        show = self._shown(part, part.body, part.operation.success, holding.kind)
        if show is None:
            return None
        scope, missing = self._scope(part, holding.kind), self._missing(part.resource)

        def answer(request: Request) -> Reply:
            found = holding.member(scope(request), spelled(part.id.of(request)))
            return missing if found is None else show(found, request)

        return answer

    def _create(self, part: Writing, holding: Holding) -> Answer:
        response = part.operation.success
        show = self._replied(part, response, holding.kind)
        scope, kind = self._scope(part, holding.kind), holding.kind
        given = {t[0]: r for t, r in part.echoes.items() if r.location in ("path", "query")}

        def answer(request: Request) -> Reply:
            body = request.body if isinstance(request.body, dict) else {}
            fixed = {
                name: value for name, r in given.items() if (value := r.of(request)) is not MISSING
            }
            made = holding.create(scope(request), {**dict(_defaulted(part)), **body}, fixed)
            return self._located(show(made, request), kind, made, request)

        return answer

    def _update(self, part: Writing, holding: Holding) -> Answer:
        show = self._replied(part, part.operation.success, holding.kind)
        scope, missing = self._scope(part, holding.kind), self._missing(part.resource)

        def answer(request: Request) -> Reply:
            key = spelled(part.id.of(request)) if part.id else ""
            found = holding.update(scope(request), key, request.body)
            return missing if found is None else show(found, request)

        return answer

    def _replace(self, part: Writing, holding: Holding) -> Answer:
        operation, kind = part.operation, holding.kind
        usual = next((r for s, r in operation.responses.items() if s in ("200", "204")), None)
        created = operation.responses.get("201")
        success = usual or created or operation.success
        show, anew = (
            self._replied(part, success, kind),
            self._replied(part, created or success, kind),
        )
        scope = self._scope(part, kind)
        schemas = operation.body.schemas if operation.body else {}
        asked = self._shapes.properties(next(iter(schemas.values()), {}))

        def answer(request: Request) -> Reply:
            here, key = scope(request), spelled(part.id.of(request)) if part.id else ""
            known = holding.is_known(here, key)
            body = request.body if isinstance(request.body, dict) else {}
            found = holding.replace(here, key, body, asked)
            if known or created is None:
                return show(found, request)
            return self._located(anew(found, request), kind, found, request)

        return answer

    def _delete(self, part: Writing, holding: Holding) -> Answer:
        show = self._replied(part, part.operation.success, holding.kind)
        scope, missing = self._scope(part, holding.kind), self._missing(part.resource)

        def answer(request: Request) -> Reply:
            key = spelled(part.id.of(request)) if part.id else ""
            found = holding.delete(scope(request), key)
            return missing if found is None else show(found, request)

        return answer

    def _missing(self, resource: str) -> Reply:
        return self._dialect.error(404, f"{resource.capitalize()} not found")

    def _scope(self, part: Part, kind: Kind) -> Callable[[Request], Scope]:
        runtimes = scope_of(part, kind, self._shapes)

        def scope(request: Request) -> Scope:
            return tuple(_scalar(one.of(request)) for one in runtimes)

        return scope

    def _replied(self, part: Writing, response: Response, kind: Kind) -> _Show:
        """Return what shows a resource that was written, or says nothing where nothing is due."""
        show = self._shown(part, part.body, response, kind)
        status = _status(response)
        return show or (lambda _value, _request: Reply(status, b"", (), ""))

    def _shown(
        self, part: Reading | Writing, body: Tokens, response: Response, kind: Kind
    ) -> _Show | None:
        """Return what shows a resource as a response describes it, or None without a body."""
        media_type, schema = _json(response)
        if not media_type:
            return None
        status, label = _status(response), part.operation.label
        if response is not part.operation.success:
            body = unwrapped(schema, part.resource, self._shapes)[0]
        inner = schema
        for token in body:
            inner = self._shapes.properties(inner).get(token, {})
        if not self._shapes.properties(inner).keys() & kind.properties.keys():
            value = self._base(schema, label, ())
            return lambda _value, _request: Reply(status, dumps(value), (), media_type)
        base = self._base(schema, label, body) if body else {}

        def show(value: JsonObject, _request: Request) -> Reply:
            view = self._view(inner, value, kind)
            return Reply(status, dumps(_put(base, body, view) if body else view), (), media_type)

        return show

    def _base(self, schema: Json, label: str, items: Tokens) -> Json:
        """Return what stands around a resource in a response."""
        if not items and self._shapes.types(schema) == {"array"}:
            return []
        return self.entities.value(schema, "around", label)

    def _least(self, schema: Json, items: Tokens) -> int:
        for token in items:
            schema = self._shapes.properties(schema).get(token, {})
        least = self._shapes.keyword(schema, "minItems")
        return least if isinstance(least, int) else 0

    def _view(self, schema: Json, value: JsonObject, kind: Kind) -> JsonObject:
        """Return a resource as another schema shows it."""
        if schema is kind.whole or schema == kind.whole:
            return value
        known = self._shapes.properties(schema)
        view = {key: one for key, one in value.items() if key in known}
        if self.entities.accepts(schema, view):
            return view
        label = ("view", kind.name, spelled(value.get(kind.id)))
        try:
            base = self.entities.make(schema, view, *label)
        except GenerationError:
            made = self.entities.make(schema, {}, *label)
            first = [{k: v} for k, v in sorted(view.items(), key=lambda one: one[0] != kind.id)]
            base = fitted(made, first, lambda one: self.entities.accepts(schema, one))
        return base

    def _located(self, reply: Reply, kind: Kind, made: JsonObject, request: Request) -> Reply:
        """Return a reply that says where a new resource can be read (RFC 9110, 10.2.2)."""
        if reply.status != 201 or not kind.path or not kind.id or kind.id not in made:
            return reply
        said = {**{k: v for k, v in made.items() if not isinstance(v, dict | list)}, **request.path}
        wanted = re.findall(r"\{([^}]*)\}", kind.path)
        known = {**{_plain(k): v for k, v in said.items()}, _plain(wanted[-1]): made[kind.id]}
        if not all(_plain(name) in known for name in wanted):
            return reply
        path = re.sub(
            r"\{([^}]*)\}", lambda m: quote(spelled(known[_plain(m[1])]), safe=""), kind.path
        )
        headers = (*reply.headers, ("Location", f"{self._contract.base_path.rstrip('/')}{path}"))
        return Reply(reply.status, reply.body, headers, reply.media_type)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _json(response: Response) -> tuple[str, Json]:
    """Return the media type and the schema of a response in JSON; empty without one."""
    for media_type, schema in response.schemas.items():
        if "json" in media_type or "*" in media_type:
            return ("application/json" if "*" in media_type else media_type), schema
    return "", {}


def _status(response: Response) -> int:
    return int(response.status) if response.status.isdecimal() else 200


def _headers(part: Listing, total: int) -> tuple[tuple[str, str], ...]:
    return ((part.paging.total_header, str(total)),) if part.paging.total_header else ()


def _scalar(value: Json) -> Json:
    if value is MISSING:
        return None
    return value if isinstance(value, str | int) else dumps(value).decode()


def _is_in(runtime: Runtime, kind: Kind) -> bool:
    return _plain(runtime.name) in kind.scope


def _defaulted(part: Writing) -> Iterator[tuple[str, Json]]:
    for tokens, default in part.defaults.items():
        yield tokens[0], default


def _kept(
    found: Sequence[tuple[str, JsonObject]], wanted: Mapping[Tokens, Runtime], request: Request
) -> list[tuple[str, JsonObject]]:
    """Return the members that have what a request says of them."""
    said = [(t, value) for t, r in wanted.items() if (value := r.of(request)) is not MISSING]
    return [one for one in found if all(spelled(follow(one[1], t)) == spelled(v) for t, v in said)]


def _put(body: Json, tokens: Tokens, value: Json) -> Json:
    """Return `body` with a value where tokens lead to; where nothing is, it stays as it is."""
    if not tokens:
        return value
    if not isinstance(body, dict):
        return body
    inner = body.get(tokens[0], MISSING)
    if inner is MISSING and len(tokens) > 1:
        return body
    return {**body, tokens[0]: _put(inner, tokens[1:], value)}
