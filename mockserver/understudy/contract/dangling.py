"""Find what a behaviour refers to and nothing stands behind: names, pointers, expressions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from understudy.contract import pointers
from understudy.contract.behaviour import Behaviour
from understudy.contract.expressions import Name, Relative, Runtime
from understudy.contract.instances import relative_leads_somewhere
from understudy.contract.model import Contract
from understudy.contract.recipe_syntax import parse_template
from understudy.contract.recipes import After, Each, Member, Recipe, parts
from understudy.types import Json

Mistake: TypeAlias = tuple[str, str, str]
"""Pointer, message and hint."""

_BUILT_IN_NAMES = frozenset({"key", "ordinal"})


def dangling(contract: Contract, behaviour: Behaviour) -> Iterator[Mistake]:
    """Yield what recipes and vocabulary refer to in vain."""
    known = _BUILT_IN_NAMES | _names_bound(behaviour)
    for section, schema, recipes in _recipe_places(behaviour):
        for key, recipe in recipes.items():
            at = pointers.join(section, key)
            for part in parts(recipe):
                yield from _of_name(part, known, at)
                yield from _of_resource(part, behaviour, at)
                yield from _of_pointer(part, schema, contract, at)
                yield from _of_expression(part, contract, at)
                if isinstance(part, After) and section.endswith("/let"):
                    yield at, "$after makes a property and cannot be bound to a name", ""
    for pointer, text in _texts(behaviour.tables, ""):
        for part in parts(parse_template(text)):
            for _, message, hint in _of_name(part, known, ""):
                yield "/vocabulary", f"{pointer}: {message}", hint


def _of_name(part: object, known: Collection[str], at: str) -> Iterator[Mistake]:
    if isinstance(part, Name) and part.head not in known:
        yield at, f"nothing is called {part.head!r}", f"known are {', '.join(sorted(known))}"


def _of_resource(part: object, behaviour: Behaviour, at: str) -> Iterator[Mistake]:
    if isinstance(part, Member) and part.resource not in behaviour.resources:
        known = ", ".join(sorted(behaviour.resources))
        yield at, f"unknown resource {part.resource!r}", f"known are {known}"


def _of_pointer(part: object, schema: str, contract: Contract, at: str) -> Iterator[Mistake]:
    if not isinstance(part, Relative):
        return
    if not schema or not relative_leads_somewhere(schema, part, contract.schemas):
        yield at, f"{part} matches nothing from {schema or 'here'}", ""


def _of_expression(part: object, contract: Contract, at: str) -> Iterator[Mistake]:
    if not isinstance(part, Runtime) or not at.startswith("/operations/"):
        return
    operation = contract.operations.get(pointers.split(at)[1])
    if operation and not operation.takes(part, contract.schemas):
        yield at, f"{part} is nothing that {operation.id} takes", ""


def _recipe_places(behaviour: Behaviour) -> Iterator[tuple[str, str, Mapping[str, Recipe]]]:
    """Yield pointer, schema of the current object, and recipes of every place that has recipes."""
    yield "/let", "", behaviour.let
    for name, parent in behaviour.parents.items():
        yield pointers.join("/parents", name), "", {"key": parent.key}
        yield pointers.join("/parents", name, "let"), "", parent.let
    for name, values in behaviour.values.items():
        yield pointers.join("/values", name, "let"), name, values.let
        yield pointers.join("/values", name), name, values.members
    for name, action in behaviour.operations.items():
        resource = behaviour.resources.get(action.resource)
        schema = resource.schema if resource else ""
        yield pointers.join("/operations", name, "let"), schema, action.let
        yield pointers.join("/operations", name, "assign"), schema, action.assign


def _names_bound(behaviour: Behaviour) -> set[str]:
    """Return every name that a binding, a table or a loop brings into being."""
    names = set(behaviour.tables) | set(behaviour.let)
    names.update(name for parent in behaviour.parents.values() for name in parent.let)
    names.update(name for values in behaviour.values.values() for name in values.let)
    names.update(name for action in behaviour.operations.values() for name in action.let)
    names.update(r.each[0] for r in behaviour.resources.values() if r.each)
    for _, _, recipes in _recipe_places(behaviour):
        loops = (part for recipe in recipes.values() for part in parts(recipe))
        names.update(loop.name for loop in loops if isinstance(loop, Each))
    return names


def _texts(value: Json, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield pointer and text of every text with braces within `value`."""
    if isinstance(value, str) and "{" in value:
        yield pointer, value
    for key, child in pointers.children(value):
        yield from _texts(child, pointers.join(pointer, key))
