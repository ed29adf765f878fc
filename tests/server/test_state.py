"""State that outlives its server, and that servers share, over real sockets and databases."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from understudy.errors import ExitCode

THREADS = "/api/v1/chat/threads?company_id=1"
TOKEN = {"Authorization": "Bearer any"}


@contextmanager
def serving(url: str, *arguments: str) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """Serve with the state at a URL, from processes of their own that end with the block."""
    options = ["--port", "0", "--log", "off", "--state", url, *arguments]
    with subprocess.Popen(
        [sys.executable, "-m", "understudy", "serve", "cattix", *options],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        ready = re.search(r"at (http://\S+)/ ", line)
        assert ready is not None, line + process.stderr.read()
        with httpx.Client(base_url=ready[1], headers=TOKEN, timeout=30) as client:
            yield client, process
        kill(process)


def kill(process: "subprocess.Popen[str]") -> None:
    """Kill a server with its workers, which get no chance to do anything about it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


def create(client: httpx.Client) -> str:
    reply = client.post(THREADS, json={"assistant_type": "general"})
    assert reply.status_code == 200, reply.text
    thread: str = reply.json()["thread_id"]
    return thread


def listed(client: httpx.Client) -> list[str]:
    return [one["thread_id"] for one in client.get(THREADS).raise_for_status().json()]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.db"
    made: str = request.getfixturevalue("new_database")()
    return made


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_killed_server_has_kept_everything_that_it_answered(url: str, workers: str) -> None:
    answered = list[str]()

    def write(client: httpx.Client) -> None:
        with suppress(httpx.TransportError):  # the server was killed
            while True:
                answered.append(create(client))

    with serving(url, "--workers", workers) as (client, process), ThreadPoolExecutor(4) as pool:
        before = listed(client)
        writers = [pool.submit(write, client) for _ in range(4)]
        while len(answered) < 60 and not any(writer.done() for writer in writers):
            listed(client)
        kill(process)
        for writer in writers:
            writer.result(60)

    with serving(url) as (client, _process):
        after = listed(client)
        again = create(client)

        assert listed(client) == [again, *after]
    made = after[: len(after) - len(before)]
    assert after[len(made) :] == before
    assert len(answered) >= 60
    assert set(answered) <= set(made)
    assert len(made) == len(set(made))
    assert len(made) - len(answered) <= 4  # those that were kept and not answered any more


def test_two_servers_on_one_database_agree(url: str) -> None:
    with serving(url) as (one, _first), serving(url) as (other, _second):
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(create, [one, other] * 20))
        lists = listed(one), listed(other)
        mine = {"X-Understudy-Session": "mine"}
        one.post(THREADS, json={"assistant_type": "general"}, headers=mine)
        counts = [len(c.get(THREADS, headers=mine).json()) for c in (one, other)]

        assert lists[0] == lists[1]
        assert set(made) == set(lists[0][: len(made)])
        assert counts[0] == counts[1] == len(lists[0]) - len(made) + 1


def test_a_database_that_goes_away_is_told_and_comes_back(
    new_database: Callable[[], str], psql: Callable[[str], str]
) -> None:
    url = new_database()
    with serving(url) as (client, _process):
        made = create(client)
        psql("ALTER TABLE " + schema(url) + ".understudy_log RENAME TO elsewhere")
        gone = client.post(THREADS, json={"assistant_type": "general"})
        psql("ALTER TABLE " + schema(url) + ".elsewhere RENAME TO understudy_log")

        assert gone.status_code == 503
        assert gone.json()["type"] == "urn:understudy:error:no-state"
        assert listed(client)[0] == made


def schema(url: str) -> str:
    return url.rpartition("%3D")[2]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--state", "postgresql://me:secret@127.0.0.1:1/x"], ExitCode.START, "me:***@127.0.0.1"),
        (["--state", "mysql://me:secret@127.0.0.1/x"], ExitCode.START, "no database for state"),
        (["--load", "nowhere"], ExitCode.USAGE, "nowhere: no such file or folder"),
        (["--state", "sqlite:/w.db"], ExitCode.USAGE, "write sqlite:////w.db"),
    ],
)
def test_a_server_that_cannot_begin_with_its_state_says_why(
    arguments: list[str], code: ExitCode, told: str
) -> None:
    command = [sys.executable, "-m", "understudy", "serve", "cattix", "--port", "0", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr
