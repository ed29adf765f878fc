from pathlib import Path
from typing import Any

import pytest
from tests.stories.comparing import ANY, MORE, mismatches
from tests.stories.stage import wrong
from tests.stories.text import message, read

STORIES = sorted((Path(__file__).parent / "stories").glob("*.txt"))
CONTRACT = "====contract====\ncattix\n"


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)
def test_the_story_is_true(file: Path, tmp_path: Path) -> None:
    assert list(wrong(read(file.read_text(encoding="utf-8")), tmp_path)) == []


def test_there_are_stories_of_every_contract() -> None:
    contracts = {read(file.read_text(encoding="utf-8"))[0].text.strip() for file in STORIES}
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


@pytest.mark.parametrize(
    "story",
    [
        f"a word before\n{CONTRACT}====request====\nGET /\n====reply====\n404\n",
        f"{CONTRACT}====request====\nGET /\n",
        f"{CONTRACT}====reply====\n404\n",
        f"{CONTRACT}====said====\nnothing\n",
        f"{CONTRACT}====plot====\nthickens\n",
    ],
)
def test_what_is_no_story_is_not_taken_for_one(story: str) -> None:
    with pytest.raises(AssertionError):
        read(story)


def test_a_body_is_sent_as_its_media_type_wants_it() -> None:
    assert message("POST /\n\na\nb").content == b"a\nb"
    assert message("POST /\nContent-Type: multipart/mixed\n\na\n\nb").content == b"a\r\n\r\nb\r\n"
    assert message("POST /\n\nPNG <hex 89 0a>!").content == b"PNG \x89\n!"


def test_what_a_story_does_not_tell_of_its_service_is_told(tmp_path: Path) -> None:
    story = """\
====contract====
openapi: 3.0.3
info: {title: One, version: "1"}
paths:
  /: {get: {responses: {"200": {description: ok}}}}
====command====
understudy proxy story.yaml <upstream> --mock-missing --log off
====request====
GET /
====forwarded====
GET /else
====upstream====
200
====reply====
404
====request====
GET /
====reply====
502

"<any>"
====command====
understudy lint story.yaml
====said====
a word
"""
    said, asked = "expected to hear 'a word'", "the service was asked: GET /"
    assert [one.split(",")[0] for one in wrong(read(story), tmp_path)] == [
        "expected 404", said, "expected GET /else", asked,
    ]  # fmt: skip
