"""`understudy selftest`: how many broken promises of the stand-in the check finds."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from understudy.cli.arguments import Seed
from understudy.cli.ending import fail
from understudy.config import DEFAULT_SEED, Settings
from understudy.contract.load import bundled_names, load_contract
from understudy.contract.model import Contract
from understudy.errors import ContractError, ExitCode, StartError
from understudy.types import JsonObject

if TYPE_CHECKING:
    from understudy.checks.credentials import Credentials
    from understudy.probe.selftest import Score, Serve, Trial

_SETTINGS: dict[str, Any] = {"tokens": ("Understudy-token-7",), "api_keys": ("Understudy-key-7",)}


def json_file(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> Path | None:
    """Return the file of a report, which is written as `json=FILE`."""
    if value is None:
        return None
    kind, equals, path = value.partition("=")
    if kind != "json" or not equals or not path:
        raise click.BadParameter(f"{value!r} is not written as json=FILE")
    return Path(path)


@click.command()
@click.argument("contracts", metavar="[NAME_OR_FILE]...", nargs=-1)
@click.option(
    "--seed",
    "seeds",
    multiple=True,
    default=(DEFAULT_SEED,),
    type=Seed(),
    help="Another world, and other requests. Repeatable.",
)
@click.option(
    "--tier",
    type=click.Choice(["smoke", "pr"]),
    help="Check in this tier alone; otherwise in smoke, and what survives in pr.",
)
@click.option(
    "--mutant",
    "wanted",
    default="*",
    metavar="PATTERN",
    help="Try the mutants whose names match (as of fnmatch) only.",
)
@click.option("--list", "list_only", is_flag=True, help="Name the mutants and try none.")
@click.option(
    "--report", "report", callback=json_file, metavar="json=FILE", help="Write the score as JSON."
)
def selftest(
    contracts: tuple[str, ...],
    seeds: tuple[int, ...],
    tier: str | None,
    wanted: str,
    list_only: bool,  # noqa: FBT001 - click passes options by name
    report: Path | None,
) -> None:
    """Count how many broken promises of the stand-in `understudy check` finds.

    The stand-in of each contract is served in this process, behind mutants of which each breaks
    one promise. A mutant is killed if the check finds an error; one that never changed a reply is
    not reached, which is no kill. Without a name, all bundled contracts are tried.

    \b
    Exit codes: 0 all were killed and the stand-in itself is clean, 1 otherwise, 2 wrong usage,
    3 a contract cannot be read.

    \b
    Examples:
      understudy selftest
      understudy selftest thena --seed 1 --seed 2 --seed 3
      understudy selftest cattix --mutant 'createThread/*' --tier smoke
    """
    try:
        loaded = [load_contract(name) for name in contracts or bundled_names()]
        if list_only:
            for contract in loaded:
                _name(contract, seeds[0], wanted)
            return
        scores = [_score(contract, seeds, tier, wanted) for contract in loaded]
    except ContractError as error:
        fail("\n".join(map(str, error.problems)), ExitCode.CONTRACT)
    except StartError as error:
        fail(str(error), ExitCode.START)
    if not any(score.trials for score in scores):
        raise click.UsageError(f"no mutant matches {wanted!r}; --list names them")
    if report is not None:
        report.write_text(json.dumps([*map(_as_json, scores)], indent=2) + "\n", encoding="utf-8")
    for line in _lines(scores):
        click.echo(line)
    sys.exit(ExitCode.OK if all(score.perfect for score in scores) else ExitCode.FINDINGS)


def _score(contract: Contract, seeds: Sequence[int], tier: str | None, wanted: str) -> Score:
    from understudy.probe.run import Options  # slow to import
    from understudy.probe.selftest import selftest as run

    options = Options(credentials=good_credentials(contract))
    tiers = (tier,) if tier else ("smoke", "pr")
    with _watched() as watch:
        return run(
            contract, stand_in(contract), options, seeds, tiers=tiers, wanted=wanted, watch=watch
        )


def _name(contract: Contract, seed: int, wanted: str) -> None:
    from understudy.probe.run import Options
    from understudy.probe.selftest import listed

    options = Options(seed=seed, credentials=good_credentials(contract))
    for mutant in listed(contract, stand_in(contract), options, wanted):
        click.echo(f"{mutant.name}: {mutant.says}")


def stand_in(contract: Contract) -> Serve:
    """Return what serves a contract under a seed, without anything that was created before."""
    from understudy.server.app import Application

    made: dict[int, Application] = {}

    def serve(seed: int) -> Application:
        if seed not in made:
            made[seed] = Application([contract], Settings(seed=seed, **_SETTINGS))
        made[seed].reset()
        return made[seed]

    return serve


def good_credentials(contract: Contract) -> Credentials:
    """Return the only good credentials, those that `stand_in` is set up with."""
    from understudy.checks.credentials import Credentials
    from understudy.respond.access import example

    schemes = (
        scheme
        for operation in contract.operations.values()
        for alternative in operation.security
        for scheme in alternative
    )
    return Credentials({one.name: example(one, **_SETTINGS) for one in schemes})


def _lines(scores: Sequence[Score]) -> Iterator[str]:
    """Yield the report: every mutant, then what is wrong, then the table."""
    from understudy.probe.selftest import State

    for score in scores:
        for name in score.names:
            yield _line(score.contract, [one for one in score.trials if one.name == name])
        for seed, finding in score.findings:
            yield f"found without a mutant, seed {seed}: {finding.fingerprint}: {finding.got}"
        if score.untried:
            yield f"{score.contract.name}: no mutant is about {'; '.join(score.untried)}"
    yield ""
    yield f"| contract | broken promises | mutants | {' | '.join(State)} |"
    yield "|---|---|--:|--:|--:|--:|"
    for score in scores:
        for family in dict.fromkeys(trial.family for trial in score.trials):
            yield _row(score, family, [one for one in score.trials if one.family == family])
        yield _row(score, "all", score.trials)


def _line(contract: Contract, trials: Sequence[Trial]) -> str:
    """Return what became of one mutant, under the seed that was worst for the check."""
    worst = max(trials, key=lambda one: ("killed", "survived", "not reached").index(one.state))
    by = f" by {worst.finding.fingerprint}" if worst.finding else f" (seed {worst.seed})"
    promise = "" if worst.finding else f": {worst.says}"
    return f"{contract.name}: {worst.state} {worst.name}{by}{promise}"


def _row(score: Score, family: str, trials: Sequence[Trial]) -> str:
    from understudy.probe.selftest import State

    counts = [sum(one.state is state for one in trials) for state in State]
    mutants = len({trial.name for trial in trials})
    cells = [score.contract.name, family, mutants, *counts]
    return f"| {' | '.join(map(str, cells))} |"


def _as_json(score: Score) -> JsonObject:
    return {
        "format": "understudy-selftest",
        "version": 1,
        "contract": score.contract.name,
        "seeds": list(score.seeds),
        "share": score.share,
        "perfect": score.perfect,
        "findings": [
            {"seed": seed, "finding": finding.fingerprint, "got": finding.got}
            for seed, finding in score.findings
        ],
        "untried": list(score.untried),
        "trials": [
            {
                "mutant": one.name,
                "family": one.family,
                "promise": one.says,
                "seed": one.seed,
                "state": str(one.state),
                "tier": one.tier,
                "finding": one.finding.fingerprint if one.finding else None,
                "requests": one.requests,
            }
            for one in score.trials
        ],
    }


@contextmanager
def _watched() -> Iterator[Callable[[Trial], None]]:
    """Yield what shows on a terminal which mutant was tried."""
    if not sys.stderr.isatty():
        yield lambda _trial: None
        return
    from rich.console import Console

    count = 0
    with Console(stderr=True).status("") as status:

        def told(trial: Trial) -> None:
            nonlocal count
            count += 1
            status.update(f"seed {trial.seed} · {count:,} tried · {trial.state} {trial.name}")

        yield told
