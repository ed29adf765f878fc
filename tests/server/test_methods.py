import asyncio
from collections.abc import Mapping

import httpx
import pytest
from starlette.types import Message

from understudy import MockServer, Settings, load_contract
from understudy.server.app import Application

AGENT = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
ORIGIN = {"Origin": "https://app.example"}
TARGETS = (
    ("cattix", "/api/v1/chat/threads?company_id=1"),
    ("sitegpt", "/api/v0/chatbots/1/threads"),
    ("thena", f"/api/v1/chat/{AGENT}/web-threads"),
    ("thena", f"/api/v1/chat/{AGENT}/threads/{AGENT}"),
)
REFUSED = (
    ("cattix", "/api/v1/chat/threads"),
    ("sitegpt", "/nowhere"),
    ("thena", "/api/v1/chat/null/web-threads"),
)


@pytest.mark.parametrize(("name", "target"), TARGETS + REFUSED)
def test_head_is_get_without_a_body(
    clients: Mapping[str, httpx.Client], name: str, target: str
) -> None:
    get, head = clients[name].get(target), clients[name].head(target)
    assert (head.status_code, _lasting(head), head.content) == (
        get.status_code,
        _lasting(get),
        b"",
    )


@pytest.mark.parametrize("path", ["/", "/nowhere", "/ui/", "/openapi.json"])
def test_the_application_itself_sends_no_content_in_answer_to_head(path: str) -> None:
    application = Application([load_contract("thena")], Settings())
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "HEAD", "path": path, "raw_path": path.encode()}
    rest = {"query_string": b"", "headers": [], "root_path": "", "scheme": "http"}
    asyncio.run(application({**scope, **rest}, receive, send))
    assert [one.get("body") for one in sent] == [None, b""]
    assert dict(sent[0]["headers"]).get(b"content-length", b"0") != b"0"


@pytest.mark.parametrize(
    ("name", "target", "allow"),
    [
        ("cattix", "/api/v1/chat/threads", "GET, HEAD, OPTIONS, POST"),
        ("sitegpt", "/api/v0/chatbots/1/threads", "GET, HEAD, OPTIONS"),
        ("thena", f"/api/v1/chat/{AGENT}/web-threads", "GET, HEAD, OPTIONS"),
        ("all", "/api/v1/chat/threads", "GET, HEAD, OPTIONS, POST"),
        ("all", "/sitegpt/api/v0/chatbots/1/threads", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_tells_the_methods_without_a_credential(
    clients: Mapping[str, httpx.Client], name: str, target: str, allow: str
) -> None:
    clients[name].headers.clear()
    reply = clients[name].options(target)
    assert (reply.status_code, reply.headers["allow"], reply.content) == (204, allow, b"")


@pytest.mark.parametrize(("name", "target"), TARGETS)
def test_a_browser_may_ask_from_any_origin_what_it_wants_to_send(
    clients: Mapping[str, httpx.Client], name: str, target: str
) -> None:
    clients[name].headers.clear()
    wanted = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, x-api-key, content-type, x-anything",
    }
    reply = clients[name].options(target, headers=ORIGIN | wanted)
    assert reply.status_code == 200
    assert reply.headers["access-control-allow-origin"] == "https://app.example"
    assert "POST" in reply.headers["access-control-allow-methods"].split(", ")
    assert reply.headers["access-control-allow-headers"] == wanted["Access-Control-Request-Headers"]


@pytest.mark.parametrize(("name", "target"), TARGETS + REFUSED)
def test_a_browser_of_any_origin_sees_every_reply(
    clients: Mapping[str, httpx.Client], name: str, target: str
) -> None:
    with_credential = clients[name].get(target, headers=ORIGIN)
    clients[name].headers.clear()
    without = clients[name].get(target, headers=ORIGIN)
    assert [_cors(with_credential), _cors(without)] == [
        {
            "access-control-allow-origin": "https://app.example",
            "access-control-allow-credentials": "true",
            "access-control-expose-headers": "*",
        }
    ] * 2
    assert "Origin" in with_credential.headers["vary"]


def test_no_header_is_for_browsers_when_they_are_not_let_in() -> None:
    with MockServer("cattix", settings=Settings(cors=False)) as server:
        target = f"{server.url}{TARGETS[0][1]}"
        simple = httpx.get(target, headers=ORIGIN | {"Authorization": "Bearer any"})
        preflight = httpx.options(target, headers=ORIGIN | {"Access-Control-Request-Method": "GET"})
    assert (simple.status_code, _cors(simple), "vary" in simple.headers) == (200, {}, False)
    assert (preflight.status_code, _cors(preflight)) == (204, {})


def _lasting(reply: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in reply.headers.items() if name != "date"}


def _cors(reply: httpx.Response) -> dict[str, str]:
    return {
        name: value for name, value in reply.headers.items() if name.startswith("access-control-")
    }
