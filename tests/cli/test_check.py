import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.implementations import desk, thena, thena_data
from tests.probe.servers import nobody, serving

from understudy.cli import main
from understudy.errors import ExitCode

ROOT = Path(__file__).parents[2]
DESK = str(ROOT / "tests" / "implementations" / "desk.yaml")
KEY = ("--api-key", thena.API_KEY)
KNOWN = ("--known", f"agent_id={thena_data.AGENT}", "--known", f"agent_id={thena_data.OTHER_AGENT}")
SMOKE = ("--tier", "smoke")
THENA = ("thena", *SMOKE, *KNOWN)
"""What is to be checked, with values that exist but without a credential."""

APPS = """
from tests.implementations import desk, thena

app = thena.make_app()
limit_ignored = thena.make_app("limit_ignored")
number = 5

class inner:
    app = thena.make_app()

def make():
    return thena.make_app("no_allow")

def broken():
    raise RuntimeError("no database")

def desk_with(defect):
    return lambda: desk.make_app(defect)

shortened, in_query = desk_with("shortened_token"), desk_with("token_in_query")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Work in an empty folder with a module of applications."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "checked_apps", raising=False)
    (tmp_path / "checked_apps.py").write_text(APPS, encoding="utf-8")
    return tmp_path


def check(*arguments: str, app: str = "checked_apps:app", **environment: str) -> Result:
    target = ("--app", app) if app else ()
    return CliRunner().invoke(main, ["check", *arguments, *target], env=environment)


# Exit codes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "app", "code", "headline"),
    [
        ((*THENA, *KEY), "checked_apps:app", ExitCode.OK, "KEPT: "),
        ((*THENA, *KEY), "checked_apps:inner.app", ExitCode.OK, "KEPT: "),
        ((*THENA, *KEY), "checked_apps", ExitCode.OK, "KEPT: "),
        ((*THENA, *KEY), "checked_apps:limit_ignored", ExitCode.FINDINGS, "BROKEN: "),
        ((*THENA, *KEY), "checked_apps:make()", ExitCode.FINDINGS, "BROKEN: "),
        (THENA, "checked_apps:app", ExitCode.VACUOUS, "NOT TESTED: "),
        ((*THENA, *KEY, "--max-time", "0.05"), "checked_apps:app", ExitCode.INTERRUPTED, "STOPPED"),
        (
            (*THENA, *KEY, "--fail-on", "never"),
            "checked_apps:limit_ignored",
            ExitCode.OK,
            "BROKEN: ",
        ),
    ],
)
def test_how_it_went_is_the_exit_code_and_the_first_line(
    arguments: tuple[str, ...], app: str, code: ExitCode, headline: str
) -> None:
    ended = check(*arguments, app=app)

    assert ended.exit_code == code, ended.output
    assert ended.stdout.startswith(headline)
    assert ended.stderr == ""


def test_a_running_service_is_checked_with_its_address_with_or_without_a_scheme() -> None:
    with serving(thena.make_app()) as url:
        for address in (url, url.removeprefix("http://"), f"{url}/"):
            ended = check(*THENA, *KEY, "--url", address, app="")
            assert ended.exit_code == ExitCode.OK, ended.output


def test_where_nothing_answers_it_says_so() -> None:
    with nobody() as url:
        ended = check(*THENA, "--url", url.removeprefix("http://"), app="")

    assert (ended.exit_code, ended.stdout) == (ExitCode.START, "")
    assert ended.stderr.startswith(f"understudy: nothing answers at {url}: ConnectError: ")


@pytest.mark.parametrize(
    ("arguments", "app", "message"),
    [
        (THENA, "", "name one of --url, --app and --har"),
        ((*THENA, "--url", "x"), "checked_apps:app", "name one of --url, --app and --har"),
        ((*THENA, "--known", "agent_id"), "checked_apps:app", "'agent_id' is not written as"),
        ((*THENA, "--known", "=x"), "checked_apps:app", "'=x' is not written as NAME=VALUE"),
        ((*THENA, "--operation", "x"), "checked_apps:app", "no operation x; there are listWebThre"),
        ((*THENA, "--report", "pdf"), "checked_apps:app", "'pdf' is none of text, json, junit"),
        ((*THENA, "--bearer", "x"), "checked_apps:app", "--bearer: the contract has no such sche"),
        ((*THENA, "--api-key", "$UNSET_KEY"), "checked_apps:app", "variable UNSET_KEY is not set"),
        ((*THENA, "--header", "x"), "checked_apps:app", "'x' is not written as 'Name: value'"),
        ((*THENA, "--seed", "x"), "checked_apps:app", "'x' is neither a whole number nor"),
        ((*THENA, "--max-time", "0"), "checked_apps:app", "0.0 is not in the range x>0"),
        (THENA, "no_such_module:app", "No module named 'no_such_module'"),
        (THENA, "checked_apps:nothing", "has no attribute 'nothing'"),
        (THENA, "checked_apps:broken()", "--app checked_apps:broken(): RuntimeError: no database"),
        (THENA, "checked_apps:number", "is neither an ASGI nor a WSGI application"),
    ],
)
def test_a_mistake_in_the_options_is_named(
    arguments: tuple[str, ...], app: str, message: str
) -> None:
    ended = check(*arguments, app=app)

    assert ended.exit_code == ExitCode.USAGE, ended.output
    assert message in " ".join(ended.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("absent.yaml", None, "absent.yaml"),
        ("broken.yaml", "openapi: 4.0.0\npaths: {}\n", "broken.yaml:1: /openapi: is not an"),
    ],
)
def test_a_contract_that_cannot_be_read_is_told(
    folder: Path, name: str, text: str | None, message: str
) -> None:
    if text is not None:
        (folder / name).write_text(text, encoding="utf-8")
    ended = check(f"./{name}", *SMOKE)

    assert ended.exit_code == ExitCode.CONTRACT
    assert message in ended.stderr


# Options -------------------------------------------------------------------------------------


def test_known_values_are_what_is_asked_for() -> None:
    ended = check("thena", *SMOKE, *KEY, "--known", f"agent_id={thena_data.OTHER_AGENT}",
                  "--report", "json")  # fmt: skip

    assert ended.exit_code == ExitCode.OK, ended.output
    assert json.loads(ended.stdout)["findings"] == []


def test_one_operation_alone_is_named_by_its_id_or_as_people_write_it() -> None:
    for name in ("listWebThreads", "GET /api/v1/chat/{agent_id}/web-threads"):
        ended = check(*THENA, *KEY, "--operation", name)
        assert ended.exit_code == ExitCode.OK, ended.output
        assert "Left out by choice" in ended.stdout


@pytest.mark.parametrize(
    ("file", "head"),
    [("understudy.toml", "[check]"), ("pyproject.toml", "[tool.understudy.check]")],
)
def test_options_come_from_a_file_and_the_command_goes_before_it(
    folder: Path, file: str, head: str
) -> None:
    known = json.dumps([f"agent_id={one}" for one in (thena_data.AGENT, thena_data.OTHER_AGENT)])
    lines = [head, 'tier = "smoke"', "api-key = ['$MY_KEY']", f"known = {known}", "max_time = 0.05"]
    (folder / file).write_text("\n".join(lines), encoding="utf-8")

    assert check("thena", MY_KEY=thena.API_KEY).exit_code == ExitCode.INTERRUPTED
    assert check("thena", "--max-time", "60", MY_KEY=thena.API_KEY).exit_code == ExitCode.OK


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("understudy.toml", "[check]\ntires = 1\nurls = 2\n", "check has no option tires, urls"),
        ("pyproject.toml", "[tool.understudy.check]\nx = 1\n", "check has no option x"),
        ("understudy.toml", "[check\n", "understudy.toml: "),
        ("understudy.toml", "check = 5\n", "check is not a table"),
        ("understudy.toml", '[check]\ntier = "huge"\n', "'huge' is not one of"),
        ("understudy.toml", '[check]\nknown = ["agent_id"]\n', "'agent_id' is not written as"),
    ],
)
def test_a_mistake_in_the_file_is_named(folder: Path, file: str, text: str, message: str) -> None:
    (folder / file).write_text(text, encoding="utf-8")
    ended = check("thena")

    assert ended.exit_code == ExitCode.USAGE, ended.output
    assert message in " ".join(ended.stderr.replace("│", " ").split())


def test_another_file_can_be_named(folder: Path) -> None:
    (folder / "understudy.toml").write_text("[check]\nnonsense = 1\n", encoding="utf-8")
    (folder / "other.toml").write_text('[check]\ntier = "smoke"\n', encoding="utf-8")

    assert check("thena", *KNOWN, *KEY, "--config", "other.toml").exit_code == ExitCode.OK
    assert check("thena", "--config", "absent.toml").exit_code == ExitCode.USAGE


# Baselines -----------------------------------------------------------------------------------


def test_what_is_accepted_is_excused_until_it_expires(folder: Path) -> None:
    broken = (*THENA, *KEY), "checked_apps:limit_ignored"
    path = folder / "accepted.txt"

    written = check(*broken[0], "--write-baseline", str(path), app=broken[1])
    again = check(*broken[0], "--baseline", str(path), app=broken[1])

    assert (written.exit_code, again.exit_code) == (ExitCode.FINDINGS, ExitCode.OK)
    assert "accepted by the baseline" in again.stdout
    text = path.read_text(encoding="utf-8")
    last = datetime.now(UTC).date() + timedelta(days=90)
    assert {line.partition(": ")[0] for line in text.splitlines()} <= {
        f"until {last}", f"until {last + timedelta(days=-1)}",
    }  # fmt: skip

    yesterday = date.today() - timedelta(days=2)
    path.write_text(re.sub(r"until [\d-]+", f"until {yesterday}", text), encoding="utf-8")
    assert check(*broken[0], "--baseline", str(path), app=broken[1]).exit_code == ExitCode.FINDINGS


def test_a_baseline_that_cannot_be_understood_is_told(folder: Path) -> None:
    (folder / "accepted.txt").write_text("response/body\n", encoding="utf-8")
    ended = check(*THENA, *KEY, "--baseline", "accepted.txt")

    assert ended.exit_code == ExitCode.CONTRACT
    assert "accepted.txt:1: is not an accepted finding (write `until " in ended.stderr


# Reports and secrets -------------------------------------------------------------------------

KINDS = ("text", "json", "junit", "sarif", "github", "markdown", "html")


def every_report() -> list[str]:
    return [word for kind in KINDS for word in ("--report", f"{kind}=report.{kind}")]


def test_each_kind_of_report_goes_to_its_file_and_the_text_is_still_shown(folder: Path) -> None:
    ended = check(*THENA, *KEY, *every_report(), app="checked_apps:limit_ignored")

    written = {kind: (folder / f"report.{kind}").read_text(encoding="utf-8") for kind in KINDS}
    says = "A page has at most as many items as were asked for"
    assert [kind for kind, text in written.items() if says not in text] == []
    assert written["text"] == ended.stdout


def test_a_report_can_take_the_place_of_the_text() -> None:
    ended = check(*THENA, *KEY, "--report", "json")

    assert json.loads(ended.stdout)["findings"] == []


def test_user_and_password_are_one_secret(folder: Path) -> None:
    document = (ROOT / "tests" / "checks" / "notes.yaml").read_text(encoding="utf-8")
    basic = document.replace("scheme: bearer", "scheme: basic")
    (folder / "basic.yaml").write_text(basic, encoding="utf-8")
    arguments = ("./basic.yaml", *SMOKE, "--basic", "me:hunter22", "--api-key", "k" * 20)
    ended = check(*arguments, *every_report())

    assert ended.exit_code == ExitCode.FINDINGS, ended.output
    files = [folder / f"report.{kind}" for kind in KINDS]
    for text in (ended.output, *(file.read_text(encoding="utf-8") for file in files)):
        assert "hunter22" not in text
        assert "bWU6aHVudGVyMjI" not in text


@pytest.mark.parametrize("app", ["shortened", "in_query"])
@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        ((), {"UNDERSTUDY_BEARER": desk.KEY, "UNDERSTUDY_API_KEY": desk.KEY}),
        (("--bearer", "$MY_TOKEN"), {"MY_TOKEN": desk.KEY}),
        (("--bearer", "bearer=${MY_TOKEN}"), {"MY_TOKEN": desk.KEY}),
        (("--header", "Authorization: Bearer $MY_TOKEN"), {"MY_TOKEN": desk.KEY}),
        (("--api-key", desk.KEY, "--bearer", f"bearer={desk.KEY}"), {}),
    ],
)
def test_no_report_shows_a_secret_or_what_comes_close(
    folder: Path, app: str, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    ended = check(
        DESK, *SMOKE, *arguments, *every_report(), app=f"checked_apps:{app}()", **environment
    )

    assert ended.exit_code == ExitCode.FINDINGS, ended.output
    files = [folder / f"report.{kind}" for kind in KINDS]
    for text in (ended.output, *(file.read_text(encoding="utf-8") for file in files)):
        assert "A request without a good credential is refused" in text
        assert desk.KEY[:-1].lower() not in text.lower()
