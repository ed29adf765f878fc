import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from understudy.cli import main

UNDERSTUDY = Path(sys.executable).with_name("understudy")
BASH = """\
eval "$(understudy completion bash)"
COMP_WORDS=(understudy serve --scen) COMP_CWORD=2
_understudy_completion understudy
echo "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_an_option() -> None:
    path = os.pathsep.join([str(UNDERSTUDY.parent), os.environ["PATH"]])
    said = subprocess.run(
        ["bash", "-c", BASH],
        env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip

    assert said.stdout.split() == ["--scenario"]


@pytest.mark.parametrize(
    ("shell", "asked", "answer"),
    [
        ("bash", {"COMP_WORDS": "understudy se", "COMP_CWORD": "1"}, "plain,serve"),
        ("zsh", {"COMP_WORDS": "understudy se", "COMP_CWORD": "1"}, "serve"),
        ("fish", {"COMP_WORDS": "understudy se", "COMP_CWORD": "se"}, "plain,serve"),
    ],
)
def test_what_a_script_asks_is_answered(shell: str, asked: dict[str, str], answer: str) -> None:
    script = CliRunner().invoke(main, ["completion", shell]).stdout
    said = subprocess.run(
        [UNDERSTUDY],
        env={**os.environ, **asked, "_UNDERSTUDY_COMPLETE": f"{shell}_complete"},
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip

    assert f"_UNDERSTUDY_COMPLETE={shell}_complete" in script
    assert any(line.startswith(answer) for line in said.stdout.splitlines())
