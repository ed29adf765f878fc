"""Write out the references of a schema that stand beside other conditions on the same value.

The canonical form folds conditions together, but keeps references to recursive schemas: what
stands beside those could only be tried. References that stand alone stay, so recursion ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from understudy.contract.schemas import IN_PLACE, mapped, named, remembered
from understudy.types import Json, JsonObject

_SILENT = frozenset(
    """
    $comment $defs default deprecated description discriminator example examples externalDocs
    nullable readOnly title writeOnly xml
    """.split()
)
"""Keywords that say nothing of values; those that begin with `x-` do not either."""

_WHOLE = frozenset(("$id", "$schema", "unevaluatedItems", "unevaluatedProperties"))
_CLOSING = frozenset(("$ref", "additionalProperties", "unevaluatedProperties"))
"""Keywords that make more of the names of properties than to say what they are."""

_MOST: Final = 300
"""How many references of one schema are written out; the others stay."""


def joined(schema: Json, schemas: Mapping[str, Json]) -> Json:
    """Return `schema` with those references written out that do not stand alone."""
    return _Joiner(schemas).joined(schema)


def all_joined(names: Iterable[str], schemas: Mapping[str, Json]) -> dict[str, Json]:
    """Return the schemas of these names, each joined."""
    known = remembered("joined", schemas)
    for name in names:
        if name not in known:
            known[name] = joined(schemas[name], schemas)
    return {name: known[name] for name in names}


class _Joiner:
    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas
        self._left = _MOST

    def joined(self, schema: Json) -> Json:
        """Return `schema`, where nothing stands beside it, with its references written out."""
        return self._said(schema, frozenset(), beside=False)

    def _said(self, schema: Json, above: frozenset[str], *, beside: bool) -> Json:
        """Return `schema` written out, unless it is a reference that stands alone or in a circle.

        `above` names the schemas that it is part of.
        """
        name = named(schema)
        if name:
            if not beside or name in above or name not in self._schemas or self._left <= 0:
                return schema
            self._left -= 1
            return self._said(self._schemas[name], above | {name}, beside=True)
        if not isinstance(schema, dict):
            return schema
        beside = beside or len(_bare(schema)) > 1 or len(schema.get("allOf", ())) > 1

        def change(key: str) -> Callable[[Json], Json]:
            if key in IN_PLACE:
                return lambda part: self._said(part, above, beside=beside)
            return lambda part: self._said(part, above, beside=False)

        found = {key: mapped({key: value}, change(key))[key] for key, value in schema.items()}
        if "allOf" in found:
            found["allOf"] = [part for one in found["allOf"] for part in _conjuncts(one)]
        return _lean(found)


def _lean(schema: JsonObject) -> JsonObject:
    """Return an object schema whose parts do not repeat what it says of all other members.

    Many branches that differ in nothing but such repetitions take long to fold together.
    """
    rest, own = schema.get("additionalProperties"), schema.get("properties", {})
    if not isinstance(rest, dict) or "patternProperties" in schema:
        return schema
    told = _bare(rest)

    def lean(part: Json) -> Json:
        if not isinstance(part, dict) or part.keys() & _CLOSING:
            return part
        found = {k: mapped({k: v}, lean)[k] if k in IN_PLACE else v for k, v in part.items()}
        if "properties" in found:
            members = part["properties"].items()
            found["properties"] = {k: v for k, v in members if k in own or _bare(v) != told}
        return found

    return {k: mapped({k: v}, lean)[k] if k in IN_PLACE else v for k, v in schema.items()}


def _bare(schema: Json) -> Json:
    """Return a schema without the keywords that say nothing of values."""
    if not isinstance(schema, dict):
        return schema
    return {k: v for k, v in schema.items() if k not in _SILENT and not k.startswith("x-")}


def _conjuncts(schema: Json) -> Iterator[Json]:
    """Yield schemas that say together what `schema` says, so that allOf does not nest."""
    if not isinstance(schema, dict) or "allOf" not in schema or schema.keys() & _WHOLE:
        yield schema
        return
    rest: JsonObject = {key: value for key, value in schema.items() if key != "allOf"}
    yield from [rest] if rest else []
    yield from schema["allOf"]
