"""The guide to checks in CI: its scripts are run, its workflow and its sample are looked at."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from socket import create_server

import pytest
import yaml

from understudy import MockServer, Settings
from understudy.errors import ExitCode

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "guides" / "check-in-ci.md").read_text(encoding="utf-8")
KEY = "guide-4d1f"
STRICT = Settings(api_keys=(KEY,))
ENDS_WITH = {
    "check.sh": ExitCode.OK,
    "credentials.sh": ExitCode.OK,
    "known.sh": ExitCode.OK,
    "configured.sh": ExitCode.OK,
    "baseline.sh": ExitCode.OK,
    "staging.sh": ExitCode.OK,
}
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def scripts() -> dict[str, str]:
    """Return the scripts by the name in their first comment."""
    named = ((re.search(r"^# (\S+\.sh)$", text, re.MULTILINE), text) for text in blocks("sh"))
    return {name[1]: text for name, text in named if name is not None}


@pytest.fixture(scope="module")
def services() -> Iterator[dict[str, str]]:
    with MockServer("thena", settings=STRICT) as strict, MockServer("thena") as lenient:
        yield {"SERVICE_URL": strict.url, "LENIENT_URL": lenient.url, "THENA_KEY": KEY}


def run(script: str, folder: Path, services: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script of the guide in a folder, with a free port in the place of 8080."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        ["/bin/sh", "-c", script.replace("8080", str(port))],
        cwd=folder, env={**os.environ, **services, "PATH": path},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_every_script_is_run_here() -> None:
    assert list(scripts()) == list(ENDS_WITH)
    assert len(blocks("sh")) == len(ENDS_WITH)


@needs_curl
@pytest.mark.parametrize(("name", "code"), ENDS_WITH.items())
def test_a_script_ends_as_the_guide_says(
    name: str, code: ExitCode, tmp_path: Path, services: dict[str, str]
) -> None:
    if name == "configured.sh":
        (tmp_path / "understudy.toml").write_text(blocks("toml")[0], encoding="utf-8")
    ended = run(scripts()[name], tmp_path, services)

    assert ended.returncode == code, ended.stdout + ended.stderr
    assert KEY not in ended.stdout


@needs_curl
def test_the_step_of_the_workflow_checks_and_writes_what_is_uploaded(
    tmp_path: Path, services: dict[str, str]
) -> None:
    text, _ = blocks("yaml")
    steps = yaml.safe_load(text)["jobs"]["check"]["steps"]
    (step,) = (one for one in steps if one.get("name") == "Check the contract")
    environment = {**services, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    ended = run(f"trap 'kill $!' EXIT\n{step['run']}", tmp_path, environment)

    assert ended.returncode == ExitCode.OK, ended.stdout + ended.stderr
    assert ended.stdout.startswith("KEPT: ")
    assert "::notice title=Understudy::KEPT: " in ended.stdout
    assert (tmp_path / "summary.md").read_text(encoding="utf-8")
    uploads = [one["with"] for one in steps if "upload" in one.get("uses", "")]
    files = [tmp_path / one.get("sarif_file", one.get("path")) for one in uploads]
    assert [file.name for file in files if file.exists()] == ["understudy.sarif", "reports"]


def test_the_finding_that_is_shown_is_what_is_said(
    tmp_path: Path, services: dict[str, str]
) -> None:
    (block,) = blocks("console")
    command, shown = block.removeprefix("$ ").split("\n", 1)
    ended = run(command, tmp_path, services)
    said = ended.stdout.replace(services["LENIENT_URL"], "http://127.0.0.1:8081")
    said = re.sub(r"contract  \S*(openapi/thena/openapi\.yaml):\d+", r"contract  \1:128", said)

    assert ended.returncode == ExitCode.FINDINGS
    assert said.startswith(shown)


def test_the_table_of_exit_codes_has_all_of_them() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", GUIDE, re.MULTILINE)}

    assert told == set(ExitCode)


def test_the_configuration_is_toml() -> None:
    assert tomllib.loads(blocks("toml")[0])["check"]
