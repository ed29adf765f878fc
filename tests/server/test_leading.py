"""What a client created is found at Location, whatever prefixes lead to the contract."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.server.app import Application

SHOP = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
servers: [{url: https://api.example.com/v1}]
paths:
  /items:
    get:
      operationId: listItems
      responses:
        "200":
          description: items
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/Item"}}
    post:
      operationId: createItem
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
      responses:
        "201":
          description: made
          content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}
  /items/{itemId}:
    get:
      operationId: readItem
      parameters: [{name: itemId, in: path, required: true, schema: {type: integer}}]
      responses:
        "200":
          description: an item
          content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}
components:
  schemas:
    Item:
      type: object
      required: [id, name]
      properties: {id: {type: integer, minimum: 1, readOnly: true}, name: {type: string}}
"""


@pytest.mark.parametrize("session", ["", "/~alice"])
@pytest.mark.parametrize("base", ["/v1", ""])
@pytest.mark.parametrize("names", [("one",), ("one", "other")])
def test_location_leads_to_what_was_created(
    tmp_path: Path, names: tuple[str, ...], base: str, session: str
) -> None:
    application = _application(tmp_path, names)
    prefix = f"{session}/other" if len(names) > 1 else session

    made = _ask(application, "POST", f"{prefix}{base}/items", json={"name": "Only here"})
    found = _ask(application, "GET", made.headers["location"])

    assert made.headers["location"] == f"{prefix}/v1/items/{made.json()['id']}"
    assert found.json() == made.json()


def _application(folder: Path, names: tuple[str, ...]) -> Application:
    for name in names:
        (folder / f"{name}.yaml").write_text(SHOP)
    return Application([load_contract(folder / f"{name}.yaml") for name in names], Settings())


def _ask(application: Application, method: str, path: str, **more: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **more)

    return asyncio.run(ask())
