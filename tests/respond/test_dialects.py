from typing import Any

import pytest

from understudy.codec import loads
from understudy.contract.load import load_contract
from understudy.contract.wire.invalid import Invalid
from understudy.respond.dialects import dialect
from understudy.types import Json

FASTAPI = dialect("fastapi")
PROBLEM = dialect("problem")
SITEGPT = dialect(load_contract("sitegpt").behaviour.errors)

TYPES = ["onboarding", "general", "market_analysis", "campaign_creation"]
TYPE = "urn:understudy:error:"
QUERY, BODY = ("query", "limit"), ("body", "name")


@pytest.mark.parametrize(
    ("invalid", "entry"),
    [
        (
            Invalid("missing", ("query", "company_id"), ""),
            {
                "type": "missing",
                "loc": ["query", "company_id"],
                "msg": "Field required",
                "input": None,
            },
        ),
        (
            Invalid("integer", QUERY, "", "abc"),
            {
                "type": "int_parsing",
                "loc": ["query", "limit"],
                "msg": "Input should be a valid integer, unable to parse string as an integer",
                "input": "abc",
            },
        ),
        (
            Invalid("enum", ("query", "assistant_type"), "", "x", TYPES),
            {
                "type": "enum",
                "loc": ["query", "assistant_type"],
                "msg": "Input should be 'onboarding', 'general', 'market_analysis' "
                "or 'campaign_creation'",
                "input": "x",
                "ctx": {
                    "expected": "'onboarding', 'general', 'market_analysis' or 'campaign_creation'"
                },
            },
        ),
        (
            Invalid("minimum", QUERY, "", "0", 1),
            {
                "type": "greater_than_equal",
                "loc": ["query", "limit"],
                "msg": "Input should be greater than or equal to 1",
                "input": "0",
                "ctx": {"ge": 1},
            },
        ),
        (
            Invalid("maximum", QUERY, "", "51", 50),
            {
                "type": "less_than_equal",
                "loc": ["query", "limit"],
                "msg": "Input should be less than or equal to 50",
                "input": "51",
                "ctx": {"le": 50},
            },
        ),
        (
            Invalid("format", ("path", "agent_id"), "", "null", "uuid"),
            {
                "type": "uuid_parsing",
                "loc": ["path", "agent_id"],
                "msg": "Input should be a valid UUID, invalid character: expected an optional "
                "prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `n` at 1",
                "input": "null",
                "ctx": {
                    "error": "invalid character: expected an optional prefix of `urn:uuid:` "
                    "followed by [0-9a-fA-F-], found `n` at 1"
                },
            },
        ),
        (
            Invalid("json", ("body", 1), "Expecting value", {}),
            {
                "type": "json_invalid",
                "loc": ["body", 1],
                "msg": "JSON decode error",
                "input": {},
                "ctx": {"error": "Expecting value"},
            },
        ),
        (
            Invalid("missing", ("body",), ""),
            {"type": "missing", "loc": ["body"], "msg": "Field required", "input": None},
        ),
        (
            Invalid("required", ("body", "assistant_type"), "", {"name": "a"}, "assistant_type"),
            {
                "type": "missing",
                "loc": ["body", "assistant_type"],
                "msg": "Field required",
                "input": {"name": "a"},
            },
        ),
        (
            Invalid("type", BODY, "", 5, ["string", "null"]),
            {
                "type": "string_type",
                "loc": ["body", "name"],
                "msg": "Input should be a valid string",
                "input": 5,
            },
        ),
        (
            Invalid("type", ("body", "extra_data"), "", [], ["object", "null"]),
            {
                "type": "dict_type",
                "loc": ["body", "extra_data"],
                "msg": "Input should be a valid dictionary",
                "input": [],
            },
        ),
        (
            Invalid("type", ("body",), "", [], ["object"]),
            {
                "type": "model_attributes_type",
                "loc": ["body"],
                "msg": "Input should be a valid dictionary or object to extract fields from",
                "input": [],
            },
        ),
        (
            Invalid("maxLength", BODY, "", "long", 3),
            {
                "type": "string_too_long",
                "loc": ["body", "name"],
                "msg": "String should have at most 3 characters",
                "input": "long",
                "ctx": {"max_length": 3},
            },
        ),
        (
            Invalid("minLength", BODY, "", "", 1),
            {
                "type": "string_too_short",
                "loc": ["body", "name"],
                "msg": "String should have at least 1 character",
                "input": "",
                "ctx": {"min_length": 1},
            },
        ),
        (
            Invalid("pattern", BODY, "", "x", "^a$"),
            {
                "type": "string_pattern_mismatch",
                "loc": ["body", "name"],
                "msg": "String should match pattern '^a$'",
                "input": "x",
                "ctx": {"pattern": "^a$"},
            },
        ),
        (
            Invalid("boolean", QUERY, "", "maybe"),
            {
                "type": "bool_parsing",
                "loc": ["query", "limit"],
                "msg": "Input should be a valid boolean, unable to interpret input",
                "input": "maybe",
            },
        ),
        (
            Invalid("number", QUERY, "", "x"),
            {
                "type": "float_parsing",
                "loc": ["query", "limit"],
                "msg": "Input should be a valid number, unable to parse string as a number",
                "input": "x",
            },
        ),
        (
            Invalid("repeated", QUERY, "is given 2 times", ["1", "2"]),
            {
                "type": "value_error",
                "loc": ["query", "limit"],
                "msg": "Value error, is given 2 times",
                "input": ["1", "2"],
                "ctx": {"error": "is given 2 times"},
            },
        ),
    ],
)
def test_fastapi_words_each_refusal_as_pydantic_does(invalid: Invalid, entry: Json) -> None:
    reply = FASTAPI.invalid([invalid])

    assert (reply.status, reply.media_type) == (422, "application/json")
    assert loads(reply.body) == {"detail": [entry]}


def test_fastapi_lists_every_refusal() -> None:
    body = loads(FASTAPI.invalid([Invalid("missing", QUERY, ""), Invalid("json", BODY, "")]).body)

    assert [entry["type"] for entry in body["detail"]] == ["missing", "json_invalid"]


@pytest.mark.parametrize(
    ("status", "detail", "body"),
    [
        (401, "", {"detail": "Not authenticated"}),
        (404, "", {"detail": "Not Found"}),
        (404, "Thread not found", {"detail": "Thread not found"}),
        (405, "", {"detail": "Method Not Allowed"}),
        (500, "", {"detail": "Internal Server Error"}),
    ],
)
def test_fastapi_says_other_errors_in_one_text(status: int, detail: str, body: Json) -> None:
    reply = FASTAPI.error(status, detail, headers=(("Allow", "GET"),))

    assert (reply.status, loads(reply.body), reply.headers) == (status, body, (("Allow", "GET"),))


def envelope(message: str, code: str, detail: str, details: Any = None) -> Json:
    error = {"code": code, "message": detail, "details": details}
    return {"success": False, "message": message, "data": None, "error": error}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (
            401,
            envelope(
                "Failed to authenticate",
                "API_KEY_NOT_VALID",
                "Authorization header does not contain valid API key",
            ),
        ),
        (404, envelope("Operation failed", "CHATBOT_NOT_FOUND", "Chatbot not found")),
        (405, envelope("Operation failed", "METHOD_NOT_ALLOWED", "Method not allowed")),
        (418, envelope("I'm a Teapot", "", "I'm a Teapot")),
    ],
)
def test_sitegpt_wraps_errors_in_its_envelope(status: int, body: Json) -> None:
    reply = SITEGPT.error(status)

    assert (reply.status, reply.media_type, loads(reply.body)) == (status, "application/json", body)


def test_sitegpt_lists_what_is_invalid_under_details() -> None:
    reply = SITEGPT.invalid([Invalid("encoding", ("query", "x"), "is not UTF-8 text")])

    assert reply.status == 400
    assert loads(reply.body) == envelope(
        "Operation failed",
        "REQUEST_VALIDATION_FAILED",
        "Request validation failed",
        [{"path": "query.x", "message": "is not UTF-8 text"}],
    )


@pytest.mark.parametrize(
    ("status", "detail", "body"),
    [
        (404, "", {"type": f"{TYPE}not-found", "title": "Not found", "status": 404}),
        (418, "", {"type": "about:blank", "title": "I'm a Teapot", "status": 418}),
        (599, "", {"type": "about:blank", "title": "Status 599", "status": 599}),
        (
            404,
            "Cat not found",
            {
                "type": f"{TYPE}not-found",
                "title": "Not found",
                "status": 404,
                "detail": "Cat not found",
            },
        ),
    ],
)
def test_without_a_dialect_errors_are_problem_details(status: int, detail: str, body: Json) -> None:
    reply = PROBLEM.error(status, detail)

    assert (reply.status, reply.media_type) == (status, "application/problem+json")
    assert loads(reply.body) == body


def test_problem_details_name_everything_that_is_invalid() -> None:
    found = [
        Invalid("missing", QUERY, "is required"),
        Invalid("maxLength", BODY, "is too long", "x" * 300, 5),
    ]

    reply = PROBLEM.invalid(found)

    assert reply.status == 422
    assert loads(reply.body) == {
        "type": f"{TYPE}invalid-request",
        "title": "Invalid request",
        "status": 422,
        "detail": "The request is not valid",
        "errors": [
            {
                "location": "query",
                "pointer": "/limit",
                "message": "is required",
                "expected": "a value",
            },
            {
                "location": "body",
                "pointer": "/name",
                "message": "is too long",
                "expected": "maxLength 5",
                "got": "x" * 200 + "...",
            },
        ],
    }
