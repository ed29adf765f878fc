"""The contract as Connexion sees it: a plain OpenAPI 3.0.3 dict that it can only route by.

No references, an operationId everywhere, path parameters as text, no schemas. What requests and
replies must look like is the contract's to say, not the view's.
"""

from __future__ import annotations

from understudy.contract.model import Contract, Operation, Parameter
from understudy.types import JsonObject


def view(contract: Contract) -> JsonObject:
    """Return the document that Connexion routes `contract` by."""
    paths: dict[str, JsonObject] = {}
    for operation in contract.operations.values():
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.0.3",
        "info": {"title": contract.title, "version": contract.version or "0"},
        "paths": paths,
    }


def _operation(operation: Operation) -> JsonObject:
    return {
        "operationId": operation.id,
        "parameters": [_path_parameter(p) for p in operation.parameters if p.location == "path"],
        "responses": {"default": {"description": "see the contract"}},
    }


def _path_parameter(parameter: Parameter) -> JsonObject:
    return {"name": parameter.name, "in": "path", "required": True, "schema": {"type": "string"}}
