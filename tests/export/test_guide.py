"""The guide for frontends: its files are written, its commands run in order."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import create_server

import pytest

PLACE = Path(__file__).parents[2] / "docs" / "guides" / "frontend-offline.md"
GUIDE = PLACE.read_text(encoding="utf-8")
UNDERSTUDY = str(Path(sys.executable).with_name("understudy"))
HERE = "127.0.0.1:8080"
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def commands(name: str) -> list[tuple[str, str]]:
    """Return the commands of a program in their order, each with what is shown of its output."""
    parts = [part for block in blocks("console") for part in re.split(r"^\$ ", block, flags=re.M)]
    told = [part.partition("\n") for part in parts if part]
    return [(command, shown) for command, _, shown in told if command.split()[0] == name]


def named() -> dict[str, str]:
    """Return the files of the guide by the name in their first line."""
    found = ((re.match(r"(?://|#) (\S+)\n", one), one) for one in (*blocks("js"), *blocks("yaml")))
    return {name[1]: text for name, text in found if name is not None}


def run(command: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, env={**os.environ, "PATH": path, **more},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, str]]:
    """The address of the server of the guide, and what it said."""
    ((command, shown),) = (one for one in commands("understudy") if " serve " in one[0])
    with create_server(("127.0.0.1", 0)) as free:
        here = f"127.0.0.1:{free.getsockname()[1]}"
    typed = [UNDERSTUDY, *command.split()[1:], "--port", here.split(":")[1], "--log", "off"]
    with subprocess.Popen(typed, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = "".join(process.stderr.readline() for _ in shown.splitlines())
        yield here, said
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture
def written(folder: Path) -> Path:
    """A folder with the files of the guide, and all that it exports."""
    for name, text in named().items():
        (folder / name).write_text(text, encoding="utf-8")
    for command, shown in commands("understudy"):
        if " export " in command:
            ended = run(command, folder)
            assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", shown)
    return folder


def test_every_command_is_run_here() -> None:
    shown = sum(len(re.findall(r"^\$ ", one, re.MULTILINE)) for one in blocks("console"))
    (install,) = commands("npm")  # from the lock file of these tests

    assert install[0] == "npm install --save-dev msw"
    assert len([*commands("understudy"), *commands("curl"), *commands("node")]) == shown - 1
    assert set(named()) == {
        "api.js", "served.test.js", "offline.test.js", "busy.test.js", "busy.yaml",
    }  # fmt: skip


def test_the_server_says_what_is_shown(served: tuple[str, str]) -> None:
    here, said = served

    assert said.replace(here, HERE) == commands("understudy")[0][1]


@needs_curl
def test_every_curl_gets_what_is_shown(served: tuple[str, str], tmp_path: Path) -> None:
    for command, shown in commands("curl"):
        ended = run(command.replace(HERE, served[0]), tmp_path)
        pattern = re.escape(shown.strip()).replace(re.escape("..."), ".*")
        assert re.fullmatch(pattern, ended.stdout), command


def test_every_test_of_the_guide_passes(served: tuple[str, str], written: Path) -> None:
    for command, _ in commands("node"):
        ended = run(command, written, API=f"http://{served[0]}")
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert re.search(r"^# fail 0$", ended.stdout, re.MULTILINE), ended.stdout
        assert not re.search(r"^# pass 0$", ended.stdout, re.MULTILINE), ended.stdout


def test_what_is_for_browsers_can_be_read(folder: Path, node: Callable[..., str]) -> None:
    others = [one for one in blocks("js") if not re.match(r"// \S+\n", one)]
    for number, text in enumerate(others):
        (folder / f"{number}.js").write_text(text, encoding="utf-8")
        node("--check", f"{number}.js")

    assert len(others) == 1
