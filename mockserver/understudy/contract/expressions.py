"""Ways to name a value: in the request, in the world, or elsewhere in the same document.

$request.path.agent_id       Runtime   OpenAPI 3.0.3, "Runtime Expressions"
$request.body#/name          Runtime
$now                         Runtime   the clock of the stand-in
2-1/created_at               Relative  Relative JSON Pointer (draft-bhutton-relative-json-pointer)
/messages/*/created_at       Relative  the same from the current object; `*` is every item
region.places                Name      a binding or a vocabulary table, then its members
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from understudy.contract import pointers
from understudy.contract.pointers import MISSING
from understudy.exchange import Request
from understudy.types import Json

_RUNTIME = re.compile(r"\$request\.(?:(path|query|header)\.(.+)|body(?:#(/.*)?)?)|\$now")
_RELATIVE = re.compile(r"(?:(\d+)([+-]\d+)?)?((?:/[^/]*)*)")
_NAME = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)*")


@dataclass(frozen=True, slots=True)
class Runtime:
    """A value of the request, or the clock. `location` is path, query, header, body or now."""

    location: str
    name: str = ""
    tokens: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.location == "now":
            return "$now"
        if self.location == "body":
            return f"$request.body#{pointers.join('', *self.tokens)}"
        return f"$request.{self.location}.{self.name}"

    def of(self, request: Request) -> Json:
        """Return the value in `request`, or MISSING; the clock is not the request's to tell."""
        match self.location:
            case "path":
                return request.path.get(self.name, MISSING)
            case "query":
                return request.query.get(self.name, MISSING)
            case "header":
                return request.headers.get(self.name, MISSING)
            case "body":
                return pointers.follow(request.body, self.tokens)
        return MISSING


@dataclass(frozen=True, slots=True)
class Relative:
    """Go `up` so many levels, `shift` to a neighbouring item, then down through `tokens`."""

    up: int
    shift: int
    tokens: tuple[str, ...]

    def __str__(self) -> str:
        start = f"{self.up}{self.shift:+d}" if self.shift else str(self.up) if self.up else ""
        return start + pointers.join("", *self.tokens)


@dataclass(frozen=True, slots=True)
class Name:
    """A binding or a vocabulary table, and the members to take from it."""

    head: str
    members: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ".".join((self.head, *self.members))


Reference: TypeAlias = Runtime | Relative | Name


def parse_reference(text: str) -> Reference | None:
    """Return what `text` refers to, or None when it is none of the three notations."""
    return parse_runtime(text) or parse_relative(text) or parse_name(text)


def parse_runtime(text: str) -> Runtime | None:
    """Return the runtime expression in `text`, or None."""
    match = _RUNTIME.fullmatch(text)
    if match is None:
        return None
    if text == "$now":
        return Runtime("now")
    location, name, pointer = match.groups()
    return Runtime(location or "body", name or "", pointers.split(pointer or ""))


def parse_relative(text: str) -> Relative | None:
    """Return the relative JSON pointer in `text`, or None."""
    match = _RELATIVE.fullmatch(text)
    if match is None or not text:
        return None
    up, shift, pointer = match.groups()
    return Relative(int(up or 0), int(shift or 0), pointers.split(pointer))


def parse_name(text: str) -> Name | None:
    """Return the dotted name in `text`, or None."""
    if not _NAME.fullmatch(text):
        return None
    head, *members = text.split(".")
    return Name(head, tuple(members))
