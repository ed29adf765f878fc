"""Who makes threads in `fixtures.py`, and how each is run: in a process of its own.

The peers live in a virtual environment of the cache, in pinned versions, never in ours.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from installs import installed

HERE = Path(__file__).parent / "contenders"
REQUIREMENTS = HERE / "requirements.txt"
SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Contender:
    """One row of the table: a script, the variant that it is asked for, and who runs it."""

    name: str
    script: str
    variant: str
    python: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Run:
    """One run: objects and their bytes in seconds of CPU and wall time, `start` not included."""

    start: float
    objects: int
    bytes: int
    cpu: float
    wall: float
    sample: list[Any]


def run(contender: Contender, folder: Path, seconds: int) -> Run:
    """Let a contender make threads of the contract in a folder for so many seconds of CPU time.

    Raises UnavailableError if it cannot be installed, CalledProcessError if it fails.
    """
    script = str(HERE / contender.script)
    asked = [str(folder), contender.variant, str(seconds), str(SAMPLE)]
    done = subprocess.run(
        [contender.python(), script, *asked],
        check=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    *sample, figures = map(orjson.loads, done.stdout.splitlines())
    return Run(**figures, sample=sample)


def _ours() -> str:
    return sys.executable


@cache
def _theirs() -> str:
    """Return the interpreter of the peers' environment; it is made the first time."""
    version = sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    pip = ["bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    folder = installed(
        f"fixtures-{version}",
        [sys.executable, "-m", "venv", "."],
        [*pip, "--requirement", str(REQUIREMENTS)],
    )
    return str(folder / "bin/python")


PINS = dict(line.split("==") for line in REQUIREMENTS.read_text("ascii").splitlines())

OURS = Contender("understudy", "by_understudy.py", "realistic-unverified", _ours)
VERIFIED = Contender("understudy, each verified", "by_understudy.py", "realistic", _ours)
INVALID = Contender("understudy, invalid with labels", "by_understudy.py", "invalid", _ours)
FAKER = Contender(f"Faker {PINS['Faker']}, by hand", "by_faker.py", "", _theirs)
JSF = Contender(f"jsf {PINS['jsf']}", "by_jsf.py", "", _theirs)
POLYFACTORY = Contender(f"polyfactory {PINS['polyfactory']}", "by_polyfactory.py", "", _theirs)

CONTENDERS = (OURS, VERIFIED, INVALID, FAKER, JSF, POLYFACTORY)
