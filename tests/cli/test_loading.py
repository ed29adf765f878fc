import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from understudy.cli import main
from understudy.errors import ExitCode

CATS = """\
openapi: 3.1.0
info: {title: Cats, version: "1"}
paths:
  /cats:
    get:
      operationId: listCats
      responses:
        "200":
          description: all
          content: {application/json: {schema: {type: array, items: {$ref: ../cat.yaml}}}}
"""
CAT = "{type: object, required: [name], properties: {name: {type: string}}}"
OVERLAY = """\
overlay: 1.0.0
info: {title: ours, version: "1"}
actions:
  - {target: $.info, update: {title: Our cats}}
  - {target: "$.paths['/cats'].get", update: {operationId: ourCats}}
"""
HAR = {
    "log": {
        "version": "1.2",
        "creator": {"name": "test", "version": "1"},
        "entries": [
            {
                "startedDateTime": "2026-01-01T00:00:00Z",
                "time": 1,
                "request": {
                    "method": "GET", "url": "http://cats.example/cats", "httpVersion": "HTTP/1.1",
                    "headers": [], "queryString": [], "cookies": [],
                    "headersSize": -1, "bodySize": 0,
                },
                "response": {
                    "status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [],
                    "headers": [{"name": "Content-Type", "value": "application/json"}],
                    "content": {"mimeType": "application/json", "size": 2, "text": "[]"},
                    "redirectURL": "", "headersSize": -1, "bodySize": 2,
                },
                "cache": {},
                "timings": {"send": 0, "wait": 1, "receive": 0},
            }
        ],
    }
}  # fmt: skip
SERVING = [
    ("serve", "cats/openapi.yaml"),
    ("proxy", "cats/openapi.yaml", "http://127.0.0.1:1"),
    ("replay", "cats.har", "--contract", "cats/openapi.yaml"),
]
ENDING = [
    ("check", "cats/openapi.yaml", "--har", "cats.har", "--fail-on", "never"),
    ("diff", "cats/openapi.yaml", "cats/openapi.yaml"),
    ("explain", "cats/openapi.yaml"),
    ("export", "har", "cats/openapi.yaml", "--output", "exported.har"),
    ("fixtures", "cats/openapi.yaml", "--operation", "listCats", "--count", "1"),
    ("learn", "cats.har", "--contract", "cats/openapi.yaml"),
    ("lint", "cats/openapi.yaml"),
]


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that refers to a file beside its folder, an overlay, and a recording."""
    monkeypatch.chdir(tmp_path)
    Path("cats").mkdir()
    Path("cats/openapi.yaml").write_text(CATS, encoding="utf-8")
    Path("cat.yaml").write_text(CAT, encoding="utf-8")
    Path("overlay.yaml").write_text(OVERLAY, encoding="utf-8")
    Path("cats.har").write_text(json.dumps(HAR), encoding="utf-8")


@pytest.fixture
def taken() -> Iterator[str]:
    """A port that nobody else can listen on, so that what serves ends when it has loaded."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_every_command_that_takes_a_contract_is_tried_here() -> None:
    tried = {command for command, *_ in (*SERVING, *ENDING)}

    assert tried == main.commands.keys() - {"completion", "selftest"}


@pytest.mark.parametrize("command", [*SERVING, *ENDING], ids=lambda command: command[0])
def test_references_out_of_the_folder_are_refused(command: tuple[str, ...]) -> None:
    ended = run(*command)
    lint = command[0] == "lint"

    assert ended.exit_code == (ExitCode.FINDINGS if lint else ExitCode.CONTRACT)
    assert "cat.yaml is outside the folder of the document" in ended.output
    assert "--allow-outside allows it" in ended.output


@pytest.mark.parametrize("command", ENDING, ids=lambda command: command[0])
def test_references_out_of_the_folder_are_followed_where_that_is_allowed(
    command: tuple[str, ...],
) -> None:
    ended = run(*command, "--allow-outside")

    assert ended.exit_code == ExitCode.OK, ended.output


@pytest.mark.parametrize("command", SERVING, ids=lambda command: command[0])
def test_what_serves_follows_them_too(command: tuple[str, ...], taken: str) -> None:
    ended = run(*command, "--allow-outside", "--port", taken)

    assert ended.exit_code == ExitCode.START, ended.output
    assert f"cannot listen on 127.0.0.1:{taken}" in ended.output


@pytest.mark.parametrize("command", ENDING, ids=lambda command: command[0])
def test_an_overlay_is_applied_first(command: tuple[str, ...]) -> None:
    words = ["ourCats" if word == "listCats" else word for word in command]
    ended = run(*words, "--allow-outside", "--overlay", "overlay.yaml")

    assert ended.exit_code == ExitCode.OK, ended.output
    if command[0] in ("check", "explain"):
        assert "Our cats" in ended.output


@pytest.mark.parametrize("command", [*SERVING, *ENDING], ids=lambda command: command[0])
def test_an_overlay_that_is_not_there_is_told(command: tuple[str, ...]) -> None:
    ended = run(*command, "--allow-outside", "--overlay", "no.yaml")
    lint = command[0] == "lint"

    assert ended.exit_code == (ExitCode.FINDINGS if lint else ExitCode.CONTRACT)
    assert "no.yaml: " in ended.output


def test_other_processes_load_fixtures_in_the_same_way() -> None:
    ended = run(
        "fixtures", "cats/openapi.yaml", "--operation", "ourCats", "--count", "4", "--workers",
        "2", "--out", "set", "--allow-outside", "--overlay", "overlay.yaml",
    )  # fmt: skip
    verified = run(
        "fixtures", "verify", "set", "--contract", "cats/openapi.yaml", "--allow-outside",
        "--overlay", "overlay.yaml",
    )  # fmt: skip

    assert (ended.exit_code, verified.exit_code) == (0, 0), ended.output + verified.output


def test_references_into_the_network_are_refused() -> None:
    remote = CATS.replace("../cat.yaml", "https://cats.example/cat.yaml")
    Path("cats/openapi.yaml").write_text(remote, encoding="utf-8")
    ended = run("explain", "cats/openapi.yaml")

    assert ended.exit_code == ExitCode.CONTRACT
    assert "--allow-remote allows it" in ended.output
