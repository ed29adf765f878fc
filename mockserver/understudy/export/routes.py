"""Paths as MSW matches them, and the order in which it has to try them."""

from __future__ import annotations

import re
from typing import Final

from understudy.contract.model import Operation

METHODS: Final = ("get", "head", "post", "put", "patch", "delete", "options")
"""The methods for which MSW has a function."""

_PARAMETER = re.compile(r"\{([^}]*)\}")
_SPECIAL = re.compile(r"[():{}+\\]")


def refusal(operation: Operation) -> str:
    """Return why MSW cannot match an operation; empty where it can."""
    if operation.method not in METHODS:
        return f"MSW has no function for {operation.method.upper()}"
    literals = "".join(_PARAMETER.split(operation.path)[::2])
    if re.search(r"[*?#`$]", literals):
        return "its path has one of * ? # ` $ in it"
    if "}{" in operation.path:
        return "nothing stands between two parameters of its path"
    return ""


def pattern(path: str) -> str:
    """Return a path template as MSW writes it: `/threads/:thread_id`."""
    parts = _PARAMETER.split(path)
    literals = [_SPECIAL.sub(r"\\\\\g<0>", part) for part in parts[::2]]
    named = [f":{parameter(name)}" for name in parts[1::2]]
    return "".join(a + b for a, b in zip(literals, [*named, ""], strict=True))


def parameter(name: str) -> str:
    """Return the name of a path parameter as MSW can have it."""
    return re.sub(r"\W", "_", name, flags=re.ASCII)


def specificity(operation: Operation) -> list[tuple[bool, int, str]]:
    """Return what sorts operations so that concrete paths come before templated ones."""
    return [("{" in one, -len(_PARAMETER.sub("", one)), one) for one in operation.path.split("/")]
