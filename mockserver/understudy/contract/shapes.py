"""What stands where in OpenAPI documents and Swagger ones: tables, and what reads them.

`{X}` is a mapping of X by name, `[X]` a list. Sources: OpenAPI 3.0.4, 3.1.1 and 3.2.0, "Schema"
(the section); Swagger 2.0, "Schema".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

METHODS: Final = tuple("get put post delete options head patch trace query".split())

_EVERY_METHOD: Final = dict.fromkeys(METHODS, "Operation")

OPENAPI: Final[Mapping[str, Mapping[str, str]]] = {
    "root": {
        "paths": "{PathItem}",
        "webhooks": "{PathItem}",
        "components": "Components",
        "info": "Info",
        "servers": "[Server]",
        "security": "[Requirement]",
    },
    "Components": {
        "schemas": "{Schema}",
        "responses": "{Response}",
        "parameters": "{Parameter}",
        "examples": "{Example}",
        "requestBodies": "{RequestBody}",
        "headers": "{Header}",
        "securitySchemes": "{SecurityScheme}",
        "callbacks": "{Callback}",
        "pathItems": "{PathItem}",
        "mediaTypes": "{MediaType}",
    },
    "PathItem": {
        **_EVERY_METHOD,
        "additionalOperations": "{Operation}",
        "parameters": "[Parameter]",
        "servers": "[Server]",
    },
    "Operation": {
        "parameters": "[Parameter]",
        "requestBody": "RequestBody",
        "responses": "{Response}",
        "callbacks": "{Callback}",
        "servers": "[Server]",
        "security": "[Requirement]",
    },
    "Callback": {"*": "PathItem"},
    "Parameter": {"schema": "Schema", "content": "{MediaType}", "examples": "{Example}"},
    "Header": {"schema": "Schema", "content": "{MediaType}", "examples": "{Example}"},
    "RequestBody": {"content": "{MediaType}"},
    "Response": {"headers": "{Header}", "content": "{MediaType}"},
    "MediaType": {
        "schema": "Schema",
        "itemSchema": "Schema",
        "examples": "{Example}",
        "encoding": "{Encoding}",
    },
    "Encoding": {"headers": "{Header}"},
    "Example": {},
    "SecurityScheme": {},
    "Info": {},
    "Server": {},
    "Requirement": {},
}

SWAGGER: Final[Mapping[str, Mapping[str, str]]] = {
    "root": {
        "paths": "{PathItem}",
        "definitions": "{Schema}",
        "parameters": "{Parameter}",
        "responses": "{Response}",
        "securityDefinitions": "{SecurityScheme}",
        "info": "Info",
        "security": "[Requirement]",
    },
    "PathItem": {**_EVERY_METHOD, "parameters": "[Parameter]"},
    "Operation": {
        "parameters": "[Parameter]",
        "responses": "{Response}",
        "security": "[Requirement]",
    },
    "Parameter": {"schema": "Schema"},
    "Response": {"schema": "Schema", "headers": "{Header}"},
    "Header": {},
    "SecurityScheme": {},
    "Info": {},
    "Requirement": {},
}

FIELDS: Final[Mapping[str, Mapping[str, type]]] = {
    "Operation": {
        "operationId": str,
        "summary": str,
        "description": str,
        "deprecated": bool,
        "tags": list,
    },
    "Info": {"title": str, "version": str, "description": str},
    "Parameter": {
        "name": str,
        "in": str,
        "required": bool,
        "description": str,
        "style": str,
        "explode": bool,
        "allowEmptyValue": bool,
        "allowReserved": bool,
    },
    "Header": {"required": bool, "description": str},
    "RequestBody": {"required": bool, "description": str},
    "Response": {"description": str},
    "SecurityScheme": {"type": str, "in": str, "name": str, "scheme": str},
    "Server": {"url": str, "variables": dict},
    "Encoding": {"contentType": str, "style": str, "explode": bool, "allowReserved": bool},
}
"""Members that are read, and what they must be; others are nobody's concern."""

EXTENSIBLE: Final = frozenset(("PathItem", "Response"))
"""What stands in mappings whose names may also be extensions (`x-`)."""


def words(kind: str) -> str:
    """Return a kind of object as the specification calls it."""
    return "".join(f" {letter}" if letter.isupper() else letter for letter in kind).strip()
