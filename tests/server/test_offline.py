"""A stand-in needs nobody: no network, no other programs, and documents are data."""

import subprocess
import sys
from pathlib import Path

import httpx
import yaml

from understudy import MockServer

ALONE = """
import asyncio, sys
import httpx

REACHING_OUT = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
                "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "urllib.Request")
armed = True

def watch(event, arguments):
    if armed and event in REACHING_OUT:
        raise RuntimeError(f"{event} {arguments}")

sys.addaudithook(watch)
from understudy.config import Settings
from understudy.contract.load import bundled_names, load_contract
from understudy.server.app import Application

async def run():
    contracts = [load_contract(name) for name in bundled_names()]
    application = Application(contracts, Settings())
    transport = httpx.ASGITransport(application)
    headers = {"Authorization": "Bearer any", "x-api-key": "any"}
    answered = asked = 0
    client = httpx.AsyncClient(transport=transport, base_url="http://a", headers=headers)
    async with client as asking:
        for contract in contracts:
            for operation in contract.operations.values():
                path = operation.path.replace("{", "").replace("}", "")
                target = f"/{contract.name}{contract.base_path}{path}"
                reply = await asking.request(operation.method, target)
                asked += 1
                answered += reply.status_code < 500
        for page in ("/", "/thena/openapi.json", "/thena/ui/"):
            asked += 1
            answered += (await asking.get(page)).status_code == 200
    print(answered, asked)

asyncio.run(run())
"""

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "{{ 7 * 7 }}{% raise %}", "version": "1", "description": "${jndi:x} {{a}}"},
    "paths": {
        "/notes": {
            "get": {
                "operationId": "{{ cycler.__init__.__globals__ }}",
                "summary": "<script>alert(1)</script>",
                "responses": {
                    "200": {
                        "description": "{{ 7 * 7 }}",
                        "content": {"text/plain": {"example": "{{ 7 * 7 }}"}},
                    }
                },
            }
        }
    },
}


def test_serving_reaches_out_to_nobody() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE], capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    answered, asked = done.stdout.split()
    assert answered == asked
    assert int(asked) >= 8


def test_documents_are_data(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(yaml.safe_dump(DOCUMENT), "utf-8")

    with MockServer(path) as server:
        note = httpx.get(f"{server.url}/notes").text
        document = httpx.get(f"{server.url}/openapi.json").json()
        home = httpx.get(f"{server.url}/").text

    assert note == "{{ 7 * 7 }}"
    assert document["info"] == DOCUMENT["info"]
    assert "{{ 7 * 7 }}" in home
    assert "<script>alert" not in home
