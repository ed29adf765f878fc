"""Read a YAML or JSON file and remember the line of every value in it.

Documents are data: no tags, no templates, no timestamps; only what JSON can say. Aliases are
expanded under a budget, so that a small file cannot become a large value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import yaml

from understudy.contract import pointers
from understudy.errors import ContractError, Problem
from understudy.types import Json

NODE_BUDGET = 3_000_000
DEPTH_BUDGET = 200
_SHOWN = 4


class _CoreLoader(yaml.CSafeLoader):
    """Resolves plain scalars by the YAML 1.2 core schema: `no` and `2024-01-01` are text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012
    _trail: tuple[str, ...] = ()

    def descend_resolver(self, current_node: yaml.Node | None, current_index: object) -> None:
        """Go one level down, but not so deep that the C library crashes the process."""
        self._trail += (str(getattr(current_index, "value", current_index)),)
        if len(self._trail) > DEPTH_BUDGET + 1:
            raise RecursionError(pointers.join("", *self._trail[1 : 1 + _SHOWN]))
        super().descend_resolver(current_node, current_index)

    def ascend_resolver(self) -> None:
        """Go one level up."""
        self._trail = self._trail[:-1]
        super().ascend_resolver()


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("merge", "<<", "<"),
):
    _CoreLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), [*_first, ""]
    )

_SCALARS: Mapping[str, Callable[[str], Json]] = {
    "tag:yaml.org,2002:null": lambda _text: None,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
}


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its value, and the line on which each JSON Pointer into it begins."""

    path: Path
    data: Json
    lines: Mapping[str, int]

    def problem(self, pointer: str, message: str, hint: str = "") -> Problem:
        """Return a problem at `pointer`, with the line of it or of its nearest ancestor."""
        return Problem(_shown(self.path), self._line(pointer), pointer, message, hint)

    def _line(self, pointer: str) -> int:
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)


def read_document(path: Path) -> Document:
    """Parse the YAML or JSON file at `path`.

    Raises ContractError when the file cannot be read, is not YAML, is nested or aliased beyond
    the budget, or repeats a key.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_CoreLoader)
    except OSError as error:
        raise ContractError([Problem(_shown(path), 0, "", f"{error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise ContractError([Problem(_shown(path), 0, "", "is not UTF-8 text")]) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        message = f"is not YAML: {error.problem}"
        raise ContractError([Problem(_shown(path), line, "", message)]) from error
    except yaml.YAMLError as error:
        raise ContractError([Problem(_shown(path), 0, "", f"is not YAML: {error}")]) from error
    except RecursionError as error:
        message = f"is nested deeper than {DEPTH_BUDGET} levels"
        raise ContractError([Problem(_shown(path), 0, str(error), message)]) from error
    return _Builder(path).document(node)


def read_stream(stream: BinaryIO) -> Iterator[Json]:
    """Yield the values of a stream of YAML documents. Raises ValueError for what is none."""
    try:
        for node in yaml.compose_all(stream, Loader=_CoreLoader):
            yield _Builder(Path()).document(node).data
    except (yaml.YAMLError, ContractError, RecursionError) as error:
        raise ValueError(str(error)) from error


class _Builder:
    """Turns composed nodes into values, noting lines and every problem on the way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: dict[str, int] = {}
        self._problems: list[Problem] = []

    def document(self, node: yaml.Node | None) -> Document:
        data = self._value(node, "", 0) if node else None
        if self._problems:
            raise ContractError(self._problems)
        return Document(self._path, data, self._lines)

    def _value(self, node: yaml.Node, pointer: str, depth: int) -> Json:
        self._lines[pointer] = node.start_mark.line + 1
        if len(self._lines) > NODE_BUDGET or depth > DEPTH_BUDGET:
            raise ContractError([self._problem(node, pointer, "holds too many or too deep values")])
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, pointer, depth)
        if isinstance(node, yaml.SequenceNode):
            items = enumerate(node.value)
            return [self._value(n, pointers.join(pointer, i), depth + 1) for i, n in items]
        return _SCALARS.get(node.tag, str)(node.value)

    def _mapping(self, node: yaml.MappingNode, pointer: str, depth: int) -> dict[str, Json]:
        result: dict[str, Json] = {}
        for key, value in self._members(node):
            if key.value in result:
                self._problems.append(self._problem(key, pointer, f"repeats the key {key.value!r}"))
            where = pointers.join(pointer, key.value)
            result[key.value] = self._value(value, where, depth + 1)
        return result

    def _members(self, node: yaml.MappingNode) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key, value
            else:
                self._problems.append(self._problem(key, "", "has a key that is not text"))

    def _problem(self, node: yaml.Node, pointer: str, message: str) -> Problem:
        return Problem(_shown(self._path), node.start_mark.line + 1, pointer, message)


def _shown(path: Path) -> str:
    """Return `path` as the user would type it: relative when it is below the working folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
