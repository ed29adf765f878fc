"""Domains: how many values a schema or a recipe has, and which is the n-th.

Only what can be counted has one; texts of formats, objects and arrays have none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from understudy.codec import identity
from understudy.contract import canonical as c
from understudy.contract import recipes as r
from understudy.contract.canonical import CanonicalSchema
from understudy.contract.model import Contract
from understudy.contract.schemas import members, reference
from understudy.generate.numbers import steps_of
from understudy.generate.patterns.automata import Language
from understudy.generate.texts import faithful, matching, whole
from understudy.types import Json

_LISTED = 1024
_PLENTY = 1 << 40
_COUNTLESS = 1 << 128


@dataclass(frozen=True, slots=True)
class Domain:
    """So many different values, numbered from 0."""

    size: int
    nth: Callable[[int], Json]


def listed(values: Sequence[Json]) -> Domain:
    """Return the domain of these values, each counted once."""
    if all(isinstance(value, str) for value in values):
        distinct = list(dict.fromkeys(values))
    else:
        distinct = list({identity(value): value for value in values}.values())
    return Domain(len(distinct), distinct.__getitem__)


def domain_of(schema: CanonicalSchema) -> Domain | None:
    """Return the values of `schema`, or None where they cannot be counted."""
    match schema.view():
        case c.ConstView() as view:
            return listed([view.value])
        case c.EnumView() as view:
            return listed(view.values)
        case c.IntegerView() | c.NumberView() as view:
            steps = steps_of(view)
            return None if steps.barred else Domain(steps.size, steps.nth)
        case c.StringView() as view if view.patterns and faithful(view):
            return _texts(matching(view))
        case c.MultiTypeView() as view:
            return _joined([_TYPES.get(kind) for kind in view.types])
        case c.AnyOfView() as view:
            return _joined([domain_of(branch) for branch in view.branches])
        case _:
            return None


def domain_by(recipe: r.Recipe | None, schema: CanonicalSchema) -> Domain | None:
    """Return the values that `recipe` has for a property of `schema`."""
    match recipe:
        case None | r.AsSchema():
            present = c.without(schema, c.null())
            return domain_of(schema if present is None else present)
        case r.Literal(value):
            return listed([value])
        case r.Number(r.Literal(int() as low), r.Literal(int() as high)):
            return Domain(max(high - low + 1, 0), low.__add__)
        case r.Pattern(pattern):
            return _texts(whole(pattern))
        case _:
            return None


def ids_of(contract: Contract, resource: str) -> Domain | None:
    """Return the ids that members of `resource` can have, or None where they cannot be counted."""
    kind = contract.behaviour.resources[resource]
    values = contract.behaviour.values.get(kind.schema)
    recipe = values.members.get(kind.id[0]) if values else None
    schema = next(members(reference(kind.schema), kind.id[0], contract.schemas), True)
    return domain_by(recipe, c.canonical(schema, contract.schemas))


def keys_of(contract: Contract, parent: str) -> Domain | None:
    """Return the keys that parents of this kind can have, or None where there is no telling."""
    return domain_by(contract.behaviour.parents[parent].key, c.anything())


def _texts(found: Language) -> Domain | None:
    """Return the texts of a language, but None for too many to ever draw one twice."""
    size = found.count(_COUNTLESS if found.ends() else _PLENTY)
    if size == _COUNTLESS or (size < _PLENTY and not found.ends()):
        return None
    return Domain(size, found.unrank)


def _joined(domains: Sequence[Domain | None]) -> Domain | None:
    """Return the union of domains, which takes a list unless there is only one."""
    known = [domain for domain in domains if domain]
    if len(known) < len(domains) or not known:
        return None
    if len(known) == 1:
        return known[0]
    if sum(domain.size for domain in known) > _LISTED:
        return None
    return listed([domain.nth(n) for domain in known for n in range(domain.size)])


_TYPES = {
    "boolean": listed([False, True]),
    "null": listed([None]),
    "integer": Domain((1 << 31) - 1, (1).__add__),
}
