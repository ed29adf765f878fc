"""Every command of every document is run, in the order of its document."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.consoles import BLOCK, NAMED, ROOT, Command, Reader, steps

from understudy import MockServer

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("[!.]*/README.md")])
NOT_RUN = {
    ("benchmarks/README.md", "sudo apt-get install wrk"): "changes the machine",
    ("benchmarks/README.md", "python benchmarks/"): "takes minutes and quiet cores; see below",
    ("docs/explanation/what-green-means.md", "understudy selftest ./"): "takes a minute",
    ("docs/guides/frontend-offline.md", ""): "run by tests/export/test_guide.py, with its packages",
    ("docs/guides/check-in-ci.md", "understudy check"): "run by tests/test_guide_ci.py",
    ("docs/guides/compare-contracts.md", "understudy diff"): "run by tests/cli/test_diff.py",
}
"""What is not run here, and why."""

STAGING = "https://staging.example.com"
SHOP = ROOT / "tests/proxy/shop.yaml"
GIVEN = {
    "docs/guides/proxy-and-record.md": {"openapi.yaml": SHOP},
    "docs/explanation/what-green-means.md": {"openapi.yaml": ROOT / "openapi/thena/openapi.yaml"},
}
"""Files that a document takes for granted."""
NEEDS = {"docs/guides/tests-in-parallel.md": "chromium"}
"""Programs that commands of a document need, besides curl."""


SCRIPTS = {
    "docs/guides/check-in-ci.md": "run by tests/test_guide_ci.py",
    "docs/guides/bring-your-own-contract.md": "staging.example.com is nobody's",
    "docs/guides/run-in-containers.md": "need Docker; see tests/test_places.py",
}
"""Documents with blocks of sh, which are not run here, and why."""


def texts() -> Iterator[tuple[str, str]]:
    for path in DOCUMENTS:
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def left_out(name: str, command: str) -> bool:
    return any(name == one and command.startswith(start) for one, start in NOT_RUN)


def run_here(name: str, text: str) -> bool:
    return any(isinstance(step, Command) and not left_out(name, step.typed) for step in steps(text))


@pytest.fixture(scope="module")
def places() -> Iterator[dict[str, str]]:
    """The addresses of services that stand for those of the documents."""
    chromium = {"executable_path": shutil.which("chromium"), "args": ["--no-sandbox"]}
    with MockServer(SHOP) as shop:
        yield {
            STAGING: shop.url.removesuffix("/v1"),
            "chromium.launch()": f"chromium.launch(**{chromium})",
        }


@pytest.mark.parametrize("name", [name for name, text in texts() if run_here(name, text)])
def test_the_commands_do_what_is_shown(name: str, tmp_path: Path, places: dict[str, str]) -> None:
    if shutil.which(NEEDS.get(name, "curl")) is None and os.environ.get("CI") != "true":
        pytest.skip(f"{NEEDS.get(name, 'curl')} is not installed")
    text = (ROOT / name).read_text(encoding="utf-8")
    with Reader(tmp_path, places) as reader:
        for file, origin in GIVEN.get(name, {}).items():
            shutil.copy(origin, tmp_path / file)
        for step in steps(text):
            if not (isinstance(step, Command) and left_out(name, step.typed)):
                reader.follow(step)


def test_what_is_left_out_is_there() -> None:
    told = {
        (name, step.typed) for name, text in texts() for step in steps(text)
        if isinstance(step, Command)
    }  # fmt: skip
    there = [(one, start) for one, start in NOT_RUN
             if any(name == one and typed.startswith(start) for name, typed in told)]  # fmt: skip

    assert there == list(NOT_RUN)


def test_scripts_are_where_it_is_said() -> None:
    assert {name for name, text in texts() if "\n```sh\n" in text} == set(SCRIPTS)


PYTHON = {
    "docs/guides/compare-contracts.md": "its two documents are those of a reader",
    "docs/guides/test-with-pytest.md": "run by tests/test_pytest_plugin.py",
    "docs/reference/python.md": "signatures",
}
"""Documents with blocks of Python that are not run here, and why."""


def python_blocks() -> Iterator[tuple[str, str]]:
    for name, text in texts():
        for language, block in BLOCK.findall(text):
            if language == "python" and not NAMED.match(block):
                yield name, block


@pytest.mark.parametrize(
    ("name", "block"), [(name, block) for name, block in python_blocks() if name not in PYTHON]
)
def test_python_runs(name: str, block: str) -> None:
    exec(compile(block, name, "exec"), {})


def test_python_is_left_out_where_it_is_said() -> None:
    assert {name for name, _ in python_blocks()} >= set(PYTHON)


BENCHMARKS = sorted(
    {step.typed.split()[1] for name, text in texts() if name == "benchmarks/README.md"
     for step in steps(text) if isinstance(step, Command) and step.typed.startswith("python ")}
)  # fmt: skip


@pytest.mark.parametrize("program", BENCHMARKS)
def test_a_benchmark_has_the_options_that_are_told(program: str) -> None:
    ended = subprocess.run(
        [sys.executable, program, "--help"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    text = (ROOT / "benchmarks/README.md").read_text(encoding="utf-8")
    told = set(re.findall(rf"^\$ python {program}.*?$", text, re.MULTILINE))
    options = {word for line in told for word in line.split() if word.startswith("--")}

    assert {option for option in options if option not in ended.stdout} == set()
