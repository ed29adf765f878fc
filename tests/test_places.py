"""The image, the compose file and the action: what they name is there, what they run works."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from understudy import MockServer, Settings
from understudy.config import DEFAULT_PORT
from understudy.errors import ExitCode

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sys.executable).parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = re.findall(r"^([A-Z]+) (.*)$", DOCKERFILE, re.MULTILINE)
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
LOCKED = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)
needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


def told(instruction: str) -> list[str]:
    return [rest for name, rest in INSTRUCTIONS if name == instruction]


# The image ------------------------------------------------------------------------------------


def copied() -> list[str]:
    """Return what the image copies out of the checkout."""
    copies = [rest.split() for rest in told("COPY") if not rest.startswith("--from")]
    return [name for one in copies for name in one[:-1]]


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    kept = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)

    assert sorted(copied()) == sorted(kept)
    assert [name for name in copied() if not (ROOT / name).exists()] == []


def test_the_image_runs_as_nobody_important() -> None:
    assert told("USER") == ["understudy"]
    assert told("EXPOSE") == [str(DEFAULT_PORT)]


def test_what_the_image_builds_is_a_wheel_with_the_contracts(tmp_path: Path) -> None:
    for name in copied():
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (build,) = (rest for rest in told("RUN") if rest.startswith("pip wheel"))
    command = [sys.executable, "-m", *shlex.split(build)]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("dist/*.whl")

    names = zipfile.ZipFile(wheel).namelist()
    assert {"understudy/cli/serve.py", "understudy/openapi/thena/openapi.yaml"} <= set(names)


def test_the_image_has_every_dependency_in_the_version_of_the_suite() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["postgresql"]]
    names = {re.split(r"[\[<>=; ]", one)[0] for one in asked}
    image, suite = (
        dict(LOCKED.findall((ROOT / name).read_text("utf-8")))
        for name in ("requirements-image.txt", "requirements.txt")
    )

    assert names <= image.keys()
    assert image.items() <= suite.items()


def test_the_image_serves_and_is_healthy() -> None:
    """The entry point and the health check, on a port of their own."""
    with serving_as_the_image(["thena"]) as place:
        (health,) = (rest.partition(" CMD ")[2] for rest in told("HEALTHCHECK"))
        _, *arguments = (one.replace("127.0.0.1:8080", place) for one in json.loads(health))
        asked = [sys.executable, *arguments]
        healthy = subprocess.run(asked, check=False).returncode == 0
    gone = subprocess.run(asked, check=False, capture_output=True).returncode != 0
    assert (healthy, gone) == (True, True)


@contextmanager
def serving_as_the_image(arguments: list[str]) -> Iterator[str]:
    (entry,) = map(json.loads, told("ENTRYPOINT"))
    command = [SCRIPTS / entry[0], *entry[1:], *arguments, "--port", "0", "--log", "off"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r":(\d+)/", process.stderr.readline())
        assert found is not None
        yield f"127.0.0.1:{found[1]}"
        process.terminate()


# The compose file -----------------------------------------------------------------------------


def test_two_servers_share_the_database_that_is_there() -> None:
    services = COMPOSE["services"]
    server, database = services["one"], services["postgres"]
    state = server["command"][server["command"].index("--state") + 1]
    given = database["environment"]
    user, password, name = (given[f"POSTGRES_{key}"] for key in ("USER", "PASSWORD", "DB"))

    assert services["two"]["command"] == server["command"]
    assert state == f"postgresql+psycopg://{user}:{password}@postgres/{name}"
    assert [one["ports"][0].split(":")[1] for one in services.values() if "ports" in one] == [
        str(DEFAULT_PORT)
    ] * 2
    assert database["volumes"][0].split(":")[0] in COMPOSE["volumes"]


def test_the_arguments_of_the_servers_work(new_database: Any) -> None:
    arguments = [*COMPOSE["services"]["one"]["command"]]
    arguments[arguments.index("--state") + 1] = new_database()
    with serving_as_the_image(arguments) as place:
        assert place


# The action -----------------------------------------------------------------------------------


def step(name: str) -> dict[str, Any]:
    (found,) = (one for one in ACTION["runs"]["steps"] if one.get("name") == name)
    return dict(found)


def check(url: str, folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the step that checks, as a runner does."""
    usual = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}
    given = {**usual, "contract": "thena", "url": url, **inputs}
    filled = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
        for name, value in step("Check")["env"].items()
    }
    path = os.pathsep.join([str(SCRIPTS), os.environ["PATH"]])
    runner = {"GITHUB_OUTPUT": str(folder / "output"), "GITHUB_STEP_SUMMARY": str(folder / "sum")}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step("Check")["run"]],
        env={**os.environ, "PATH": path, "THENA_KEY": "secret-4d1f", **runner, **filled},
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@needs_bash
@pytest.mark.parametrize(
    ("keys", "code", "said"),
    [
        (("secret-4d1f",), ExitCode.OK, "::notice title=Understudy::KEPT: "),
        ((), ExitCode.FINDINGS, "::error "),
    ],
)
def test_the_action_checks_and_leaves_annotations_and_reports(
    keys: tuple[str, ...], code: ExitCode, said: str, tmp_path: Path
) -> None:
    with MockServer("thena", settings=Settings(api_keys=keys)) as server:
        ended = check(server.url, tmp_path, tier="smoke", options="--api-key\n$THENA_KEY\n")

    assert ended.returncode == code, ended.stdout + ended.stderr
    assert said in ended.stdout
    outputs = dict(line.split("=") for line in (tmp_path / "output").read_text().splitlines())
    assert {name: (tmp_path / file).exists() for name, file in outputs.items()} == dict.fromkeys(
        ACTION["outputs"], True
    )
    assert (tmp_path / "sum").read_text()


def test_the_action_installs_what_is_locked() -> None:
    named = re.findall(r"\$GITHUB_ACTION_PATH/([\w.-]+)", step("Install")["run"])

    assert [name for name in named if (ROOT / name).exists()] == ["requirements-image.txt"]
    assert "--require-hashes" in step("Install")["run"]


def test_the_inputs_of_the_action_are_told_of() -> None:
    guide = (ROOT / "docs" / "guides" / "check-in-ci.md").read_text(encoding="utf-8")

    assert [name for name in ACTION["inputs"] if f"| `{name}` |" not in guide] == []
