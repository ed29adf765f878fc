"""The pytest plugin: stand-ins for APIs as fixtures, and the contract of a test by its marker.

    @pytest.mark.understudy("thena", seed=7)
    def test_threads(mock_api): ...

Imports next to nothing until a test asks for a fixture: every pytest run pays for what is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from understudy.config import Settings
    from understudy.contract.model import Contract
    from understudy.server.control.local import MockSession
    from understudy.server.run import MockServer

_INI = "understudy_contract"
_MARKER = (
    "understudy(*contracts, seed=1, now=..., tokens=(), api_keys=(), locale='en_US', "
    "scenario=()): "
    "the contracts that mock_api stands in for (a bundled name, or a path from the root folder) "
    "and its settings. A marker nearer to the test goes before one on its class or module."
)
_SETTINGS = (
    "seed", "now", "tokens", "api_keys", "locale", "stateless", "strict_ids", "scenario",
)  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini option that names the contract of tests without a marker."""
    parser.addini(_INI, "The contract of tests that have no marker of their own.", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let `assert_keeps_contract` know the contract of the test while it runs."""
    if not _names(item):
        return (yield)
    from understudy.probe.responses import EXPECTED  # slow to import

    token = EXPECTED.set(lambda: _one(item))
    try:
        return (yield)
    finally:
        EXPECTED.reset(token)


@pytest.fixture
def contract(request: pytest.FixtureRequest) -> Contract:
    """Return the contract of the marker, or else of the ini option understudy_contract."""
    return _one(request.node)


@pytest.fixture
def mock_api(
    request: pytest.FixtureRequest, make_mock_api: Callable[..., MockServer]
) -> MockServer:
    """Return a running stand-in for the contracts of the marker, as if it were new."""
    names = _names(request.node)
    if not names:
        raise pytest.UsageError(_unnamed(request.node))
    return make_mock_api(*names, **_asked(request.node))


@pytest.fixture
def mock_session(mock_api: MockServer) -> MockSession:
    """Return a session of its own on that stand-in: its `url` and `headers` lead into it."""
    return mock_api.session("test")


@pytest.fixture
def make_mock_api(
    request: pytest.FixtureRequest, _understudy_servers: _Servers
) -> Iterator[Callable[..., MockServer]]:
    """Return a running stand-in for any contracts: `make_mock_api("thena", seed=7)`.

    Each call gives another one. They end with the test.
    """
    with ExitStack() as lent:

        def make(*contracts: Any, **settings: Any) -> MockServer:
            key = tuple(_load(request.node, one) for one in contracts), _settings(settings)
            server = _understudy_servers.take(*key)
            lent.callback(_understudy_servers.give_back, *key, server)
            return server

        yield make


@pytest.fixture(scope="session")
def _understudy_servers() -> Iterator[_Servers]:
    with ExitStack() as running:
        yield _Servers(running)


class _Servers:
    """The stand-ins of a session: started once for each contract and settings, used again."""

    def __init__(self, running: ExitStack) -> None:
        self._running = running
        self._idle: dict[Any, list[MockServer]] = {}

    def take(self, contracts: tuple[Contract, ...], settings: Settings) -> MockServer:
        """Return a server that no one else has, as if it were new."""
        from understudy.server.run import MockServer  # slow to import

        idle = self._idle.get(_key(contracts, settings))
        if idle:
            return idle.pop()
        return self._running.enter_context(MockServer(*contracts, settings=settings))

    def give_back(
        self, contracts: tuple[Contract, ...], settings: Settings, server: MockServer
    ) -> None:
        """Take a server back and forget what was created in it."""
        server.reset()
        self._idle.setdefault(_key(contracts, settings), []).append(server)


def _key(contracts: tuple[Contract, ...], settings: Settings) -> object:
    return (*map(id, contracts), settings)


_CONTRACTS = pytest.StashKey[dict[str, Any]]()


def _load(node: Any, wanted: Any) -> Contract:
    """Return a contract, loaded once in a session; paths are those from the root folder."""
    from understudy.contract.load import load_contract  # slow to import
    from understudy.contract.model import Contract
    from understudy.errors import ContractError

    if isinstance(wanted, Contract):
        return wanted
    known: dict[str, Contract] = node.config.stash.setdefault(_CONTRACTS, {})
    if str(wanted) not in known:
        path = node.config.rootpath / wanted
        here = path.is_file() or (path / "openapi.yaml").is_file()
        try:
            known[str(wanted)] = load_contract(path if here else wanted)
        except ContractError as error:
            raise pytest.UsageError(*map(str, error.problems)) from None
    return known[str(wanted)]


def _one(node: Any) -> Contract:
    names = _names(node)
    if len(names) != 1:
        raise pytest.UsageError(_unnamed(node) if not names else f"{node.nodeid}: which contract?")
    return _load(node, names[0])


def _unnamed(node: Any) -> str:
    return f'{node.nodeid}: name a contract: @pytest.mark.understudy("thena"), or {_INI} in the ini'


def _names(node: Any) -> tuple[Any, ...]:
    """Return the contracts of the nearest marker that names some, or that of the ini file."""
    for marker in node.iter_markers("understudy"):
        if marker.args:
            return tuple(marker.args)
    name = node.config.getini(_INI)
    return (name,) if name else ()


def _asked(node: Any) -> dict[str, Any]:
    """Return the settings of all markers; those nearer to the test go before the others."""
    markers = reversed(list(node.iter_markers("understudy")))
    return {name: value for marker in markers for name, value in marker.kwargs.items()}


def _settings(asked: dict[str, Any]) -> Settings:
    from datetime import UTC, datetime

    from understudy.config import Settings

    unknown = asked.keys() - set(_SETTINGS)
    if unknown:
        known = ", ".join(_SETTINGS)
        raise pytest.UsageError(f"unknown setting {', '.join(sorted(unknown))}; known are {known}")
    found = dict(asked)
    for name in ("tokens", "api_keys", "scenario"):
        if isinstance(found.get(name, ()), str):
            found[name] = (found[name],)
        found[name] = tuple(found.get(name, ()))
    found["scenarios"] = found.pop("scenario")
    if isinstance(found.get("now"), str):
        found["now"] = datetime.fromisoformat(found["now"])
    if "now" in found:
        at = found["now"]
        found["now"] = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return Settings(**found)
