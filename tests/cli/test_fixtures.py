import gzip
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import click
import pytest

from understudy.cli import main
from understudy.contract.load import load_contract
from understudy.errors import ExitCode
from understudy.fixtures.content import generate_objects
from understudy.fixtures.formats import FORMATS

UNDERSTUDY = str(Path(sys.executable).with_name("understudy"))
THREADS = ("thena", "--operation", "getThread")


def fixtures(*arguments: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    command = [UNDERSTUDY, "fixtures", *arguments]
    return subprocess.run(command, capture_output=True, timeout=60, check=False, **more)  # type: ignore[call-overload]


def test_objects_are_written_to_standard_output() -> None:
    ended = fixtures(*THREADS, "--count", "3", "--seed", "4")

    made = generate_objects("thena", operation="getThread", count=3, seed=4)
    assert [json.loads(line) for line in ended.stdout.splitlines()] == list(made)
    assert (ended.returncode, ended.stderr) == (ExitCode.OK, b"")


def test_the_format_follows_from_the_file_name(tmp_path: Path) -> None:
    out = tmp_path / "threads.json.gz"
    ended = fixtures(*THREADS, "--count", "3", "--out", str(out))

    made = generate_objects("thena", operation="getThread", count=3)
    assert json.loads(gzip.decompress(out.read_bytes())) == list(made)
    assert (ended.returncode, ended.stdout, ended.stderr) == (ExitCode.OK, b"", b"")


def test_a_reader_that_has_enough_ends_it_quietly() -> None:
    command = f"{UNDERSTUDY} fixtures {' '.join(THREADS)} --count 1000000 | head -n 1"
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, timeout=60, check=False
    )

    assert (ended.returncode, len(ended.stdout.splitlines())) == (0, 1)
    assert ended.stderr == b""


def test_without_a_contract_the_bundled_ones_are_listed() -> None:
    ended = fixtures()

    assert b"bundled are cattix, sitegpt, thena" in ended.stderr
    assert (ended.returncode, ended.stdout) == (ExitCode.USAGE, b"")


def test_without_a_choice_operations_and_schemas_are_listed() -> None:
    ended = fixtures("cattix")

    assert b"choose an operation or a schema\n" in ended.stderr
    assert b"\n  --operation createThread --response 200|" in ended.stderr
    assert b"--request\n" in ended.stderr
    assert b"\n  --schema AssistantSchema\n" in ended.stderr
    assert (ended.returncode, ended.stdout) == (ExitCode.USAGE, b"")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("no-such",), ExitCode.CONTRACT, "no-such: no such file or contract"),
        ((*THREADS, "--shard", "3/2"), ExitCode.USAGE, "parts are numbered from 1 to 2"),
        ((*THREADS, "--shard", "half"), ExitCode.USAGE, "'half' is not a part such as 2/7"),
        ((*THREADS, "--workers", "2"), ExitCode.USAGE, "name a folder by --out"),
        ((*THREADS, "--out", "a.odd"), ExitCode.USAGE, "say which by --format"),
        ((*THREADS, "--out", "/proc/none/a.json"), ExitCode.START, "/proc/none"),
        ((*THREADS, "--format", "csv"), ExitCode.USAGE, "csv takes a file for each of"),
        (("verify", "/proc"), ExitCode.USAGE, "/proc has no manifest.json"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_is_one_message(arguments: tuple[str, ...], code: ExitCode, message: str) -> None:
    ended = fixtures(*arguments)

    assert message in ended.stderr.decode()
    assert "Traceback" not in ended.stderr.decode()
    assert (ended.returncode, ended.stdout) == (code, b"")


def test_faults_that_nothing_can_show_are_told(tmp_path: Path) -> None:
    ended = fixtures("cattix", "--schema", "AssistantSchema", "--profile", "invalid",
                     "--out", str(tmp_path))  # fmt: skip

    told = [line.strip() for line in ended.stderr.decode().splitlines()[1:]]
    assert told == json.loads((tmp_path / "manifest.json").read_text())["unexpressed"]


def test_what_is_made_by_trial_is_told_with_its_place_and_the_reason(tmp_path: Path) -> None:
    document = tmp_path / "links.yaml"
    document.write_text("""openapi: 3.1.0
info: {title: Links, version: "1"}
paths: {/links: {get: {responses: {"204": {description: none}}}}}
components:
  schemas:
    Link: {type: object, properties: {to: {type: string, format: uri, maxLength: 200}}}
""")

    told = fixtures(str(document), "--schema", "Link", "--count", "1")

    assert told.returncode == ExitCode.OK
    reason = "a format beside other facets of text"
    assert told.stderr.decode() == f"understudy: made by trial: Link/to: {reason}\n"


def test_a_folder_is_verified(tmp_path: Path) -> None:
    fixtures(*THREADS, "--count", "4", "--shards", "2", "--out", str(tmp_path))
    good = fixtures("verify", str(tmp_path))
    (tmp_path / "getThread-200-00001-of-00002.ndjson").unlink()
    bad = fixtures("verify", str(tmp_path))

    assert (good.returncode, good.stdout) == (ExitCode.OK, b"")
    assert bad.returncode == ExitCode.FINDINGS
    assert bad.stdout.startswith(b"getThread-200-00001-of-00002.ndjson: is missing")
    assert bad.stderr.decode() == f"{tmp_path}: 2 files, 1 findings\n"


def test_a_set_of_ones_own_contract_is_verified_by_its_file(tmp_path: Path) -> None:
    shapes = str(Path(__file__).parents[1] / "specs" / "shapes.yaml")
    schema = next(iter(load_contract(shapes).schemas))
    fixtures(shapes, "--schema", schema, "--count", "4", "--out", str(tmp_path))
    unnamed = fixtures("verify", str(tmp_path))
    named = fixtures("verify", str(tmp_path), "--contract", shapes)

    assert unnamed.returncode == ExitCode.USAGE
    assert b"name the file of the contract shapes by --contract" in unnamed.stderr
    assert (named.returncode, named.stdout) == (ExitCode.OK, b"")


def test_progress_is_shown_on_a_terminal_alone(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    arguments = [*THREADS, "--count", "200", "--out", str(tmp_path)]
    command = [UNDERSTUDY, "fixtures", *arguments]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(command, stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(ours, 65536):
                shown += chunk
        except OSError:  # how Linux tells the end of a terminal
            pass
    os.close(ours)

    assert process.returncode == ExitCode.OK
    assert b"200/200" in shown


def test_every_format_and_profile_can_be_chosen() -> None:
    group = main.commands["fixtures"]
    assert isinstance(group, click.Group)
    choices = {
        option.name: set(option.type.choices)
        for option in group.commands["write"].params
        if isinstance(option.type, click.Choice)
    }

    assert choices == {
        "format": set(FORMATS),
        "profile": {"realistic", "boundary", "invalid"},
    }
