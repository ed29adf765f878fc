import json
import subprocess
import sys
from pathlib import Path

import pytest

from understudy.errors import ExitCode

UNDERSTUDY = str(Path(sys.executable).with_name("understudy"))


def export(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [UNDERSTUDY, "export", *arguments]
    return subprocess.run(
        command, capture_output=True, timeout=60, check=False, cwd=folder, encoding="utf-8"
    )


def test_handlers_are_written_into_a_folder(tmp_path: Path) -> None:
    ended = export("msw", "thena", "--output", "mocks/thena", folder=tmp_path)
    written = {one.name for one in (tmp_path / "mocks" / "thena").iterdir()}

    assert written == {"handlers.js", "data.js", "answering.js", "handlers.d.ts"}
    assert (ended.returncode, ended.stdout) == (ExitCode.OK, "")
    assert ended.stderr == "mocks/thena: handlers.js, data.js, answering.js, handlers.d.ts\n"


@pytest.mark.parametrize(
    ("arguments", "base"),
    [(("sitegpt",), "*/api"), (("thena", "--base-url", "http://a.test"), "http://a.test")],
)
def test_handlers_are_for_any_origin_or_for_one(
    arguments: tuple[str, ...], base: str, tmp_path: Path
) -> None:
    export("msw", *arguments, "--output", str(tmp_path))

    text = (tmp_path / "handlers.js").read_text(encoding="utf-8")
    assert f'export const base = "{base}";' in text


@pytest.mark.parametrize("form", ["har", "postman"])
def test_standard_output_and_a_file_get_the_same(form: str, tmp_path: Path) -> None:
    ended = export(form, "sitegpt", "--seed", "5")
    out = tmp_path / "out.json"
    export(form, "sitegpt", "--seed", "5", "-o", str(out))

    assert out.read_text(encoding="utf-8") == ended.stdout
    assert json.loads(ended.stdout)
    assert (ended.returncode, ended.stderr) == (ExitCode.OK, "")


def test_the_address_is_that_of_the_contract() -> None:
    log = json.loads(export("har", "thena").stdout)["log"]

    urls = [one["request"]["url"] for one in log["entries"]]
    assert all(one.startswith("https://agent-studio.thena.ai/api/v1/chat/") for one in urls)


def test_only_what_is_wanted_is_exported() -> None:
    ended = export("postman", "cattix", "--operation", "POST /api/v1/chat/threads")

    assert [one["name"] for one in json.loads(ended.stdout)["item"]] == ["Create Chat Thread"]


def test_a_known_value_goes_before_others() -> None:
    agent = "00000000-0000-4000-8000-000000000000"
    ended = export("har", "thena", "--operation", "listWebThreads", "--known", f"agent_id={agent}")

    urls = [one["request"]["url"] for one in json.loads(ended.stdout)["log"]["entries"]]
    assert all(f"/{agent}/" in one for one in urls)


def test_what_is_left_out_is_told() -> None:
    ended = export("har", "thena", "--scenario", "slow")

    told = "getThread is as without the scenario: slow/rules/0 delays"
    assert f"understudy: {told}\n" in ended.stderr
    assert ended.returncode == ExitCode.OK


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("msw", "thena"), ExitCode.USAGE, "Missing option '--output'"),
        (("har",), ExitCode.USAGE, "Missing argument 'NAME_OR_FILE'"),
        (("har", "no-such"), ExitCode.CONTRACT, "no-such: no such file or contract"),
        (("har", "thena", "--operation", "x"), ExitCode.USAGE, "there are listWebThreads, getTh"),
        (("har", "thena", "--scenario", "x"), ExitCode.CONTRACT, "has no scenario of this name"),
        (("har", "thena", "--scenario", "x.yaml"), ExitCode.USAGE, "there is no file x.yaml"),
        (("har", "thena", "--known", "x"), ExitCode.USAGE, "is not written as NAME=VALUE"),
        (("har", "thena", "--count", "0"), ExitCode.USAGE, "0 is not in the range"),
        (("har", "thena", "-o", "/proc/none/a.har"), ExitCode.START, "/proc/none/a.har"),
        (("har", "thena", "--load", "none"), ExitCode.USAGE, "none"),
    ],
)
def test_a_mistake_is_told_with_its_exit_code(
    arguments: tuple[str, ...], code: ExitCode, message: str
) -> None:
    ended = export(*arguments)

    assert message in ended.stderr
    assert "Traceback" not in ended.stderr
    assert (ended.returncode, ended.stdout) == (code, "")


@pytest.mark.parametrize("command", ["msw", "har", "postman"])
def test_help_shows_examples_that_work(command: str, tmp_path: Path) -> None:
    shown = export(command, "--help").stdout
    examples = [
        line.split()[2:] for line in shown.splitlines() if line.startswith("    understudy export")
    ]
    ready = [one for one in examples if not {"openapi.yaml", "twice-429.yaml"} & set(one)]

    assert ready
    for one in ready:
        assert export(*one, folder=tmp_path).returncode == ExitCode.OK, one
