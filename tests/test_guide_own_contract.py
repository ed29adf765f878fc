"""The guide for a contract of one's own: its files are written, its commands run in order."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from socket import create_server

import pytest

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "docs" / "guides" / "bring-your-own-contract.md"
GUIDE = PLACE.read_text(encoding="utf-8")
UNDERSTUDY = str(Path(sys.executable).with_name("understudy"))
HERE = "127.0.0.1:8080"
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def commands(name: str) -> list[tuple[str, str]]:
    """Return the commands of a program in their order, each with what is shown of its output."""
    parts = [part for block in blocks("console") for part in re.split(r"^\$ ", block, flags=re.M)]
    told = [part.split("\n", 1) for part in parts if part]
    return [(command, shown) for command, shown in told if command.split()[0] == name]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the document of the guide."""
    folder = tmp_path_factory.mktemp("guide")
    text = next(one for one in blocks("yaml") if one.startswith("# openapi.yaml\n"))
    (folder / "openapi.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def ready(folder: Path) -> Iterator[tuple[str, str]]:
    """The address of the server of the guide, and what it said."""
    command, shown = commands("understudy")[1]
    with create_server(("127.0.0.1", 0)) as free:
        here = f"127.0.0.1:{free.getsockname()[1]}"
    typed = [UNDERSTUDY, *command.split()[1:], "--port", here.split(":")[1]]
    with subprocess.Popen(typed, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = "".join(process.stderr.readline() for _ in shown.splitlines())
        yield here, said
        process.terminate()
        process.communicate(timeout=10)


def test_every_command_is_run_here() -> None:
    assert [command.split()[1] for command, _ in commands("understudy")] == [
        "lint",
        "serve",
        "explain",
    ]
    assert len(commands("understudy")) + len(commands("curl")) == sum(
        len(re.findall(r"^\$ ", block, re.MULTILINE)) for block in blocks("console")
    )


@pytest.mark.parametrize("name", ["lint", "explain"])
def test_a_command_says_what_is_shown(name: str, folder: Path) -> None:
    ((command, shown),) = (one for one in commands("understudy") if one[0].split()[1] == name)
    ended = subprocess.run(
        [UNDERSTUDY, *command.split()[1:]],
        cwd=folder, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip

    assert ended.stdout.startswith(shown)


def test_the_server_says_what_is_shown(ready: tuple[str, str]) -> None:
    here, said = ready

    assert said.replace(here, HERE) == commands("understudy")[1][1]


@needs_curl
def test_every_curl_gets_what_is_shown(ready: tuple[str, str], folder: Path) -> None:
    """In their order: some rely on what was created before."""
    here, _ = ready
    for command, shown in commands("curl"):
        ended = subprocess.run(
            ["/bin/sh", "-c", command.replace(HERE, here)],
            cwd=folder, capture_output=True, text=True, timeout=30, check=True,
        )  # fmt: skip
        pattern = re.escape(shown.strip()).replace(re.escape("..."), ".*")
        assert re.fullmatch(pattern, ended.stdout), command


def test_the_veto_of_the_guide_takes_something_back(folder: Path, tmp_path: Path) -> None:
    text = next(one for one in blocks("yaml") if one.startswith("# behaviour.yaml\n"))
    shutil.copy(folder / "openapi.yaml", tmp_path)
    (tmp_path / "behaviour.yaml").write_text(text, encoding="utf-8")
    ended = subprocess.run(
        [UNDERSTUDY, "explain", "openapi.yaml"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip

    told, _, vetoed = ended.stdout.partition("\nVetoed\n")

    assert "createItem echo /name" not in told
    assert "createItem echo /name" in vetoed


def test_the_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)]+)\)", GUIDE):
        assert (PLACE.parent / link.split("#")[0]).exists(), link
