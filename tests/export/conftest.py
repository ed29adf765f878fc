"""Node with the packages of package-lock.json, for what is exported to JavaScript."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PACKAGES = ("package.json", "package-lock.json")


def missing(reason: str) -> None:
    """Leave a test out, unless what it needs has to be there."""
    pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)


@pytest.fixture(scope="session")
def packages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder node_modules with the locked packages, installed once."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        missing("node and npm are not installed")
    lock = HERE / "package-lock.json"
    name = f"export-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    cache = request.config.cache
    home = cache.mkdir(name) if cache else tmp_path_factory.mktemp(name)
    with (home / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # tests run in several processes
        if not (home / "installed").exists():
            for one in PACKAGES:
                shutil.copy(HERE / one, home)
            done = subprocess.run(
                [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", home],
                capture_output=True, check=False, timeout=300,
            )  # fmt: skip
            if done.returncode != 0:
                missing(f"npm cannot install packages: {done.stderr.decode()[-300:]}")
            (home / "installed").touch()
    return home / "node_modules"


@pytest.fixture
def folder(packages: Path, tmp_path: Path) -> Path:
    """A folder of ES modules in which the packages can be imported."""
    (tmp_path / "node_modules").symlink_to(packages)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    return tmp_path


@pytest.fixture
def node(folder: Path) -> Callable[..., str]:
    """Run JavaScript in the folder, a module of its text or of a file, and return what it says."""

    def run(*arguments: str, given: str = "") -> str:
        done = subprocess.run(
            ["node", *arguments], input=given, cwd=folder,
            capture_output=True, check=False, encoding="utf-8", timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def handlers(folder: Path, node: Callable[..., str]) -> Callable[..., list[dict[str, Any]]]:
    """Ask the handlers of modules what requests are answered; bodies are bytes."""
    shutil.copy(HERE / "ask.mjs", folder)

    def ask(modules: dict[str, str], requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        mocks = folder / "mocks"
        mocks.mkdir(exist_ok=True)
        for name, text in modules.items():
            (mocks / name).write_text(text, encoding="utf-8")
        answers = json.loads(node("ask.mjs", given=json.dumps(requests)))
        return [{**one, "body": b64decode(one.get("body", ""))} for one in answers]

    return ask
