import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import yaml
from openapi_schema_validator import OAS30Validator, OAS31Validator, oas30_format_checker
from tests.implementations import desk, forum, thena, thena_data
from tests.implementations.calls import Call, answers, desk_calls, forum_calls, thena_calls

from understudy import load_contract
from understudy.contract.instances import broken

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Implementation:
    module: ModuleType
    contract: Path
    calls: Sequence[Call]


IMPLEMENTATIONS = {
    "desk": Implementation(desk, HERE / "desk.yaml", tuple(desk_calls())),
    "forum": Implementation(forum, HERE / "forum.yaml", tuple(forum_calls())),
    "thena": Implementation(
        thena, HERE.parents[1] / "openapi" / "thena" / "openapi.yaml", tuple(thena_calls())
    ),
}
DEFECTS = [(name, defect) for name, one in IMPLEMENTATIONS.items() for defect in one.module.DEFECTS]


@pytest.fixture(scope="module", params=IMPLEMENTATIONS)
def correct(request: pytest.FixtureRequest) -> tuple[Implementation, list[httpx.Response]]:
    one = IMPLEMENTATIONS[request.param]
    return one, answers(one.module.make_app(), one.calls)


@pytest.fixture(scope="module")
def correct_answers() -> dict[str, list[Any]]:
    return {
        name: seen(answers(one.module.make_app(), one.calls))
        for name, one in IMPLEMENTATIONS.items()
    }


def test_every_answer_of_a_correct_implementation_is_as_its_contract_says(
    correct: tuple[Implementation, list[httpx.Response]],
) -> None:
    implementation, responses = correct
    document = yaml.safe_load(implementation.contract.read_text(encoding="utf-8"))

    assert [problem for one in responses for problem in problems(document, one)] == []


def test_the_calls_get_every_operation_and_status_that_an_implementation_knows(
    correct: tuple[Implementation, list[httpx.Response]],
) -> None:
    implementation, responses = correct
    document = yaml.safe_load(implementation.contract.read_text(encoding="utf-8"))
    statuses = {(*operation_of(document, one)[:2], one.status_code) for one in responses}
    succeeded = {(method, path) for method, path, status in statuses if status < 300}

    assert succeeded >= {
        (method, path)
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert {401, 404, 405} <= {status for _, _, status in statuses}
    assert not {status for _, _, status in statuses if status >= 500}


@pytest.mark.parametrize("name", IMPLEMENTATIONS)
def test_a_correct_implementation_answers_the_same_calls_the_same_way(
    name: str, correct_answers: dict[str, list[Any]]
) -> None:
    one = IMPLEMENTATIONS[name]

    assert seen(answers(one.module.make_app(), one.calls)) == correct_answers[name]


@pytest.mark.parametrize(("name", "defect"), DEFECTS)
def test_a_defect_changes_an_answer(
    name: str, defect: str, correct_answers: dict[str, list[Any]]
) -> None:
    one = IMPLEMENTATIONS[name]

    assert seen(answers(one.module.make_app(defect), one.calls)) != correct_answers[name]


@pytest.mark.parametrize("name", IMPLEMENTATIONS)
def test_a_defect_that_is_not_known_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="no such defect: typo"):
        IMPLEMENTATIONS[name].module.make_app("typo")


def test_implementations_have_nothing_of_what_they_are_to_measure() -> None:
    modules = [path for path in HERE.glob("*.py") if not path.name.startswith("test_")]

    assert [path.name for path in modules if "understudy" in path.read_text("utf-8")] == []


def test_the_threads_of_thena_keep_its_relations() -> None:
    contract = load_contract("thena")
    relations = contract.behaviour.relations
    agents = (thena_data.AGENT, thena_data.OTHER_AGENT)
    key = {"x-api-key": thena.API_KEY}
    calls = [Call("GET", f"/api/v1/chat/{agent}/web-threads?limit=50", key) for agent in agents]
    lists = [response.json() for response in answers(thena.make_app(), calls)]

    assert [len(found) for found in lists] == [25, 7]
    for schema in ("WebChatThread", "ChatThread"):
        array = {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}
        for found in lists:
            assert list(broken(relations, found, array, contract.schemas)) == []


def seen(responses: Sequence[httpx.Response]) -> list[Any]:
    """Return what a client sees of some responses."""
    return [(one.status_code, sorted(one.headers.items()), one.content) for one in responses]


def problems(document: Any, response: httpx.Response) -> Iterator[str]:
    """Yield how a response differs from what `document` says."""
    call = f"{response.request.method} {response.request.url}: {response.status_code}"
    _, _, operation = operation_of(document, response)
    if response.status_code == 404 and not operation:
        return
    documented = resolved(document, operation["responses"].get(str(response.status_code)))
    if documented is None:
        yield f"{call} is not documented"
        return
    for name, header in documented.get("headers", {}).items():
        if header.get("required") and name not in response.headers:
            yield f"{call} has no {name}"
    for problem in body_problems(document, documented.get("content", {}), response):
        yield f"{call} {problem}"


def body_problems(document: Any, content: Any, response: httpx.Response) -> Iterator[str]:
    if not content:
        if response.content:
            yield "has a body"
    elif response.headers["content-type"] not in content:
        yield f"is {response.headers['content-type']}"
    elif response.request.method != "HEAD":
        schema = content[response.headers["content-type"]]["schema"]
        yield from violations(document, schema, response.json())


def violations(document: Any, schema: Any, value: Any) -> list[str]:
    whole = {"allOf": [schema], "components": document["components"]}
    kind = OAS30Validator if document["openapi"].startswith("3.0") else OAS31Validator
    validator = kind(whole, format_checker=oas30_format_checker)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def operation_of(document: Any, response: httpx.Response) -> tuple[str, str, Any]:
    """Return method, path and operation that answered, or another operation of the path."""
    sent = response.request
    method = "get" if sent.method == "HEAD" else sent.method.lower()
    for path, item in document["paths"].items():
        pattern = re.sub(r"\{[^}]*\}", "[^/]+", path)
        if re.fullmatch(pattern, sent.url.raw_path.decode().partition("?")[0]):
            return method, path, item.get(method, item["get"])
    return method, "", None


def resolved(document: Any, value: Any) -> Any:
    if value and "$ref" in value:
        for token in value["$ref"].split("/")[1:]:
            document = document[token]
        return document
    return value
