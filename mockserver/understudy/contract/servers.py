"""The paths under which an API says it is served (OpenAPI 3.1.1, "Server Object")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Final
from urllib.parse import urlsplit

from understudy.types import Json, JsonObject

_MOST: Final = 64
"""How many paths a server with variables may have."""

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def base_paths(server: JsonObject) -> Iterator[str]:
    """Yield the paths of a server, that of the defaults of its variables first.

    Raises ValueError for what is no URL.
    """
    url = str(server.get("url", "/"))
    variables = server.get("variables") or {}
    names = list(dict.fromkeys(_VARIABLE.findall(url)))
    choices = [_values(variables.get(name)) for name in names]
    if any(not values for values in choices):
        raise ValueError("names a variable without a default")
    for values in islice(product(*choices), _MOST):
        chosen = dict(zip(names, values, strict=True))
        path = urlsplit(_filled(url, chosen)).path
        yield ("/" + path.strip("/")).rstrip("/")


def _filled(url: str, chosen: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: chosen[found[1]], url)


def _values(variable: Json) -> list[str]:
    """Return the values that a variable may have, its default first."""
    if not isinstance(variable, dict):
        return []
    written = variable.get("enum")
    every = [variable.get("default"), *(written if isinstance(written, list) else ())]
    return [str(one) for one in dict.fromkeys(map(str, filter(_is_said, every)))]


def _is_said(value: Json) -> bool:
    return isinstance(value, str | int | float)
