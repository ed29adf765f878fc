"""Build the ASGI application: contracts under prefixes, Swagger UI and landing page beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from understudy.codec import dumps
from understudy.config import Settings
from understudy.contract.model import Contract
from understudy.errors import ContractError, Problem, StateError
from understudy.exchange import Reply
from understudy.fixtures.export import export_archive
from understudy.fixtures.load import load_sets
from understudy.generate.loaded import NOTHING, Loaded
from understudy.respond.problems import refusal
from understudy.respond.service import Service
from understudy.scenario.library import Scenarios, admit
from understudy.server.control.api import PREFIX, Control, is_control
from understudy.server.control.desk import Desk, Scenario
from understudy.server.control.history import History
from understudy.server.control.holding import Holding
from understudy.server.control.reading import Reader, Served
from understudy.server.framework import (
    ConnexionMiddleware,
    SwaggerUIMiddleware,
    SwaggerUIOptions,
)
from understudy.server.kept import Kept, keep
from understudy.server.landing import landing_page
from understudy.server.leading import leading
from understudy.server.middleware import (
    AnswerMiddleware,
    AuthenticateMiddleware,
    Boundary,
    ValidateMiddleware,
    nowhere,
)
from understudy.server.routing import Places, RouteMiddleware, sent_path
from understudy.server.send import live, send_reply
from understudy.server.taking import Taking
from understudy.server.view import view
from understudy.server.whose import FIELDS, SESSION, asked_for
from understudy.state.session import FullError, Session


@dataclass(frozen=True, slots=True)
class Mounted:
    """One contract with the prefix of its paths and the application that serves it."""

    prefix: str
    service: Service
    scenarios: Scenarios
    places: Places
    app: ASGIApp


class Application:
    """The ASGI application: `kept` is what clients did, `mounted` what is served where."""

    def __init__(
        self,
        contracts: Sequence[Contract],
        settings: Settings,
        kept: Kept | None = None,
    ) -> None:
        loaded = load_sets(settings.load, contracts)
        self.kept = kept or keep(settings)
        self.sessions = self.kept.sessions
        alone = len(contracts) == 1
        self.mounted = tuple(
            _mount("" if alone else f"/{one.name}", one, settings, loaded.get(one.name, NOTHING))
            for one in contracts
        )
        self._prefixes = [one.prefix for one in self.mounted]
        libraries = [one.scenarios for one in self.mounted]
        admit(libraries, settings.scenarios, map(Path, settings.scenario_files))
        served = [Served(one.prefix, one.service.contract, one.places) for one in self.mounted]
        self.history = History(self.kept.journal, Reader(served, settings.secret))
        self._control = self._controlled(served, settings) if settings.control else None
        self._pages = self._static_pages()
        self._cors: ASGIApp | None = None
        if settings.cors:
            self._cors = CORSMiddleware(
                self._in_session,
                allow_origin_regex=".*",
                allow_methods=["*"],
                allow_headers=["*"],
                allow_credentials=True,
                expose_headers=["*"],
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI 3).

        A request without an Origin is none that CORS is about, and skips its middleware.
        """
        if scope["type"] == "http":
            fields = scope[FIELDS] = dict(scope["headers"])
            if scope["method"] == "HEAD":
                send = partial(_bodiless, send)
            if self._control is not None and is_control(scope["path"]):
                await self._control(scope, receive, send)
                return
            app = self._cors if self._cors and b"origin" in fields else self._in_session
            await app(scope, receive, send)
        elif scope["type"] == "lifespan":
            await live(receive, send)
            self.kept.close()

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """Return the contracts that are served."""
        return tuple(mounted.service.contract for mounted in self.mounted)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with the contracts and keeps some operations from being served."""
        return tuple(one for mounted in self.mounted for one in mounted.service.problems)

    def preload(self) -> None:
        """Compile every operation now, and not at the first request to it."""
        for mounted in self.mounted:
            mounted.service.preload()

    def reset(self) -> None:
        """Forget everything that clients did, in every session."""
        self.sessions.reset()
        self.kept.journal.clear()

    async def _in_session(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the session that a request is for, which a prefix of its path may name."""
        if scope["method"] != "GET":
            send = leading(scope, self._prefixes, send)
        name, scope = asked_for(scope)
        try:
            scope[SESSION] = self.sessions.find(name)
        except ValueError as error:
            await send_reply(refusal("invalid-session", str(error)), send)
        except FullError:
            await send_reply(refusal("too-many-sessions", "No more sessions are kept"), send)
        except StateError as error:
            await send_reply(refusal("no-state", str(error)), send)
        else:
            await self._dispatch(scope, receive, send)

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        page = self._pages.get(path)
        if page is not None and scope["method"] in ("GET", "HEAD"):
            await send_reply(page(), send)
            return
        found = self._below(path) or self._unprefixed(scope)
        if found is None:
            places = [f"{mounted.prefix}/" for mounted in self.mounted]
            body = dumps({"detail": "Nothing is served here", "contracts": places})
            await send_reply(Reply(404, body), send)
            return
        taking = Taking(self.kept, scope, send)
        try:
            await found.app(scope, receive, taking.send)
        finally:
            taking.end()

    def _below(self, path: str) -> Mounted | None:
        """Return the contract under whose prefix a path is."""
        for mounted in self.mounted:
            if not mounted.prefix or path.startswith(f"{mounted.prefix}/"):
                return mounted
        return None

    def _unprefixed(self, scope: Scope) -> Mounted | None:
        """Return the one contract that has a path without its prefix; `scope` has it then."""
        path = sent_path(scope)
        found = [one for one in self.mounted if one.places.find(one.prefix + path)]
        if len(found) != 1:
            return None
        scope["raw_path"] = (found[0].prefix + path).encode("latin-1")
        return found[0]

    def _controlled(self, served: Sequence[Served], settings: Settings) -> Control:
        def problems() -> list[str]:
            return [str(one) for one in self.problems]

        desk = Desk(
            self.sessions,
            self.history,
            self.kept.metrics,
            served,
            Holding(self.contracts, self.sessions.most),
            partial(_told, self.mounted),
            problems,
            {one.service.contract.name: one.service for one in self.mounted},
            partial(_exported, self.mounted, settings.now),
        )
        return Control(desk, settings.control_token)

    def _static_pages(self) -> Mapping[str, Callable[[], Reply]]:
        """Return what makes the documents that never change, by path, when they are asked for."""
        served = [(mounted.prefix, mounted.service) for mounted in self.mounted]
        console = f"{PREFIX}/" if self._control else ""
        home = cache(partial(_home, served, console))
        pages: dict[str, Callable[[], Reply]] = {"/": home}
        for prefix, service in served:
            pages[f"{prefix}/openapi.json"] = partial(_document, service.contract)
            pages[f"{prefix}/ui/openapi.json"] = partial(_document, service.contract, prefix)
            if prefix:
                pages[prefix] = pages[f"{prefix}/"] = home
        return {path: page for path, page in pages.items() if not self._promised(path)}

    def _promised(self, path: str) -> bool:
        """Tell whether a contract has an operation of its own at `path`."""
        return any(one.places.find(path) for one in self.mounted)


def _home(served: Sequence[tuple[str, Service]], console: str) -> Reply:
    return Reply(200, landing_page(served, console).encode(), (), "text/html; charset=utf-8")


def _told(mounted: Sequence[Mounted]) -> list[Scenario]:
    """Return the scenarios of all contracts; those that cannot be read are told of elsewhere."""
    told = []
    for one in mounted:
        for name in one.scenarios.names:
            with suppress(ContractError):
                description = one.scenarios.find(name).description
                told.append(Scenario(one.service.contract.name, name, description))
    return told


def _exported(mounted: Sequence[Mounted], now: datetime, session: Session) -> bytes:
    """Return what resources hold for a session, as an archive of sets of fixtures."""
    held = (
        (
            one.service.contract,
            one.service.collections(session, one.scenarios.contract(session.scenarios)),
        )
        for one in mounted
    )
    return export_archive(held, seed=session.seed, now=now)


def _document(contract: Contract, prefix: str | None = None) -> Reply:
    """Return the document of a contract; under a prefix, with this server as its only one."""
    document = contract.document.data
    if prefix is not None:
        document = {**document, "servers": [{"url": prefix + contract.base_path or "/"}]}
    return Reply(200, dumps(document))


def _mount(prefix: str, contract: Contract, settings: Settings, loaded: Loaded) -> Mounted:
    service, places = Service(contract, settings, loaded), Places(contract, prefix)
    scenarios = Scenarios(contract, map(Path, settings.scenario_files))
    steps = [RouteMiddleware, AuthenticateMiddleware, ValidateMiddleware, AnswerMiddleware]
    routed = ConnexionMiddleware(nowhere, middlewares=steps)
    parts = {"service": service, "scenarios": scenarios, "places": places}
    routed.add_api(view(contract), base_path=prefix, **parts)
    app = Boundary(_BesideSwaggerUI(routed, prefix, contract, places), service)
    return Mounted(prefix, service, scenarios, places, app)


class _BesideSwaggerUI:
    """Connexion's Swagger UI under `/ui`, out of the way of everything else."""

    def __init__(self, app: ASGIApp, prefix: str, contract: Contract, places: Places) -> None:
        self._app = app
        self._path = f"{prefix}/ui"
        self._places = places
        options = SwaggerUIOptions(serve_spec=False, spec_path="/ui/openapi.json")
        pages: Any = ConnexionMiddleware(app, middlewares=[SwaggerUIMiddleware])
        pages.add_api(view(contract), base_path=prefix, swagger_ui_options=options)
        self._pages: ASGIApp = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the Swagger UI where its path begins; pass everything else on."""
        is_page = scope["path"].startswith(self._path) and self._is_page(scope)
        app = self._pages if is_page else self._app
        await app(scope, receive, send)

    def _is_page(self, scope: Scope) -> bool:
        """Tell whether no operation has this very path; a templated one leaves it to the pages."""
        route = self._places.find(sent_path(scope))
        return route is None or bool(route.texts)


async def _bodiless(send: Send, message: Message) -> None:
    """Send what answers a HEAD request, which is never content (RFC 9110, section 9.3.2)."""
    await send({**message, "body": b""} if message["type"] == "http.response.body" else message)
