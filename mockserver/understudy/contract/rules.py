"""The rules that documents are held to, by the names that findings carry.

docs/reference/lint.md is held to this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

RULES: Final[Mapping[str, str]] = {
    "behaviour": "behaviour.yaml fits the document, and is written as its notation says.",
    "circle": "A schema is more than a reference to itself.",
    "dialect": "`jsonSchemaDialect` is one that is known.",
    "discriminator": "Every name in the mapping of a `discriminator` leads to a schema.",
    "info": "`info` has a title and a version.",
    "invalid-example": "Every example validates against its own schema.",
    "keyword": "Every keyword of a schema has a value that JSON Schema allows.",
    "operation": "Every operation is written as OpenAPI says.",
    "operation-id": "Every operation has an `operationId` of its own.",
    "overlay": "An overlay is written as the OpenAPI Overlay Specification says.",
    "parameter": "Every parameter has a name, a place and a schema, and is there once.",
    "path": "Every path begins with a slash.",
    "path-parameter": "The names in a path and the path parameters that are declared are the same.",
    "paths": "The document promises an operation.",
    "reference": "Every `$ref` leads to something, and only to where it may.",
    "response": "Every response has a description.",
    "responses": "Every operation documents a response.",
    "scenario": "Scenarios are written as their notation says, and what they answer is promised.",
    "schema": "Everything that stands where a schema belongs is one, and is not nested too deep.",
    "security": "Every security scheme that is asked for is defined, and says where its key goes.",
    "server": "Every server has a URL, and its variables have defaults.",
    "shape": "Everything is an object, list, text, number or boolean where OpenAPI says so.",
    "status": "Every key of `responses` is a status, a range such as `4XX`, or `default`.",
    "syntax": "The file is YAML or JSON.",
    "unreachable": "No two paths are the same but for the names of their parameters.",
    "unreadable": "The document is there, can be read, and is not too large.",
    "unsatisfiable": "Every schema allows some value.",
    "version": "The document says its version of OpenAPI, and that is a known one.",
    "x-faker": "Every `x-faker` names a provider that Faker has.",
}
"""What holds of a document without findings, by the name of the rule."""
