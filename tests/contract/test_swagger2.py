from pathlib import Path

import pytest
import yaml

from understudy.contract.load import load_contract
from understudy.contract.model import Contract, Parameter, SecurityScheme
from understudy.types import JsonObject

PETS = """
swagger: "2.0"
info: {title: Pets, version: "1"}
host: pets.example
basePath: /v1
schemes: [https, http]
consumes: [application/json]
produces: [application/json, application/xml]
securityDefinitions:
  login: {type: basic}
  key: {type: apiKey, in: query, name: k}
  flow: {type: oauth2, flow: accessCode, authorizationUrl: u, tokenUrl: t, scopes: {read: r}}
security: [{flow: [read]}]
parameters:
  Limit: {name: limit, in: query, type: integer, maximum: 9}
responses:
  Gone: {description: gone, schema: {$ref: "#/definitions/Error"}}
paths:
  /pets/{id}:
    parameters:
      - {name: id, in: path, required: true, type: string, x-nullable: false}
    get:
      operationId: getPets
      security: [{login: []}, {key: []}]
      parameters:
        - $ref: "#/parameters/Limit"
        - {name: tags, in: query, type: array, items: {type: string}, collectionFormat: pipes}
        - {name: ids, in: query, type: array, items: {type: integer}, collectionFormat: multi}
      responses:
        200:
          description: OK
          schema: {type: array, items: {$ref: "#/definitions/Pet"}}
          examples: {application/json: [{name: Tom}]}
          headers: {X-Total: {type: integer, description: all}}
        404: {$ref: "#/responses/Gone"}
    post:
      operationId: addPet
      parameters: [{name: pet, in: body, required: true, schema: {$ref: "#/definitions/Pet"}}]
      responses: {201: {description: made}}
  /photos:
    post:
      operationId: addPhoto
      consumes: [multipart/form-data]
      parameters:
        - {name: photo, in: formData, type: file, required: true}
        - {name: title, in: formData, type: string, minLength: "3"}
      responses: {200: {description: OK, schema: {type: file}}}
definitions:
  Error: {type: object}
  Pet:
    type: object
    discriminator: kind
    properties:
      kind: {type: string}
      name: {type: string, x-nullable: true}
"""


@pytest.fixture
def pets(tmp_path: Path) -> Contract:
    path = tmp_path / "pets.yaml"
    path.write_text(PETS)
    return load_contract(path)


def test_a_swagger_document_is_served_as_openapi_3(pets: Contract) -> None:
    assert (pets.title, pets.base_path, pets.warnings[0].rule) == ("Pets", "/v1", "keyword")
    assert pets.document.data["openapi"] == "3.0.3"
    assert set(pets.schemas) == {"Error", "Pet"}


def test_parameters_say_how_their_lists_are_written(pets: Contract) -> None:
    found = {one.name: one for one in pets.operations["getPets"].parameters}
    text = {"type": "string"}

    assert found["id"] == Parameter("id", "path", required=True, schema=text)
    assert found["limit"].schema == {"type": "integer", "maximum": 9}
    assert (found["tags"].style, found["tags"].explode) == ("pipeDelimited", False)
    assert (found["ids"].style, found["ids"].explode) == ("form", True)
    assert found["tags"].schema == {"type": "array", "items": text}


def test_responses_have_every_media_type_that_is_produced(pets: Contract) -> None:
    ok, gone = pets.operations["getPets"].responses.values()

    assert list(ok.content) == list(gone.content) == ["application/json", "application/xml"]
    assert [one.value for one in ok.content["application/json"].examples] == [[{"name": "Tom"}]]
    assert [(one.name, one.schema) for one in ok.headers] == [("X-Total", {"type": "integer"})]
    assert gone.schemas["application/json"] == {"$ref": "#/components/schemas/Error"}


def test_bodies_and_forms_are_request_bodies(pets: Contract) -> None:
    body, form = pets.operations["addPet"].body, pets.operations["addPhoto"].body

    assert body is not None
    assert form is not None
    assert body.required
    assert body.schemas == {"application/json": {"$ref": "#/components/schemas/Pet"}}
    assert form.schemas == {
        "multipart/form-data": {
            "type": "object",
            "properties": {
                "photo": {"type": "string", "format": "binary"},
                "title": {"type": "string", "minLength": 3},
            },
            "required": ["photo"],
        }
    }


def test_security_is_what_openapi_3_calls_it(pets: Contract) -> None:
    login = SecurityScheme("login", "basic", "header", "Authorization")
    key = SecurityScheme("key", "apiKey", "query", "k")
    flow = SecurityScheme("flow", "bearer", "header", "Authorization", ("read",))

    assert pets.operations["getPets"].security == ((login,), (key,))
    assert pets.operations["addPet"].security == ((flow,),)


def test_messages_show_the_document_as_it_is_written(pets: Contract) -> None:
    document: JsonObject = yaml.safe_load(PETS)
    lines = PETS.splitlines()

    found = pets.document.problem("/components/schemas/Pet/properties/name", "")
    body = pets.document.problem("/paths/~1pets~1{id}/post/requestBody", "")

    assert "name" in document["definitions"]["Pet"]["properties"]
    assert (found.pointer, lines[found.line - 1].strip()[:5]) == (
        "/definitions/Pet/properties/name",
        "name:",
    )
    assert body.pointer == "/paths/~1pets~1{id}/post/parameters/0"
