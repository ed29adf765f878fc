from pathlib import Path

import pytest

from understudy.contract.load import bundled_names, load_contract
from understudy.contract.model import Contract, Parameter, SecurityScheme
from understudy.errors import ContractError

HEAD = "openapi: 3.0.3\ninfo: {title: Cats, version: '1'}\n"
UNKNOWN = "is not an OpenAPI 3.0, 3.1 or 3.2 document, nor Swagger 2.0"
OK = "responses: {'200': {description: OK}}"


def load(folder: Path, text: str) -> Contract:
    path = folder / "cats.yaml"
    path.write_text(text)
    return load_contract(path)


def problems(folder: Path, text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ContractError) as caught:
        load(folder, text)
    return [(p.line, p.pointer, p.message) for p in caught.value.problems]


def test_three_contracts_are_bundled() -> None:
    assert bundled_names() == ("cattix", "sitegpt", "thena")
    assert [load_contract(name).name for name in bundled_names()] == list(bundled_names())


def test_a_folder_or_its_file_can_be_named() -> None:
    folder = load_contract("thena").document.path.parent

    assert load_contract(folder).name == load_contract(folder / "openapi.yaml").name == "thena"


def test_a_contract_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ContractError) as caught:
        load_contract("thean")

    assert str(caught.value) == (
        "thean: no such file or contract (a bundled contract is one of: cattix, sitegpt, thena)"
    )


def test_references_are_followed_in_everything_but_schemas(tmp_path: Path) -> None:
    contract = load(
        tmp_path,
        f"""{HEAD}
servers: [{{url: "https://cats.example/api/v1/"}}]
paths:
  /cats/{{id}}:
    parameters: [{{$ref: "#/components/parameters/Id"}}]
    post:
      operationId: addCat
      parameters: [{{name: limit, in: query, schema: {{type: integer, nullable: true}}}}]
      requestBody: {{$ref: "#/components/requestBodies/Cat"}}
      responses: {{"201": {{$ref: "#/components/responses/Cat"}}}}
components:
  parameters:
    Id: {{name: id, in: path, required: true, schema: {{$ref: "#/components/schemas/Id"}}}}
  requestBodies:
    Cat:
      required: true
      content: {{application/json: {{schema: {{$ref: "#/components/schemas/Cat"}}}}}}
  responses:
    Cat:
      description: A cat
      headers: {{ETag: {{}}}}
      content: {{application/json: {{schema: {{$ref: "#/components/schemas/Cat"}}}}}}
  schemas:
    Id: {{type: string}}
    Cat: {{type: object, nullable: true}}
""",
    )

    operation = contract.operations["addCat"]
    assert (contract.name, contract.title, contract.version) == ("cats", "Cats", "1")
    assert contract.base_path == "/api/v1"
    assert contract.schemas == {"Id": {"type": "string"}, "Cat": {"type": ["object", "null"]}}
    assert operation.label == "POST /cats/{id}"
    assert operation.parameters == (
        Parameter("id", "path", required=True, schema={"$ref": "#/components/schemas/Id"}),
        Parameter("limit", "query", required=False, schema={"type": ["integer", "null"]}),
    )
    assert operation.body is not None
    assert operation.body.required
    assert operation.body.schemas == {"application/json": {"$ref": "#/components/schemas/Cat"}}
    assert operation.success.status == "201"
    assert [header.name for header in operation.success.headers] == ["ETag"]


def test_a_parameter_of_an_operation_replaces_that_of_its_path(tmp_path: Path) -> None:
    contract = load(
        tmp_path,
        f"""{HEAD}
paths:
  /cats:
    parameters: [{{name: limit, in: query, schema: {{maximum: 5}}}}]
    get:
      parameters: [{{name: limit, in: query, schema: {{maximum: 9}}}}]
      {OK}
""",
    )

    assert contract.operations["get /cats"].parameters == (
        Parameter("limit", "query", required=False, schema={"maximum": 9}),
    )


def test_security_is_alternatives_of_sets_and_an_operation_can_open_itself(tmp_path: Path) -> None:
    contract = load(
        tmp_path,
        f"""{HEAD}
security: [{{token: [], key: []}}, {{password: []}}]
paths:
  /a: {{get: {{{OK}}}}}
  /b: {{get: {{security: [], {OK}}}}}
  /c: {{get: {{security: [{{}}], {OK}}}}}
components:
  securitySchemes:
    token: {{type: oauth2, flows: {{}}}}
    key: {{type: apiKey, in: cookie, name: sid}}
    password: {{type: http, scheme: Basic}}
""",
    )

    token = SecurityScheme("token", "bearer", "header", "Authorization")
    key = SecurityScheme("key", "apiKey", "cookie", "sid")
    password = SecurityScheme("password", "basic", "header", "Authorization")
    assert {op.path: op.security for op in contract.operations.values()} == {
        "/a": ((token, key), (password,)),
        "/b": (),
        "/c": ((),),
    }


def warnings(folder: Path, text: str) -> list[tuple[int, str, str]]:
    return [(p.line, p.pointer, p.message) for p in load(folder, text).warnings]


def test_every_mistake_is_told_at_once_and_the_rest_is_served(tmp_path: Path) -> None:
    found = warnings(
        tmp_path,
        """openapi: 3.1.0
paths:
  /a:
    get:
      operationId: twice
      security: [{nobody: []}]
      parameters:
        - $ref: "#/components/parameters/Nowhere"
      responses: {"200": {$ref: "#/components/responses/Circle"}}
  /b:
    get:
      operationId: twice
components:
  responses:
    Circle: {$ref: "#/components/responses/Circle"}
""",
    )

    assert found == [
        (8, "/paths/~1a/get/parameters/0", "#/components/parameters/Nowhere leads nowhere"),
        (1, "/info", "has no title"),
        (1, "/info", "has no version"),
        (9, "/paths/~1a/get/responses/200", "leads to no object"),
        (6, "/paths/~1a/get/security/0", "asks for the undefined security scheme 'nobody'"),
        (12, "/paths/~1b/get", "repeats the operationId 'twice'"),
        (12, "/paths/~1b/get", "documents no response"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("openapi: 4.0.0\npaths: {}", UNKNOWN),
        ("[1, 2]", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_document_that_promises_nothing_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    assert message in [found for _, _, found in problems(tmp_path, text)]


def test_a_success_without_a_number_is_the_first_documented(tmp_path: Path) -> None:
    contract = load(
        tmp_path,
        f"""{HEAD}
paths:
  /a: {{get: {{responses: {{default: {{description: any}}, 2XX: {{description: ok}}}}}}}}
""",
    )

    assert contract.operations["get /a"].success.status == "2XX"
