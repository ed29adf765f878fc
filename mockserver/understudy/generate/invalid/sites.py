"""Which schemas speak of which places: a walk over schemas as they are written.

References and combinations are followed. A schema that leads back to itself is entered once on
a path, and looked at once more; a schema used all over is looked at in its first four places.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote

from understudy.contract.pointers import MISSING, follow, split
from understudy.generate.paths import Step, item, items, member, members, other_members
from understudy.generate.patterns.automata import language
from understudy.types import Json, JsonObject

_PLACES = 4
_JOINED = ("allOf", "anyOf", "oneOf")
_CHOICES = ("anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Choice:
    """An anyOf or oneOf, `depth` steps down, in whose name errors further down are reported."""

    keyword: str
    depth: int


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A schema that must hold where `steps` lead to, or is a branch of `choice` there."""

    schema: Json
    steps: tuple[Step, ...] = ()
    choice: Choice | None = None


def sites(schema: Json, schemas: Mapping[str, Json]) -> Iterator[Site]:
    """Yield what `schema` and all schemas in it speak of, those nearest to the root first."""
    document = {**(schema if isinstance(schema, dict) else {}), "components": {"schemas": schemas}}
    looked: Counter[int] = Counter()
    ahead: deque[tuple[Site, frozenset[int]]] = deque([(Site(schema), frozenset())])
    while ahead:
        site, trail = ahead.popleft()
        here = id(site.schema)
        if isinstance(site.schema, dict):
            looked[here] += 1
            if looked[here] > _PLACES:
                continue
        yield site
        if isinstance(site.schema, dict) and here not in trail:
            ahead.extend((one, trail | {here}) for one in _parts(site.schema, site, document))


def _parts(schema: JsonObject, site: Site, document: JsonObject) -> Iterator[Site]:
    """Yield the sites of the schemas directly within `schema`."""
    yield from _at_the_same_place(schema, site, document)
    yield from _in_objects(schema, site)
    yield from _in_arrays(schema, site)


def _at_the_same_place(schema: JsonObject, site: Site, document: JsonObject) -> Iterator[Site]:
    target = _target(schema.get("$ref", ""), document)
    if target is not MISSING:
        yield replace(site, schema=target)
    for keyword in _JOINED:
        choice = site.choice
        if keyword in _CHOICES:
            choice = choice or Choice(keyword, len(site.steps))
        for part in schema.get(keyword, []):
            yield replace(site, schema=part, choice=choice)
    for keyword in ("then", "else") if "if" in schema else ():
        if keyword in schema:
            yield replace(site, schema=schema[keyword])
    for part in schema.get("dependentSchemas", {}).values():
        yield replace(site, schema=part)


def _in_objects(schema: JsonObject, site: Site) -> Iterator[Site]:
    properties = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    for name, part in properties.items():
        yield _below(site, member(name), part)
    for pattern, part in patterns.items():
        yield _below(site, members(_matching(pattern)), part)
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        matching = [_matching(pattern) for pattern in patterns]
        taken = other_members(properties, lambda name: any(fits(name) for fits in matching))
        yield _below(site, taken, others)


def _in_arrays(schema: JsonObject, site: Site) -> Iterator[Site]:
    prefix = schema.get("prefixItems", [])
    for index, part in enumerate(prefix):
        yield _below(site, item(index), part)
    rest = schema.get("items", True)
    if isinstance(rest, dict):
        yield _below(site, items(len(prefix)), rest)
    elif not rest:
        yield _below(site, item(len(prefix)), rest)


def _below(site: Site, step: Step, part: Json) -> Site:
    return replace(site, schema=part, steps=(*site.steps, step))


def _target(reference: str, document: JsonObject) -> Json:
    """Return what a reference within the document means, or MISSING."""
    if reference == "#" or reference.startswith("#/"):
        return follow(document, split(unquote(reference[1:])))
    return MISSING


def _matching(pattern: str) -> Callable[[str], bool]:
    """Return a test of names; one that cannot be read fits none."""
    try:
        return language((pattern,)).matches
    except ValueError:
        return lambda _name: False
