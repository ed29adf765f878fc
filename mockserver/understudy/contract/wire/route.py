"""Find the operation that a request is for, by method and path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from understudy.contract.model import Contract, Operation

_PARAMETER = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """The operations of one path template, by upper-case method, and its parameters' texts."""

    template: str
    operations: Mapping[str, Operation]
    texts: Mapping[str, str | None]


class Router:
    """The path templates of one contract; concrete ones are matched before templated ones.

    Source: OpenAPI 3.0.3, "Paths Object".
    """

    def __init__(self, contract: Contract) -> None:
        templates: dict[str, dict[str, Operation]] = {}
        for operation in contract.operations.values():
            templates.setdefault(operation.path, {})[operation.method.upper()] = operation
        self._routes = [
            (_pattern(template), _PARAMETER.findall(template), template, templates[template])
            for template in sorted(templates, key=lambda path: path.count("{"))
        ]

    def find(self, path: str) -> Route | None:
        """Return the route of a percent-encoded path below the address of the API, or None."""
        for pattern, names, template, operations in self._routes:
            match = pattern.fullmatch(path)
            if match:
                texts = dict(zip(names, map(_decoded, match.groups()), strict=True))
                return Route(template, operations, texts)
        return None


def _pattern(template: str) -> re.Pattern[str]:
    parts = _PARAMETER.split(template)[::2]
    return re.compile("([^/]+)".join(re.escape(part) for part in parts))


def _decoded(text: str) -> str | None:
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        return None
