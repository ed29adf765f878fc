"""What is asked of each server before it is measured: is it up, is it right, what does it do.

The table says what a server did when asked, not what its documentation promises.
"""

import http.client
import json
import subprocess
import time
import uuid
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from installs import UnavailableError
from peers import API_KEY

DOCUMENTED_ID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
KEY = {"x-api-key": API_KEY}
ONE, LIST = "GET one thread", "GET a list of 10"
CROWD = "GET one thread, 100 connections"
START_SECONDS = 60
TRIES = 20
"""Prism -d answers 500 to about every second request, so nobody is judged by one answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers in their order, body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def thread(agent_id: str, thread_id: str) -> str:
    return f"/api/v1/chat/{agent_id}/threads/{thread_id}"


def threads(agent_id: str, limit: int = 10) -> str:
    return f"/api/v1/chat/{agent_id}/web-threads?limit={limit}"


HOT = {
    ONE: (thread(DOCUMENTED_ID, DOCUMENTED_ID),),
    LIST: (threads(DOCUMENTED_ID),),
    CROWD: (thread(DOCUMENTED_ID, DOCUMENTED_ID),),
}
"""Per workload, the one path that is asked for again and again."""

CONNECTIONS = {ONE: 8, LIST: 8, CROWD: 100}
"""How many connections are open at once, per workload."""


def many(url: str, agents: int = 20) -> dict[str, tuple[str, ...]]:
    """Return, per workload, paths of different resources: the lists and the threads in them.

    A thread without an id, where the contract allows that, cannot be asked for.
    """
    ids = [str(uuid.UUID(int=number << 64, version=4)) for number in range(1, agents + 1)]
    found = {agent: content(url, threads(agent)) for agent in ids}
    one = tuple(thread(agent, item["id"]) for agent in ids for item in found[agent] if "id" in item)
    if not one:
        raise UnavailableError("the lists hold no thread to ask for")
    return {ONE: one, LIST: tuple(threads(agent) for agent in ids), CROWD: one}


def wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers both workloads as it should, or say why it does not."""
    end = time.monotonic() + START_SECONDS
    while not _is_listening(url):
        if process.poll() is not None:
            raise UnavailableError(f"ended at start: {_last_line(log)}")
        if time.monotonic() > end:
            raise UnavailableError(f"did not listen within {START_SECONDS} s")
        time.sleep(0.1)
    _check([content(url, HOT[ONE][0])])
    _check(content(url, HOT[LIST][0]))


def _is_listening(url: str) -> bool:
    try:
        ask(url, "/")
    except (OSError, http.client.HTTPException):
        return False
    return True


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    return next((line for line in reversed(lines) if line), "without a word")


def _check(items: object) -> None:
    if not isinstance(items, list) or not any(isinstance(i, dict) and "id" in i for i in items):
        raise UnavailableError("the answer holds no thread with an id")


def content(url: str, path: str) -> Any:
    """Return the JSON of a good answer."""
    try:
        return json.loads(good(url, path).body)
    except ValueError:
        raise UnavailableError(f"GET {path} answers something else than JSON") from None


def good(url: str, path: str) -> Answer:
    """Return an answer with status 200, or raise UnavailableError."""
    answer = _settled(url, path, KEY)
    if answer.status != 200:
        raise UnavailableError(f"GET {path} answers {answer.status}: {answer.body[:200]!r}")
    return answer


def _settled(url: str, path: str, headers: dict[str, str]) -> Answer:
    """Return the first answer that is not a server's failure, or the last of so many."""
    try:
        for _ in range(TRIES):
            answer = ask(url, path, headers)
            if answer.status < 500:
                break
    except (OSError, http.client.HTTPException) as error:
        raise UnavailableError(f"GET {path} fails: {error!r}") from None
    return answer


def ask(url: str, path: str, headers: dict[str, str] | None = None) -> Answer:
    """Send one GET over a connection of its own. Raises OSError or HTTPException."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


def size(url: str, paths: tuple[str, ...]) -> int:
    """Return the median length of a body, in bytes, over a few answers."""
    return int(median(len(good(url, path).body) for path in islice(cycle(paths), 15)))


def habits(url: str) -> str:
    """Say in a few words what the server does for a request, as it was seen to do it."""
    without_key = _settled(url, HOT[ONE][0], {}).status in (401, 403)
    invalid = 400 <= _settled(url, threads(DOCUMENTED_ID, limit=1000), KEY).status < 500
    words = ["checks the key"] * without_key + ["validates"] * invalid
    return ", ".join([*words, _origin(url)])


def _origin(url: str) -> str:
    first, again = (good(url, HOT[ONE][0]).body for _ in range(2))
    if first != again:
        return "random data"
    other = good(url, many(url, agents=3)[ONE][-1]).body
    return "data per id" if other != first else "one fixed body"
