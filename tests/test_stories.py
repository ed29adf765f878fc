import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy import MockServer, Settings

STORIES = sorted((Path(__file__).parent / "stories").glob("*.txt"))
ANY = "<any>"
MORE = "<more>"
ABSENT = "<absent>"


@dataclass(frozen=True)
class Message:
    """A request or a reply as a story tells it: first line, headers, body."""

    start: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Story:
    """Contracts, by names or as one is written, with files beside it, settings and exchanges."""

    contract: str
    files: dict[str, str]
    settings: dict[str, Any]
    exchanges: list[tuple[Message, Message]]


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)
def test_the_story_is_true(file: Path, tmp_path: Path) -> None:
    told = read(file.read_text(encoding="utf-8"))
    contracts = told.contract.split()
    if "\n" in told.contract:
        contracts = [str(tmp_path / "story.yaml")]
        for name, text in {**told.files, "story.yaml": told.contract}.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
    with MockServer(*contracts, settings=Settings(**told.settings)) as server:
        wrong = [
            difference
            for request, reply in told.exchanges
            for difference in differences(reply, sent(server.url, request))
        ]
    assert wrong == []


def test_there_are_stories_of_every_contract() -> None:
    contracts = {read(file.read_text(encoding="utf-8")).contract for file in STORIES}
    assert {"cattix", "sitegpt", "thena"} <= contracts


@pytest.mark.parametrize(
    ("expected", "found", "told"),
    [
        ({"a": ANY}, {"a": [1]}, []),
        ([1, MORE], [1, 2, 3], []),
        ([MORE], [], []),
        ({"a": 1}, {"a": 2}, ["/a: expected 1, got 2"]),
        ({"a": 1}, {"a": True}, ["/a: expected 1, got true"]),
        ({"a": ANY}, {}, ["/: lacks a"]),
        ({}, {"b": 1}, ["/: has b too"]),
        ([1], [1, 2], ["/: expected 1 items, got 2"]),
        ([1, 2, MORE], [1], ["/: expected 2 items, got 1"]),
        ([{"a": 1}], [{"a": None}], ["/0/a: expected 1, got null"]),
    ],
)
def test_a_mismatch_is_told_field_by_field(expected: Any, found: Any, told: list[str]) -> None:
    assert list(mismatches(expected, found)) == told


def read(text: str) -> Story:
    """Return the contract, the settings and the exchanges of a story."""
    _, *parts = re.split(r"^====(\w+)====\n", text, flags=re.MULTILINE)
    names, texts = parts[::2], parts[1::2]
    start = names.index("request")
    assert re.fullmatch("contract( file)*( settings)?", " ".join(names[:start]))
    assert names[start:] == ["request", "reply"] * (len(names[start:]) // 2)
    several = zip(names[:start], texts[:start], strict=True)
    files = dict(one.split("\n", 1) for name, one in several if name == "file")
    settings = json.loads(texts[start - 1]) if names[start - 1] == "settings" else {}
    messages = [message(one) for one in texts[start:]]
    exchanges = list(zip(messages[::2], messages[1::2], strict=True))
    return Story(texts[0].strip(), files, settings, exchanges)


def message(text: str) -> Message:
    start, _, rest = text.partition("\n")
    parsed = HeaderParser().parsestr(rest)
    return Message(start, dict(parsed.items()), parsed.get_payload().strip())


def sent(url: str, request: Message) -> httpx.Response:
    method, target = request.start.split(" ")
    return httpx.request(
        method, url + target, headers=request.headers, content=request.body or None
    )


def differences(expected: Message, found: httpx.Response) -> Iterator[str]:
    if found.status_code != int(expected.start):
        yield f"expected status {expected.start}, got {found.status_code}"
    for name, value in expected.headers.items():
        actual = found.headers.get(name)
        if value == ABSENT and actual is None:
            continue
        if actual is None or value not in (actual, ANY):
            yield f"expected header {name}: {value}, got {actual}"
    if not expected.body or not found.headers.get("content-type", "").endswith("json"):
        if expected.body != found.text.strip():
            yield f"expected {expected.body!r}, got {found.text!r}"
        return
    yield from mismatches(json.loads(expected.body), found.json())


def mismatches(expected: Any, found: Any, pointer: str = "") -> Iterator[str]:
    """Yield where `found` is not as `expected`, each as one line."""
    if expected == ANY:
        return
    if isinstance(expected, dict) and isinstance(found, dict):
        yield from (f"{pointer or '/'}: lacks {name}" for name in expected.keys() - found.keys())
        yield from (f"{pointer or '/'}: has {name} too" for name in found.keys() - expected.keys())
        for name in expected.keys() & found.keys():
            yield from mismatches(expected[name], found[name], f"{pointer}/{name}")
    elif isinstance(expected, list) and isinstance(found, list):
        yield from _list_mismatches(expected, found, pointer)
    elif json.dumps(expected) != json.dumps(found):
        shown = f"expected {json.dumps(expected)}, got {json.dumps(found)}"
        yield f"{pointer or '/'}: {shown}"


def _list_mismatches(expected: list[Any], found: list[Any], pointer: str) -> Iterator[str]:
    items = [one for one in expected if one != MORE]
    if len(found) < len(items) or (len(found) > len(items) and MORE not in expected):
        yield f"{pointer or '/'}: expected {len(items)} items, got {len(found)}"
        return
    for index, item in enumerate(items):
        yield from mismatches(item, found[index], f"{pointer}/{index}")
