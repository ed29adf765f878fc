"""The check is held to its own promise: it finds every promise that a mutant breaks."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.probe.subjects import SUBJECTS

from understudy import load_contract
from understudy.checks.case import Case
from understudy.cli.selftest import good_credentials, stand_in
from understudy.exchange import Reply
from understudy.probe.mutants.derive import mutants
from understudy.probe.mutants.mutant import Alter, Ask, Mutant, Original
from understudy.probe.run import Options
from understudy.probe.selftest import Score, State, selftest

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "what-green-means.md"
FAMILIES = {
    "thena": {
        "replies", "relations", "lists", "pages", "owners", "reading", "input", "access", "methods",
    },
    "cattix": {"replies", "relations", "lists", "owners", "creating", "input", "access", "methods"},
}  # fmt: skip


def score_of(name: str, derive: Callable[[Original], Iterable[Mutant]] = mutants) -> Score:
    contract = load_contract(name)
    options = Options(credentials=good_credentials(contract))
    return selftest(contract, stand_in(contract), options, [1], tiers=["smoke"], derive=derive)


@pytest.fixture(scope="module", params=["cattix", "thena"])
def score(request: pytest.FixtureRequest) -> Score:
    return score_of(request.param)


def test_every_mutant_is_killed_and_the_stand_in_itself_is_clean(score: Score) -> None:
    assert [one.name for one in score.trials if one.state is not State.KILLED] == []
    assert score.findings == ()
    assert score.perfect
    assert score.share == 1


def test_mutants_are_many_and_of_every_family_that_the_contract_has(score: Score) -> None:
    assert len(score.names) >= 150
    assert len(score.names) == len(score.trials)
    assert {one.family for one in score.trials} == FAMILIES[score.contract.name]


def test_the_page_publishes_every_row_of_the_score(score: Score) -> None:
    rows = [line.strip("| \n").split(" | ") for line in PAGE.read_text("utf-8").splitlines()]
    published = {tuple(row[:2]) for row in rows if row[0] == score.contract.name}

    assert published == {(score.contract.name, f) for f in {one.family for one in score.trials}} | {
        (score.contract.name, "all")
    }


def test_documented_statuses_that_the_stand_in_never_answers_are_told(score: Score) -> None:
    told = dict(one.rsplit(": ", 1) for one in score.untried)

    assert told.keys() == {one.label for one in score.contract.operations.values()}
    assert all({"403", "429"} <= set(statuses.split(", ")) for statuses in told.values())


@pytest.mark.parametrize("name", ["desk", "forum"])
def test_mutants_of_the_lists_of_other_implementations_are_killed_as_well(name: str) -> None:
    subject = SUBJECTS[name]

    def derive(original: Original) -> Iterable[Mutant]:
        found = (one for one in mutants(original) if one.family in ("lists", "pages", "owners"))
        return [one for index, one in enumerate(found) if index % 3 == 0]

    score = selftest(
        subject.contract, lambda _seed: subject.module.make_app(), subject.options(), [1],
        derive=derive,
    )  # fmt: skip

    assert [one.name for one in score.trials if one.state is not State.KILLED] == []
    assert len(score.trials) > 5
    assert score.findings == ()


def mutant(alter: Alter) -> Callable[[Original], Iterable[Mutant]]:
    return lambda _original: [Mutant("only", "A promise", lambda: alter)]


async def unchanged(asked: Case, ask: Ask) -> Reply:
    return (await ask(asked.exchange.sent)).exchange.reply


async def with_a_header(asked: Case, ask: Ask) -> Reply:
    reply = (await ask(asked.exchange.sent)).exchange.reply
    return replace(reply, headers=(*reply.headers, ("x-served-by", "mutant")))


async def failing(_asked: Case, _ask: Ask) -> Reply:
    raise ZeroDivisionError


def test_a_mutant_that_changes_nothing_is_not_reached_and_not_killed() -> None:
    score = score_of("sitegpt", mutant(unchanged))

    assert [one.state for one in score.trials] == [State.UNREACHED]
    assert not score.perfect


def test_a_mutant_that_breaks_no_promise_survives() -> None:
    score = score_of("sitegpt", mutant(with_a_header))

    assert [(one.state, one.finding) for one in score.trials] == [(State.SURVIVED, None)]
    assert score.share == 0


def test_a_mutant_that_fails_itself_is_no_kill_but_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        score_of("sitegpt", mutant(failing))
