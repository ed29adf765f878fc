"""The archive is one that `understudy replay` serves, and says what a server says."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy import MockServer, Settings
from understudy.contract.load import load_contract
from understudy.export.exporting import Wanted, export
from understudy.export.har import archive
from understudy.proxy.replay import Match, Tape, read_recording

HERE = Path(__file__).parent
BASE = "https://api.test/base"


def archived(name: str, **more: Any) -> dict[str, Any]:
    return archive(export(load_contract(name), Settings(**more), Wanted(count=2)), BASE)


def written(found: dict[str, Any], folder: Path) -> Path:
    path = folder / "export.har"
    path.write_text(json.dumps(found), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["cattix", "sitegpt", "thena", str(HERE / "orders.yaml")])
def test_every_entry_is_what_a_server_answers(name: str) -> None:
    contract = load_contract(name)
    entries = archived(name)["log"]["entries"]
    strictly = Settings(strict_ids=True)  # what is not there is a 404 as there
    with (
        MockServer(contract) as usual,
        MockServer(contract, settings=strictly) as strict,
        httpx.Client() as client,
    ):
        for one in entries:
            usual.reset()
            asked = one["request"]
            server = strict if one["response"]["status"] == 404 else usual
            reply = client.request(
                asked["method"],
                asked["url"].replace(BASE, server.url + contract.base_path),
                headers={field["name"]: field["value"] for field in asked["headers"]},
                content=asked.get("postData", {}).get("text"),
            )
            content = one["response"]["content"]
            assert (reply.status_code, reply.text) == (
                one["response"]["status"],
                content.get("text", ""),
            ), asked["url"]

    assert {one["response"]["status"] for one in entries} > {200, 404}


def test_it_is_replayed(tmp_path: Path) -> None:
    found = archived("thena")
    recording = read_recording(written(found, tmp_path), None)
    tape = Tape(recording.exchanges, Match.BODY)

    assert recording.left_out == {}
    assert len(recording.exchanges) == len(found["log"]["entries"])
    for one in recording.exchanges:
        assert tape.answer(one.sent) == one.reply


def test_no_two_answers_are_for_one_request_without_a_scenario() -> None:
    entries = archived("cattix")["log"]["entries"]
    requests = [json.dumps({**one["request"], "headers": []}) for one in entries]

    assert len(requests) == len(set(requests)) > 10


def test_in_a_scenario_answers_come_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "twice.yaml"
    rule = "{on: listWebThreads, answer: 429, times: 2}"
    path.write_text(f"description: Twice.\nrules:\n  - {rule}\n", encoding="utf-8")
    found = archived("thena", scenarios=("twice",), scenario_files=(str(path),))
    first, *_ = found["log"]["entries"]
    same = [
        one["response"]["status"]
        for one in found["log"]["entries"]
        if one["request"] == first["request"]
    ]

    assert same == [429, 429, 200]
