"""Answer operations of which behaviour.yaml says nothing, from what their names tell.

The meaning is the one that the checks demand. What names tell nothing of is not answered here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from itertools import product
from typing import TypeAlias

from understudy.codec import dumps
from understudy.contract.meaning import names
from understudy.contract.meaning.infer import meaning
from understudy.contract.meaning.kinds import Kind, Part, homes, kinds
from understudy.contract.meaning.model import Listing, Reading, Tokens, Writing
from understudy.contract.meaning.shape import shapes_of
from understudy.contract.model import Contract, Operation
from understudy.contract.pointers import MISSING
from understudy.errors import GenerationError
from understudy.exchange import Reply, Request
from understudy.generate.entities import Entities
from understudy.generate.source import Source
from understudy.generate.world import World
from understudy.respond.dialects import Dialect
from understudy.respond.echoing import Echo
from understudy.respond.filtering import kept, wanted
from understudy.respond.fitting import PatchError
from understudy.respond.holding import Holding
from understudy.respond.ids import Place, spelled
from understudy.respond.loaded import LoadedMembers
from understudy.respond.pages import Pages
from understudy.respond.showing import Showing, json_of, put, status_of
from understudy.respond.sorting import Sorting
from understudy.respond.whereabouts import Whereabouts
from understudy.state.session import FullError, Session
from understudy.types import Json, JsonObject

Answer: TypeAlias = Callable[[Request, Session], Reply]

_OWNERS = 5
FULL = "No more resources are kept here; reset the stand-in"


class Inferred:
    """The resources of one contract that its names tell of.

    With `strict`, only what lists show, clients created or the contract gives as an example
    exists; else every id that is allowed has a member.
    """

    def __init__(
        self,
        contract: Contract,
        world: World,
        dialect: Dialect,
        *,
        strict: bool = False,
    ) -> None:
        self._contract = contract
        self._world = world
        self._dialect = dialect
        self._strict = strict
        self._shapes = shapes_of(contract.schemas)
        self._meaning = meaning(contract)
        self._kinds = kinds(self._meaning, self._shapes)
        self._places = cache(self._told_places)

    def answer(self, operation: Operation) -> Answer | None:
        """Return what answers valid requests to `operation`, or None where nothing is told."""
        told = self._meaning
        part = told.listing(operation) or told.reading(operation) or told.writing(operation)
        holding = self._holdings.get(part.resource) if part is not None else None
        if part is None or holding is None:
            return None
        where = self._where(part, holding)
        try:
            answer = self._makers[_role(part)](part, holding, where)
        except GenerationError:  # what nothing can satisfy is told of where it is made
            return None
        return self._guarded(answer, where, part) if answer else None

    def members(self, session: Session, resource: str, place: str) -> list[JsonObject]:
        """Return the members of a resource at a place, as lists show them."""
        told, holding = self._meaning, self._holdings.get(resource)
        parts: tuple[Part, ...] = (*told.lists, *told.reads, *told.writes)
        part = next((one for one in parts if one.resource == resource), None)
        if holding is None or part is None:
            return []
        where, scope = self._where(part, holding), holding.scope(place)
        keys = holding.keys(session, scope, new=where.is_of_new(scope, session))
        return [holding.member(session, scope, key) or {} for key in keys]

    def echo(self, operation: Operation, schema: Json) -> Echo:
        """Return what `operation`, of which nothing else is told, repeats of its requests."""
        vetoes = self._contract.behaviour.vetoes
        return Echo(operation, schema, self._shapes, self.entities, vetoes)

    def told(self, schema: Json, value: Json, label: str) -> Json:
        """Return `value`, or another one in which the relations that names tell of hold."""
        if self.entities.accepts(schema, value):
            return value
        try:
            return self.entities.value(schema, label)
        except GenerationError:
            return value

    @cached_property
    def entities(self) -> Entities:
        """Return what makes values in which the relations that names tell of hold."""
        return self._world.entities(self._meaning.relations)

    @cached_property
    def _holdings(self) -> Mapping[str, Holding]:
        declared = self._contract.behaviour.resources
        told = self._kinds.values()
        found = {kind.name: self._holding(kind) for kind in told if kind.name not in declared}
        some = homes(self._meaning, self._shapes, self._contract.behaviour)
        return {
            name: found[some[name]] if name in some and name not in self._world.loaded else holding
            for name, holding in found.items()
        }

    def _told_places(self, resource: str) -> Sequence[Place]:
        """Return the ids of members of a resource, each with those of what it belongs to."""
        holding = self._holdings.get(resource)
        if holding is None:
            return ()
        nouns = {f"{one.kind.noun}id": one for one in self._holdings.values() if not one.kind.scope}
        if not all(name in nouns for name in holding.kind.scope):
            return ()
        owners = [[*nouns[name].listed(()).values()][:_OWNERS] for name in holding.kind.scope]
        most = _OWNERS if owners else None
        return [
            (id_, dict(zip(holding.kind.scope, scope, strict=True)))
            for scope in product(*owners)
            for id_ in [*holding.listed(scope).values()][:most]
        ]

    def _holding(self, kind: Kind) -> Holding:
        """Return what keeps a resource; of one whose size is said, no more are there than that."""
        size = self._contract.behaviour.sizes.get(kind.name)
        if size is not None:
            kind = replace(kind, count=Source.of(kind.name).between(*size))
        return Holding(
            self._contract.name, kind, self.entities, self._shapes,
            strict=self._strict or size is not None, loaded=self._loaded(kind), places=self._places,
        )  # fmt: skip

    def _loaded(self, kind: Kind) -> LoadedMembers | None:
        members = self._world.loaded.get(kind.name)
        return None if members is None else LoadedMembers(kind, members, self.entities)

    @cached_property
    def _showing(self) -> Showing:
        return Showing(self._contract.base_path, self.entities, self._shapes)

    @cached_property
    def _makers(self) -> Mapping[str, Callable[..., Answer | None]]:
        return {
            "create": self._create,
            "delete": self._delete,
            "list": self._list,
            "read": self._read,
            "replace": self._replace,
            "update": self._update,
        }

    def _where(self, part: Part, holding: Holding) -> Whereabouts:
        return Whereabouts(part, holding.kind, self._holdings, self._shapes, strict=self._strict)

    def _guarded(self, answer: Answer, where: Whereabouts, part: Part) -> Answer:
        """Return an answer that is 404 where nothing can be, and says when the memory is full."""
        full = self._dialect.error(507, FULL)
        missing = self._missing(part.resource)

        def guarded(request: Request, session: Session) -> Reply:
            if not where.exists(request, session):
                return missing
            try:
                return answer(request, session)
            except FullError:
                return full
            except PatchError as error:
                return self._dialect.error(409, f"The patch {error}")

        return guarded

    def _list(self, part: Listing, holding: Holding, where: Whereabouts) -> Answer | None:
        response, kind = part.operation.success, holding.kind
        media_type, schema = json_of(response)
        if not media_type:
            return None
        around = self._showing.around(schema, part.operation.label, part.items)
        pages = Pages(part, schema, self._shapes, self.entities)
        status, least = status_of(response), self._least(schema, part.items)
        sorting = Sorting(part.operation, kind, part.order, self._shapes)
        by, valid = wanted(part, kind), self.entities.validator(schema)

        def answer(request: Request, session: Session) -> Reply:
            here = where.scope(request)
            everything = keys = holding.keys(session, here, new=where.is_new(request, session))
            if by or sorting.matters(request):
                found = [(key, holding.member(session, here, key) or {}) for key in keys]
                keys = [key for key, _ in sorting.sorted(kept(found, by, request), request)]
            page = pages.page(keys, request)
            shown = keys[page.start : page.stop]
            if len(shown) < least:
                shown = everything[:least]
            members = (holding.member(session, here, key) or {} for key in shown)
            items = [self._showing.view(part.schema, member, kind) for member in members]
            body = put(around, part.items, items)
            for tokens, value in pages.around(page, len(items), request) if part.items else ():
                body = put(body, tokens, value)
            if not valid.accepts(body):
                body = self.entities.value(schema, "whole", part.operation.label)
            return Reply(status, dumps(body), _headers(part, page.total), media_type)

        return answer

    def _read(self, part: Reading, holding: Holding, where: Whereabouts) -> Answer | None:
        show = self._showing.shown(part, part.operation.success, holding.kind)
        missing = self._missing(part.resource)
        if show is None:
            return None

        def answer(request: Request, session: Session) -> Reply:
            found = holding.member(session, where.scope(request), spelled(part.id.of(request)))
            return missing if found is None else show(found)

        return answer

    def _create(self, part: Writing, holding: Holding, where: Whereabouts) -> Answer:
        show = self._showing.written(part, part.operation.success, holding.kind)
        given = {t[0]: r for t, r in part.echoes.items() if r.location in ("path", "query")}
        defaults = {tokens[0]: default for tokens, default in part.defaults.items()}

        def answer(request: Request, session: Session) -> Reply:
            fixed = {name: r.of(request) for name, r in given.items()}
            fixed = {name: value for name, value in fixed.items() if value is not MISSING}
            body = {**defaults, **_object(request.body)}
            made = holding.create(session, where.scope(request), body, fixed)
            return self._showing.located(show(made), holding.kind, made, request)

        return answer

    def _update(self, part: Writing, holding: Holding, where: Whereabouts) -> Answer:
        show = self._showing.written(part, part.operation.success, holding.kind)
        missing = self._missing(part.resource)

        def answer(request: Request, session: Session) -> Reply:
            found = holding.update(session, where.scope(request), _key(part, request), request.body)
            return missing if found is None else show(found)

        return answer

    def _replace(self, part: Writing, holding: Holding, where: Whereabouts) -> Answer:
        operation, kind = part.operation, holding.kind
        created = operation.responses.get("201")
        usual = next((r for s, r in operation.responses.items() if s in ("200", "204")), created)
        show = self._showing.written(part, usual or operation.success, kind)
        anew = self._showing.written(part, created or usual or operation.success, kind)
        schemas = operation.body.schemas if operation.body else {}
        asked = self._shapes.properties(next(iter(schemas.values()), {}))
        missing = self._missing(part.resource)

        def answer(request: Request, session: Session) -> Reply:
            scope, key = where.scope(request), _key(part, request)
            is_known = holding.is_known(session, scope, key)
            if not is_known and created is None and holding.member(session, scope, key) is None:
                return missing
            found = holding.replace(session, scope, key, _object(request.body), asked)
            if is_known or created is None:
                return show(found)
            return self._showing.located(anew(found), kind, found, request)

        return answer

    def _delete(self, part: Writing, holding: Holding, where: Whereabouts) -> Answer:
        show = self._showing.written(part, part.operation.success, holding.kind)
        missing = self._missing(part.resource)

        def answer(request: Request, session: Session) -> Reply:
            found = holding.delete(session, where.scope(request), _key(part, request))
            return missing if found is None else show(found)

        return answer

    def _missing(self, resource: str) -> Reply:
        noun = names.resource(resource) if resource.startswith("/") else resource
        return self._dialect.error(404, f"{noun.capitalize()} not found")

    def _least(self, schema: Json, items: Tokens) -> int:
        """Return how many items a list must have."""
        for token in items:
            schema = self._shapes.properties(schema).get(token, {})
        least = self._shapes.keyword(schema, "minItems")
        return least if isinstance(least, int) else 0


def _role(part: Part) -> str:
    if isinstance(part, Writing):
        return part.kind
    return "list" if isinstance(part, Listing) else "read"


def _key(part: Writing, request: Request) -> str:
    return spelled(part.id.of(request)) if part.id else ""


def _object(body: Json) -> Mapping[str, Json]:
    return body if isinstance(body, dict) else {}


def _headers(part: Listing, total: int) -> tuple[tuple[str, str], ...]:
    return ((part.paging.total_header, str(total)),) if part.paging.total_header else ()
