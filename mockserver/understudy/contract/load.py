"""Load a contract: openapi.yaml and, beside it, behaviour.yaml. Reports all mistakes at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from understudy.contract import pointers
from understudy.contract.behaviour_file import read_behaviour
from understudy.contract.dialect import DIALECTS, LOWERINGS
from understudy.contract.directions import Directions, directions
from understudy.contract.discriminator import inherited, tagged
from understudy.contract.document import Document, read_document
from understudy.contract.locate import locate
from understudy.contract.model import (
    Contract,
    Header,
    Operation,
    Parameter,
    RequestBody,
    Response,
    SecurityScheme,
)
from understudy.errors import ContractError, Problem
from understudy.types import Json, JsonObject

T = TypeVar("T")

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_BUNDLED = (Path(__file__).parents[1] / "openapi", Path(__file__).parents[3] / "openapi")

_RECURSION = 20_000  # schemas and values are walked recursively; documents are 200 levels deep


def bundled_names() -> tuple[str, ...]:
    """Return the names of the contracts that come with this package."""
    return tuple(sorted(path.parent.name for path in _bundled_folder().glob("*/openapi.yaml")))


def load_contract(name_or_file: str | Path) -> Contract:
    """Load a bundled contract by name, or any OpenAPI 3.0 or 3.1 document by its path.

    A `behaviour.yaml` in the same folder is applied. Raises ContractError with every problem.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
    path = _locate(name_or_file).absolute()
    document = read_document(path)
    reader = _Reader(document)
    contract = reader.contract(path.parent.name if path.name == "openapi.yaml" else path.stem)
    reader.check_references()
    if reader.problems:
        raise ContractError(reader.problems)
    return read_behaviour(contract, path.with_name("behaviour.yaml"))


def _bundled_folder() -> Path:
    return next((folder for folder in _BUNDLED if folder.is_dir()), _BUNDLED[0])


def _locate(name_or_file: str | Path) -> Path:
    path = Path(name_or_file)
    if path.is_dir():
        path = path / "openapi.yaml"
    if path.is_file():
        return path
    if str(name_or_file) in bundled_names():
        return _bundled_folder() / str(name_or_file) / "openapi.yaml"
    hint = f"a bundled contract is one of: {', '.join(bundled_names())}"
    raise ContractError([Problem(str(name_or_file), 0, "", "no such file or contract", hint)])


class _Reader:
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
        return Contract(
            name=name,
            title=str(info.get("title", name)),
            version=str(info.get("version", "")),
            document=self._document,
            base_path=self._guarded("/servers", self._base_path) or "",
            operations={operation.id: operation for operation in self._operations()},
            schemas=self._directions.schemas,
        )

    def _components(self, schemas: JsonObject) -> Directions:
        self._written = inherited({name: self._lower(one) for name, one in schemas.items()})
        found = {name: tagged(one, self._written) for name, one in self._written.items()}
        return directions(found)

    def _contents(
        self, content: JsonObject, direction: Callable[[Json], Json]
    ) -> Mapping[str, Json]:
        """Return the schema of each media type in a direction."""
        return {
            kind: direction(self._tagged(media.get("schema", True)))
            for kind, media in content.items()
        }

    def _tagged(self, schema: Json) -> Json:
        return tagged(self._lower(schema), self._written)

    def _base_path(self) -> str:
        servers = self._root.get("servers") or [{"url": "/"}]
        return urlsplit(str(servers[0].get("url", "/"))).path.rstrip("/")

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
                    schema = self._directions.request(self._tagged(data.get("schema", True)))
                    found[data["name"], data["in"]] = _parameter(data, schema, where)
        return tuple(found.values())

    def _body(self, entry: Json, pointer: str) -> RequestBody | None:
        if entry is None:
            return None
        data = self._resolve(entry, pointers.join(pointer, "requestBody"))
        content: JsonObject = data.get("content", {})
        return RequestBody(
            required=data.get("required", False),
            schemas=self._contents(content, self._directions.request),
            examples={
                kind: media["example"] for kind, media in content.items() if "example" in media
            },
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
        content: JsonObject = data.get("content", {})
        return Response(
            status=status,
            description=data.get("description", ""),
            schemas=self._contents(content, self._directions.response),
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
        return Header(name, data.get("required", False), schema)

    def _security(self, source: JsonObject, pointer: str) -> tuple[tuple[SecurityScheme, ...], ...]:
        """Return the alternatives, each a set of schemes wanted together; none means open."""
        requirements = (
            source["security"] if "security" in source else self._root.get("security", [])
        )
        return tuple(
            tuple(filter(None, (self._scheme(name, pointer) for name in requirement)))
            for requirement in requirements
        )

    def _scheme(self, name: str, pointer: str) -> SecurityScheme | None:
        schemes = self._root.get("components", {}).get("securitySchemes", {})
        if name not in schemes:
            self._problem(pointer, f"asks for the undefined security scheme {name!r}")
            return None
        data = self._resolve(schemes[name], pointers.join("/components/securitySchemes", name))
        if data.get("type") == "apiKey":
            return SecurityScheme(name, "apiKey", data.get("in", "header"), data.get("name", ""))
        basic = data.get("type") == "http" and str(data.get("scheme", "")).lower() == "basic"
        return SecurityScheme(name, "basic" if basic else "bearer", "header", "Authorization")

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


def _references(value: Json, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield pointer and target of every reference within `value`, examples excepted."""
    if isinstance(value, dict) and isinstance(value.get("$ref"), str):
        yield pointer, value["$ref"]
    for key, child in pointers.children(value):
        if key not in ("example", "examples", "default", "enum"):
            yield from _references(child, pointers.join(pointer, key))


def _parameter(data: JsonObject, schema: Json, pointer: str) -> Parameter:
    return Parameter(
        name=data["name"],
        location=data["in"],
        required=data.get("required", False),
        schema=schema,
        description=data.get("description", ""),
        example=data.get("example"),
        examples=tuple(_examples(data)),
        pointer=pointer,
        style="content" if "content" in data else data.get("style", ""),
        explode=data.get("explode"),
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
