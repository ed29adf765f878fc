"""What is served, operation by operation: parameters, bodies, answers, and examples to try."""

from __future__ import annotations

from understudy.contract.model import Operation, Parameter, Response
from understudy.contract.schemas import reachable
from understudy.exchange import Reply
from understudy.respond.service import Service
from understudy.server.control.desk import Asked, Desk, answer, refused
from understudy.types import Json, JsonObject


def list_operations(desk: Desk, _asked: Asked) -> Reply:
    """Return all operations of all contracts, shortly."""
    told: list[Json] = []
    for one in desk.served:
        contract = one.contract
        told.append(
            {
                "name": contract.name,
                "title": contract.title,
                "version": contract.version,
                "url": one.prefix + contract.base_path,
                "operations": [_shortly(each) for each in contract.operations.values()],
            }
        )
    return answer({"contracts": told})


def read_operation(desk: Desk, asked: Asked) -> Reply:
    """Return one operation with everything that is needed to ask it, and to read its answers."""
    query = asked.request.query
    name, id_ = query["contract"], query["operation"]
    service = desk.services.get(name)
    operation = service.contract.operations.get(id_) if service else None
    if service is None or operation is None:
        return refused(404, f"No operation {id_} of a contract {name} is served here")
    return answer(_whole(service, operation))


def _shortly(operation: Operation) -> JsonObject:
    return {
        "id": operation.id,
        "method": operation.method.upper(),
        "path": operation.path,
        "summary": operation.summary,
        "deprecated": operation.deprecated,
        "statuses": [*operation.responses],
        "parameters": [
            {"name": one.name, "in": one.location, "required": one.required}
            for one in operation.parameters
        ],
        "body": operation.body is not None,
    }


def _whole(service: Service, operation: Operation) -> JsonObject:
    schemas = service.contract.schemas
    responses = [_response(one) for one in operation.responses.values()]
    parameters = [_parameter(service, one) for one in operation.parameters]
    body = _body(service, operation)
    everything = {"allOf": [*_schemas(operation)]}
    return {
        **_shortly(operation),
        "contract": service.contract.name,
        "description": operation.description,
        "parameters": parameters,
        "body": body,
        "credentials": _credentials(service, operation),
        "responses": responses,
        "schemas": reachable(everything, schemas),
    }


def _schemas(operation: Operation) -> list[Json]:
    found = [one.schema for one in operation.parameters]
    for response in operation.responses.values():
        found += [media.schema for media in response.content.values()]
        found += [media.item for media in response.content.values() if media.item is not None]
    if operation.body:
        found += operation.body.schemas.values()
    return found


def _parameter(service: Service, parameter: Parameter) -> JsonObject:
    return {
        "name": parameter.name,
        "in": parameter.location,
        "required": parameter.required,
        "description": parameter.description,
        "schema": parameter.schema,
        "style": parameter.style,
        "explode": parameter.explode,
        "example": service.example(parameter),
    }


def _body(service: Service, operation: Operation) -> Json:
    if operation.body is None:
        return None
    raw, kind = service.example_body(operation) or (b"", next(iter(operation.body.content), ""))
    return {
        "required": operation.body.required,
        "media_type": kind,
        "example": raw.decode("utf-8", "replace"),
        "content": dict(operation.body.schemas),
    }


def _response(response: Response) -> JsonObject:
    return {
        "status": response.status,
        "description": response.description,
        "content": {
            kind: media.schema if media.item is None else {"type": "array", "items": media.item}
            for kind, media in response.content.items()
        },
        "headers": [one.name for one in response.headers],
    }


def _credentials(service: Service, operation: Operation) -> list[Json]:
    """Return what the first alternative asks for; there is nothing to fill in where it is open."""
    return [
        {
            "name": scheme.parameter,
            "in": scheme.location,
            "kind": scheme.kind,
            "value": service.credential(scheme),
        }
        for scheme in (operation.security[0] if operation.security else ())
        if scheme.parameter
    ]
