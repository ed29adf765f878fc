"""Understudy: OpenAPI contracts in; a mock server, fixtures and contract checks out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.version import __version__ as __version__

if TYPE_CHECKING:
    from understudy.config import Settings
    from understudy.contract.load import load_contract
    from understudy.fixtures.content import generate_objects
    from understudy.generate.strategies import strategies
    from understudy.probe.responses import assert_keeps_contract
    from understudy.server.run import MockServer

__all__ = [
    "MockServer",
    "Settings",
    "assert_keeps_contract",
    "generate_objects",
    "load_contract",
    "strategies",
]

_HOMES = {
    "MockServer": "understudy.server.run",
    "Settings": "understudy.config",
    "assert_keeps_contract": "understudy.probe.responses",
    "generate_objects": "understudy.fixtures.content",
    "load_contract": "understudy.contract.load",
    "strategies": "understudy.generate.strategies",
}


def __getattr__(name: str) -> object:
    """Import the public names when they are first used: a server is slow to import."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
