"""What `readOnly` and `writeOnly` say, as schemas: one for requests and one for responses.

Requests leave out readOnly properties and do not require them; so do responses with writeOnly
ones. Where both directions are alike there is one schema. Source: OpenAPI 3.0.3, "Schema Object".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from understudy.contract.schemas import (
    IN_PLACE,
    in_place,
    mapped,
    named,
    reference,
    referred,
    resolve,
)
from understudy.types import Json, JsonObject

_KEYWORDS = ("readOnly", "writeOnly")


@dataclass(frozen=True, slots=True)
class Directions:
    """The named schemas of responses under their names, those of requests where they differ.

    `request` and `response` return what a schema is in one direction.
    """

    schemas: Mapping[str, Json]
    request: Callable[[Json], Json]
    response: Callable[[Json], Json]


def directions(schemas: Mapping[str, Json]) -> Directions:
    """Return what `schemas` are in each direction; `Book` is `Book.request` in requests."""

    def request(schema: Json) -> Json:
        bare = _without(schema, "readOnly", schemas) if _says(schema, "readOnly", read) else schema
        return _renamed(bare, renamed) if renamed else bare

    def response(schema: Json) -> Json:
        if not _says(schema, "writeOnly", written):
            return schema
        return _without(schema, "writeOnly", schemas)

    uses = {name: set(referred(schema)) for name, schema in schemas.items()}
    read, written = (
        frozenset(_users({n for n, one in schemas.items() if _says(one, keyword)}, uses))
        for keyword in _KEYWORDS
    )
    renamed: dict[str, str] = {}
    differing = {n for n, schema in schemas.items() if request(schema) != response(schema)}
    renamed = {name: _free(f"{name}.request", schemas) for name in _users(differing, uses)}
    said = {name: response(schema) for name, schema in schemas.items()}
    asked = {new: request(schemas[name]) for name, new in renamed.items()}
    return Directions({**said, **asked}, request, response)


def _free(name: str, schemas: Mapping[str, Json]) -> str:
    return name if name not in schemas else _free(f"{name}_", schemas)


def _users(names: set[str], uses: Mapping[str, set[str]]) -> list[str]:
    """Return `names` and the names of all schemas from which references lead to them."""
    found: set[str] = set()
    while names:
        found |= names
        names = {name for name, used in uses.items() if used & names} - found
    return [name for name in uses if name in found]


def _says(schema: Json, keyword: str, names: frozenset[str] = frozenset()) -> bool:
    """Tell whether a part of `schema` is marked by `keyword`, or refers to one of `names`."""
    found = False

    def look(part: Json) -> Json:
        nonlocal found
        if isinstance(part, dict) and not found:
            found = part.get(keyword) is True or named(part).partition("/")[0] in names
            mapped(part, look)
        return part

    look(schema)
    return found


def _renamed(schema: Json, names: Mapping[str, str]) -> Json:
    if not isinstance(schema, dict):
        return schema
    name, _, rest = named(schema).partition("/")
    if name in names:
        return reference(f"{names[name]}/{rest}" if rest else names[name])
    return mapped(schema, lambda part: _renamed(part, names))


def _without(
    schema: Json, keyword: str, schemas: Mapping[str, Json], outer: frozenset[str] = frozenset()
) -> Json:
    """Return `schema` without the properties marked by `keyword`, here or around (`outer`)."""
    if not isinstance(schema, dict):
        return schema
    gone = outer | frozenset(_marked(schema, keyword, schemas, set()))
    kept: JsonObject = dict(schema)
    if "properties" in kept:
        properties = schema["properties"].items()
        kept["properties"] = {name: value for name, value in properties if name not in gone}
    if "required" in kept:
        kept["required"] = [name for name in schema["required"] if name not in gone]

    def change(key: str) -> Callable[[Json], Json]:
        around = gone if key in IN_PLACE else frozenset()
        return lambda part: _without(part, keyword, schemas, around)

    return {key: mapped({key: value}, change(key))[key] for key, value in kept.items()}


def _marked(
    schema: Json, keyword: str, schemas: Mapping[str, Json], seen: set[str]
) -> Iterator[str]:
    """Yield the properties that `schema`, or what it combines, marks by `keyword`."""
    name = named(schema)
    if name in seen:
        return
    if name:
        seen.add(name)
    schema = resolve(schema, schemas)
    for member, value in schema.get("properties", {}).items():
        own = resolve(value, schemas)
        parts = [resolve(part, schemas) for part in own.get("allOf", ())]
        decided = any(own.get(one) is True for one in _KEYWORDS)  # what is nearer goes first
        if any(part.get(keyword) is True for part in ([own] if decided else parts)):
            yield member
    for part in in_place(schema):
        yield from _marked(part, keyword, schemas, seen)
