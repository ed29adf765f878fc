"""Deliberately wrong data: objects of which each breaks exactly one promise, and says which.

What breaks several promises at once, or none, is not made but listed. A validator has the last
word, when faults are planned and again for each object.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from understudy.contract.model import Contract
from understudy.contract.pointers import MISSING, join
from understudy.contract.validate import Violation
from understudy.errors import GenerationError
from understudy.generate.bases import BASES, Bases
from understudy.generate.invalid.breaks import Change, Tools
from understudy.generate.invalid.faults import Fault, Way, ways
from understudy.generate.invalid.sites import Site
from understudy.generate.labels import Labelled
from understudy.generate.paths import Path, places, replaced, vacancies
from understudy.generate.samples import Subject
from understudy.generate.source import Source
from understudy.generate.world import World
from understudy.types import Json

_NO_WAY: Final = f"no way to make it was found in {BASES} objects"
_PROOFS: Final = 3
_FAILURES: Final = 8
_PLACES: Final = 64
_MADE: Final = 4


@dataclass(frozen=True, slots=True)
class Inexpressible:
    """A fault that no object has alone, and why."""

    fault: Fault
    reason: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """A fault, the change that makes it, and bases for which that is proven.

    It is `sure` if no base was found on which the same change breaks something else, and `common`
    if realistic objects as short as can be have a place for it.
    """

    way: Way
    change: Change
    bases: tuple[int, ...]
    sure: bool
    common: bool


def invalid(
    contract: Contract, subject: Subject, world: World, *, verify: bool = True
) -> InvalidSample:
    """Plan the faults of `subject`; without `verify`, only those not sure are checked again."""
    return InvalidSample(contract, subject, world, verify=verify)


class InvalidSample:
    """Objects by index, from 0, each with one of `faults` in turn; a pure function of the index.

    An object is the realistic one with the same index, cut and changed; where that offers no
    place for the fault, another realistic one is.
    """

    def __init__(self, contract: Contract, subject: Subject, world: World, *, verify: bool) -> None:
        self._name = subject.name
        self._verify = verify
        self._source = Source.of(f"invalid {contract.name} {subject.name}")
        self._bases = Bases(contract, subject, world)
        tools = Tools(contract.schemas, lambda schema: _made(schema, world))
        planner = _Planner(self._bases, self._source)
        found = [planner.plan(way) for way in ways(subject.schema, tools)]
        self._plans = [plan for plan in found if isinstance(plan, _Plan)]
        self.faults = tuple(plan.way.fault for plan in self._plans)
        self.inexpressible = tuple(one for one in found if isinstance(one, Inexpressible))

    def __call__(self, index: int) -> Labelled:
        """Return object `index`. Raises GenerationError if nothing of the subject can be broken."""
        if not self._plans:
            raise GenerationError(f"{self._name}: the schema promises nothing that can be broken")
        plan = self._plans[index % len(self._plans)]
        for base, source in self._attempts(plan, index):
            spoiled = _spoiled(base, plan.way.site, plan.change, source)
            if spoiled and self._is_right(plan, *spoiled):
                return _labelled(plan.way, *spoiled)
        raise GenerationError(f"{self._name}: {plan.way.fault} cannot be made for object {index}")

    def _attempts(self, plan: _Plan, index: int) -> Iterator[tuple[Json, Source]]:
        """Yield bases and sources: the own base, a proven one, and that as it was proven."""
        source = self._source.at("object").at(index)
        if plan.common:
            yield self._bases.short(index), source
        proven = source.at("base").pick(plan.bases)
        yield self._bases.smallest[proven], source
        yield self._bases.smallest[proven], _proof(self._source, proven)

    def _is_right(self, plan: _Plan, value: Json, path: Path) -> bool:
        if plan.sure and not self._verify:
            return True
        return _breaks_alone(plan.way, path, self._bases.validator.violations(value))


class _Planner:
    """Finds out on realistic objects which change makes a fault and nothing else."""

    def __init__(self, bases: Bases, source: Source) -> None:
        self._bases = bases
        self._source = source

    def plan(self, way: Way) -> _Plan | Inexpressible:
        """Return how to make the fault of `way`, or why it cannot be made."""
        reason = ""
        for change in way.made.changes:
            good: list[int] = []
            bad: list[str] = []
            for base, wrong in self._trials(way, change):
                good += [] if wrong else [base]
                bad += [wrong] if wrong else []
                if len(good) == _PROOFS or len(bad) == _FAILURES:
                    break
            if good:
                common = self._is_common(way, change)
                return _Plan(way, change, tuple(good), sure=not bad, common=common)
            reason = reason or "".join(bad[:1])
        return Inexpressible(way.fault, reason or _NO_WAY)

    def _trials(self, way: Way, change: Change) -> Iterator[tuple[int, str]]:
        """Yield the bases on which `change` can be made, each with what went wrong or nothing."""
        for base, value in enumerate(self._bases.smallest):
            spoiled = _spoiled(value, way.site, change, _proof(self._source, base))
            if spoiled:
                violations = self._bases.validator.violations(spoiled[0])
                alone = _breaks_alone(way, spoiled[1], violations)
                yield base, "" if alone else _told(violations)

    def _is_common(self, way: Way, change: Change) -> bool:
        source = self._source.at("common")
        return any(_spoiled(base, way.site, change, source) for base in self._bases.shortest)


def _proof(source: Source, base: int) -> Source:
    return source.at("proof").at(base)


def _spoiled(base: Json, site: Site, change: Change, source: Source) -> tuple[Json, Path] | None:
    """Return `base` with `change` made at the first place where it can be, and the place."""
    empty = ((path, MISSING) for path in vacancies(base, site.steps, source))
    found = chain(places(base, site.steps, source), empty)
    for path, value in islice(found, _PLACES):
        new = change(value, source.at("change"))
        if new is not MISSING:
            return replaced(base, path, new), path
    return None


def _breaks_alone(way: Way, path: Path, violations: list[Violation]) -> bool:
    """Tell whether the fault of `way`, made at `path`, is all that is wrong."""
    if len(violations) != 1:
        return False
    [found] = violations
    fault = way.fault
    named = fault.keyword != "required" or found.limit == fault.expected
    where = tuple(key for key in path[: way.depth] if key != "")  # the validator leaves "" out
    return named and found.keyword == fault.keyword and found.path == where


def _told(violations: list[Violation]) -> str:
    """Return what `violations` say together."""
    if not violations:
        return "the object stays valid"
    told = (f"{one.keyword} at {join('', *one.path) or 'the root'}" for one in violations[:3])
    return f"breaks {', '.join(told)}"


def _labelled(way: Way, value: Json, path: Path) -> Labelled:
    fault = way.fault
    label = {
        "pointer": join("", *path[: way.depth]),
        "keyword": fault.keyword,
        "kind": fault.kind,
        "expected": fault.expected,
    }
    return Labelled(value, label)


def _made(schema: Json, world: World) -> tuple[Json, ...]:
    """Return values of `schema`, none where nothing satisfies it or none is found."""
    try:
        return tuple(world.value(schema, "fault", index) for index in range(_MADE))
    except (GenerationError, ValueError):
        return ()
