"""The collection is one that Postman loads, and its requests are good ones."""

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy import MockServer, Settings
from understudy.contract.load import load_contract
from understudy.contract.validate import Validator
from understudy.export.exporting import Wanted, export
from understudy.export.postman import SCHEMA, collection

HERE = Path(__file__).parent
NAMES = ["cattix", "sitegpt", "thena", str(HERE / "orders.yaml")]

PAIR = {
    "type": "object",
    "required": ["key", "value"],
    "properties": {
        "key": {"type": "string"},
        "value": {"type": "string"},
        "disabled": {"type": "boolean"},
        "description": {"type": "string"},
    },
}
PAIRS = {"type": "array", "items": PAIR}
URL = {
    "type": "object",
    "required": ["raw", "host", "path", "query"],
    "properties": {
        "raw": {"type": "string"},
        "host": {"const": ["{{baseUrl}}"]},
        "path": {"type": "array", "items": {"type": "string"}},
        "query": PAIRS,
        "variable": PAIRS,
    },
}
REQUEST = {
    "type": "object",
    "required": ["method", "header", "url"],
    "properties": {
        "auth": {
            "type": "object",
            "required": ["type"],
            "properties": {
                "type": {"enum": ["apikey", "basic", "bearer", "noauth"]},
                "apikey": PAIRS,
                "basic": PAIRS,
                "bearer": PAIRS,
            },
        },
        "method": {"type": "string"},
        "header": PAIRS,
        "url": URL,
        "body": {
            "type": "object",
            "required": ["mode", "raw"],
            "properties": {"mode": {"const": "raw"}, "raw": {"type": "string"}},
        },
    },
}
COLLECTION = {
    "type": "object",
    "required": ["info", "item"],
    "properties": {
        "info": {
            "type": "object",
            "required": ["name", "schema"],
            "properties": {"name": {"type": "string"}, "schema": {"const": SCHEMA}},
        },
        "variable": PAIRS,
        "item": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "request", "response"],
                "properties": {
                    "request": REQUEST,
                    "response": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["name", "originalRequest", "code", "status", "header"],
                            "properties": {
                                "originalRequest": REQUEST,
                                "code": {"type": "integer"},
                                "status": {"type": "string"},
                                "header": PAIRS,
                                "body": {"type": "string"},
                            },
                        },
                    },
                },
            },
        },
    },
}
"""The part of the schema of collections (v2.1.0) that is made use of."""

LOAD = """
import { text } from "node:stream/consumers";
import postman from "postman-collection";
const found = new postman.Collection(JSON.parse(await text(process.stdin)));
const told = [];
found.forEachItem((item) => {
  const request = new postman.Request(item.request.toJSON());
  told.push({
    name: item.name,
    method: request.method,
    url: found.variables.replace(request.url.toString()),
    auth: item.getAuth()?.type ?? null,
    examples: item.responses.map((one) => ({ code: one.code, body: one.body ?? "" })),
  });
});
console.log(JSON.stringify(told));
"""


def collected(name: str) -> dict[str, Any]:
    contract = load_contract(name)
    return collection(export(contract, Settings(), Wanted(count=2)), "http://api.test/base")


@pytest.mark.parametrize("name", NAMES)
def test_it_is_as_the_format_says(name: str) -> None:
    assert Validator(COLLECTION).violations(collected(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_postman_loads_every_request_and_example(name: str, node: Callable[..., str]) -> None:
    made = collected(name)
    loaded = json.loads(node("--input-type=module", "--eval", LOAD, given=json.dumps(made)))

    assert [one["name"] for one in loaded] == [one["name"] for one in made["item"]]
    for told, item in zip(loaded, made["item"], strict=True):
        assert told["url"].startswith("http://api.test/base/")
        assert "{" not in told["url"]
        assert "/:" not in told["url"]
        assert told["examples"] == [
            {"code": one["code"], "body": one["body"]} for one in item["response"]
        ]


@pytest.mark.parametrize("name", NAMES)
def test_every_request_gets_its_first_example(name: str) -> None:
    contract = load_contract(name)
    with MockServer(contract) as server, httpx.Client() as client:
        found = collected(name)
        values = {one["key"]: one["value"] for one in found["variable"]}
        values["baseUrl"] = server.url + contract.base_path
        for item in found["item"]:
            server.reset()
            request = json.loads(filled(json.dumps(item["request"]), values))
            reply = client.request(
                request["method"],
                address(request["url"]),
                headers={one["key"]: one["value"] for one in request["header"]} | shown(request),
                content=request.get("body", {}).get("raw"),
            )
            assert reply.text == item["response"][0]["body"], item["name"]


def filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    return text


def address(url: dict[str, Any]) -> str:
    variables = {f":{one['key']}": one["value"] for one in url.get("variable", ())}
    path = "/".join(variables.get(one, one) for one in url["path"])
    pairs = {one["key"]: one["value"] for one in url["query"] if not one.get("disabled")}
    return str(httpx.URL(f"{url['host'][0]}/{path}", params=pairs))


def shown(request: dict[str, Any]) -> dict[str, str]:
    """Return the header fields in which Postman puts the credentials of a request."""
    auth = request["auth"]
    told = {one["key"]: one["value"] for one in auth.get(auth["type"], ())}
    if auth["type"] == "bearer":
        return {"authorization": f"Bearer {told['token']}"}
    if auth["type"] == "basic":
        pair = f"{told['username']}:{told['password']}"
        return {"authorization": f"Basic {b64encode(pair.encode()).decode()}"}
    return {told["key"]: told["value"]} if auth["type"] == "apikey" else {}


def test_credentials_and_address_are_variables() -> None:
    found = collected("thena")

    assert {one["key"]: one["value"] for one in found["variable"]} == {
        "baseUrl": "http://api.test/base",
        "APIKeyHeader": "understudy",
    }
    assert found["item"][0]["request"]["auth"]["apikey"][1]["value"] == "{{APIKeyHeader}}"
    assert "understudy" not in json.dumps([one["request"] for one in found["item"]])
    names = [one["name"] for one in found["item"][1]["response"]]
    assert "404 Not Found: no such id" in names
    assert "401 Unauthorized: no credential" in names
    assert "429 Too Many Requests" in names
