"""What others made, installed the first time into folders of a cache, never beside our own."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from processes import group

INSTALL_SECONDS = 300


class UnavailableError(Exception):
    """Who is to be compared cannot take part; the message says why."""


def installed(name: str, *commands: Sequence[str], needs: Sequence[str] = ()) -> Path:
    """Return a folder of the cache in which these commands have succeeded, one after the other.

    Raises UnavailableError if one of them fails, or if a tool that they need is missing.
    """
    folder = _cache() / name
    done = folder / "installed"
    if done.exists():
        return folder
    for tool in needs:
        if shutil.which(tool) is None:
            raise UnavailableError(f"{tool} is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    for command in commands:
        _run(command, folder / "install.log")
    done.touch()
    return folder


def _run(command: Sequence[str], log: Path) -> None:
    shown = " ".join(command[:3])
    with group(command, log=log) as process:
        try:
            status = process.wait(timeout=INSTALL_SECONDS)
        except subprocess.TimeoutExpired:
            raise UnavailableError(f"{shown} took longer than {INSTALL_SECONDS} s") from None
    if status != 0:
        raise UnavailableError(f"{shown} failed, see {log}")


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "understudy-bench"
