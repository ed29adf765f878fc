import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from understudy import MockServer

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
UNDERSTUDY = Path(sys.executable).with_name("understudy")
HERE = "http://127.0.0.1:8080"
NOT_RUN = ("make serve", "make test", "git clone")
"""What sets a checkout up, or is this very test."""


def commands() -> list[str]:
    """Return the commands of all console blocks; a line that ends in a backslash goes on."""
    blocks = re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    shown = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return [command.removeprefix(".venv/bin/") for command in shown]


def starting(name: str) -> list[str]:
    return [command for command in commands() if command.split()[0] == name]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with MockServer("cattix", "sitegpt", "thena") as server:
        yield server.url


def test_the_readme_shows_commands_unless_it_is_yet_to_be_written() -> None:
    assert commands() or README == ""


def test_every_command_is_run_here_or_known_not_to_be() -> None:
    run = {*starting("curl"), *starting("understudy")}
    assert [one for one in commands() if one not in run and not one.startswith(NOT_RUN)] == []


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("command", starting("curl"))
def test_a_curl_gets_what_its_operation_documents(command: str, url: str) -> None:
    """Success, or the refusal of invalid input: a README shows both."""
    assert HERE in command
    asked = f"{command} --silent --output /dev/null --write-out '%{{http_code}}'"
    ended = in_a_shell(asked.replace(HERE, url))
    assert ended.stdout in {"200", "422"}


def test_each_understudy_command_does_what_it_says() -> None:
    for command in starting("understudy"):
        if command.startswith("understudy check"):
            continue  # the test below compares what they print
        here = command.replace("understudy", str(UNDERSTUDY), 1)
        if command.startswith("understudy serve") and "--help" not in command:
            assert_serves(f"exec {here} --port 0")
        else:
            assert in_a_shell(here).returncode == 0, command


@pytest.mark.parametrize(
    ("command", "shown"),
    re.findall(r"^\$ \.venv/bin/(understudy check .*)\n(.*)$", README, re.MULTILINE),
)
def test_a_check_begins_with_the_line_that_is_shown(command: str, shown: str, url: str) -> None:
    ended = in_a_shell(command.replace("understudy", str(UNDERSTUDY), 1).replace(HERE, url))

    assert (ended.returncode, ended.stdout.splitlines()[0]) == (1, shown)


def assert_serves(command: str) -> None:
    with subprocess.Popen(["/bin/sh", "-c", command], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        process.terminate()
    assert line.startswith("Understudy is standing in at ")


def test_the_ready_lines_are_those_that_the_command_says() -> None:
    block = re.search(r"^```console\n\$ make serve\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert block is not None or README == ""
    shown = block[1].splitlines() if block else []
    with subprocess.Popen(
        [UNDERSTUDY, "serve", "--port", "0"], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        said = [process.stderr.readline().rstrip("\n") for _ in shown]
        process.terminate()
    assert [re.sub(r"http://127\.0\.0\.1:\d+", HERE, line) for line in said] == shown


def in_a_shell(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, timeout=30, check=False
    )
