"""How what came differs from what a story tells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.stories.text import Message

ANY = "<any>"
MORE = "<more>"
ABSENT = "<absent>"


@dataclass(frozen=True)
class Seen:
    """A request or a reply that came; names of headers are in any case."""

    start: str
    headers: Mapping[str, str]
    body: bytes


def differences(expected: Message, found: Seen) -> Iterator[str]:
    """Yield where a message is not as `expected`, each as one line."""
    if found.start != expected.start:
        yield f"expected {expected.start}, got {found.start}"
    for name, value in expected.headers:
        actual = found.headers.get(name)
        if value == ABSENT and actual is None:
            continue
        if actual is None or value not in (actual, ANY):
            yield f"expected header {name}: {value}, got {actual}"
    kind = found.headers.get("content-type", "")
    if expected.body and kind.endswith(("/json", "+json")):
        yield from mismatches(json.loads(expected.body), json.loads(found.body))
    elif expected.body != f'"{ANY}"' and expected.content.strip() != found.body.strip():
        yield f"expected {expected.content!r}, got {found.body!r}"


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
