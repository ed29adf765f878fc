import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from tests.proxy.running import ITEM, SHOP, answer, ask, get, saying

from understudy.archive.recording import Record
from understudy.archive.redact import redaction
from understudy.cli import main
from understudy.exchange import Exchange, Reply, Sent
from understudy.proxy.recorder import Recorder

SHOP_FILE = str(Path(__file__).with_name("shop.yaml"))
GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "proxy-and-record.md"


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Run a command that serves; yield it, its address and its first line."""
    command = [sys.executable, "-m", "understudy", *arguments, "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        line = process.stderr.readline()
        yield (
            process,
            line.partition(" at ")[2].partition("/")[0]
            + "//"
            + (line.partition("://")[2].partition("/")[0]),
            line,
        )
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=10)


def test_the_proxy_says_where_it_is_what_it_checks_and_what_it_found(tmp_path):
    har = tmp_path / "traffic.har"
    with (
        saying(answer(b'{"id":1,"name":5}', b"date: Thu, 15 Jan 2026 12:00:00 GMT")) as shop,
        running("proxy", SHOP_FILE, shop.url, "--record", str(har)) as (process, url, line),
    ):
        found = ask(url, get("/v1/items/1"))
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        process.wait(10)

    assert line == f"Understudy is a proxy at {url}/ for {shop.url}; Ctrl-C ends it\n"
    assert said.splitlines()[:2] == [
        "  Shop: 5 operations are checked",
        f"  recording to {har}",
    ]
    assert said.splitlines()[2].startswith("GET /v1/items/1 -> 200: error: response/body 200 /name")
    assert process.returncode == 0
    assert found.lower().count(b"\r\ndate: ") == 1
    checked = CliRunner().invoke(main, ["check", SHOP_FILE, "--har", str(har)])
    assert checked.exit_code == 1
    assert "200 /name" in checked.stdout or "response/body" in checked.stdout


def test_a_recording_is_replayed_with_the_stand_in_behind_it(tmp_path):
    har = tmp_path / "traffic.har"
    recorder = Recorder(har, redaction(SHOP), print)
    exchange = Exchange(Sent("GET", "/v1/items/1"), Reply(200, ITEM))
    recorder.record(Record(exchange, "http://shop.test", datetime.now(UTC)))
    recorder.close()

    with running("replay", str(har), "--contract", SHOP_FILE, "--mock-missing") as (_, url, line):
        taped, mocked = httpx.get(f"{url}/v1/items/1"), httpx.get(f"{url}/v1/items/2")

    assert line == f"Understudy is replaying {har} at {url}/; Ctrl-C ends it\n"
    assert taped.content == ITEM
    assert mocked.headers["understudy-answered-by"] == "stand-in"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["proxy", SHOP_FILE, "ftp://shop.test"], 4, "is no address of HTTP"),
        (["proxy", SHOP_FILE, "http://me:secret@shop.test"], 4, "has no user, query or fragment"),
        (["proxy", SHOP_FILE, "http://shop.test/?a=1"], 4, "has no user, query or fragment"),
        (["proxy", SHOP_FILE, "http://shop.test:port"], 4, "is no address"),
        (["proxy", "nothing.yaml", "http://shop.test"], 3, "no such file or contract"),
        (["proxy", SHOP_FILE, "http://a.test", "--missing-status", "404"], 2, "--mock-missing"),
        (["proxy", SHOP_FILE], 2, "UPSTREAM"),
        (["proxy", SHOP_FILE, "http://a.test", "--record", SHOP_FILE], 4, "name another file"),
        (["replay", SHOP_FILE], 3, "is not JSON"),
        (["replay", SHOP_FILE, "--mock-missing"], 2, "--contract"),
        (["learn", SHOP_FILE, "--contract", SHOP_FILE], 3, "is not JSON"),
        (["learn", SHOP_FILE], 2, "--contract"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_exit_code_of_its_kind(arguments, code, message):
    result = CliRunner().invoke(main, arguments)

    assert (result.exit_code, message in result.stderr) == (code, True), result.stderr
    assert "secret" not in result.stderr


@pytest.mark.parametrize("name", ["proxy", "replay", "learn"])
def test_the_guide_names_every_option_that_it_uses_and_help_has_examples(name):
    text = GUIDE.read_text(encoding="utf-8")
    options = {one for param in main.commands[name].params for one in param.opts}
    used = {
        word
        for line in text.splitlines()
        if line.startswith(f"$ understudy {name} ")
        for word in line.split()
        if word.startswith("-")
    }

    assert used <= options
    assert "Examples:" in CliRunner().invoke(main, [name, "--help"]).stdout


def test_findings_can_be_read_as_the_guide_says():
    with (
        saying(answer(b"[]")) as shop,
        running("proxy", SHOP_FILE, shop.url, "--log", "off") as (_, url, _line),
    ):
        found = httpx.get(f"{url}/v1/items?limit=99").headers["understudy-findings"]

    assert [one["check"] for one in json.loads(found)] == [
        "request/invalid",
        "request/invalid-refused",
    ]
