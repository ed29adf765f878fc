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
        process.stderr.readline()  # the console
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
            replaced = int(told[1])
            assert soon(lambda new=replaced: new in workers(process.pid))
        assert soon(lambda: _answers(url + THREADS), 20)
        lists = [httpx.get(url + THREADS, headers=TOKEN).json() for _ in range(20)]
        journal = httpx.get(f"{url}/__understudy/journal").json()["entries"]

    assert [threads[:3] for threads in lists] == [created[::-1]] * 20
    assert any("which ended" in one.get("event", "") for one in journal)


def _journal(url: str) -> list[dict]:
    return httpx.get(f"{url}/__understudy/journal", params={"last": 10_000}, timeout=60).json()[
        "entries"
    ]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes in /proc")
def test_every_worker_tells_what_all_have_answered_and_who_took_whose_place() -> None:
    with serving() as (process, url):
        assert soon(lambda: _answers(url + THREADS), 20)
        assert soon(lambda: len(workers(process.pid)) == 2)
        httpx.post(f"{url}/__understudy/reset", params={"all": True})
        for count in range(1, 101):
            assert _answers(f"{url}{THREADS}&n={count}")
            if count % 10 == 0:  # whoever answers knows of what was answered before
                assert len(_journal(url)) == count
        entries = _journal(url)
        counts = httpx.get(f"{url}/__understudy/metrics").text
        victim = min(workers(process.pid))
        os.kill(victim, signal.SIGKILL)
        assert soon(lambda: any("event" in one for one in _journal(url)), 20)
        after = _journal(url)

    targets = [one["request"]["target"] for one in entries]
    assert targets == [f"{THREADS}&n={count}" for count in range(1, 101)]
    for worker in {one["worker"] for one in entries}:
        numbers = [one["number"] for one in entries if one["worker"] == worker]
        assert numbers == [*range(numbers[0], numbers[0] + len(numbers))]
    assert 'understudy_requests_total{contract="cattix",operation="listThreads"' in counts
    told = [one["event"] for one in after if "event" in one]
    assert re.fullmatch(
        r"worker 3 has taken the place of worker [12], which ended; 0 of its entries were lost",
        told[0],
    )
    assert [one for one in after if "event" not in one] == entries


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
