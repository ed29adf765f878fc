"""A document of more than ten megabytes and a thousand operations: ready soon, quick at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import understudy
from understudy.types import Json, JsonObject

GROUPS = 330
"""Each is four operations on resources of its own."""

FIELDS = 42

MEASURE = """
import asyncio, json, re, sys, time
import httpx
from understudy.config import Settings
from understudy.contract.load import load_contract
from understudy.server.app import Application

application = Application([load_contract(sys.argv[1])], Settings())
ready = time.process_time()

async def first_requests():
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://large") as client:
        for group in range(0, int(sys.argv[2]), 4):
            start = time.process_time()
            reply = await client.get(f"/v1/g{group}/things/7")
            yield time.process_time() - start, reply.status_code

async def main():
    return [one async for one in first_requests()]

firsts = asyncio.run(main())
# what getrusage says is that of whoever started this process, if that was larger
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
print(json.dumps({
    "ready": ready,
    "megabytes": peak / 1024,
    "median": sorted(seconds for seconds, _ in firsts)[len(firsts) // 2],
    "slowest": max(seconds for seconds, _ in firsts),
    "statuses": sorted({status for _, status in firsts}),
}))
"""


def document() -> JsonObject:
    """Return a document whose schemas refer to themselves and to each other."""
    paths: JsonObject = {}
    schemas: JsonObject = {}
    for group in range(GROUPS):
        thing = {"$ref": f"#/components/schemas/Thing{group}"}
        ok = {"description": "a thing", "content": {"application/json": {"schema": thing}}}
        many = {"type": "array", "items": thing}
        page = {"description": "things", "content": {"application/json": {"schema": many}}}
        id_ = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
        paths[f"/g{group}/things"] = {
            "get": {"operationId": f"list{group}", "responses": {"200": page}},
            "post": {
                "operationId": f"add{group}",
                "requestBody": {"content": {"application/json": {"schema": thing}}},
                "responses": {"201": ok},
            },
        }
        paths[f"/g{group}/things/{{id}}"] = {
            "parameters": [id_],
            "get": {"operationId": f"get{group}", "responses": {"200": ok}},
            "delete": {
                "operationId": f"drop{group}",
                "responses": {"204": {"description": "gone"}},
            },
        }
        schemas[f"Thing{group}"] = _schema(group)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Large", "version": "1"},
        "servers": [{"url": "https://large.example/v1"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _schema(group: int) -> JsonObject:
    properties: dict[str, Json] = {
        f"field_{number}": {
            "type": "object",
            "description": f"What field {number} of things of group {group} is for. " * 14,
            "properties": {"value": {"type": "integer", "minimum": number}},
        }
        for number in range(FIELDS)
    }
    own = {"$ref": f"#/components/schemas/Thing{group}"}
    other = {"$ref": f"#/components/schemas/Thing{(group + 1) % GROUPS if group % 8 else 0}"}
    properties |= {"id": {"type": "integer"}, "parent": own, "other": other}
    return {"type": "object", "required": ["id", "field_0"], "properties": properties}


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_large_document_is_ready_soon_and_its_first_requests_are_quick(
    tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"large.{suffix}"
    with path.open("w", encoding="utf-8") as file:
        if suffix == "json":
            json.dump(document(), file)
        else:
            yaml.dump(document(), file, Dumper=yaml.CSafeDumper, width=1 << 20)
    assert path.stat().st_size > 10_000_000

    told = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), str(GROUPS)],
        env={**os.environ, "PYTHONPATH": str(Path(understudy.__file__).parents[1])},
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip

    found = json.loads(told.stdout)
    assert found["statuses"] == [200]
    assert found["ready"] < 10, found
    assert found["megabytes"] < 600, found
    assert found["median"] < 0.1, found
    assert found["slowest"] < 1, found
