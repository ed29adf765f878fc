import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click
import httpx
import pytest

from understudy.cli import main
from understudy.errors import ExitCode

UNDERSTUDY = str(Path(sys.executable).with_name("understudy"))
OPENAPI = Path(__file__).parents[1] / "openapi"
AGENT = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
WEB_THREADS = f"/api/v1/chat/{AGENT}/web-threads"
THREADS = "/api/v1/chat/threads?company_id=1"
ANY_TOKEN = {"Authorization": "Bearer any"}
READY = re.compile(r"Understudy is standing in at (http://\S+)/ \(seed (\d+)\); Ctrl-C ends it\n")


@dataclass
class Serving:
    """A running `understudy serve`, and what it said on its first line."""

    process: subprocess.Popen[str]
    stderr: IO[str]
    url: str
    seed: int

    def end(self, number: signal.Signals) -> tuple[int, str, str]:
        """Send a signal; return exit code, standard output and the rest of standard error."""
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=10)
        return self.process.returncode, output, errors


@contextmanager
def serving(*arguments: str) -> Iterator[Serving]:
    command = [UNDERSTUDY, "serve", "--port", "0", "--log", "off", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        ready = READY.fullmatch(process.stderr.readline())
        assert ready is not None, process.stderr.read()
        yield Serving(process, process.stderr, ready[1], int(ready[2]))
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=10)


def ended(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [UNDERSTUDY, *arguments], capture_output=True, text=True, timeout=30, check=False
    )


# Ready ---------------------------------------------------------------------------------------


def test_each_contract_is_announced_with_an_address_and_a_credential_that_work() -> None:
    with serving() as server:
        lines = [server.stderr.readline() for _ in range(3)]
        announced = [re.fullmatch(r"  (.+): (http://\S+)   (\S+): (.+)\n", line) for line in lines]
        pages = [THREADS, "/v0/chatbots/1/threads", WEB_THREADS]
        replies = [
            httpx.get(found[2] + page, headers={found[3]: found[4]})
            for found, page in zip(announced, pages, strict=True)
            if found is not None
        ]
    assert [reply.status_code for reply in replies] == [200, 200, 200]


def test_one_contract_alone_is_announced_at_its_documented_path() -> None:
    with serving("sitegpt") as server:
        line = server.stderr.readline()
    assert line == (
        f"  SiteGPT API: chatbot threads: {server.url}/api   Authorization: Bearer understudy\n"
    )


def test_the_announced_credential_is_one_of_those_asked_for() -> None:
    arguments = ("--token", "one", "--token", "two", "--api-key", "three")
    with serving("thena", "cattix", *arguments) as server:
        lines = [server.stderr.readline() for _ in range(2)]
        target = f"{server.url}/cattix{THREADS}"
        statuses = [
            httpx.get(target, headers={"Authorization": f"Bearer {token}"}).status_code
            for token in ("one", "two", "three", "understudy")
        ]
    assert [line.split("   ")[1] for line in lines] == [
        "x-api-key: three\n",
        "Authorization: Bearer one\n",
    ]
    assert statuses == [200, 200, 401, 401]


# End -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("number", "codes"),
    [(signal.SIGINT, {0}), (signal.SIGTERM, {0, -signal.SIGTERM})],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_an_ended_server_says_nothing_more_and_is_quick(
    number: signal.Signals, codes: set[int], workers: str
) -> None:
    with serving("cattix", "--workers", workers) as server, httpx.Client() as kept_open:
        assert kept_open.get(server.url).status_code == 200
        started = time.monotonic()
        code, output, errors = server.end(number)
    assert code in codes
    assert (output, errors.splitlines()[1:]) == ("", [])
    assert time.monotonic() - started < 3


def test_standard_output_stays_empty_while_requests_are_logged() -> None:
    with serving("cattix", "--log", "requests") as server:
        httpx.get(server.url)
        code, output, errors = server.end(signal.SIGINT)
    assert (code, output) == (0, "")
    assert '"GET / HTTP/1.1" 200' in errors


# Options -------------------------------------------------------------------------------------


def test_a_random_seed_is_told_and_brings_the_same_world_again() -> None:
    with serving("cattix", "--seed", "random") as first:
        body = httpx.get(first.url + THREADS, headers=ANY_TOKEN).content
    with serving("cattix", "--seed", str(first.seed)) as again:
        assert httpx.get(again.url + THREADS, headers=ANY_TOKEN).content == body
    with serving("cattix", "--seed", "random") as other:
        assert httpx.get(other.url + THREADS, headers=ANY_TOKEN).content != body
    assert first.seed != other.seed


def test_the_clock_stands_where_it_was_set() -> None:
    with serving("cattix", "--now", "2031-05-06T09:08:09+02:00") as server:
        reply = httpx.post(
            server.url + THREADS, json={"assistant_type": "general"}, headers=ANY_TOKEN
        )
    assert reply.json()["date_added"] == "2031-05-06T07:08:09Z"


def test_browsers_can_be_kept_out() -> None:
    with serving("cattix", "--no-cors") as server:
        reply = httpx.get(server.url + THREADS, headers=ANY_TOKEN | {"Origin": "http://a.example"})
    assert (reply.status_code, "access-control-allow-origin" in reply.headers) == (200, False)


def test_a_document_of_ones_own_is_served_by_its_path(tmp_path: Path) -> None:
    shutil.copytree(OPENAPI / "thena", tmp_path / "mine")
    with serving(str(tmp_path / "mine" / "openapi.yaml")) as server:
        reply = httpx.get(server.url + WEB_THREADS, headers={"x-api-key": "any"})
    assert (reply.status_code, len(reply.json())) == (200, 10)


def test_what_one_worker_created_all_workers_show() -> None:
    with serving("cattix", "--workers", "2") as server:
        created = [
            httpx.post(
                server.url + THREADS, json={"assistant_type": "general"}, headers=ANY_TOKEN
            ).json()
            for _ in range(3)
        ]
        lists = [httpx.get(server.url + THREADS, headers=ANY_TOKEN).json() for _ in range(20)]
    assert len({thread["thread_id"] for thread in created}) == 3
    assert [threads[:3] for threads in lists] == [created[::-1]] * 20
    assert lists == [lists[0]] * 20


def test_help_tells_every_option() -> None:
    help_text = ended("serve", "--help").stdout
    options = [
        name
        for parameter in main.commands["serve"].params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    ]
    assert [name for name in options if not re.search(rf"{name}\b", help_text)] == []
    assert len(options) >= 10


# Mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nope"], ExitCode.CONTRACT, "understudy: nope: no such file or contract"),
        (["no/such.yaml"], ExitCode.CONTRACT, "understudy: no/such.yaml: no such file"),
        (["thena", "--seed", "x"], ExitCode.USAGE, "'x' is neither a whole number nor the word"),
        (["thena", "--now", "x"], ExitCode.USAGE, "'x' is not a time such as 2026-01-15T12:00:00Z"),
        (
            ["thena", "--locale", "de_XX"],
            ExitCode.USAGE,
            "but for de, de_AT, de_CH",
        ),
        (["thena", "--port", "65536"], ExitCode.USAGE, "Invalid value for '--port'"),
        (["thena", "--workers", "0"], ExitCode.USAGE, "Invalid value for '--workers'"),
        (["thena", "--unknown"], ExitCode.USAGE, "No such option"),
        (["thena", "--host", "no.such.invalid"], ExitCode.START, "with --port or --host"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_on_the_command_line_is_one_message(
    arguments: list[str], code: ExitCode, message: str
) -> None:
    assert_refused(ended("serve", *arguments), code, message)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("openapi.yaml", b"openapi: [", "openapi.yaml:2: is not YAML"),
        ("openapi.yaml", b"a: \xff", "openapi.yaml: is not UTF-8 text"),
        ("openapi.yaml", b"", "openapi.yaml:1: /openapi: is not an OpenAPI 3."),
        (
            "openapi.yaml",
            b"openapi: 4.0.0",
            "nor Swagger 2.0 (found '4.0.0')",
        ),
        ("behaviour.yaml", b"{", "behaviour.yaml:2: is not YAML"),
        ("behaviour.yaml", b"errors: {body: {}}\nnonsense: 1\n", "behaviour.yaml:2: /nonsense"),
        (
            "behaviour.yaml",
            b"values:\n  ChatThread:\n    title: {$faker: no_such}\n",
            "behaviour.yaml:3: /values/ChatThread/title: Faker has no provider 'no_such'",
        ),
    ],
)
def test_a_mistake_in_a_file_is_told_with_file_and_line(
    tmp_path: Path, file: str, content: bytes, message: str
) -> None:
    shutil.copytree(OPENAPI / "thena", tmp_path / "mine")
    (tmp_path / "mine" / file).write_bytes(content)
    process = ended("serve", str(tmp_path / "mine"), "--port", "0")
    assert_refused(process, ExitCode.CONTRACT, message)


def test_a_mistake_in_a_file_is_told_before_any_worker_starts(tmp_path: Path) -> None:
    shutil.copytree(OPENAPI / "thena", tmp_path / "mine")
    (tmp_path / "mine" / "behaviour.yaml").write_text("let: {a: {$faker: no_such}}")
    process = ended("serve", str(tmp_path / "mine"), "--port", "0", "--workers", "2")
    assert_refused(process, ExitCode.CONTRACT, "Faker has no provider 'no_such'")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    loop = tmp_path / "openapi.yaml"
    loop.symlink_to(loop)
    assert_refused(ended("serve", str(loop)), ExitCode.CONTRACT, f"{loop}: ")


def test_a_port_in_use_is_told_with_the_option_that_helps() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = ended("serve", "thena", "--port", port)
    message = f"cannot listen on 127.0.0.1:{port}: Address already in use; choose another place"
    assert_refused(process, ExitCode.START, message)


def assert_refused(process: subprocess.CompletedProcess[str], code: ExitCode, message: str) -> None:
    assert message in process.stderr
    assert "Traceback" not in process.stderr
    assert (process.returncode, process.stdout) == (code, "")
