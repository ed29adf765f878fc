"""Read one OpenAPI document into the values of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from understudy.contract import pointers
from understudy.contract.dialect import DIALECTS, LOWERINGS
from understudy.contract.directions import Directions, directions
from understudy.contract.discriminator import inherited, tagged
from understudy.contract.document import Document
from understudy.contract.locate import locate
from understudy.contract.model import (
    Contract,
    Example,
    Header,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Response,
    SecurityScheme,
)
from understudy.errors import Problem
from understudy.types import Json, JsonObject

T = TypeVar("T")

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Reader:
    """Reads one OpenAPI document into model values and collects what is wrong with it."""

    def __init__(self, document: Document) -> None:
        self.problems: list[Problem] = []
        self._document = document
        self._root: JsonObject = document.data if isinstance(document.data, dict) else {}
        self._version = str(self._root.get("openapi", ""))
        self._lower = LOWERINGS.get(self._version[:3], LOWERINGS["3.0"])
        self._written: Mapping[str, Json] = {}
        self._directions = directions({})

    def check_references(self) -> None:
        """Report references that lead nowhere, or out of the document."""
        reported = {problem.pointer for problem in self.problems}
        for pointer, target in _references(self._root, ""):
            if pointer in reported:
                continue
            if not target.startswith("#"):
                self._problem(pointer, f"{target} leads out of the document", "one file is read")
            elif pointers.follow(self._root, pointers.split(target)) is pointers.MISSING:
                self._problem(pointer, f"{target} leads nowhere", "check the $ref")

    def contract(self, name: str) -> Contract:
        """Return what the document promises, as far as it is written as OpenAPI says."""
        if not self._version.startswith(tuple(f"{version}." for version in LOWERINGS)):
            known = " or ".join(LOWERINGS)
            message = f"is not an OpenAPI {known} document"
            self._problem("/openapi", message, f"found {self._version!r}")
        if self._root.get("jsonSchemaDialect", DIALECTS[0]) not in DIALECTS:
            self._problem("/jsonSchemaDialect", "is not known", f"known are {', '.join(DIALECTS)}")
        info = self._mapping(self._root, "info", "")
        components = self._mapping(self._root, "components", "")
        schemas = self._mapping(components, "schemas", "/components")
        read = partial(self._components, schemas)
        self._directions = self._guarded("/components/schemas", read) or self._directions
        base_paths = self._guarded("/servers", self._base_paths) or ("",)
        return Contract(
            name=name,
            title=str(info.get("title", name)),
            version=str(info.get("version", "")),
            document=self._document,
            base_path=next(iter(base_paths), ""),
            base_paths=base_paths,
            operations={operation.id: operation for operation in self._operations()},
            schemas=self._directions.schemas,
        )

    def _components(self, schemas: JsonObject) -> Directions:
        self._written = inherited({name: self._lower(one) for name, one in schemas.items()})
        found = {name: tagged(one, self._written) for name, one in self._written.items()}
        return directions(found)

    def _content(
        self, content: JsonObject, direction: Callable[[Json], Json], pointer: str
    ) -> Mapping[str, MediaType]:
        """Return what each media type holds in a direction."""
        return {
            kind: self._media_type(media, direction, pointers.join(pointer, "content", kind))
            for kind, media in content.items()
        }

    def _media_type(
        self, media: JsonObject, direction: Callable[[Json], Json], pointer: str
    ) -> MediaType:
        item = media.get("itemSchema")
        return MediaType(
            schema=direction(self._tagged(media.get("schema", True))),
            examples=tuple(self._examples(media, pointer)),
            item=None if item is None else direction(self._tagged(item)),
            encoding=media.get("encoding", {}),
        )

    def _examples(self, holder: JsonObject, pointer: str) -> Iterator[Example]:
        """Yield what stands under `example` and `examples` of a media type, parameter or header."""
        if "example" in holder:
            yield Example("", holder["example"], pointers.join(pointer, "example"))
        for name, entry in holder.get("examples", {}).items():
            where = pointers.join(pointer, "examples", name)
            found = self._resolve(entry, where)
            if "value" in found:
                yield Example(name, found["value"], pointers.join(where, "value"))

    def _tagged(self, schema: Json) -> Json:
        return tagged(self._lower(schema), self._written)

    def _base_paths(self) -> tuple[str, ...]:
        servers = self._root.get("servers") or [{"url": "/"}]
        urls = [str(server.get("url", "/")) for server in servers]
        return tuple(dict.fromkeys(urlsplit(url).path.rstrip("/") for url in urls))

    def _mapping(self, holder: JsonObject, key: str, pointer: str) -> JsonObject:
        found = holder.get(key, {})
        if isinstance(found, dict):
            return found
        self._problem(pointers.join(pointer, key), "is not a mapping")
        return {}

    def _guarded(self, pointer: str, read: Callable[[], T]) -> T | None:
        """Return what `read` does; a part that is not written as OpenAPI says is reported."""
        try:
            return read()
        except (AttributeError, KeyError, TypeError, ValueError):
            self._problem(pointer, "is not written as OpenAPI says")
            return None

    def _operations(self) -> Iterator[Operation]:
        seen: set[str] = set()
        paths = self._mapping(self._root, "paths", "")
        for path in paths:
            item = self._mapping(paths, path, "/paths")
            for method in (m for m in METHODS if m in item):
                pointer = pointers.join("/paths", path, method)
                read = partial(self._operation, path, method, item, pointer)
                operation = self._guarded(pointer, read)
                if operation is None:
                    continue
                if operation.id in seen:
                    self._problem(pointer, f"repeats the operationId {operation.id!r}")
                seen.add(operation.id)
                yield operation
        if not seen and not self.problems:
            self._problem("/paths", "promises no operation")

    def _operation(self, path: str, method: str, item: JsonObject, pointer: str) -> Operation:
        source: JsonObject = item[method]
        return Operation(
            id=source.get("operationId") or f"{method} {path}",
            method=method,
            path=path,
            summary=source.get("summary", ""),
            description=source.get("description", ""),
            parameters=self._parameters(item, source, pointer),
            body=self._body(source.get("requestBody"), pointer),
            responses=self._responses(source, pointer),
            security=self._security(source, pointer),
            pointer=pointer,
            deprecated=source.get("deprecated", False),
        )

    def _parameters(
        self, item: JsonObject, source: JsonObject, pointer: str
    ) -> tuple[Parameter, ...]:
        """Return the parameters of path item and operation; the operation's replace the item's."""
        found: dict[tuple[str, str], Parameter] = {}
        for holder, place in ((item, pointer.rpartition("/")[0]), (source, pointer)):
            for index, entry in enumerate(holder.get("parameters", [])):
                where = pointers.join(place, "parameters", index)
                data = self._resolve(entry, where)
                if data:
                    media = next(iter(data.get("content", {}).values()), data)
                    schema = self._directions.request(self._tagged(media.get("schema", True)))
                    named = tuple(self._examples(data, where))
                    found[data["name"], data["in"]] = _parameter(data, schema, where, named)
        return tuple(found.values())

    def _body(self, entry: Json, pointer: str) -> RequestBody | None:
        if entry is None:
            return None
        where = pointers.join(pointer, "requestBody")
        data = self._resolve(entry, where)
        return RequestBody(
            required=data.get("required", False),
            content=self._content(data.get("content", {}), self._directions.request, where),
        )

    def _responses(self, source: JsonObject, pointer: str) -> Mapping[str, Response]:
        entries: JsonObject = source.get("responses", {})
        if not entries:
            self._problem(pointer, "documents no response")
        return {
            status: self._response(status, entry, pointers.join(pointer, "responses", status))
            for status, entry in entries.items()
        }

    def _response(self, status: str, entry: Json, pointer: str) -> Response:
        data = self._resolve(entry, pointer)
        return Response(
            status=status,
            description=data.get("description", ""),
            content=self._content(data.get("content", {}), self._directions.response, pointer),
            headers=tuple(
                self._header(name, header, pointers.join(pointer, "headers", name))
                for name, header in data.get("headers", {}).items()
                if name.lower() != "content-type"  # "shall be ignored" (Response Object)
            ),
            pointer=locate(self._root, pointer, ()),
        )

    def _header(self, name: str, entry: Json, pointer: str) -> Header:
        data = self._resolve(entry, pointer)
        schema = self._directions.response(self._tagged(data.get("schema", True)))
        return Header(
            name, data.get("required", False), schema, tuple(self._examples(data, pointer))
        )

    def _security(self, source: JsonObject, pointer: str) -> tuple[tuple[SecurityScheme, ...], ...]:
        """Return the alternatives, each a set of schemes wanted together; none means open."""
        requirements = (
            source["security"] if "security" in source else self._root.get("security", [])
        )
        return tuple(
            tuple(
                filter(
                    None, (self._scheme(name, scopes, pointer) for name, scopes in asked.items())
                )
            )
            for asked in requirements
        )

    def _scheme(self, name: str, scopes: Json, pointer: str) -> SecurityScheme | None:
        schemes = self._root.get("components", {}).get("securitySchemes", {})
        if name not in schemes:
            self._problem(pointer, f"asks for the undefined security scheme {name!r}")
            return None
        data = self._resolve(schemes[name], pointers.join("/components/securitySchemes", name))
        kind, place, parameter = _wire(data)
        return SecurityScheme(name, kind, place, parameter, tuple(map(str, scopes or ())))

    def _resolve(self, entry: Json, pointer: str) -> JsonObject:
        """Follow local references from `entry`; report those that lead nowhere or in a circle."""
        for _ in range(32):
            if not isinstance(entry, dict):
                break
            if "$ref" not in entry:
                return entry
            entry = pointers.follow(self._root, pointers.split(str(entry["$ref"])))
        self._problem(pointer, "leads to no object", "check the $ref")
        return {}

    def _problem(self, pointer: str, message: str, hint: str = "") -> None:
        self.problems.append(self._document.problem(pointer, message, hint))


def _wire(scheme: JsonObject) -> tuple[str, str, str]:
    """Return kind, location and parameter of a security scheme; an HTTP scheme is its own kind."""
    if scheme.get("type") == "apiKey":
        return "apiKey", scheme.get("in", "header"), scheme.get("name", "")
    if scheme.get("type") == "mutualTLS":
        return "mutualTLS", "", ""
    kind = str(scheme.get("scheme", "bearer")).lower() if scheme.get("type") == "http" else "bearer"
    return kind, "header", "Authorization"


def _references(value: Json, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield pointer and target of every reference within `value`, examples excepted."""
    if isinstance(value, dict) and isinstance(value.get("$ref"), str):
        yield pointer, value["$ref"]
    for key, child in pointers.children(value):
        if key not in ("example", "examples", "default", "enum"):
            yield from _references(child, pointers.join(pointer, key))


def _parameter(
    data: JsonObject, schema: Json, pointer: str, named: tuple[Example, ...]
) -> Parameter:
    return Parameter(
        name=data["name"],
        location=data["in"],
        required=data.get("required", False),
        schema=schema,
        description=data.get("description", ""),
        example=data.get("example"),
        examples=tuple(_examples(data)),
        named=named,
        pointer=pointer,
        style="content" if "content" in data else data.get("style", ""),
        explode=data.get("explode"),
        allow_reserved=data.get("allowReserved", False),
        media_type=next(iter(data.get("content", {})), ""),
    )


def _examples(data: JsonObject) -> Iterator[Json]:
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
