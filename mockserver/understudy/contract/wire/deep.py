"""The style deepObject: properties in brackets, as deep as the schema is.

`f[a][b]=1` is a property of a property. Items of arrays repeat their name, with or without empty
brackets, or have their index. A name holds no bracket. Source: OpenAPI 3.1.1, "Style Values",
which leaves all but the first level open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from understudy.contract.wire.typed import Pairs, Tree
from understudy.types import Json

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_DEPTH = 32


def is_part(name: str, of: str) -> bool:
    """Tell whether the pair called `name` is a part of the value called `of`."""
    return name.startswith(f"{of}[")


def read(of: str, pairs: Pairs, decoded: Callable[[str], str]) -> Tree | None:
    """Return what `pairs` say of the value called `of`, or None; raises ValueError if wrongly."""
    root: dict[str, Tree] = {}
    for name, value in pairs:
        if is_part(name, of):
            _put(root, _tokens(name[len(of) :]), decoded(value))
    values: list[Tree] = [decoded(value) for name, value in pairs if name == of]
    return root or values or None


def write(name: str, value: Json, encoded: Callable[[Json], str]) -> Iterator[str]:
    """Yield the pairs of a value under a name that is percent-encoded."""
    if isinstance(value, dict):
        for key, member in value.items():
            if member is not None:
                yield from write(f"{name}%5B{quote(key, safe='')}%5D", member, encoded)
    elif isinstance(value, list):
        has_containers = any(isinstance(one, list | dict) for one in value)
        for index, one in enumerate(value):
            yield from write(f"{name}%5B{index}%5D" if has_containers else name, one, encoded)
    else:
        yield f"{name}={encoded(value)}"


def _tokens(brackets: str) -> list[str]:
    found: list[str] = _BRACKETS.findall(brackets)
    if not 0 < len(found) <= _DEPTH or "".join(f"[{one}]" for one in found) != brackets:
        raise ValueError("is not written as name[property]")
    return found


def _put(node: dict[str, Tree], tokens: list[str], value: str) -> None:
    """Put `value` where `tokens` lead to; what is there already becomes an array with it."""
    for token in tokens[:-1]:
        child = node.setdefault(token, {})
        if not isinstance(child, dict):
            raise ValueError("has a value where there are properties")
        node = child
    before = node.get(tokens[-1])
    if isinstance(before, dict):
        raise ValueError("has a value where there are properties")
    if before is None:
        node[tokens[-1]] = value
    else:
        node[tokens[-1]] = [*(before if isinstance(before, list) else [before]), value]
