"""Read one bundled OpenAPI document into the values of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from understudy.contract import pointers
from understudy.contract.access_reader import AccessReader
from understudy.contract.dialect import DIALECTS, LOWERINGS
from understudy.contract.directions import Directions, directions
from understudy.contract.discriminator import inherited, tagged
from understudy.contract.document import Document
from understudy.contract.model import Contract, Operation
from understudy.contract.notes import Notes
from understudy.contract.parts import Parts
from understudy.contract.servers import base_paths
from understudy.contract.shapes import METHODS
from understudy.contract.versions import Version
from understudy.errors import Problem
from understudy.types import Json, JsonObject

T = TypeVar("T")


class Reader:
    """Reads one OpenAPI document into model values and collects what is wrong with it."""

    def __init__(self, document: Document, version: Version) -> None:
        self._document = document
        self._notes = Notes(document)
        self._root: JsonObject = document.data if isinstance(document.data, dict) else {}
        self._lower = LOWERINGS[version.number]
        components = self._root.get("components", {})
        self._components: JsonObject = components if isinstance(components, dict) else {}
        self._written: Mapping[str, Json] = {}

    @property
    def problems(self) -> list[Problem]:
        """Return what is wrong with the document, as far as it was read."""
        return self._notes.problems

    def contract(self, name: str) -> Contract:
        """Return what the document promises, as far as it is written as OpenAPI says."""
        if self._root.get("jsonSchemaDialect", DIALECTS[0]) not in DIALECTS:
            known = f"it is read as {DIALECTS[0]}"
            self._notes.warn("/jsonSchemaDialect", "is not known", known, rule="dialect")
        found = self._schemas(self._components.get("schemas", {}))
        parts = Parts(self._root, self._lowered, found, self._notes)
        schemes = self._schemes(parts)
        access = AccessReader(self._root, schemes, self._notes)
        paths = self._base_paths()
        title, version = self._info(name)
        return Contract(
            name=name,
            title=title,
            version=version,
            document=self._document,
            base_path=paths[0],
            base_paths=paths,
            operations={one.id: one for one in self._operations(parts, access)},
            schemas=found.schemas,
        )

    def _info(self, name: str) -> tuple[str, str]:
        info = self._root.get("info")
        info = info if isinstance(info, dict) else {}
        for key in ("title", "version"):
            if not info.get(key):
                self._notes.warn("/info", f"has no {key}", rule="info")
        return info.get("title") or name, info.get("version") or ""

    def _schemas(self, schemas: JsonObject) -> Directions:
        lowered = {name: self._lower(one) for name, one in schemas.items()}
        self._written = inherited(lowered)
        found = {name: tagged(one, self._written) for name, one in self._written.items()}
        return directions(found)

    def _lowered(self, schema: Json) -> Json:
        return tagged(self._lower(schema), self._written)

    def _schemes(self, parts: Parts) -> JsonObject:
        start = "/components/securitySchemes"
        written = self._components.get("securitySchemes") or {}
        found = {
            name: parts.resolved(entry, pointers.join(start, name))
            for name, entry in written.items()
        }
        return {name: scheme for name, scheme in found.items() if scheme is not None}

    def _base_paths(self) -> tuple[str, ...]:
        """Return the paths of all servers, those of single paths and operations last."""
        found: list[str] = []
        for holder, pointer in self._served():
            for index, server in enumerate(holder.get("servers") or ()):
                try:
                    found += base_paths(server)
                except (AttributeError, ValueError) as error:
                    where = pointers.join(pointer, "servers", index)
                    self._notes.warn(where, f"is no server: {error}", rule="server")
            if holder is self._root and not found:
                found.append("")
        return tuple(dict.fromkeys(found))

    def _served(self) -> Iterator[tuple[JsonObject, str]]:
        """Yield what may name servers: the document, its path items, and their operations."""
        yield self._root, ""
        for path, item in (self._root.get("paths") or {}).items():
            at = pointers.join("/paths", path)
            for holder, place in ((item, at), *_operations_within(item, at)):
                if isinstance(holder, dict) and isinstance(holder.get("servers"), list):
                    yield holder, place

    def _operations(self, parts: Parts, access: AccessReader) -> Iterator[Operation]:
        seen: set[str] = set()
        for path, item in (self._root.get("paths") or {}).items():
            for method, source, pointer in self._methods(path, item):
                taken = self._id(method, path, source, pointer, seen)
                read = partial(self._operation, parts, access, taken, method, path, item, source)
                operation = self._guarded(pointer, partial(read, pointer))
                if operation is not None:
                    seen.add(taken)
                    yield operation
        if not seen:
            self._notes.warn("/paths", "promises no operation", rule="paths")

    def _methods(self, path: str, item: JsonObject) -> Iterator[tuple[str, JsonObject, str]]:
        """Yield method, object and pointer of each operation of a path."""
        start = pointers.join("/paths", path)
        if not path.startswith("/"):
            hint = f"it is served at /{path}"
            self._notes.warn(start, "does not begin with a slash", hint, rule="path")
        for method in (one for one in METHODS if one in item):
            yield method, item[method], pointers.join(start, method)
        for method, source in (item.get("additionalOperations") or {}).items():
            yield method, source, pointers.join(start, "additionalOperations", method)

    def _id(self, method: str, path: str, source: JsonObject, pointer: str, seen: set[str]) -> str:
        """Return the operationId, or the like of it where there is none or another has it."""
        own = f"{method} {path}"
        wanted = source.get("operationId") or ""
        if not wanted:
            message = "has no operationId"
            self._notes.warn(pointer, message, f"it is called {own!r}", rule="operation-id")
        elif wanted in seen:
            message = f"repeats the operationId {wanted!r}"
            self._notes.warn(pointer, message, f"it is called {own!r}", rule="operation-id")
        return wanted if wanted and wanted not in seen else own

    def _operation(
        self,
        parts: Parts,
        access: AccessReader,
        taken: str,
        method: str,
        path: str,
        item: JsonObject,
        source: JsonObject,
        pointer: str,
    ) -> Operation:
        return Operation(
            id=taken,
            method=method,
            path=path if path.startswith("/") else f"/{path}",
            summary=source.get("summary", ""),
            description=source.get("description", ""),
            parameters=parts.parameters(path, item, source, pointer),
            body=parts.body(source.get("requestBody"), pointer),
            responses=parts.responses(source, pointer),
            security=access.alternatives(source, pointer),
            pointer=pointer,
            deprecated=source.get("deprecated", False),
        )

    def _guarded(self, pointer: str, read: Callable[[], T]) -> T | None:
        """Return what `read` does; a part that is not written as OpenAPI says is reported."""
        try:
            return read()
        except (AttributeError, KeyError, TypeError, ValueError):
            message = "is not written as OpenAPI says"
            self._notes.warn(pointer, message, "it is not served", rule="operation")
            return None


def _operations_within(item: Json, at: str) -> Iterator[tuple[Json, str]]:
    """Yield the operations of a path item as they are written."""
    if isinstance(item, dict):
        yield from ((item[key], pointers.join(at, key)) for key in METHODS if key in item)
