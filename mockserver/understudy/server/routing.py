"""Find the operation that a request is for, and tell Connexion's routed middlewares its id.

The router is the one that the checks use: it matches the path as it was sent, so that a slash
within a value stays there, and knows every template and method that a contract may have.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from itertools import zip_longest
from typing import Any, TypeAlias
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send

from understudy.contract.model import Contract
from understudy.contract.wire.route import Route, Router
from understudy.exchange import Reply
from understudy.respond.service import Service
from understudy.server.framework import SpecMiddleware
from understudy.server.send import send_reply

ENCODED = "understudy.encoded"
"""The extension that holds the texts of path parameters as they were sent, percent-encoded."""

_KNOWN_TARGETS = 4096
_SHORT_TARGET = 512
_FEW = 500

_Known: TypeAlias = tuple[Mapping[str, str | None], Mapping[str, Any]]
"""What a routed request carries on: the texts of its path parameters, and its operation's id."""


class Places:
    """Where the operations of one contract are: below each of its base paths, and without one."""

    def __init__(self, contract: Contract, prefix: str) -> None:
        self._router = Router(contract)
        bases = {prefix, *(prefix + base for base in contract.base_paths)}
        self._bases = sorted(bases, key=len, reverse=True)
        self.reads_queries = any(
            {"?", "#"} & {*operation.path} for operation in contract.operations.values()
        )
        """Whether a query is part of some path, as in `/messages?beta=true`."""
        paths = dict.fromkeys(operation.path for operation in contract.operations.values())
        self._templates = [f"{prefix}{contract.base_path}{path}" for path in paths]

    def near(self, target: str) -> str:
        """Return the template of the path that is most like one which leads nowhere, if any is."""
        path = target.partition("?")[0]
        if len(self._templates) > _FEW or len(path) > _SHORT_TARGET:
            return ""
        filled = {_filled(template, path): template for template in self._templates}
        return next((filled[one] for one in get_close_matches(path, filled, 1)), "")

    def find(self, target: str, method: str = "") -> Route | None:
        """Return the route of a path as it was sent, which a query may follow, or None."""
        found = self.below(target, method)
        return found[1] if found else None

    def below(self, target: str, method: str = "") -> tuple[str, Route] | None:
        """Return the target below the address of the API, and its route, or None."""
        for base in self._bases:
            if target.startswith(base):
                below = target[len(base) :] or "/"
                route = self._router.find(below, method)
                if route is not None:
                    return below, route
        return None


class RouteMiddleware(SpecMiddleware):  # type: ignore[misc]
    """Routes requests to the operations of one contract; refuses what none is there for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._known: dict[tuple[str, bytes], _Known] = {}

    def add_api(
        self, _specification: Any, *, base_path: str, service: Service, places: Places, **_: Any
    ) -> None:
        """Route by the operations of `service`; Connexion's specification has none."""
        self._base_path = base_path
        self._dialect = service.dialect
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one request; a target that was asked for lately goes straight on."""
        known = self._known.get((scope["method"], scope["raw_path"]))
        if known is None or self._places.reads_queries:
            found = self._found(scope["method"], sent_target(scope))
            if isinstance(found, Reply):
                await send_reply(found, send)
                return
            known = found
            self._remember((scope["method"], scope["raw_path"]), known)
        scope["path_params"], scope["extensions"] = known
        await self._app(scope, receive, send)

    def _found(self, method: str, target: str) -> _Known | Reply:
        """Return where a request leads, or the refusal of a path or method that leads nowhere."""
        route = self._places.find(target, method)
        if route is None:
            near = self._places.near(target) if self._dialect.is_own else ""
            told = f"The nearest path is {near}" if near else ""
            return self._dialect.error(404, told, kind="no-route")
        operation = route.operation(method)
        if operation is None:
            return self._wrong_method(method, {*route.operations})
        context = {"api_base_path": self._base_path, "operation_id": operation.id}
        return route.texts, {"connexion_routing": context, ENCODED: route.raw}

    def _wrong_method(self, method: str, promised: set[str]) -> Reply:
        methods = promised | {"OPTIONS"} | ({"HEAD"} if "GET" in promised else set())
        allow = (("Allow", ", ".join(sorted(methods))),)
        if method == "OPTIONS":
            return Reply(204, b"", allow, "")
        return self._dialect.error(405, headers=allow)

    def _remember(self, key: tuple[str, bytes], known: _Known) -> None:
        if len(self._known) >= _KNOWN_TARGETS:
            self._known.clear()
        if len(key[1]) <= _SHORT_TARGET:
            self._known[key] = known


def _filled(template: str, path: str) -> str:
    """Return a template with what a path has in the places of its parameters."""
    segments = zip_longest(template.split("/"), path.split("/"))
    return "/".join(
        said if "{" in one and said else one for one, said in segments if one is not None
    )


def sent_target(scope: Scope) -> str:
    """Return path and query of a request as they were sent."""
    query: bytes = scope["query_string"]
    return f"{sent_path(scope)}?{query.decode('latin-1')}" if query else sent_path(scope)


def sent_path(scope: Scope) -> str:
    """Return the path of a request as it was sent, percent-encoded."""
    raw: bytes | None = scope.get("raw_path")
    return raw.decode("latin-1") if raw else quote(scope["path"])
