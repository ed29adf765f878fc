"""Read YAML or JSON text as data that knows its lines.

Documents are data: no tags, no templates, no timestamps; only what JSON can say. Aliases share
what they stand for and count as often as they stand, under a budget.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from understudy.codec import loads
from understudy.contract.lines import Lines, lines_of_json
from understudy.contract.source import read_file, shown
from understudy.contract.yaml_text import DEPTH_BUDGET, Flaw, Parsed, parsed, parsed_stream
from understudy.errors import ContractError, Problem
from understudy.types import Json


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its value, and the line on which each JSON Pointer into it begins.

    Where parts of the value come from elsewhere, `origins` says by pointer from where. `name` is
    what messages call it; `overlays` have been applied to it. References in it lead to the files
    that are `wanted`, whether they are there or not.
    """

    path: Path
    data: Json
    lines: Lines = field(repr=False, compare=False)
    name: str = ""
    origins: Mapping[str, Origin] = field(default_factory=dict, repr=False, compare=False)
    overlays: tuple[Path, ...] = ()
    wanted: frozenset[Path] = frozenset()

    def problem(
        self, pointer: str, message: str, hint: str = "", *, rule: str = "", severity: str = "error"
    ) -> Problem:
        """Return a problem at `pointer`, with the line of it or of its nearest ancestor."""
        document, place = self.origin(pointer)
        line = document.lines.at(place)
        return Problem(document.shown, line, place, message, hint, severity, rule)

    def origin(self, pointer: str) -> Origin:
        """Return the document in which `pointer` was written, and the pointer there."""
        document, place = self, pointer
        if not self.origins:
            return document, place
        head = pointer
        while head not in self.origins:
            if not head:
                return document, place
            head = head.rpartition("/")[0]
        document, start = self.origins[head]
        return document.origin(start + pointer[len(head) :])

    @property
    def files(self) -> frozenset[Path]:
        """Return every file that decides about this document, missing ones among them."""
        others = {id(document): document for document, _ in self.origins.values()}
        read = {path for path in (self.path, *self.overlays, *self.wanted) if path.is_absolute()}
        return frozenset(read).union(*(document.files for document in others.values()))

    @property
    def shown(self) -> str:
        """Return the name of the file as the user would type it."""
        return self.name or shown(self.path)


Origin = tuple[Document, str]
"""A document and a pointer into it."""


def read_document(path: Path) -> Document:
    """Parse the YAML or JSON file at `path`.

    Raises ContractError when the file cannot be read, is not YAML, is nested or aliased beyond
    the budget, or repeats a key.
    """
    return parse_document(read_file(path), path)


def parse_document(raw: bytes, path: Path, name: str = "") -> Document:
    """Parse YAML or JSON that was read from `path`. Raises ContractError for what is neither."""
    said = name or shown(path)
    text = _text(raw, said)
    data = _json(text)
    if data is not None:
        _check_depth(data, said)
        return Document(path, data, Lines(data, lambda: lines_of_json(text)), name)
    try:
        found = parsed(text)
    except Flaw as flaw:
        message = flaw.message
        raise ContractError([_problem(said, flaw.line, flaw.pointer, message)]) from flaw
    if found.flaws:
        raise ContractError([_problem(said, f.line, f.pointer, f.message) for f in found.flaws])
    return Document(path, found.value, _lines(found), name)


def read_stream(stream: BinaryIO) -> Iterator[Json]:
    """Yield the values of a stream of YAML documents. Raises ValueError for what is none."""
    try:
        for found in parsed_stream(stream):
            if found.flaws:
                raise ValueError("; ".join(flaw.message for flaw in found.flaws))
            yield found.value
    except Flaw as flaw:
        raise ValueError(flaw.message) from flaw


def _lines(found: Parsed) -> Lines:
    return Lines(found.value, lambda: found.lines)


def _text(raw: bytes, said: str) -> str:
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise ContractError([_problem(said, 0, "", "is not UTF-8 text")]) from error


def _json(text: str) -> Json:
    """Return the value of JSON text, or None for what is none, or no object or array."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return loads(text.encode())
    except ValueError:
        return None  # which YAML may be able to read, and says where it is not


def _check_depth(data: Json, said: str) -> None:
    level: list[Json] = [data]
    for _ in range(DEPTH_BUDGET):
        level = [
            child
            for value in level
            for child in (value.values() if isinstance(value, dict) else value)
            if isinstance(child, dict | list) and child
        ]
        if not level:
            return
    message = f"is nested deeper than {DEPTH_BUDGET} levels"
    raise ContractError([_problem(said, 0, "", message)])


def _problem(said: str, line: int, pointer: str, message: str) -> Problem:
    return Problem(said, line, pointer, message, rule="syntax")
