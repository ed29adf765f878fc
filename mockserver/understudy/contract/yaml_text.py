"""Parse YAML 1.2 (core schema) to JSON values, in one pass over the events of libyaml.

The gate to PyYAML. Nothing here is recursive, so that depth is no danger.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

import yaml

from understudy.contract import pointers
from understudy.types import Json

NODE_BUDGET: Final = 5_000_000
DEPTH_BUDGET: Final = 200
_DIGITS: Final = 4_000
_SHOWN: Final = 4
_MERGE: Final = "<<"

_WORDS: Final[dict[str, Json]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMERIC = frozenset("-+.0123456789")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


class Flaw(Exception):  # noqa: N818 - it is also a value, listed
    """What is wrong with a text, and where."""

    def __init__(self, line: int, pointer: str, message: str) -> None:
        super().__init__(message)
        self.line, self.pointer, self.message = line, pointer, message


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value, the line of each value in it in order, and what is wrong with it."""

    value: Json
    lines: Sequence[int]
    flaws: Sequence[Flaw]


def parsed(text: str) -> Parsed:
    """Return the one value of a YAML text; null for an empty one. Raises Flaw."""
    found = list(_documents(text.encode(), one=True))
    return found[0] if found else Parsed(None, array("I", [1]), ())


def parsed_stream(stream: BinaryIO) -> Iterator[Parsed]:
    """Yield the value of each document of a YAML stream. Raises Flaw."""
    return _documents(stream, one=False)


def _documents(source: bytes | BinaryIO, *, one: bool) -> Iterator[Parsed]:
    try:
        loader: Any = yaml.CSafeLoader(source)
        builder: _Builder | None = None
        count = 0
        event: Any
        while (event := loader.get_event()) is not None:
            if isinstance(event, yaml.DocumentStartEvent):
                count += 1
                if one and count > 1:
                    message = "is not YAML: expected a single document in the stream"
                    mark: Any = event.start_mark
                    raise Flaw(mark.line + 1, "", message)
                builder = _Builder()
            elif isinstance(event, yaml.DocumentEndEvent) and builder:
                yield builder.result()
                builder = None
            elif builder:
                builder.take(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise Flaw(line, "", f"is not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise Flaw(0, "", f"is not YAML: {' '.join(str(error).split())}") from error


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come; `start` is where its lines begin."""

    value: Any
    start: int
    anchor: str | None = None
    key: str | None = None
    merged: list[tuple[int, Json]] = field(default_factory=list)
    key_line: int = 0
    ignored: bool = False


class _Builder:
    """Makes a value of events, noting lines and every flaw on the way."""

    def __init__(self) -> None:
        self._lines = array("I")
        self._flaws: list[Flaw] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Json, int, int] | None] = {}
        self._root: Json = None
        self._take: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
        }

    def take(self, event: Any) -> None:
        """Go on by one event."""
        self._take[type(event)](event)

    def result(self) -> Parsed:
        """Return what the events came to."""
        return Parsed(self._root, self._lines, self._flaws)

    def _scalar(self, event: Any) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and top.key is None and type(top.value) is dict:
            self._key(top, event)
            return
        line = event.start_mark.line + 1
        start = self._note(line)
        value = self._plain(event.value, line) if event.implicit[0] else event.value
        if event.tag and not event.implicit[0]:
            value = event.value
        if event.anchor:
            self._anchors[event.anchor] = (value, start, start + 1)
        self._put(value)

    def _key(self, top: _Open, event: Any) -> None:
        key = event.value
        line = event.start_mark.line + 1
        if key in top.value:
            self._flaws.append(Flaw(line, self._pointer(), f"repeats the key {key!r}"))
        top.key, top.key_line = key, line
        top.ignored = False
        if key == _MERGE and event.implicit[0]:
            top.merged.append((len(self._lines), None))

    def _plain(self, text: str, line: int) -> Json:
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in _NUMERIC:
            return text
        if _INTEGER.fullmatch(text):
            if len(text) > _DIGITS:
                self._flaws.append(Flaw(line, self._pointer(), "has a number with too many digits"))
                return 0
            return int(text)
        if not _NUMBER.fullmatch(text):
            return text
        number = float(text)
        if number in (float("inf"), float("-inf")):
            self._flaws.append(Flaw(line, self._pointer(), f"{text} is beyond what a double holds"))
        return number

    def _mapping(self, event: Any) -> None:
        self._open({}, event)

    def _sequence(self, event: Any) -> None:
        self._open([], event)

    def _open(self, value: Json, event: Any) -> None:
        self._no_key(event)
        start = self._note(event.start_mark.line + 1)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._stack.append(_Open(value, start, event.anchor))

    def _no_key(self, event: Any) -> None:
        """Note a flaw where a list, mapping or alias stands as a key."""
        top = self._stack[-1] if self._stack else None
        if top is not None and top.key is None and type(top.value) is dict:
            line = event.start_mark.line + 1
            raise Flaw(line, self._pointer(), "has a key that is not text")

    def _end(self, _event: Any) -> None:
        top = self._stack.pop()
        if top.merged:
            self._merge(top)
        if top.anchor:
            self._anchors[top.anchor] = (top.value, top.start, len(self._lines))
        self._put(top.value)

    def _alias(self, event: Any) -> None:
        self._no_key(event)
        line = event.start_mark.line + 1
        if event.anchor not in self._anchors:
            raise Flaw(line, self._pointer(), f"is not YAML: undefined alias {event.anchor!r}")
        found = self._anchors[event.anchor]
        if found is None:
            raise Flaw(line, self._pointer(), "holds too many or too deep values")
        value, start, end = found
        if len(self._lines) + end - start > NODE_BUDGET:
            raise Flaw(line, self._pointer(), "holds too many or too deep values")
        self._lines.extend(self._lines[start:end])
        self._put(value)

    def _note(self, line: int) -> int:
        """Remember the line of one more value; return its number."""
        if len(self._lines) >= NODE_BUDGET:
            raise Flaw(line, self._pointer(), "holds too many or too deep values")
        if len(self._stack) > DEPTH_BUDGET:
            pointer = "/".join(self._pointer().split("/")[: _SHOWN + 1])
            raise Flaw(line, pointer, f"is nested deeper than {DEPTH_BUDGET} levels")
        self._lines.append(line)
        return len(self._lines) - 1

    def _put(self, value: Json) -> None:
        if not self._stack:
            self._root = value
            return
        top = self._stack[-1]
        if type(top.value) is list:
            top.value.append(value)
        elif top.merged and top.key == _MERGE and top.merged[-1][1] is None:
            start, _ = top.merged[-1]
            del self._lines[start:]
            top.merged[-1] = (top.key_line, value)
            top.key = None
        else:
            top.value[top.key] = value
            top.key = None

    def _merge(self, top: _Open) -> None:
        """Add the members that `<<` asks for, which those of the mapping itself override."""
        for line, value in top.merged:
            for other in value if isinstance(value, list) else [value]:
                if not isinstance(other, dict):
                    self._flaws.append(Flaw(line, self._pointer(), "merges what is no mapping"))
                    continue
                for key, member in other.items():
                    if key not in top.value:
                        top.value[key] = member
                        self._lines.extend([line] * _size(member))
                    if len(self._lines) > NODE_BUDGET:
                        raise Flaw(line, self._pointer(), "holds too many or too deep values")

    def _pointer(self) -> str:
        """Return the pointer to the container that is being filled."""
        tokens: list[str | int] = []
        for holder in self._stack[:-1]:
            tokens.append(holder.key if holder.key is not None else len(holder.value))
        return pointers.join("", *tokens)


def _size(value: Json) -> int:
    members = value.values() if isinstance(value, dict) else value
    return 1 + (sum(map(_size, members)) if isinstance(value, dict | list) else 0)
