"""Check one API: plan by its contract, ask, and come to a verdict."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from understudy.checks.baseline import Baseline
from understudy.checks.case import Rules
from understudy.checks.credentials import Credentials
from understudy.checks.verdict import Unchecked, Verdict
from understudy.config import DEFAULT_NOW, DEFAULT_SEED
from understudy.contract.meaning.infer import meaning
from understudy.contract.model import Contract
from understudy.errors import StartError
from understudy.exchange import Sent
from understudy.generate.world import World
from understudy.probe.api import Api, TimeUpError, Watch
from understudy.probe.client import IN_PROCESS, Client, Connection
from understudy.probe.ground import Ground
from understudy.probe.judge import Judge
from understudy.probe.tour import tour
from understudy.probe.vacuity import unchecked


@dataclass(frozen=True, slots=True)
class Tier:
    """How thorough a run is.

    `each` bounds the probes of one kind of input; `examples` are generated for each operation,
    none in the first tier; `seeds` are how many times; `created` how many resources at most.
    """

    name: str
    each: int
    examples: int = 0
    seeds: int = 1
    stateful: bool = False
    created: int = 12


TIERS: Mapping[str, Tier] = {
    tier.name: tier
    for tier in (
        Tier("smoke", each=120),
        Tier("pr", each=400, examples=40, created=120),
        Tier("nightly", each=2000, examples=200, seeds=3, stateful=True, created=120),
    )
}
"""The tiers by name, the quickest first."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do. `known` are values of parameters that exist, by name."""

    tier: Tier = TIERS["pr"]
    seed: int = DEFAULT_SEED
    credentials: Credentials = field(default_factory=Credentials)
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)
    operations: tuple[str, ...] = ()
    read_only: bool = False
    max_time: float | None = None
    max_response_time: float | None = None
    connection: Connection = field(default_factory=Connection)
    baseline: Baseline = field(default_factory=Baseline)
    secrets: Mapping[str, str] = field(default_factory=dict)


def check(
    contract: Contract,
    url: str,
    options: Options,
    *,
    app: Any = None,
    watch: Watch = lambda _progress: None,
) -> Verdict:
    """Check the API at `url`, or an ASGI or WSGI application in this process.

    An interrupt or the end of the time leads to a verdict on what was done until then. Raises
    StartError where nothing answers.
    """
    start = time.monotonic()
    rules = Rules(
        contract, meaning(contract), options.credentials, max_seconds=options.max_response_time
    )
    deadline = None if options.max_time is None else start + options.max_time
    with Client(IN_PROCESS if app is not None else url, options.connection, app) as client:
        client.base = find_base(client, contract)
        api = Api(rules, client, read_only=options.read_only, deadline=deadline, watch=watch)
        world = World(contract, seed=options.seed, now=DEFAULT_NOW)
        ground = Ground(api, contract, world, options)
        troubles: list[Unchecked] = []
        complete = False
        with suppress(TimeUpError, KeyboardInterrupt):
            tour(ground, app, troubles)
            complete = True
        if not complete:
            troubles.append(Unchecked("the rest", "", "the run was cut off", vacuous=False))
        missing = (*unchecked(ground), *troubles)
        seconds = time.monotonic() - start
        return verdict(api, options, api.base, missing, seconds, complete=complete)


def verdict(
    judge: Judge,
    options: Options,
    target: str,
    missing: tuple[Unchecked, ...],
    seconds: float,
    *,
    complete: bool = True,
) -> Verdict:
    """Return what the exchanges with the API at `target` came to."""
    findings, accepted = judge.ledger.judged(options.baseline)
    return Verdict(
        contract=judge.rules.contract,
        target=target,
        tier=options.tier.name,
        seed=options.seed,
        findings=findings,
        accepted=accepted,
        unchecked=missing,
        tested=judge.ledger.tested,
        coverage=judge.coverage(),
        requests=judge.ledger.requests,
        seconds=seconds,
        secrets=options.secrets,
        complete=complete,
    )


def find_base(client: Client, contract: Contract) -> str:
    """Return the address below which the paths of the contract are.

    The base path of the contract may be part of it or not: which of the two is not 404 decides,
    an address with a path as it stands first. Raises StartError where nothing answers.
    """
    base = client.base
    path = next((op.path for op in contract.operations.values()), "/")
    candidates = [base]
    if contract.base_path and not base.endswith(contract.base_path):
        candidates.insert(1 if urlsplit(base).path else 0, base + contract.base_path)
    for candidate in candidates:
        client.base = candidate
        reply = client.send(Sent("GET", path.replace("{", "").replace("}", ""))).reply
        if reply.status == 0:
            raise StartError(f"nothing answers at {candidate}: {reply.body.decode()}")
        if reply.status != 404:
            return candidate
    return candidates[0]
