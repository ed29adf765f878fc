"""Contracts of several shapes, none with a behaviour.yaml, and a client that calls them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from understudy.codec import loads
from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.contract.schemas import resolve
from understudy.contract.validate import Validator
from understudy.exchange import Reply, Request
from understudy.respond.service import Service
from understudy.state.sessions import open_sessions

STATUS = {"type": "string", "enum": ["available", "pending", "sold"]}
PROPERTIES = {
    "name": {"type": "string", "minLength": 1, "maxLength": 40},
    "status": STATUS,
    "size": {"type": "integer", "minimum": 1, "maximum": 9},
    "note": {"type": "string", "nullable": True, "maxLength": 80},
    "created_at": {"type": "string", "format": "date-time", "readOnly": True},
    "updated_at": {"type": "string", "format": "date-time", "readOnly": True},
}
REQUIRED = ["id", "name", "status", "size", "created_at", "updated_at"]
BODY = {
    "type": "object",
    "required": ["name"],
    "properties": {key: PROPERTIES[key] for key in ("name", "status", "size", "note")},
}
CHANGE = {"type": "object", "properties": BODY["properties"]}


def thing(id_: Mapping[str, Any]) -> dict[str, Any]:
    properties = {"id": id_, **PROPERTIES}
    return {"type": "object", "required": REQUIRED, "properties": properties}


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@dataclass(frozen=True)
class Shape:
    """How one contract is shaped: its ids, its path, its pages."""

    id: Mapping[str, Any]
    path: str = "/pets"
    paging: str = ""
    inline: bool = False
    combined: bool = False

    def document(self) -> dict[str, Any]:
        whole, schemas = thing(self.id), {}
        item: dict[str, Any] = whole
        if self.combined:
            schemas["Base"] = {"type": "object", "required": ["id"], "properties": {"id": self.id}}
            item = {"allOf": [reference("Base"), {**whole, "required": REQUIRED[1:]}]}
        if not self.inline:
            schemas["Pet"] = item
            item = reference("Pet")
        parents = [
            path_parameter(name, {"type": "string", "format": "uuid"})
            for name in ("shopId",)
            if name in self.path
        ]
        own = path_parameter("petId", self.id)
        return {
            "openapi": "3.0.3",
            "info": {"title": "Shape", "version": "1"},
            "paths": {
                self.path: {
                    "parameters": parents,
                    "get": self.listing(item),
                    "post": writes("addPet", BODY, {"201": item}),
                },
                f"{self.path}/{{petId}}": {
                    "parameters": [*parents, own],
                    "get": {"operationId": "getPet", "responses": answers({"200": item})},
                    "put": writes("putPet", BODY, {"200": item, "201": item}),
                    "patch": writes("changePet", CHANGE, {"200": item}),
                    "delete": {"operationId": "dropPet", "responses": answers({"204": None})},
                },
            },
            "components": {"schemas": schemas},
        }

    def listing(self, item: Mapping[str, Any]) -> dict[str, Any]:
        array = {"type": "array", "items": item}
        limit = query("limit", {"type": "integer", "minimum": 1, "maximum": 50, "default": 7})
        total = {"type": "integer", "minimum": 0}
        text = {"type": "string", "nullable": True}
        parameters: dict[str, Any] = {
            "": [],
            "offset": [limit, query("offset", {"type": "integer", "minimum": 0, "default": 0})],
            "page": [limit, query("page", {"type": "integer", "minimum": 1, "default": 1})],
            "cursor": [limit, query("cursor", {"type": "string"})],
        }
        members: dict[str, Any] = {
            "offset": {"data": array, "meta": envelope({"total": total})},
            "page": {"items": array, "total": total, "totalPages": total},
            "cursor": {"data": array, "nextCursor": text, "hasMore": {"type": "boolean"}},
        }
        schema = envelope(members[self.paging]) if self.paging else array
        return {
            "operationId": "listPets",
            "parameters": [query("status", STATUS), *parameters[self.paging]],
            "responses": answers({"200": schema}),
        }


def envelope(members: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": [*members], "properties": dict(members)}


def query(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def path_parameter(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def answers(schemas: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"404": {"description": "There is none."}}
    for status, schema in schemas.items():
        content = {"content": {"application/json": {"schema": schema}}} if schema else {}
        found[status] = {"description": "Done.", **content}
    return found


def writes(id_: str, body: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": body}}
    sent = {"required": True, "content": content}
    return {"operationId": id_, "requestBody": sent, "responses": answers(schemas)}


INTEGER = {"type": "integer", "format": "int64"}
UUID = {"type": "string", "format": "uuid"}
PATTERN = {"type": "string", "pattern": "^pet_[0-9a-f]{8}$"}

SHAPES = {
    "a plain array": Shape(INTEGER),
    "offsets under a parent": Shape(UUID, "/shops/{shopId}/pets", "offset"),
    "pages of inline schemas": Shape(PATTERN, "/v1/pets", "page", inline=True),
    "cursors and allOf": Shape(INTEGER, "/pets", "cursor", combined=True),
}


def contract_of(document: Mapping[str, Any]) -> Contract:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "shape.json")
        path.write_text(json.dumps(document), encoding="utf-8")
        return load_contract(path)


CONTRACTS = {name: contract_of(shape.document()) for name, shape in SHAPES.items()}


class Client:
    """Calls operations with decoded requests, and holds every body to its schema."""

    def __init__(self, contract: Contract, settings: Settings | None = None) -> None:
        settings = settings or Settings()
        self.contract = contract
        self.service = Service(contract, settings)
        self.session = open_sessions(settings).default
        self.scope = {"shopId": "7d0cbb39-4a06-4c3e-9a51-0a5a0c6a3c11"}

    def call(self, id_: str, pet: Any = None, body: Any = None, **query: Any) -> Reply:
        operation = self.contract.operations[id_]
        known = {**self.scope, "petId": pet}
        path = {
            p.name: known.get(p.name, pet) for p in operation.parameters if p.location == "path"
        }
        for one in operation.parameters:
            default = resolve(one.schema, self.contract.schemas).get("default")
            if one.location == "query" and default is not None:
                query.setdefault(one.name, default)
        reply = self.service.handler(id_).answer(
            Request(path=path, query=query, body=body), self.session
        )
        response = operation.responses.get(str(reply.status))
        for schema in response.schemas.values() if response else ():
            assert Validator(schema, self.contract.schemas).violations(loads(reply.body)) == []
        return reply

    def value(self, id_: str, pet: Any = None, body: Any = None, **query: Any) -> Any:
        return loads(self.call(id_, pet, body, **query).body)

    def page(self, **query: Any) -> Any:
        found = self.value("listPets", **query)
        return found, found if isinstance(found, list) else found.get("data", found.get("items"))

    def everything(self, **query: Any) -> list[Any]:
        """Return the whole list, page by page where it has pages."""
        names = {one.name for one in self.contract.operations["listPets"].parameters}
        found: list[Any] = []
        start: dict[str, Any] = {}
        for number in range(1, 100):
            body, items = self.page(**query, **start)
            found += items
            if not names & {"offset", "page", "cursor"} or not items:
                return found
            if "cursor" in names:
                assert body["hasMore"] is (body["nextCursor"] is not None)
                if body["nextCursor"] is None:
                    return found
            start = {"offset": len(found)} if "offset" in names else {}
            start |= {"page": number + 1} if "page" in names else {}
            start |= {"cursor": body["nextCursor"]} if "cursor" in names else {}
        raise AssertionError("a list without an end")
