"""Make one document of all that a document refers to, in the shape that OpenAPI gives it.

What schemas refer to becomes a named schema, under a name that every tool can write; other
references into other files are replaced by what they mean. What has no sensible reading is left
out, with a warning. Values are shared, never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from understudy.contract import pointers
from understudy.contract.bundled_schemas import Schemas
from understudy.contract.document import Document, Origin
from understudy.contract.pointers import MISSING
from understudy.contract.references import Place, References, RefusedError
from understudy.contract.shapes import EXTENSIBLE, FIELDS, words
from understudy.errors import Problem
from understudy.types import Json, JsonObject

_HOPS: Final = 64

At = tuple[Any, ...]
"""A place in the document that is made: the place around it, and a token; () is the whole."""


def bundled(
    references: References,
    shapes: Mapping[str, Mapping[str, str]],
    section: tuple[str, ...],
    *,
    nullable: bool,
) -> tuple[Document, list[Problem]]:
    """Return the root document with all that it refers to, and what is wrong with it.

    `section` leads to the named schemas.
    """
    return _Bundler(references, shapes, section, nullable=nullable).document()


class _Bundler:
    def __init__(
        self,
        references: References,
        shapes: Mapping[str, Mapping[str, str]],
        section: tuple[str, ...],
        *,
        nullable: bool,
    ) -> None:
        self._references = references
        self._shapes = shapes
        self._section = section
        self._origins: dict[str, Origin] = {}
        self._noted: list[tuple[str, str, str, str, str]] = []
        self._open: list[tuple[str, str]] = []
        around = section[:-1]
        holder = shapes["Components" if around else "root"]
        self._sections = {
            (*around, key) for key, form in holder.items() if form[0] == "{" and key != "paths"
        }
        self._schemas = Schemas(references, section, self._note, self._origins, nullable=nullable)

    def document(self) -> tuple[Document, list[Problem]]:
        root = self._references.root
        data = self._members("root", root, ())
        data = _put(data, self._section, self._schemas.all())
        wanted = frozenset(self._references.wanted)
        document = replace(root.document, data=data, origins=self._origins, wanted=wanted)
        problems = [
            document.problem(pointer, message, hint, rule=rule, severity=severity)
            for pointer, message, hint, rule, severity in self._noted
        ]
        return document, problems

    def _note(
        self, at: At, message: str, hint: str = "", *, rule: str, severity: str = "warning"
    ) -> None:
        self._noted.append((pointer_of(at), message, hint, rule, severity))

    def _object(self, kind: str, place: Place, at: At) -> Json:
        """Return an object of a kind with all that it refers to, or MISSING for what is none."""
        if kind == "Schema":
            return self._schemas.inline(place, at)
        if not isinstance(place.value, dict):
            message = f"is no {words(kind)} Object, and left out"
            self._note(at, message, rule="shape")
            return MISSING
        if "$ref" in place.value:
            return self._referred(kind, place, at)
        if kind == "Example" and "externalValue" in place.value:
            return self._external(place, at)
        return self._members(kind, place, at)

    def _external(self, place: Place, at: At) -> JsonObject:
        """Return an example with the value that stands in a file of its own."""
        value: JsonObject = place.value
        if "value" in value:
            return value
        found = self._target(value["externalValue"], place, (at, "externalValue"), needed=False)
        return {**value, "value": found.value} if found else value

    def _referred(self, kind: str, place: Place, at: At) -> Json:
        """Return what a Reference Object means: itself, where it leads to a place that stays.

        Path items are written out, because they may say something beside their reference.
        """
        reference = place.value["$ref"]
        if kind != "PathItem" and self._stays(reference, place):
            return place.value
        found = self._target(reference, place, at)
        if found is None:
            return MISSING
        if found.identity in self._open or len(self._open) > _HOPS:
            self._note(at, f"{reference} leads to itself, and is left out", rule="reference")
            return MISSING
        self._open.append(found.identity)
        self._origins[pointer_of(at)] = (found.document, found.pointer)
        value = self._object(kind, found, at)
        self._open.pop()
        return self._with_siblings(kind, value, place, at)

    def _with_siblings(self, kind: str, value: Json, place: Place, at: At) -> Json:
        said = {key: one for key, one in place.value.items() if key != "$ref"}
        if not said or not isinstance(value, dict):
            return value
        if kind != "PathItem":
            wanted = ("summary", "description")
            return {**value, **{key: one for key, one in said.items() if key in wanted}}
        own = self._members(kind, replace(place, value=said), at)
        for key in own:
            origin = (place.document, pointers.join(place.pointer, key))
            self._origins[pointers.join(pointer_of(at), key)] = origin
        return {**value, **own}

    def _stays(self, reference: Json, place: Place) -> bool:
        """Tell whether a reference can be left to those who read the bundled document."""
        if place.uri != self._references.root.uri or not isinstance(reference, str):
            return False
        tokens = pointers.split(reference) if reference.startswith("#/") else ()
        if tokens[:-1] not in self._sections:
            return False
        return pointers.follow(place.document.data, tokens) is not MISSING

    def _target(
        self, reference: Json, place: Place, at: At, *, needed: bool = True
    ) -> Place | None:
        """Return where a reference leads; what leads nowhere is told of."""
        try:
            found = (
                self._references.target(reference, place) if isinstance(reference, str) else None
            )
        except RefusedError as refused:
            severity = "error" if refused.fatal and needed else "warning"
            self._note(at, refused.message, refused.hint, rule="reference", severity=severity)
            return None
        if found is None:
            self._note(at, f"{reference} leads nowhere", "check the $ref", rule="reference")
        return found

    def _members(self, kind: str, place: Place, at: At) -> JsonObject:
        shape, fields = self._shapes.get(kind, {}), FIELDS.get(kind, {})
        every = shape.get("*", "")
        changed: JsonObject = {}
        for key, value in place.value.items():
            form = shape.get(key) or ("" if key.startswith("x-") else every)
            if form:
                new = self._formed(form, place, key, at)
            elif key in fields and not isinstance(value, fields[key]):
                new = self._field(value, fields[key], (at, key))
            else:
                continue
            if new is not value:
                changed[key] = new
        if not changed:
            return dict(place.value) if kind == "root" else place.value
        joined = {**place.value, **changed}
        return {key: value for key, value in joined.items() if value is not MISSING}

    def _formed(self, form: str, place: Place, key: str, at: At) -> Json:
        here, inner = (at, key), _below(place, key)
        if key == self._section[-1] and pointer_of(here) == pointers.join("", *self._section):
            return MISSING  # is put there at the end
        if form[0] not in "{[":
            return MISSING if inner.value is None else self._object(form, inner, here)
        found = self._container(inner, here)
        if found is None:
            return MISSING
        kind, wanted = form[1:-1], dict if form[0] == "{" else list
        if kind == "Requirement" or not isinstance(found.value, wanted):
            return self._other(found.value, wanted, here)
        read = self._mapping if wanted is dict else self._list
        return read(kind, found, here)

    def _container(self, place: Place, at: At) -> Place | None:
        """Return a list or mapping, behind a reference that stands for the whole of it."""
        for _ in range(_HOPS):
            value = place.value
            if value is None:
                return None
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                return place
            found = self._target(value["$ref"], place, at)
            if found is None:
                return None
            self._origins[pointer_of(at)] = (found.document, found.pointer)
            place = found
        return None

    def _other(self, value: Json, wanted: type, at: At) -> Json:
        if isinstance(value, wanted):
            return value
        what = "mapping" if wanted is dict else "list"
        self._note(at, f"is no {what}, and left out", rule="shape")
        return MISSING

    def _mapping(self, kind: str, place: Place, at: At) -> Json:
        skipped = kind in EXTENSIBLE
        found: JsonObject = {}
        for key in place.value:
            if skipped and key.startswith("x-"):
                continue
            value = self._object(kind, _below(place, key), (at, key))
            if value is MISSING and kind == "Response":
                value = {}
            if value is not MISSING:
                found[key] = value
        return found if _differ(found, place.value) else place.value

    def _list(self, kind: str, place: Place, at: At) -> Json:
        found: list[Json] = []
        for index in range(len(place.value)):
            before = len(found)
            value = self._object(kind, _below(place, index), (at, index))
            if value is not MISSING:
                found.append(value)
            if value is not MISSING and before != index:
                origin = (place.document, pointers.join(place.pointer, index))
                self._origins.setdefault(pointers.join(pointer_of(at), before), origin)
        same = len(found) == len(place.value)
        if same and all(map(_is, found, place.value)):
            return place.value
        return found

    def _field(self, value: Json, wanted: type, at: At) -> Json:
        if value is None:
            return MISSING
        if wanted is str and isinstance(value, bool | int | float):
            return str(value).lower() if isinstance(value, bool) else str(value)
        if wanted is bool and value in ("true", "false"):
            return value == "true"
        self._note(at, f"is no {_NAMES[wanted]}, and left out", rule="shape")
        return MISSING


_NAMES: Final[Mapping[type, str]] = {str: "text", bool: "boolean", list: "list", dict: "mapping"}


def pointer_of(at: At) -> str:
    """Return the pointer of a place."""
    tokens: list[str | int] = []
    while at:
        at, token = at
        tokens.append(token)
    return pointers.join("", *reversed(tokens))


def _below(place: Place, key: str | int) -> Place:
    pointer = pointers.join(place.pointer, key)
    return Place(place.document, place.uri, place.base, pointer, place.value[key])


def _is(one: object, other: object) -> bool:
    return one is other


def _differ(one: Mapping[str, Json], other: Mapping[str, Json]) -> bool:
    return len(one) != len(other) or any(one[key] is not other[key] for key in one)


def _put(data: JsonObject, tokens: tuple[str, ...], value: Json) -> JsonObject:
    """Return `data` with `value` at `tokens`, unless there is nothing to put."""
    if not value:
        return data
    head, *rest = tokens
    inner = data.get(head, {})
    return {**data, head: _put(inner, tuple(rest), value) if rest else value}
