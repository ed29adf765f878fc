"""Read the parts of operations: parameters, bodies, responses, headers, examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from understudy.contract import pointers
from understudy.contract.directions import Directions
from understudy.contract.locate import locate
from understudy.contract.model import Example, Header, MediaType, Parameter, RequestBody, Response
from understudy.contract.notes import Notes
from understudy.types import Json, JsonObject

_LOCATIONS: Final = ("path", "query", "header", "cookie", "querystring")
_IGNORED: Final = frozenset(("accept", "authorization", "content-type"))
"""Header parameters that "shall be ignored" (Parameter Object)."""

_STATUS = re.compile(r"default|[1-5](?:[0-9][0-9]|XX|xx)")
_HOPS: Final = 32

Direction = Callable[[Json], Json]


class Parts:
    """Reads parts of one bundled document, in which everything has the shape that it must."""

    def __init__(
        self,
        root: JsonObject,
        lowered: Callable[[Json], Json],
        directions: Directions,
        notes: Notes,
    ) -> None:
        self._root = root
        self._lowered = lowered
        self._directions = directions
        self._notes = notes
        self._described = not str(root.get("openapi")).startswith("3.2")  # where it is optional

    def parameters(
        self, path: str, item: JsonObject, source: JsonObject, pointer: str
    ) -> tuple[Parameter, ...]:
        """Return the parameters of path item and operation; the operation's replace the item's."""
        found: dict[tuple[str, str], Parameter] = {}
        for holder, place in ((item, pointer.rpartition("/")[0]), (source, pointer)):
            own: set[tuple[str, str]] = set()
            for index, entry in enumerate(holder.get("parameters") or ()):
                where = pointers.join(place, "parameters", index)
                one = self._parameter(entry, where)
                if one is None:
                    continue
                key = (one.name, one.location)
                if key in own:
                    self._notes.warn(where, f"repeats the parameter {one.name!r}", rule="parameter")
                own.add(key)
                found[key] = one
        return tuple(self._of_path(path, found, pointer))

    def body(self, entry: Json, pointer: str) -> RequestBody | None:
        """Return the request body of the operation at `pointer`."""
        if entry is None:
            return None
        where = pointers.join(pointer, "requestBody")
        data = self.resolved(entry, where)
        if data is None:
            return None
        content = self._content(data.get("content") or {}, self._directions.request, where)
        return RequestBody(required=data.get("required", False), content=content)

    def responses(self, source: JsonObject, pointer: str) -> Mapping[str, Response]:
        """Return the responses of the operation at `pointer` by status; there is always one."""
        found: dict[str, Response] = {}
        for status, entry in (source.get("responses") or {}).items():
            where = pointers.join(pointer, "responses", status)
            known = _STATUS.match(status)
            if known is None or known[0] != status:
                self._notes.warn(where, f"{status!r} is no status", rule="status")
            if known is not None:
                found[known[0]] = self._response(known[0], entry, where)
        if not found:
            message = "documents no response"
            self._notes.warn(pointer, message, "200 is answered", rule="responses")
            found["200"] = Response("200", "", {}, (), pointer)
        return found

    def resolved(self, entry: Json, pointer: str) -> JsonObject | None:
        """Return what `entry` is behind local references, or None where that is no object."""
        for _ in range(_HOPS):
            if not isinstance(entry, dict):
                break
            if "$ref" not in entry:
                return entry
            entry = pointers.follow(self._root, pointers.split(str(entry["$ref"])))
        self._notes.warn(pointer, "leads to no object", "check the $ref", rule="reference")
        return None

    def _of_path(
        self, path: str, found: Mapping[tuple[str, str], Parameter], pointer: str
    ) -> Iterator[Parameter]:
        """Yield parameters so that those in the path are the ones that its template names."""
        names = list(dict.fromkeys(re.findall(r"\{([^{}]*)\}", path)))
        for one in found.values():
            if one.location == "path" and one.name not in names:
                message = f"{path} has no parameter {one.name!r}"
                self._notes.warn(one.pointer, message, "it is ignored", rule="path-parameter")
            else:
                yield one
        for name in names:
            if (name, "path") not in found:
                message = f"declares no path parameter {name!r}"
                self._notes.warn(pointer, message, "it is text", rule="path-parameter")
                yield Parameter(name, "path", required=True, schema={"type": "string"})

    def _parameter(self, entry: Json, pointer: str) -> Parameter | None:
        data = self.resolved(entry, pointer)
        if data is None:
            return None
        name, location = data.get("name"), data.get("in")
        if not name or location not in _LOCATIONS:
            message = f"has no name, or is in {location!r}"
            self._notes.warn(pointer, message, "it is ignored", rule="parameter")
            return None
        if location == "header" and name.lower() in _IGNORED:
            self._notes.warn(pointer, f"{name} is no header parameter", rule="parameter")
            return None
        if location == "path" and not data.get("required"):
            self._notes.warn(pointer, f"{name!r} is in the path and so required", rule="parameter")
        kind, media = self._first_content(data)
        if "schema" not in media:
            self._notes.warn(pointer, f"{name!r} has no schema", rule="parameter")
        schema = self._directions.request(self._lowered(media.get("schema", True)))
        named = tuple(self._examples(data, pointer))
        return _parameter(data, schema, pointer, kind, named)

    def _first_content(self, data: JsonObject) -> tuple[str, JsonObject]:
        """Return the media type that a parameter or header is written in, and its object."""
        for kind, media in (data.get("content") or {}).items():
            return kind, self._plain(media)
        return "", data

    def _plain(self, entry: Json) -> JsonObject:
        return self.resolved(entry, "") or {}

    def _content(
        self, content: JsonObject, direction: Direction, pointer: str
    ) -> Mapping[str, MediaType]:
        """Return what each media type holds in a direction."""
        return {
            kind: self._media_type(media, direction, pointers.join(pointer, "content", kind))
            for kind, media in content.items()
        }

    def _media_type(self, entry: Json, direction: Direction, pointer: str) -> MediaType:
        media = self.resolved(entry, pointer) or {}
        item = media.get("itemSchema")
        encoding = media.get("encoding") or {}
        return MediaType(
            schema=direction(self._lowered(media.get("schema", True))),
            examples=tuple(self._examples(media, pointer)),
            item=None if item is None else direction(self._lowered(item)),
            encoding=encoding,
        )

    def _examples(self, holder: JsonObject, pointer: str) -> Iterator[Example]:
        """Yield what stands under `example` and `examples` of a media type, parameter or header."""
        if "example" in holder:
            yield Example("", holder["example"], pointers.join(pointer, "example"))
        for name, entry in (holder.get("examples") or {}).items():
            where = pointers.join(pointer, "examples", name)
            found = self.resolved(entry, where) or {}
            for keyword in ("value", "dataValue", "serializedValue"):
                if keyword in found:
                    yield Example(name, found[keyword], pointers.join(where, keyword))
                    break

    def _response(self, status: str, entry: Json, pointer: str) -> Response:
        found = self.resolved(entry, pointer)
        if found is not None and "description" not in found and self._described:
            self._notes.warn(pointer, "has no description", rule="response")
        data = found or {}
        return Response(
            status=status,
            description=data.get("description", ""),
            content=self._content(data.get("content") or {}, self._directions.response, pointer),
            headers=tuple(
                self._header(name, header, pointers.join(pointer, "headers", name))
                for name, header in (data.get("headers") or {}).items()
                if name.lower() != "content-type"  # "shall be ignored" (Response Object)
            ),
            pointer=locate(self._root, pointer, ()),
        )

    def _header(self, name: str, entry: Json, pointer: str) -> Header:
        data = self.resolved(entry, pointer) or {}
        _, media = self._first_content(data)
        schema = self._directions.response(self._lowered(media.get("schema", True)))
        return Header(
            name, data.get("required", False), schema, tuple(self._examples(data, pointer))
        )


def _parameter(
    data: JsonObject, schema: Json, pointer: str, media_type: str, named: tuple[Example, ...]
) -> Parameter:
    return Parameter(
        name=data["name"],
        location=data["in"],
        required=data.get("required", False) or data["in"] == "path",
        schema=schema,
        description=data.get("description", ""),
        example=data.get("example"),
        examples=tuple(_values(data)),
        named=named,
        pointer=pointer,
        style="content" if media_type else data.get("style", ""),
        explode=data.get("explode"),
        allow_reserved=data.get("allowReserved", False),
        media_type=media_type,
        allow_empty=data["in"] == "query" and data.get("allowEmptyValue", False),
    )


def _values(data: JsonObject) -> Iterator[Json]:
    """Yield the examples of a parameter and of its schema as it is written."""
    schema = data.get("schema")
    for holder in (data, schema if isinstance(schema, dict) else {}):
        if "example" in holder:
            yield holder["example"]
        examples = holder.get("examples")
        if isinstance(examples, dict):  # Example Objects by name
            yield from (one["value"] for one in examples.values() if "value" in one)
        elif isinstance(examples, list):  # of a schema
            yield from examples
