"""Compare what clients of an operation send: parameters and bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from understudy.contract.compare.changes import Change
from understudy.contract.compare.places import parameters, target
from understudy.contract.compare.sides import Side, Sides
from understudy.contract.model import Parameter, RequestBody
from understudy.types import JsonObject

_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_USUAL = "application/json"


@dataclass(frozen=True, slots=True)
class _Written:
    """A parameter with the place and the object that say it."""

    parameter: Parameter
    pointer: str
    source: JsonObject

    @property
    def style(self) -> tuple[str, bool]:
        """Return how values travel: style and explode (OpenAPI 3.0.3, "Parameter Object")."""
        style = self.source.get("style", _STYLES.get(self.parameter.location, "form"))
        return style, self.source.get("explode", style == "form")

    @property
    def title(self) -> str:
        return f"the {self.parameter.location} parameter {self.parameter.name}"


def of_parameters(sides: Sides) -> Iterator[Change]:
    """Yield what changes in the parameters; those of the path are known by their position."""
    before, now = _parameters(sides.old), _parameters(sides.new)
    for key, old in before.items():
        if key in now:
            yield from _of_parameter(sides, old, now[key])
        else:
            message = f"{old.title} is gone: what clients send there is ignored or refused"
            yield sides.old.site(old.pointer).change("risky", "parameter-removed", message)
    for key, new in now.items():
        site = sides.new.site(new.pointer)
        if key in before:
            continue
        if new.parameter.required:
            message = f"{new.title} must now be sent"
            yield site.change("breaking", "parameter-added-required", message)
        else:
            message = f"{new.title} may now be sent"
            yield site.change("safe", "parameter-added", message)


def _parameters(side: Side) -> dict[tuple[str, str], _Written]:
    """Return the parameters of an operation, by location and what is stable of their names."""
    positions = re.findall(r"\{([^}]*)\}", side.operation.path)
    listed = [(pointer, data) for pointer, data in parameters(side.root, side.operation.pointer)]
    found = {}
    for one in side.operation.parameters:
        name = one.name.lower() if one.location == "header" else one.name
        if one.location == "path" and name in positions:
            name = str(positions.index(name))
        written = (
            (pointer, data)
            for pointer, data in listed
            if (data.get("name"), data.get("in")) == (one.name, one.location)
        )
        pointer, source = next(written, (side.operation.pointer, {}))  # {}: the path names it
        found[one.location, name] = _Written(one, pointer, source)
    return found


def _of_parameter(sides: Sides, old: _Written, new: _Written) -> Iterator[Change]:
    site, title = sides.new.site(new.pointer), new.title
    if new.parameter.required and not old.parameter.required:
        yield site.change("breaking", "parameter-required", f"{title} must now be sent")
    if old.parameter.required and not new.parameter.required:
        yield site.change("safe", "parameter-optional", f"{title} need no longer be sent")
    if old.style != new.style:
        message = f"{title} is now written another way: style {new.style[0]}"
        explode = " exploded" if new.style[1] else " not exploded"
        yield site.change("breaking", "parameter-style-changed", f"{message},{explode}")
    if new.source.get("deprecated") is True and old.source.get("deprecated") is not True:
        yield site.change("safe", "parameter-deprecated", f"{title} is deprecated")
    schemas = old.parameter.schema, new.parameter.schema
    places = tuple(
        f"{target(side.root, one.pointer)[0]}/schema"
        for side, one in ((sides.old, old), (sides.new, new))
    )
    yield from sides.of_schemas(schemas, (places[0], places[1]), "request", title)


def of_body(sides: Sides) -> Iterator[Change]:
    """Yield what changes in the request body."""
    old, new = sides.old.operation.body, sides.new.operation.body
    site = sides.new.at("requestBody")
    if old is None and new is not None:
        if new.required:
            message = "a request body must now be sent"
            yield site.change("breaking", "request-body-added-required", message)
        else:
            yield site.change("safe", "request-body-added", "a request body may now be sent")
    elif old is not None and new is None:
        message = "there is no request body any more: what clients send is ignored or refused"
        yield sides.old.at("requestBody").change("risky", "request-body-removed", message)
    elif old and new:
        if new.required and not old.required:
            message = "the request body must now be sent"
            yield site.change("breaking", "request-body-required", message)
        if old.required and not new.required:
            message = "the request body need no longer be sent"
            yield site.change("safe", "request-body-optional", message)
        yield from _of_media_types(sides, old, new)


def _of_media_types(sides: Sides, old: RequestBody, new: RequestBody) -> Iterator[Change]:
    for kind in dict.fromkeys([*old.schemas, *new.schemas]):
        if kind not in new.schemas:
            site = sides.old.at("requestBody")
            message = f"the request body may no longer be {kind}"
            yield site.change("breaking", "request-media-type-removed", message)
        elif kind not in old.schemas:
            site = sides.new.at("requestBody")
            message = f"the request body may now also be {kind}"
            yield site.change("safe", "request-media-type-added", message)
        else:
            schemas = old.schemas[kind], new.schemas[kind]
            places = sides.old.content(kind, "requestBody"), sides.new.content(kind, "requestBody")
            what = "the request body" + ("" if kind == _USUAL else f" ({kind})")
            yield from sides.of_schemas(schemas, places, "request", what)
