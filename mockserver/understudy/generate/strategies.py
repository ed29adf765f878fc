"""Hypothesis strategies for one's own property tests, on the same makers as everything else.

The gate to Hypothesis. Every choice of a maker becomes a draw, so that failing examples shrink:
fewer members, shorter lists, first options. Identifiers are no choice: they stay unique.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from understudy.contract.load import load_contract
from understudy.contract.model import Contract, Parameter
from understudy.generate.samples import (
    Subject,
    list_of,
    of_request,
    of_response,
    of_schema,
    resource_of,
    sample,
)
from understudy.generate.source import Source
from understudy.generate.world import World
from understudy.types import Json, JsonObject

_PARENTS = 64
"""Of how many parents list responses are drawn; each is generated as a whole."""

T = TypeVar("T")


def strategies(contract: Contract | str | Path) -> Strategies:
    """Return the strategies for a contract, loaded or by name or file."""
    return Strategies(contract if isinstance(contract, Contract) else load_contract(contract))


class Strategies:
    """Strategies for the parts of one contract, in its default world."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._world = World(contract)

    def schema(self, name: str) -> SearchStrategy[Json]:
        """Return a strategy for values of a component schema. Raises KeyError without one."""
        return self._values(of_schema(self._contract, name))

    def response(self, operation_id: str, status: int | str = "") -> SearchStrategy[Json]:
        """Return a strategy for response bodies. Raises KeyError for what is not documented."""
        return self._values(of_response(self._contract, operation_id, str(status)))

    def request_body(self, operation_id: str) -> SearchStrategy[Json]:
        """Return a strategy for request bodies. Raises KeyError for an operation without one."""
        return self._values(of_request(self._contract, operation_id))

    def parameters(self, operation_id: str) -> SearchStrategy[JsonObject]:
        """Return a strategy for parameters: a mapping of locations to mappings of names."""
        return _parameters(self._world, self._contract.operations[operation_id].parameters)

    def _values(self, subject: Subject) -> SearchStrategy[Json]:
        if list_of(self._contract, subject):
            return st.integers(0, _PARENTS - 1).map(sample(self._contract, subject, self._world))
        return _values(self._world, subject, resource_of(self._contract, subject))


class _Drawn(Source):
    """A source whose choices Hypothesis makes; its keys still follow from names alone."""

    __slots__ = ("_draw",)

    def __init__(self, source: Source, draw: DrawFn) -> None:
        super().__init__(source.base, source.salt)
        self._draw = draw

    def at(self, label: str | int) -> Source:
        return _Drawn(super().at(label), self._draw)

    def under(self, text: str) -> Source:
        return _Drawn(super().under(text), self._draw)

    def below(self, bound: int) -> int:
        return self._draw(st.integers(0, bound - 1))

    def between(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]


@st.composite
def _values(draw: DrawFn, world: World, subject: Subject, resource: str) -> Json:
    source = _Drawn(Source.of(subject.name), draw)
    if resource:
        return world.member_from(resource, source)
    return world.value_from(subject.schema, source)


@st.composite
def _parameters(draw: DrawFn, world: World, parameters: Sequence[Parameter]) -> JsonObject:
    found: dict[str, JsonObject] = {}
    for parameter in parameters:
        if parameter.required or draw(st.booleans()):
            name = f"{parameter.location} {parameter.name}"
            source = _Drawn(Source.of(name), draw)
            value = world.value_from(parameter.schema, source)
            found.setdefault(parameter.location, {})[parameter.name] = value
    return found
