"""Choose which documented response answers a request, and in which media type.

Unforced it is the lowest success, then the default, then the first. Sources: OpenAPI 3.1.1,
"Responses Object"; RFC 9110, section 12.5.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from understudy.contract.model import Operation, Response
from understudy.contract.wire import media_types

_SUCCESS = re.compile("2[0-9][0-9]|2[Xx][Xx]")
_KNOWN = re.compile("[2-5][0-9][0-9]|[2-5][Xx][Xx]")


@dataclass(frozen=True, slots=True)
class Choice:
    """A documented response, under the status with which it is sent."""

    status: int
    response: Response


def usual(operation: Operation) -> Choice:
    """Return what answers when nothing is asked for; a range stands for its lowest status.

    An operation that documents nothing to answer with is answered with nothing.
    """
    named = [key for key in operation.responses if _KNOWN.fullmatch(key)]
    success = sorted(key for key in named if _SUCCESS.fullmatch(key))
    first = next(iter(success), "") or ("default" if "default" in operation.responses else "")
    key = first or next(iter(named), "")
    if not key:
        return Choice(200, Response("200", "", {}, ()))
    return Choice(status_of(key), operation.responses[key])


def forced(operation: Operation, status: int) -> Choice | None:
    """Return what is documented for `status`: itself, its range or the default."""
    response = operation.documented(status)
    return Choice(status, response) if response and status >= 200 else None


def status_of(key: str) -> int:
    """Return the status that a key of responses is sent with."""
    return int(re.sub("[Xx]", "0", key)) if key != "default" else 200


def in_order(names: Iterable[str]) -> list[str]:
    """Return media types with JSON first: it is what most clients mean that say nothing."""
    return sorted(names, key=lambda name: (not media_types.is_json(name), "*" in name))


def negotiate(accept: str, names: Sequence[str]) -> tuple[str, str] | None:
    """Return the documented type or range that `accept` prefers, and the type to send.

    Of several that are as good the first documented is taken. None where it takes none of them.
    """
    offered = sorted(names, key=lambda name: "*" in name) if accept else in_order(names)
    name = media_types.negotiate(accept, offered)
    return (name, sent(name, accept)) if name else None


def sent(name: str, accept: str = "") -> str:
    """Return the media type that is sent for a documented one; for a range, one within it."""
    if "*" not in name:
        return name
    within = (media_types.bare(part) for part in accept.split(","))
    found = (part for part in within if "*" not in part and media_types.best([name], part))
    return next(found, _WITHIN.get(media_types.bare(name), "application/octet-stream"))


_WITHIN = {
    "*/*": "application/json",
    "application/*": "application/json",
    "text/*": "text/plain",
    "image/*": "image/png",
}
