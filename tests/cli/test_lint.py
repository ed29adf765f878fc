import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from understudy.cli import main
from understudy.contract.load import bundled_names
from understudy.contract.rules import RULES
from understudy.errors import ExitCode

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/lint.md"
HEAD = 'openapi: 3.1.0\ninfo: {title: Cats, version: "1"}\npaths:\n'
CATS = f"""{HEAD}\
  /cats:
    get:
      operationId: listCats
      responses: {{"200": {{description: all}}}}
"""
GET = """\
  /cats/{{{0}}}:
    get:
      operationId: cat-{0}
      parameters: [{{name: {0}, in: path, required: true, schema: {{}}}}]
      responses: {{"200": {{description: one}}}}
"""
OPERATION = '{operationId: other, responses: {"200": {description: fine}}}'
WRONG = {
    "circle": (f"{CATS}components: {{schemas: {{\n  A: {{$ref: '#/components/schemas/A'}}}}}}", 9),
    "dialect": (f"{CATS}jsonSchemaDialect: https://cats.example/dialect", 8),
    "discriminator": (
        f"{CATS}components: {{schemas: {{Cat: {{discriminator: {{propertyName: kind,\n"
        "  mapping: {tom: '#/components/schemas/Tom'}}}}}",
        9,
    ),
    "info": (CATS.replace('{title: Cats, version: "1"}', "{title: Cats}"), 2),
    "invalid-example": (
        f"{CATS}components: {{schemas: {{Cat: {{type: integer,\n  example: Tom}}}}}}",
        9,
    ),
    "keyword": (f"{CATS}components: {{schemas: {{Cat: {{type: string,\n  minLength: -1}}}}}}", 9),
    "operation-id": (f"{CATS}  /dogs:\n    get: {OPERATION.replace('other', 'listCats')}\n", 9),
    "parameter": (f"{CATS}      parameters:\n        - {{in: query, schema: {{}}}}\n", 9),
    "path": (f"{CATS}  dogs: {{get: {OPERATION}}}\n", 8),
    "path-parameter": (f"{CATS}  /dogs/{{id}}:\n    get: {OPERATION}\n", 9),
    "paths": (f"{HEAD.rstrip()} {{}}\n", 3),
    "reference": (
        f"{CATS}components: {{schemas: {{Cat: {{type: object, properties: {{tail: {{\n"
        "  $ref: '#/nowhere'}}}}}",
        8,
    ),
    "response": (CATS.replace("{description: all}", "{}"), 7),
    "responses": (CATS.replace('{"200": {description: all}}', "{}"), 6),
    "schema": (
        f"{CATS}components: {{schemas: {{Cat: {{type: object, properties: {{\n  a: 1}}}}}}}}",
        9,
    ),
    "security": (f"{CATS}security:\n  - nowhere: []\n", 9),
    "server": (f"{CATS}servers:\n  - {{url: 'http://[cats'}}\n", 9),
    "shape": (f"{CATS}tags: 1\ncomponents: []\n", 9),
    "status": (CATS.replace('{"200"', '{"20": {description: some}, "200"'), 7),
    "syntax": ("openapi: [\n", 2),
    "unreachable": (f"{HEAD}{GET.format('id')}{GET.format('name')}", 11),
    "unsatisfiable": (
        CATS.replace(
            "{description: all}",
            "{description: all, content: {application/json: {schema:\n"
            "  {type: integer, minimum: 5, maximum: 3}}}}",
        ),
        8,
    ),
    "version": (CATS.replace("3.1.0", "4.0.0"), 1),
    "x-faker": (f"{CATS}components: {{schemas: {{Cat: {{type: string,\n  x-faker: meow}}}}}}", 9),
}
"""A document for each rule that it breaks, and no other one, with the line."""
ERRORS = {"syntax", "unsatisfiable", "version", "x-faker", "overlay", "unreadable", "behaviour"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(text: str, *options: str) -> Result:
    Path("cats.yaml").write_text(text, encoding="utf-8")
    return run("cats.yaml", *options)


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["lint", *arguments], input=stdin)


def problems(result: Result) -> list[tuple[str, str, int, str]]:
    found = json.loads(result.stdout)["problems"]
    return [(one["rule"], one["file"], one["line"], one["severity"]) for one in found]


# Rules ---------------------------------------------------------------------------------------


def test_a_document_as_it_should_be_has_no_findings() -> None:
    ended = lint(CATS, "--fail-on", "warning")

    assert (ended.exit_code, ended.stdout) == (ExitCode.OK, "0 errors, 0 warnings\n")


@pytest.mark.parametrize("name", bundled_names())
def test_the_bundled_contracts_have_no_findings(name: str) -> None:
    assert run(name, "--fail-on", "warning").exit_code == ExitCode.OK


@pytest.mark.parametrize("rule", WRONG)
def test_each_rule_is_told_with_its_line(rule: str) -> None:
    text, line = WRONG[rule]
    severity = "error" if rule in ERRORS else "warning"

    assert problems(lint(text, "--format", "json")) == [(rule, "cats.yaml", line, severity)]


def test_schemas_of_errors_are_looked_at_too() -> None:
    content = "content: {application/json: {schema: {minimum: 5, maximum: 3, type: integer}}}"
    text = CATS.replace(
        '{"200": {description: all}}',
        f"{{'200': {{description: all}},\n  '404': {{description: none, {content}}}}}",
    )

    assert problems(lint(text, "--format", "json")) == [("unsatisfiable", "cats.yaml", 8, "error")]


def test_a_file_that_is_not_there_is_unreadable() -> None:
    assert problems(run("no.yaml", "--format", "json")) == [("unreadable", "no.yaml", 0, "error")]


def test_a_behaviour_that_does_not_fit_is_told() -> None:
    Path("behaviour.yaml").write_text("veto: []\nresource: {}\n", encoding="utf-8")

    assert problems(lint(CATS, "--format", "json")) == [("behaviour", "behaviour.yaml", 2, "error")]


def test_a_scenario_that_breaks_the_contract_is_told() -> None:
    Path("scenarios").mkdir()
    Path("scenarios/busy.yaml").write_text('rules:\n  - {on: "*", answer: 503}\n', "utf-8")
    Path("scenarios/odd.yaml").write_text("rules: [\n", "utf-8")

    assert problems(lint(CATS, "--format", "json")) == [
        ("scenario", "scenarios/busy.yaml", 2, "error"),
        ("syntax", "scenarios/odd.yaml", 2, "error"),
    ]


def test_an_overlay_that_is_none_is_told() -> None:
    Path("overlay.yaml").write_text("overlay: 1.0.0\nactions: 1\n", encoding="utf-8")
    found = problems(lint(CATS, "--format", "json", "--overlay", "overlay.yaml"))

    assert found == [("overlay", "overlay.yaml", 2, "error")]


def test_every_rule_is_in_the_table_and_in_one_style() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in _modules())
    used = set(re.findall(r'\brule="([^"]*)"', source)) | {"unsatisfiable"}

    assert used == RULES.keys()
    assert [name for name in RULES if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name)] == []
    assert list(RULES) == sorted(RULES)


def test_the_reference_tells_every_rule() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `")]

    assert rows == [f"| `{name}` | {says} |" for name, says in RULES.items()]


def test_the_rules_can_be_listed() -> None:
    ended = run("--rules")

    assert ended.exit_code == ExitCode.OK
    assert [line.split()[0] for line in ended.stdout.splitlines()] == list(RULES)


def _modules() -> list[Path]:
    package = ROOT / "mockserver" / "understudy"
    return [
        path
        for part in ("contract", "generate", "respond", "scenario")
        for path in package.glob(f"{part}/**/*.py")
    ]


# Everything at once --------------------------------------------------------------------------


def test_everything_is_told_at_once_and_in_the_order_of_the_lines() -> None:
    text = WRONG["info"][0] + "    put: {operationId: listCats}\nsecurity:\n  - nowhere: []\n"
    found = problems(lint(text, "--format", "json"))

    assert [(rule, line) for rule, _, line, _ in found] == [
        ("info", 2),
        ("operation-id", 8),
        ("responses", 8),
        ("security", 10),
    ]


def test_several_documents_are_told_of_one_after_the_other() -> None:
    Path("second.yaml").write_text(WRONG["path"][0], encoding="utf-8")
    Path("first.yaml").write_text(WRONG["security"][0], encoding="utf-8")
    ended = run("second.yaml", "first.yaml", "second.yaml", "--format", "json")

    assert [(rule, file) for rule, file, *_ in problems(ended)] == [
        ("path", "second.yaml"),
        ("security", "first.yaml"),
    ]


def test_standard_input_is_read() -> None:
    found = problems(run("-", "--format", "json", stdin=WRONG["path"][0]))

    assert found == [("path", "-", 8, "warning")]


def test_a_folder_stands_for_its_document() -> None:
    Path("api").mkdir()
    Path("api/openapi.yaml").write_text(WRONG["path"][0], encoding="utf-8")

    assert problems(run("api", "--format", "json")) == [("path", "api/openapi.yaml", 8, "warning")]


def test_a_finding_stands_in_the_file_that_it_was_written_in() -> None:
    Path("cat.yaml").write_text("type: integer\nexample: Tom\n", encoding="utf-8")
    text = CATS + "components: {schemas: {Cat: {$ref: cat.yaml}}}\n"

    assert problems(lint(text, "--format", "json")) == [
        ("invalid-example", "cat.yaml", 2, "warning")
    ]


# Formats and exit codes ----------------------------------------------------------------------


def test_text_is_a_line_for_each_finding_and_their_number() -> None:
    assert lint(WRONG["security"][0]).stdout == (
        "cats.yaml:9: warning: /security/0: asks for the undefined security scheme 'nowhere' "
        "(the requirement is left out) [security]\n"
        "0 errors, 1 warning\n"
    )


def test_json_says_all_there_is_to_a_finding() -> None:
    assert json.loads(lint(WRONG["path"][0], "--format", "json").stdout) == {
        "error": 0,
        "warning": 1,
        "problems": [
            {
                "file": "cats.yaml",
                "line": 8,
                "pointer": "/paths/dogs",
                "message": "does not begin with a slash",
                "hint": "it is served at /dogs",
                "severity": "warning",
                "rule": "path",
            }
        ],
    }


def test_annotations_of_github_are_workflow_commands() -> None:
    assert lint(WRONG["path"][0], "--format", "github").stdout == (
        "::warning file=cats.yaml,line=8,title=path::"
        "/paths/dogs: does not begin with a slash (it is served at /dogs)\n"
    )


@pytest.mark.parametrize(
    ("rule", "fail_on", "code"),
    [
        ("path", "error", ExitCode.OK),
        ("path", "warning", ExitCode.FINDINGS),
        ("path", "never", ExitCode.OK),
        ("unsatisfiable", "error", ExitCode.FINDINGS),
        ("unsatisfiable", "warning", ExitCode.FINDINGS),
        ("unsatisfiable", "never", ExitCode.OK),
        ("syntax", "error", ExitCode.FINDINGS),
    ],
)
def test_the_exit_code_says_whether_it_is_bad_enough(
    rule: str, fail_on: str, code: ExitCode
) -> None:
    assert lint(WRONG[rule][0], "--fail-on", fail_on).exit_code == code


def test_a_document_has_to_be_named() -> None:
    assert run().exit_code == ExitCode.USAGE
