"""Hold the check to its own promise: every broken promise of a mutant is to be found."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

from understudy.checks.case import Rules
from understudy.checks.promise import Finding, Severity
from understudy.checks.verdict import Verdict
from understudy.contract.meaning.infer import meaning
from understudy.contract.model import Contract
from understudy.exchange import Exchange
from understudy.probe.api import Progress, TimeUpError
from understudy.probe.mutants.altered import Altered
from understudy.probe.mutants.derive import mutants
from understudy.probe.mutants.mutant import Mutant, Original
from understudy.probe.mutants.replies import documented_but_unseen
from understudy.probe.run import TIERS, Options, check

Serve: TypeAlias = Callable[[int], Any]
"""Returns the ASGI application of a correct implementation, as if it were new, for a seed."""

Derive: TypeAlias = Callable[[Original], Iterable[Mutant]]
"""Returns the mutants of a correct implementation."""


class State(enum.StrEnum):
    """What became of a mutant. One that never changed a reply is not reached, and not killed."""

    KILLED = "killed"
    SURVIVED = "survived"
    UNREACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Trial:
    """One mutant under one seed: what became of it, in which tier, and the finding that killed."""

    name: str
    family: str
    says: str
    seed: int
    state: State
    tier: str
    finding: Finding | None = None
    requests: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """What a selftest came to. `findings` are those of the correct implementation, by seed.

    `untried` are documented statuses that it never answered, by operation: no mutant is about them.
    """

    contract: Contract
    seeds: tuple[int, ...]
    trials: tuple[Trial, ...] = ()
    findings: tuple[tuple[int, Finding], ...] = ()
    untried: tuple[str, ...] = ()

    def count(self, state: State) -> int:
        """Return how many trials ended in one way."""
        return sum(trial.state is state for trial in self.trials)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the mutants, each once."""
        return tuple(dict.fromkeys(trial.name for trial in self.trials))

    @property
    def share(self) -> float:
        """Return the share of the trials that were killed, 0 where there were none."""
        return self.count(State.KILLED) / len(self.trials) if self.trials else 0.0

    @property
    def perfect(self) -> bool:
        """Tell whether every mutant was killed, and nothing was found without one."""
        return self.count(State.KILLED) == len(self.trials) and not self.findings


@dataclass(slots=True)
class _Run:
    """A run of the check against the correct implementation: what its mutants are compared to."""

    verdict: Verdict
    marks: list[bytes]
    exchanges: list[Exchange] = field(default_factory=list)


def selftest(
    contract: Contract,
    serve: Serve,
    options: Options,
    seeds: Sequence[int],
    *,
    tiers: Sequence[str] = ("smoke", "pr"),
    wanted: str = "*",
    derive: Derive = mutants,
    watch: Callable[[Trial], None] = lambda _trial: None,
) -> Score:
    """Return how many mutants of an implementation the check kills.

    What survives one of `tiers` is tried in the next. `wanted` is a pattern of names.
    """
    score = Score(contract, tuple(seeds))
    for seed in seeds:
        bench = _Bench(contract, serve, replace(options, seed=seed))
        findings = tuple((seed, one) for one in bench.original(tiers[0]).verdict.findings)
        score = replace(
            score,
            findings=score.findings + findings,
            untried=tuple(dict.fromkeys((*score.untried, *bench.untried(tiers[0])))),
        )
        for mutant in bench.mutants(derive, wanted, tiers[0]):
            trial = bench.trial(mutant, tiers)
            watch(trial)
            score = replace(score, trials=(*score.trials, trial))
    return score


def listed(contract: Contract, serve: Serve, options: Options, wanted: str = "*") -> list[Mutant]:
    """Return the mutants that a selftest would try."""
    return _Bench(contract, serve, options).mutants(mutants, wanted, "smoke")


class _Bench:
    """Runs the check against the correct implementation and its mutants, under one seed."""

    def __init__(self, contract: Contract, serve: Serve, options: Options) -> None:
        self._contract = contract
        self._serve = serve
        self._options = options
        self._rules = Rules(contract, meaning(contract), options.credentials)
        self._originals: dict[str, _Run] = {}

    def original(self, tier: str) -> _Run:
        """Return the run of one tier against the correct implementation."""
        if tier not in self._originals:
            exchanges: list[Exchange] = []
            app = Altered(self._serve(self._options.seed), self._rules, note=exchanges.append)
            verdict = self._check(tier, app, lambda _progress: None)
            self._originals[tier] = _Run(verdict, app.marks, exchanges)
        return self._originals[tier]

    def _known(self, tier: str) -> Original:
        cases = tuple(map(self._rules.case, self.original(tier).exchanges))
        return Original(self._rules, cases)

    def mutants(self, derive: Derive, wanted: str, tier: str) -> list[Mutant]:
        """Return the mutants whose names match, each name once."""
        found = {one.name: one for one in derive(self._known(tier))}
        return [one for name, one in found.items() if fnmatchcase(name, wanted)]

    def untried(self, tier: str) -> Iterator[str]:
        """Yield the documented statuses that were never answered, operation by operation."""
        known = self._known(tier)
        for operation in self._contract.operations.values():
            statuses = list(documented_but_unseen(known, operation))
            if statuses:
                yield f"{operation.label}: {', '.join(statuses)}"

    def trial(self, mutant: Mutant, tiers: Sequence[str]) -> Trial:
        """Return what became of a mutant, tier by tier until it is killed."""
        for tier in tiers:
            trial = self._one(mutant, tier)
            if trial.state is State.KILLED:
                break
        return trial

    def _one(self, mutant: Mutant, tier: str) -> Trial:
        original = self.original(tier)
        known = {one.fingerprint for one in original.verdict.findings}

        def stop(progress: Progress) -> None:
            if progress.findings > len(known):
                raise TimeUpError

        for watch in (stop, lambda _progress: None):
            app = Altered(self._serve(self._options.seed), self._rules, mutant.make())
            verdict = self._check(tier, app, watch)
            if app.error is not None:
                raise app.error
            finding = _new_error(verdict, known)
            if finding is not None or verdict.complete:
                break
        reached = app.marks[: len(original.marks)] != original.marks[: len(app.marks)]
        state = State.UNREACHED
        if reached:
            state = State.SURVIVED if finding is None else State.KILLED
        return Trial(
            name=mutant.name,
            family=mutant.family,
            says=mutant.says,
            seed=self._options.seed,
            state=state,
            tier=tier,
            finding=finding,
            requests=verdict.requests,
        )

    def _check(self, tier: str, app: Altered, watch: Callable[[Progress], None]) -> Verdict:
        options = replace(self._options, tier=TIERS[tier])
        return check(self._contract, "", options, app=app, watch=watch)


def _new_error(verdict: Verdict, known: Collection[str]) -> Finding | None:
    """Return the first error that the correct implementation does not show."""
    errors = (one for one in verdict.findings if one.promise.severity is Severity.ERROR)
    return next((one for one in errors if one.fingerprint not in known), None)
