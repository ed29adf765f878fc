"""Read `answer`: a status alone, or what is answered with it."""

from __future__ import annotations

import re
from typing import Final

from understudy.contract import pointers
from understudy.contract.pointers import MISSING
from understudy.scenario.model import Answer
from understudy.scenario.notes import Notes
from understudy.types import Json

KEYS: Final = ("status", "example", "patch", "body", "headers")
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile("[!-~](?:[ -~]*[!-~])?")
_SERVERS: Final = frozenset("connection content-length date keep-alive transfer-encoding".split())
"""Header fields that the server says itself."""


def read_answer(data: Json, at: str, notes: Notes) -> Answer:
    """Return what `data` says: `503`, or a mapping; what is wrong with it is noted."""
    if not isinstance(data, dict):
        return Answer(notes.whole(data, at, 200, 599))
    said = notes.mapping(data, at, KEYS)
    if "body" in said and {"example", "patch"} & said.keys():
        notes.error(f"{at}/body", "is the whole body; it has no example and no patch beside it")
    status = notes.whole(said["status"], f"{at}/status", 200, 599) if "status" in said else None
    patch = notes.mapping(said["patch"], f"{at}/patch") if "patch" in said else None
    return Answer(
        status,
        _example(said["example"], f"{at}/example", notes) if "example" in said else None,
        patch,
        said.get("body", MISSING),
        tuple(_headers(said, at, notes)),
    )


def _example(data: Json, at: str, notes: Notes) -> str:
    """Return the name of an example; `true` is the first there is."""
    if data is True:
        return ""
    name = notes.text(data, at)
    if not name:
        notes.error(at, "names no example", "`true` takes the first there is")
    return name


def _headers(said: dict[str, Json], at: str, notes: Notes) -> list[tuple[str, str]]:
    found = []
    for name, value in notes.mapping(said.get("headers"), f"{at}/headers").items():
        where = pointers.join(at, "headers", name)
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if not _NAME.fullmatch(name):
            notes.error(where, "is no name of a header field")
        elif name.lower() in _SERVERS:
            notes.error(where, "is for the server to say", "`fault` breaks what it says")
        elif not isinstance(value, str | int | float) or not _VALUE.fullmatch(text):
            notes.error(where, "is not a text that a header field can have")
        else:
            found.append((name, text))
    return found
