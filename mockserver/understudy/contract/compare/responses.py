"""Compare what clients of an operation get back: statuses, media types, bodies and headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from understudy.contract.compare.changes import Change, Level
from understudy.contract.compare.sides import Sides
from understudy.contract.model import Response

_USUAL = "application/json"


def of_responses(sides: Sides) -> Iterator[Change]:
    """Yield what changes in the responses.

    A status that only one contract documents is compared with what the other one says of its
    range or by default.
    """
    before, now = sides.old.operation.responses, sides.new.operation.responses
    for status in dict.fromkeys([*before, *now]):
        old, new = _applying(status, before), _applying(status, now)
        if old and new:
            yield from _of_content(sides, old, new, status)
            yield from _of_headers(sides, old, new, status)
        elif old:
            site = sides.old.at("responses", status)
            level: Level = "breaking" if status.startswith("2") else "safe"
            message = f"the response {status} is no longer promised"
            yield site.change(level, "response-removed", message)
        else:
            site = sides.new.at("responses", status)
            level = "safe" if status[0] in "45" else "risky"
            message = f"clients may now get the response {status}"
            yield site.change(level, "response-added", message)


def _applying(status: str, responses: Mapping[str, Response]) -> Response | None:
    """Return the response that applies to a status: its own, that of its range, or the default."""
    return responses.get(status) or responses.get(f"{status[0]}XX") or responses.get("default")


def _of_content(sides: Sides, old: Response, new: Response, status: str) -> Iterator[Change]:
    for kind in dict.fromkeys([*old.schemas, *new.schemas]):
        if kind not in new.schemas:
            site = sides.old.at("responses", old.status)
            message = f"the response {status} is no longer {kind}"
            yield site.change("breaking", "response-media-type-removed", message)
        elif kind not in old.schemas:
            site = sides.new.at("responses", new.status)
            message = f"the response {status} may now be {kind}"
            yield site.change("safe", "response-media-type-added", message)
        else:
            schemas = old.schemas[kind], new.schemas[kind]
            places = (
                sides.old.content(kind, "responses", old.status),
                sides.new.content(kind, "responses", new.status),
            )
            what = f"the response {status}" + ("" if kind == _USUAL else f" ({kind})")
            yield from sides.of_schemas(schemas, places, "response", what)


def _of_headers(sides: Sides, old: Response, new: Response, status: str) -> Iterator[Change]:
    """Yield what changes in the headers promised; their names are compared in lower case."""
    before, now = _headers(old), _headers(new)
    for name in dict.fromkeys([*before, *now]):
        site = (sides.new if name in now else sides.old).at(
            "responses", (new if name in now else old).status
        )
        if name not in before:
            message = f"the response {status} may now have the header {name}"
            yield site.change("safe", "response-header-added", message)
        elif name not in now:
            level: Level = "breaking" if before[name] else "risky"
            message = f"the response {status} no longer has the header {name}"
            yield site.change(level, "response-header-removed", message)
        elif before[name] and not now[name]:
            message = f"the response {status} may now lack the header {name}"
            yield site.change("breaking", "response-header-optional", message)
        elif now[name] and not before[name]:
            message = f"the response {status} now always has the header {name}"
            yield site.change("safe", "response-header-required", message)


def _headers(response: Response) -> dict[str, bool]:
    """Return the headers of a response, and whether each is always there."""
    return {header.name.lower(): header.required for header in response.headers}
