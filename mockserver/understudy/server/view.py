"""The contract as Connexion sees it: a plain OpenAPI 3.0.3 dict that it can only route by.

No references, an operationId everywhere, path parameters as text, no schemas. What requests and
replies must look like is the contract's to say, not the view's.
"""

from __future__ import annotations

import re

from understudy.contract.model import Contract, Operation
from understudy.types import JsonObject


def view(contract: Contract) -> JsonObject:
    """Return the document that Connexion routes `contract` by."""
    paths: dict[str, JsonObject] = {}
    for operation in contract.operations.values():
        paths.setdefault(plain_path(operation.path), {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.0.3",
        "info": {"title": contract.title, "version": contract.version or "0"},
        "paths": paths,
    }


def path_names(path: str) -> dict[str, str]:
    """Return the name in the contract for each parameter name of the plain path."""
    return {f"p{index}": name for index, name in enumerate(re.findall(r"\{([^}]*)\}", path))}


def plain_path(path: str) -> str:
    """Return a path template with parameters numbered: routers know fewer names than OpenAPI."""
    for plain, name in path_names(path).items():
        path = path.replace(f"{{{name}}}", f"{{{plain}}}", 1)
    return path


def _operation(operation: Operation) -> JsonObject:
    return {
        "operationId": operation.id,
        "parameters": [_path_parameter(name) for name in path_names(operation.path)],
        "responses": {"default": {"description": "see the contract"}},
    }


def _path_parameter(name: str) -> JsonObject:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
