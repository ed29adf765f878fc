import json
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from understudy.cli import main
from understudy.contract.load import bundled_names, load_contract
from understudy.contract.meaning.infer import meaning
from understudy.contract.relations import KINDS
from understudy.errors import ExitCode

SPECS = Path(__file__).parents[1] / "specs"
README = Path(__file__).parents[2] / "openapi" / "README.md"

BOOKS = """\
Books 1

GET /books  listBooks
  lists each book: the response is the array
      told from names: listBooks list
  query limit is the most items that come at once
      told from names: listBooks paging size

GET /books/{bookId}  getBook
  reads the book that path bookId names, or else is 404
      told from names: getBook read

POST /books  addBook
  creates a book, which can be read and listed afterwards
      told from names: addBook create
  title repeats body title
      told from names: addBook echo /title

What the stand-in keeps, since behaviour.yaml does not say
  book: 25 in a list, at /books/{bookId}

What is told from names is a guess. To take one back, list its id, or a pattern such as
"* echo *", in a behaviour.yaml beside the document:

veto:
  - listBooks list
"""


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments])


def test_each_fact_is_said_with_its_reason_and_its_id() -> None:
    assert explain(str(SPECS / "books.yaml")).output == BOOKS


def test_what_is_vetoed_and_which_vetoes_are_of_no_use_is_said(tmp_path: Path) -> None:
    shutil.copy(SPECS / "books.yaml", tmp_path / "openapi.yaml")
    (tmp_path / "behaviour.yaml").write_text('veto: ["* echo *", listBooks paging total]\n')

    output = explain(str(tmp_path)).output

    told, _, rest = output.partition("\nVetoed\n")
    assert "addBook echo" not in told
    assert rest.startswith(
        "  title repeats body title\n      told from names: addBook echo /title\n\n"
        "Vetoes that are about nothing\n  listBooks paging total\n"
    )


def test_the_veto_that_is_shown_takes_a_fact_back(tmp_path: Path) -> None:
    shutil.copy(SPECS / "books.yaml", tmp_path / "openapi.yaml")
    shown = explain(str(tmp_path)).output.partition("\nveto:\n")[2]
    (tmp_path / "behaviour.yaml").write_text(f"veto:\n{shown}")

    (veto,) = load_contract(tmp_path).behaviour.vetoes

    assert explain(str(tmp_path)).output.partition("\nVetoed\n")[2].count(veto) == 1


def test_operations_of_which_nothing_is_told_are_named() -> None:
    output = explain(str(SPECS / "zoo.yaml")).output

    assert output.endswith("\nNothing is told of\n  POST /animals\n  POST /keepers\n")


def test_what_the_stand_in_repeats_is_said_and_can_be_vetoed(tmp_path: Path) -> None:
    shutil.copy(SPECS / "zoo.yaml", tmp_path / "openapi.yaml")
    before = explain(str(tmp_path)).output
    (tmp_path / "behaviour.yaml").write_text('veto: ["hireKeeper echo /boss"]\n')

    output = explain(str(tmp_path)).output

    assert "  boss repeats body boss\n      told from names: hireKeeper echo /boss\n" in before
    assert "boss" not in output
    assert "hireKeeper echo /name" in output


@pytest.mark.parametrize("name", bundled_names())
def test_what_is_declared_is_said_with_its_line(name: str) -> None:
    contract = load_contract(name)
    document = contract.behaviour.document
    assert document is not None
    lines = document.path.read_text(encoding="utf-8").splitlines()

    facts = json.loads(explain(name, "--format", "json").output)["facts"]

    declared = [fact for fact in facts if fact["declared"]]
    places = [int(fact["why"].rpartition(":")[2]) for fact in declared]
    assert declared
    for fact, line in zip(declared, places, strict=True):
        stands = "".join(lines[line - 2 : line])
        assert fact["about"] in stands or any(f"{kind}:" in stands for kind in KINDS)


def test_json_says_the_same() -> None:
    said = json.loads(explain("sitegpt", "--format", "json").output)
    found = meaning(load_contract("sitegpt"))

    assert (said["contract"], said["untold"], said["unused_vetoes"]) == ("sitegpt", [], [])
    assert [fact["id"] for fact in said["facts"]] == [fact.id for fact in found.facts]
    assert said["facts"][-1].keys() == {"id", "about", "says", "why", "declared", "vetoed"}


def test_scenarios_are_said_with_what_they_are_about(tmp_path: Path) -> None:
    shutil.copy(SPECS / "books.yaml", tmp_path / "openapi.yaml")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "slow.yaml").write_text("description: A slow day.\nrules: []\n")
    (tmp_path / "scenarios" / "odd.yaml").write_text("[")

    listed = explain(str(tmp_path)).output.partition("\nScenarios\n")[2]
    said = json.loads(explain(str(tmp_path), "--format", "json").output)

    assert "  slow: A slow day.\n" in listed
    assert said["scenarios"]["slow"] == "A slow day."
    assert "is not YAML" in said["scenarios"]["odd"]


@pytest.mark.parametrize("name", bundled_names())
def test_no_fact_speaks_in_expressions(name: str) -> None:
    for fact in meaning(load_contract(name)).facts:
        assert "$" not in fact.says
        assert "*" not in fact.says


def test_a_contract_that_cannot_be_loaded_is_told() -> None:
    ended = explain("thean")

    assert ended.exit_code == ExitCode.CONTRACT
    assert "thean: no such file or contract" in ended.stderr


def test_the_documented_vetoes_are_ids_or_patterns_of_facts(tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8").partition("### Facts and vetoes")[2]
    vetoes = yaml.safe_load(text.split("```")[1].removeprefix("yaml"))["veto"]
    contract = yaml.safe_load((SPECS / "books.yaml").read_text(encoding="utf-8"))
    properties = contract["components"]["schemas"]["Book"]["properties"]
    properties["created_at"] = properties.pop("added_at")
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(contract))
    (tmp_path / "behaviour.yaml").write_text(yaml.safe_dump({"veto": vetoes}))

    found = meaning(load_contract(tmp_path))

    assert [fact.id for fact in found.vetoed] == [
        "listBooks paging size",
        "addBook echo /title",
        "Book in_order /created_at /updated_at",
    ]
