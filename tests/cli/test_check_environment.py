"""`understudy check` as a process: credentials in its environment, and how it is interrupted."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.implementations import thena, thena_data

from understudy.errors import ExitCode

ROOT = Path(__file__).parents[2]
UNDERSTUDY = str(Path(sys.executable).with_name("understudy"))
APP = """
import os, time
from tests.implementations import thena
thena.API_KEY = os.environ["GOOD"]
inner = thena.make_app()
asked = 0

async def app(scope, receive, send):
    global asked
    asked += 1
    if asked == int(os.environ.get("TELL_AFTER", "0")):
        open("reached", "w").close()
    if scope["type"] == "http" and "TELL_AFTER" in os.environ:
        time.sleep(0.005)
    await inner(scope, receive, send)
"""
ODD = "p$HOME ${x} a'b\"c=d:e"
"""A key in which a shell and this command would find something to expand."""


def command(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    (folder / "app.py").write_text(APP, encoding="utf-8")
    path = os.pathsep.join([str(ROOT / "mockserver"), str(ROOT)])
    return subprocess.Popen(
        [
            UNDERSTUDY, "check", "thena", "--app", "app:app",
            "--known", f"agent_id={thena_data.AGENT}", *arguments,
        ],
        cwd=folder,
        env={"GOOD": thena.API_KEY, **os.environ, **environment, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


@pytest.mark.parametrize("key", ["plain-and-simple", ODD, "with blanks in it"])
@pytest.mark.parametrize("way", ["option", "variable"])
def test_a_key_stands_in_the_environment_as_it_is(tmp_path: Path, key: str, way: str) -> None:
    if way == "variable":
        process = command(tmp_path, "--tier", "smoke", GOOD=key, UNDERSTUDY_API_KEY=f"{key}\n")
    else:
        process = command(tmp_path, "--tier", "smoke", "--api-key", "$MY_KEY", GOOD=key, MY_KEY=key)
    output, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (ExitCode.OK, ""), output + errors
    assert key not in output


@pytest.mark.parametrize(("tier", "requests"), [("smoke", 60), ("pr", 320)])
def test_an_interrupt_leads_to_a_report_on_what_was_done(
    tmp_path: Path, tier: str, requests: int
) -> None:
    arguments = ("--tier", tier, "--api-key", "$GOOD", "--report", "text")
    process = command(tmp_path, *arguments, TELL_AFTER=str(requests))
    while not (tmp_path / "reached").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)

    assert process.returncode == ExitCode.INTERRUPTED, output + errors
    assert output.startswith("STOPPED: nothing was broken until then\n")
    assert "the rest: the run was cut off" in output
    assert "Traceback" not in errors
