"""Where an operation looks: the collection that a request names, and what that belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from understudy.codec import dumps
from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.kinds import Kind, Part, parameter, scope_of
from understudy.contract.meaning.model import Listing
from understudy.contract.meaning.shape import Shapes
from understudy.contract.pointers import MISSING
from understudy.exchange import Request
from understudy.respond.holding import Holding
from understudy.respond.ids import Scope, spelled
from understudy.state.session import Session
from understudy.types import Json


@dataclass(frozen=True, slots=True)
class Owner:
    """A resource that the members of a collection belong to; `at` names it in the request."""

    holding: Holding
    at: Runtime
    scope: tuple[Runtime, ...]


class Whereabouts:
    """Where one operation looks; with `strict`, owners exist only if something shows them."""

    def __init__(
        self,
        part: Part,
        kind: Kind,
        holdings: Mapping[str, Holding],
        shapes: Shapes,
        *,
        strict: bool,
    ) -> None:
        self._runtimes = scope_of(part, kind, shapes)
        self._owners = tuple(_owners(part, self._runtimes, kind, holdings))
        owned = {owner.at for owner in self._owners}
        shown = (
            (runtime, {spelled(one) for one in asked.examples})
            for runtime in self._runtimes
            if runtime not in owned and (asked := parameter(part.operation, runtime))
        )
        self._shown = tuple((r, known) for r, known in shown if known) if strict else ()

    def scope(self, request: Request) -> Scope:
        """Return the collection that a request names."""
        return tuple(_scalar(one.of(request)) for one in self._runtimes)

    def exists(self, request: Request, session: Session) -> bool:
        """Tell whether everything exists that the collection belongs to."""
        for owner in self._owners:
            scope = tuple(_scalar(one.of(request)) for one in owner.scope)
            key = spelled(owner.at.of(request))
            if owner.holding.is_gone(session, scope, key):
                return False
            if owner.holding.strict and not owner.holding.is_known(session, scope, key):
                return False
        return all(spelled(runtime.of(request)) in known for runtime, known in self._shown)

    def is_new(self, request: Request, session: Session) -> bool:
        """Tell whether the collection belongs to something that a client created."""
        return bool(self._owners) and self.is_of_new(self.scope(request), session)

    def is_of_new(self, scope: Scope, session: Session) -> bool:
        """Tell the same of a collection that no request is about."""
        said = dict(zip(self._runtimes, scope, strict=True))
        return any(
            owner.holding.is_new(
                session, tuple(said[one] for one in owner.scope), spelled(said[owner.at])
            )
            for owner in self._owners
            if all(one in said for one in (owner.at, *owner.scope))
        )


def _owners(
    part: Part, runtimes: tuple[Runtime, ...], kind: Kind, holdings: Mapping[str, Holding]
) -> list[Owner]:
    """Return the resources that the path of an operation goes through, or its scope names."""
    own_id = "" if isinstance(part, Listing) or part.id is None else part.id.name
    through = {
        names.of_parameter(part.operation.path, one.name): Runtime("path", one.name)
        for one in part.operation.parameters
        if one.location == "path" and one.name != own_id
    }
    known = {**through, **dict(zip(kind.scope, runtimes, strict=True))}
    found: dict[Runtime, tuple[bool, Owner]] = {}
    for holding in sorted(holdings.values(), key=lambda one: len(one.kind.path)):
        other = holding.kind
        own = names.ends_in_parameter(other.path)
        if other is kind or not own or not all(name in known for name in other.scope):
            continue
        passed = part.operation.path.startswith(f"{other.path}/")
        at = Runtime("path", own) if passed else known.get(f"{other.noun}id")
        if at is None or at not in known.values():
            continue
        if at not in found or (passed and not found[at][0]):
            owner = Owner(holding, at, tuple(known[name] for name in other.scope))
            found[at] = passed, owner
    return [owner for _, owner in found.values()]


def _scalar(value: Json) -> Json:
    if value is MISSING:
        return None
    return value if isinstance(value, str | int) else dumps(value).decode()
