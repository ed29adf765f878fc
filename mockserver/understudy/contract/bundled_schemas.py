"""Give every schema that is referred to a name, and make all references lead to names."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from understudy.contract import pointers
from understudy.contract.circles import opened
from understudy.contract.document import Origin
from understudy.contract.keywords import IDENTITY, repaired, subschemas
from understudy.contract.pointers import MISSING
from understudy.contract.references import Place, References, RefusedError
from understudy.types import Json, JsonObject

_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
_UNSAID: Final = frozenset(
    """
    components schemas definitions $defs properties items schema content paths responses
    """.split()
)
"""Tokens of pointers that a name can do without."""

_ANNOTATIONS: Final = frozenset("$ref summary description title $comment".split())
_DEPTH: Final = 200


class Schemas:
    """The named schemas of a document and of all that it refers to."""

    def __init__(
        self,
        references: References,
        section: tuple[str, ...],
        note: Callable[..., None],
        origins: dict[str, Origin],
        *,
        nullable: bool,
    ) -> None:
        self._references = references
        self._section = section
        self._note = note
        self._origins = origins
        self._nullable = nullable
        self._prefix = pointers.join("#", *section, "")
        self._names: dict[tuple[str, str], str] = {}
        self._taken: dict[str, str] = {}
        self._written: dict[str, str] = {}
        self._known: dict[tuple[str, str, str], Json] = {}
        self._waiting: deque[tuple[str, Place]] = deque()
        self._register()

    def inline(self, place: Place, at: Any) -> Json:
        """Return the schema at `place`, in which all references lead to names."""
        return self._schema(place, at, 0)

    def all(self) -> Mapping[str, Json]:
        """Return every named schema."""
        found: dict[str, Json] = {}
        around: Any = ()
        for token in self._section:
            around = (around, token)
        while self._waiting:
            name, place = self._waiting.popleft()
            found[name] = self._schema(place, (around, name), 0)
        for name in opened(found, self._prefix):
            self._note((around, name), "is defined by itself alone", rule="circle")
        return found

    def _register(self) -> None:
        """Name the schemas that the root document names."""
        start = self._references.root
        try:
            section = self._references.target(pointers.join("#", *self._section), start)
        except RefusedError:
            section = None
        while section and isinstance(section.value, dict) and "$ref" in section.value:
            reference = section.value["$ref"]
            if not isinstance(reference, str):
                break
            section = self._followed(reference, section)
        if section is None or not isinstance(section.value, dict):
            return
        for key in section.value:
            self._name(section.at(key), key)

    def _followed(self, reference: str, place: Place) -> Place | None:
        around: Any = ()
        for token in self._section:
            around = (around, token)
        return self._target(reference, place, around)

    def _name(self, place: Place, wanted: str) -> str:
        name = self._free(wanted)
        self._names[place.identity] = name
        target = self._alias(place)
        if target is not None and target.identity not in self._names:
            self._names[target.identity] = name
            place = target
        said = pointers.join("", *self._section, name)
        if place.uri != self._references.root.uri or place.pointer != said:
            self._origins[said] = (place.document, place.pointer)
        self._waiting.append((name, place))
        return name

    def _alias(self, place: Place) -> Place | None:
        """Return the schema in another file that a named one stands for and says nothing of."""
        value = place.value
        if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
            return None
        if value["$ref"].startswith("#") or not value.keys() <= _ANNOTATIONS:
            return None
        try:
            return self._references.target(value["$ref"], place)
        except RefusedError:
            return None

    def _free(self, wanted: str) -> str:
        """Return a name like `wanted` of characters that names of components may have."""
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", wanted)
        if name != wanted:
            name = name.strip("_") or "Schema"
        base, count = name, 1
        while name in self._taken:
            count += 1
            name = f"{base}_{count}"
        self._taken[name] = wanted
        self._written.setdefault(wanted, name)
        return name

    def _schema(self, place: Place, at: Any, depth: int) -> Json:
        value = place.value
        if isinstance(value, bool):
            return value
        if not isinstance(value, dict):
            self._note(at, "is no schema; anything is allowed", rule="schema")
            return True
        if depth > _DEPTH:
            self._note(at, "is nested too deep; anything is allowed", rule="schema")
            return True
        place = self._references.based(place)

        def note(keyword: str, message: str) -> None:
            self._note((at, keyword), message, rule="keyword")

        schema = repaired(value, note, nullable=self._nullable)
        if "discriminator" in schema:
            schema["discriminator"] = self._discriminator(schema, place, at)
        for keyword, key, part in list(subschemas(schema)):
            self._part(schema, keyword, key, part, place, at, depth)
        schema = {key: one for key, one in schema.items() if key not in IDENTITY}
        return self._with_references(schema, value, place, at)

    def _part(
        self,
        schema: JsonObject,
        keyword: str,
        key: str | int | None,
        part: Json,
        place: Place,
        at: Any,
        depth: int,
    ) -> None:
        tokens = (keyword,) if key is None else (keyword, key)
        inner = replace(place, pointer=pointers.join(place.pointer, *tokens), value=part)
        where = (at, keyword) if key is None else ((at, keyword), key)
        new = self._schema(inner, where, depth + 1)
        if key is None:
            schema[keyword] = new
        elif isinstance(schema[keyword], list):
            schema[keyword] = [new if n == key else one for n, one in enumerate(schema[keyword])]
        else:
            schema[keyword] = {**schema[keyword], key: new}

    def _with_references(self, schema: JsonObject, value: Json, place: Place, at: Any) -> Json:
        """Return `schema` with its references as references to names."""
        found = [keyword for keyword in _REFERENCES if keyword in schema]
        if not found:
            return schema
        targets = [self._reference(value[keyword], place, at) for keyword in found]
        rest = {key: one for key, one in schema.items() if key not in _REFERENCES}
        if self._nullable:
            return targets[0]
        if len(targets) == 1 and isinstance(targets[0], dict):
            return {**targets[0], **rest}
        if not rest and len(targets) == 1:
            return targets[0]
        return {**rest, "allOf": [*rest.get("allOf", ()), *targets]}

    def _reference(self, reference: Json, place: Place, at: Any) -> Json:
        """Return the schema that refers to the name of what `reference` means, or true."""
        key = (place.uri, place.base, str(reference))
        if key not in self._known:
            found = self._target(reference, place, at)
            if found is None:
                return True
            name = self._names.get(found.identity) or self._name(found, _wanted(found))
            self._known[key] = {"$ref": self._prefix + name}
        return self._known[key]

    def _target(self, reference: Json, place: Place, at: Any) -> Place | None:
        try:
            found = (
                self._references.target(reference, place) if isinstance(reference, str) else None
            )
        except RefusedError as refused:
            severity = "error" if refused.fatal else "warning"
            self._note(at, refused.message, refused.hint, rule="reference", severity=severity)
            return None
        if found is None or found.value is MISSING:
            self._note(at, f"{reference} leads nowhere", "check the $ref", rule="reference")
            return None
        return found

    def _discriminator(self, schema: JsonObject, place: Place, at: Any) -> JsonObject:
        """Return a discriminator whose mapping leads to names, and has those that were changed."""
        found: JsonObject = dict(schema["discriminator"])
        mapping = found.pop("mapping", {})
        named = {}
        for tag, target in mapping.items() if isinstance(mapping, dict) else ():
            reference = self._mapped(target, place)
            if reference is None:
                where = ((at, "discriminator"), "mapping"), tag
                self._note(where, f"{target!r} is no schema", rule="discriminator")
            else:
                named[tag] = reference
        for wanted, reference in self._renamed(schema, place):
            if reference not in named.values():
                named.setdefault(wanted, reference)
        return {**found, "mapping": named} if named else found

    def _mapped(self, target: Json, place: Place) -> str | None:
        if not isinstance(target, str):
            return None
        if target in self._written:
            return self._prefix + self._written[target]
        try:
            found = self._references.target(target, place)
        except RefusedError:
            return None
        if found is None:
            return None
        name = self._names.get(found.identity) or self._name(found, _wanted(found))
        return self._prefix + name

    def _renamed(self, schema: JsonObject, place: Place) -> Iterator[tuple[str, str]]:
        """Yield the written name and the reference of each branch whose name had to change."""
        for keyword in ("anyOf", "oneOf"):
            for branch in schema.get(keyword, ()):
                reference = branch.get("$ref") if isinstance(branch, dict) else None
                if not isinstance(reference, str):
                    continue
                target = self._mapped(reference, place) or ""
                name = target.removeprefix(self._prefix)
                if self._taken.get(name, name) != name:
                    yield self._taken[name], target


def _wanted(place: Place) -> str:
    """Return a name for what has none: its pointer in short, or its file."""
    tokens = [token for token in pointers.split(place.pointer) if token not in _UNSAID]
    if tokens:
        return ".".join(token.strip("/") for token in tokens)
    return PurePosixPath(unquote(urlsplit(place.uri).path)).stem.removesuffix(".schema")
