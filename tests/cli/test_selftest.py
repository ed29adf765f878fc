import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from understudy.cli import main
from understudy.errors import ExitCode

FORUM = Path(__file__).parents[1] / "implementations" / "forum.yaml"
SMOKE = ("--tier", "smoke")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["selftest", *arguments])


def test_each_mutant_is_named_with_the_finding_that_killed_it() -> None:
    result = run("thena", *SMOKE, "--mutant", "listWebThreads/limit*")

    assert result.exit_code == ExitCode.OK
    assert (
        "thena: killed listWebThreads/limit ignored"
        " by meaning/page-size | GET /api/v1/chat/{agent_id}/web-threads | query limit"
    ) in result.output.splitlines()
    assert result.output.splitlines()[-1] == "| thena | all | 3 | 3 | 0 | 0 |"


def test_mutants_are_listed_without_being_tried() -> None:
    result = run("sitegpt", "--list", "--mutant", "*/order*")

    assert result.exit_code == ExitCode.OK
    assert result.output == "listThreads/order reversed: The list is in order of updatedAt\n"


def test_the_score_is_written_as_json(tmp_path: Path) -> None:
    file = tmp_path / "score.json"

    result = run(
        "sitegpt", *SMOKE, "--seed", "2", "--seed", "3", "--mutant", "*/order*",
        "--report", f"json={file}",
    )  # fmt: skip

    assert result.exit_code == ExitCode.OK
    [score] = json.loads(file.read_text("utf-8"))
    assert score["format"] == "understudy-selftest"
    assert score["perfect"] is True
    assert [(one["seed"], one["mutant"], one["state"]) for one in score["trials"]] == [
        (2, "listThreads/order reversed", "killed"),
        (3, "listThreads/order reversed", "killed"),
    ]


def test_a_stand_in_that_is_not_clean_is_told_and_fails() -> None:
    result = run(str(FORUM), *SMOKE, "--mutant", "listThreads/200 empty")

    assert result.exit_code == ExitCode.FINDINGS
    assert "found without a mutant, seed 1: meaning/" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("thena", "--mutant", "typo"), "no mutant matches 'typo'"),
        (("thena", "--report", "score.json"), "'score.json' is not written as json=FILE"),
        (("thena", "--tier", "nightly"), "'nightly' is not one of 'smoke', 'pr'"),
    ],
)
def test_wrong_usage_says_what_is_wrong(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)

    assert result.exit_code == ExitCode.USAGE
    assert message in result.output


def test_a_contract_that_cannot_be_read_ends_with_its_own_code() -> None:
    assert run("no-such-contract").exit_code == ExitCode.CONTRACT
