import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from understudy.cli import main
from understudy.contract.compare.contracts import compare
from understudy.contract.load import load_contract
from understudy.errors import ExitCode

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "compare-contracts.md"
THREADS = """\
openapi: 3.0.3
info: {title: "Threads", version: "1"}
paths:
  /threads:
    get:
      parameters:
        - name: limit
          in: query
          schema:
            type: integer
            default: 10
      responses:
        "200":
          description: fine
          content:
            application/json:
              schema:
                type: object
                properties:
                  role:
                    enum: [user, agent]
"""
BROKEN = THREADS.replace("[user, agent]", '[user, agent, "a|b, 100%"]')
RISKY = THREADS.replace("default: 10", "default: 20")
SAFE = THREADS.replace("[user, agent]", "[user]")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    texts = {"old": THREADS, "broken": BROKEN, "risky": RISKY, "safe": SAFE, "bad": "openapi: 2"}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text)


def diff(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments])


def test_the_first_line_is_the_verdict_and_each_other_line_a_change() -> None:
    ended = diff("old.yaml", "broken.yaml")

    assert ended.stdout.splitlines() == [
        "1 breaking, 0 risky and 0 safe changes",
        "broken.yaml:21: breaking: GET /threads: /role of the response 200 may now also be "
        '"a|b, 100%" [response-enum-value-added]',
    ]
    assert (ended.exit_code, ended.stderr) == (ExitCode.FINDINGS, "")


@pytest.mark.parametrize("shape", ["text", "github"])
def test_without_changes_the_verdict_is_all(shape: str) -> None:
    ended = diff("old.yaml", "old.yaml", "--format", shape)

    assert (ended.exit_code, ended.stdout, ended.stderr) == (ExitCode.OK, "no changes\n", "")


@pytest.mark.parametrize(
    ("new", "fail_on", "code"),
    [
        ("broken", "breaking", ExitCode.FINDINGS),
        ("broken", "none", ExitCode.OK),
        ("risky", "breaking", ExitCode.OK),
        ("risky", "risky", ExitCode.FINDINGS),
        ("risky", "safe", ExitCode.FINDINGS),
        ("safe", "risky", ExitCode.OK),
        ("safe", "safe", ExitCode.FINDINGS),
        ("safe", "none", ExitCode.OK),
        ("old", "safe", ExitCode.OK),
    ],
)
def test_the_exit_code_follows_from_the_worst_change(
    new: str, fail_on: str, code: ExitCode
) -> None:
    assert diff("old.yaml", f"{new}.yaml", "--fail-on", fail_on).exit_code == code


def test_json_holds_every_change_and_how_many_there_are() -> None:
    ended = diff("old.yaml", "risky.yaml", "--format", "json")

    assert json.loads(ended.stdout) == {
        "summary": {"breaking": 0, "risky": 1, "safe": 0},
        "changes": [
            {
                "level": "risky",
                "operation": "GET /threads",
                "rule": "parameter-default-changed",
                "message": "the value of the query parameter limit had the default 10 "
                "and now has 20",
                "file": "risky.yaml",
                "line": 10,
                "pointer": "/paths/~1threads/get/parameters/0/schema",
            }
        ],
    }


def test_a_table_of_markdown_keeps_its_columns() -> None:
    verdict, _, head, rule, row = diff(
        "old.yaml", "broken.yaml", "--format", "markdown"
    ).stdout.splitlines()

    assert verdict == "**1 breaking, 0 risky and 0 safe changes**"
    assert (head.count("|"), rule) == (6, "|---|---|---|---|---|")
    assert len(re.findall(r"(?<!\\)\|", row)) == 6
    assert r'may now also be "a\|b, 100%"' in row


def test_github_gets_an_annotation_for_each_change() -> None:
    verdict, told = diff("old.yaml", "broken.yaml", "--format", "github").stdout.splitlines()

    assert verdict == "1 breaking, 0 risky and 0 safe changes"
    assert told == (
        "::error file=broken.yaml,line=21,title=breaking%3A response-enum-value-added::"
        'GET /threads: /role of the response 200 may now also be "a|b, 100%25"'
    )


def test_all_that_is_wrong_with_both_contracts_is_told() -> None:
    ended = diff("none.yaml", "bad.yaml")

    assert "none.yaml: no such file or contract" in ended.stderr
    assert "bad.yaml:1: /openapi: is not an OpenAPI" in ended.stderr
    assert (ended.exit_code, ended.stdout) == (ExitCode.CONTRACT, "")


@pytest.mark.parametrize("arguments", [(), ("thena",), ("thena", "thena", "--format", "xml")])
def test_a_mistake_on_the_command_line_is_told(arguments: tuple[str, ...]) -> None:
    ended = diff(*arguments)

    assert ended.stderr.startswith("Usage:")
    assert (ended.exit_code, ended.stdout) == (ExitCode.USAGE, "")


def test_bundled_contracts_are_known_by_name() -> None:
    found = compare(load_contract("cattix"), load_contract("thena"))

    assert len(diff("cattix", "thena").stdout.splitlines()) == 1 + len(found)


def test_the_guide_and_the_help_tell_every_option() -> None:
    guide, help_text = GUIDE.read_text(encoding="utf-8"), diff("--help").stdout

    for told in ("--format", "--fail-on", *"json markdown github breaking risky safe none".split()):
        assert told in guide
        assert told in help_text
