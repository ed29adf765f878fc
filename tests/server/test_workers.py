"""Several processes behind one address, some of which are killed."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.server.wires import soon

from understudy.config import Settings
from understudy.server import run
from understudy.server.serving import Serving

THREADS = "/api/v1/chat/threads?company_id=1"
TOKEN = {"Authorization": "Bearer any"}
READY = re.compile(r"Understudy is standing in at (http://\S+)/ ")


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `understudy serve cattix` with two workers; yield its process and its address."""
    options = ["--port", "0", "--log", "off", "--workers", "2", *arguments]
    command = [sys.executable, "-m", "understudy", "serve", "cattix", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = READY.match(process.stderr.readline())
        assert found is not None
        process.stderr.readline()  # the contract
        try:
            yield process, found[1]
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)


def workers(parent: int) -> set[int]:
    """Return the processes that a server has started to answer requests."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()
    return {int(child) for child in children if b"spawn_main" in _command(child)}


def _command(process: str) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, headers=TOKEN).status_code == 200
    except httpx.TransportError:  # it was killed with the request in its hands
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes in /proc")
def test_a_worker_that_is_killed_is_replaced_and_nothing_is_forgotten() -> None:
    with serving() as (process, url):
        assert soon(lambda: _answers(url + THREADS), 20)
        assert soon(lambda: len(workers(process.pid)) == 2)
        created = [
            httpx.post(url + THREADS, json={"assistant_type": "general"}, headers=TOKEN).json()
            for _ in range(3)
        ]
        for victim in sorted(workers(process.pid)):
            os.kill(victim, signal.SIGKILL)
            assert process.stderr is not None
            line = process.stderr.readline()
            told = re.fullmatch(rf"worker {victim} died; (\d+) took its place\n", line)
            assert told is not None, line
            assert int(told[1]) in workers(process.pid)
        assert soon(lambda: _answers(url + THREADS), 20)
        lists = [httpx.get(url + THREADS, headers=TOKEN).json() for _ in range(20)]

    assert [threads[:3] for threads in lists] == [created[::-1]] * 20


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes in /proc")
def test_no_worker_outlives_a_parent_that_is_killed() -> None:
    with serving() as (process, url):
        assert soon(lambda: _answers(url + THREADS), 20)
        assert soon(lambda: len(workers(process.pid)) == 2)
        found = workers(process.pid)
        process.kill()
        process.wait()

        assert soon(lambda: not any(b"spawn_main" in _command(str(one)) for one in found), 20)
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)


def test_a_worker_that_cannot_start_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone = Serving((str(tmp_path / "gone.yaml"),), Settings())
    monkeypatch.setenv("UNDERSTUDY_WORKER", gone.dumps())

    with pytest.raises(SystemExit, match=r"the worker cannot start: .*gone\.yaml"):
        run.worker()
