import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from openapi_spec_validator import validate
from tests.proxy.running import SHOP

from understudy.archive.recording import Record
from understudy.archive.redact import redaction
from understudy.cli import main
from understudy.contract.document import read_document
from understudy.contract.load import load_contract
from understudy.exchange import Exchange, Reply, Sent
from understudy.fixtures.yaml_text import document
from understudy.proxy.learn import json_path
from understudy.proxy.recorder import Recorder

SHOP_FILE = str(Path(__file__).with_name("shop.yaml"))
JSON = (("content-type", "application/json"),)
MADE = Exchange(
    Sent("POST", "/v1/items", JSON, b'{"name":"cup"}'), Reply(201, b'{"id":7,"name":"cup"}')
)
LISTED = Exchange(Sent("GET", "/v1/items?limit=2"), Reply(200, b'[{"id":7,"name":"cup"}]'))
READ = Exchange(Sent("GET", "/v1/items/7"), Reply(200, b'{"id":7,"name":"cup"}'))
BROKEN = Exchange(Sent("GET", "/v1/items/8"), Reply(200, b'{"id":8}'))
REFUSED = Exchange(Sent("GET", "/v1/items?limit=0"), Reply(200, b"[]"))


def learned(
    tmp_path: Path,
    *exchanges: Exchange,
    options: tuple[str, ...] = (),
    contract: str | Path = SHOP_FILE,
):
    """Return the overlay, and what was said, of a recording."""
    har = tmp_path / "traffic.har"
    har.unlink(missing_ok=True)
    recorder = Recorder(har, redaction(SHOP), print)
    for one in exchanges:
        recorder.record(Record(one, "http://shop.test", datetime.now(UTC)))
    recorder.close()
    output = tmp_path / "overlay.yaml"
    arguments = ["learn", str(har), "--contract", str(contract), "-o", str(output), *options]
    result = CliRunner().invoke(main, arguments)
    return result, read_document(output).data


def applied(root, overlay):
    """Apply an overlay whose targets are plain paths (Overlay 1.0.0, "Action Object")."""
    for action in overlay["actions"]:
        tokens = [
            (dotted or quoted.replace("\\'", "'").replace("\\\\", "\\") or index)
            for dotted, quoted, index in re.findall(
                r"\.(\w+)|\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]", action["target"]
            )
        ]
        holder = root
        for token in tokens[:-1]:
            holder = holder[int(token) if isinstance(holder, list) else token]
        last = int(tokens[-1]) if isinstance(holder, list) else tokens[-1]
        if action.get("remove"):
            del holder[last]
        else:
            merge(holder[last], action["update"])
    return root


def merge(target, update):
    for key, value in update.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            merge(target[key], value)
        else:
            target[key] = value


def test_request_and_response_become_a_pair_of_one_name(tmp_path):
    result, overlay = learned(tmp_path, MADE, LISTED, READ)

    assert result.exit_code == 0
    assert overlay["overlay"] == "1.0.0"
    changed = applied(read_document(Path(SHOP_FILE)).data, overlay)
    validate(changed)
    path = tmp_path / "changed.yaml"
    path.write_text(document(changed))
    contract = load_contract(path)
    add = contract.operations["addItem"]
    (body,) = add.body.content["application/json"].examples
    (response,) = add.responses["201"].content["application/json"].examples
    assert (body.name, body.value) == (response.name, {"name": "cup"})
    assert response.value == {"id": 7, "name": "cup"}
    assert re.fullmatch("addItem-201-[0-9a-f]{8}", body.name)
    paths = changed["paths"]
    (limit,) = paths["/items"]["get"]["parameters"][0]["examples"].items()
    (listed,) = (
        contract.operations["listItems"].responses["200"].content["application/json"].examples
    )
    assert limit == (listed.name, {"value": 2})


def test_the_same_recording_makes_the_same_overlay(tmp_path):
    _, first = learned(tmp_path, MADE, LISTED, READ)
    _, second = learned(tmp_path, READ, MADE, MADE, LISTED)

    by_target = {one["target"]: one for one in first["actions"]}
    assert by_target == {one["target"]: one for one in second["actions"]}


def test_only_what_keeps_the_contract_is_taken(tmp_path):
    result, overlay = learned(tmp_path, BROKEN, REFUSED, READ)
    every, more = learned(tmp_path, BROKEN, REFUSED, READ, options=("--invalid",))

    assert "left out: 2: it breaks the contract" in result.stderr
    assert "1 examples of 3 exchanges" in result.stderr
    assert "3 examples of 3 exchanges" in every.stderr
    assert len(str(more)) > len(str(overlay))


def test_so_many_of_an_operation_and_so_long(tmp_path):
    many = [
        Exchange(Sent("GET", f"/v1/items/{one}"), Reply(200, b'{"id":%d,"name":"cup"}' % one))
        for one in range(9)
    ]
    long = Exchange(
        Sent("GET", "/v1/items/99"), Reply(200, b'{"id":99,"name":"%s"}' % (b"x" * 2000))
    )

    result, _ = learned(tmp_path, long, *many, options=("--each", "2", "--size", "1"))

    assert "2 examples of 10 exchanges" in result.stderr
    assert "left out: 1: it is too long" in result.stderr
    assert "left out: 7: there are enough" in result.stderr


def test_nothing_to_learn_is_no_success(tmp_path):
    result, overlay = learned(tmp_path, BROKEN)

    assert (result.exit_code, overlay["actions"]) == (5, [])


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(500, b"oh"), "its status is not documented"),
        (Reply(404), "its response has no body"),
        (Reply(200, b"<p>", media_type="text/html"), "its media type is not documented"),
    ],
)
def test_what_cannot_be_learned_is_told_by_its_reason(tmp_path, reply, reason):
    result, _ = learned(tmp_path, Exchange(Sent("GET", "/v1/items/7"), reply))

    assert result.stderr.splitlines()[1:] == [f"  left out: 1: {reason}"]


def test_secrets_are_not_learned(tmp_path):
    har = tmp_path / "browser.har"
    secret = "a-key-of-the-shop"
    url = f"http://shop.test/v1/items?word={secret}&shop_key={secret}"
    request = {"method": "GET", "url": url, "headers": []}
    content = {"text": json.dumps([{"id": 1, "name": secret}]), "mimeType": "application/json"}
    entry = {"request": request, "response": {"status": 200, "headers": [], "content": content}}
    har.write_text(json.dumps({"log": {"entries": [entry]}}))

    result = CliRunner().invoke(main, ["learn", str(har), "--contract", SHOP_FILE])

    assert result.exit_code == 0
    assert secret not in result.stdout
    assert "REDACTED" in result.stdout


@pytest.mark.parametrize(
    ("tokens", "path"),
    [
        (("paths", "/a/{b}", "get"), "$.paths['/a/{b}'].get"),
        (("paths", "/it's\\", "x-y"), "$.paths['/it\\'s\\\\']['x-y']"),
        (("list", "0", "200"), "$.list[0]['200']"),
    ],
)
def test_pointers_are_written_as_json_paths(tokens, path):
    assert json_path({"list": [{}]}, tokens) == path


def test_a_single_example_becomes_one_of_the_named(tmp_path):
    text = Path(SHOP_FILE).read_text()
    schema = "{type: object, required: [name]"
    file = tmp_path / "shop.yaml"
    file.write_text(
        text.replace(f"{{schema: {schema}", f"{{example: {{name: pan}}, schema: {schema}")
    )
    assert "pan" in file.read_text()
    har = tmp_path / "one.har"
    recorder = Recorder(har, redaction(SHOP), print)
    recorder.record(Record(MADE, "http://shop.test", datetime.now(UTC)))
    recorder.close()

    result = CliRunner().invoke(
        main, ["learn", str(har), "--contract", str(file), "-o", str(tmp_path / "o.json")]
    )

    overlay = json.loads((tmp_path / "o.json").read_text())
    changed = applied(read_document(file).data, overlay)
    media = changed["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]
    assert result.exit_code == 0
    assert "example" not in media
    assert sorted(one["value"]["name"] for one in media["examples"].values()) == ["cup", "pan"]


def test_a_path_parameter_that_nobody_declared_has_no_place_for_an_example(tmp_path):
    contract = tmp_path / "shop.yaml"
    declared = re.compile(r"^ *parameters: \[\{name: itemId.*\n", re.M)
    text, count = declared.subn("", Path(SHOP_FILE).read_text())
    assert count == 1
    contract.write_text(text)

    _, overlay = learned(tmp_path, READ, contract=contract)

    targets = [action["target"] for action in overlay["actions"]]
    assert len(targets) == 1
    assert ".responses['200']" in targets[0]
