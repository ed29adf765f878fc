from collections.abc import Mapping
from typing import Any

import httpx
import pytest

ID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
THREADS = "/api/v1/chat/threads"
NOT_FOUND: dict[str, Any] = {
    "cattix": {"detail": "Not Found"},
    "sitegpt": {
        "success": False,
        "message": "Operation failed",
        "data": None,
        "error": {"code": "CHATBOT_NOT_FOUND", "message": "Chatbot not found", "details": None},
    },
    "thena": {"detail": "Not Found"},
}
PATHS = (
    ("cattix", THREADS, "GET, HEAD, OPTIONS, POST"),
    ("sitegpt", "/api/v0/chatbots/1/threads", "GET, HEAD, OPTIONS"),
    ("thena", f"/api/v1/chat/{ID}/web-threads", "GET, HEAD, OPTIONS"),
    ("thena", f"/api/v1/chat/{ID}/threads/{ID}", "GET, HEAD, OPTIONS"),
)
LARGE = b" " * (2 << 20)


@pytest.mark.parametrize(("name", "body"), NOT_FOUND.items())
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_route_is_404_before_anything_else(
    clients: Mapping[str, httpx.Client], name: str, method: str, body: dict[str, Any]
) -> None:
    client = _without_credential(clients[name])
    reply = client.request(
        method, "/nowhere?limit=x", content=LARGE, headers={"Content-Type": "text/plain"}
    )
    assert (reply.status_code, reply.json()) == (404, body)


@pytest.mark.parametrize(("name", "path", "allow"), PATHS)
@pytest.mark.parametrize("method", ["DELETE", "PATCH", "PUT", "TRACE"])
def test_a_method_not_offered_is_405_with_every_allowed_method_before_401(
    clients: Mapping[str, httpx.Client], name: str, path: str, allow: str, method: str
) -> None:
    reply = _without_credential(clients[name]).request(method, path)
    assert (reply.status_code, reply.headers["allow"]) == (405, allow)


@pytest.mark.parametrize(
    "wrong",
    [
        {"content": b"<a/>", "headers": {"Content-Type": "application/xml"}},
        {"content": LARGE},
        {"content": b"not json"},
        {"json": {"assistant_type": "nobody"}},
    ],
    ids=["415", "413", "422 json", "422 enum"],
)
def test_a_missing_credential_is_401_before_what_is_wrong_with_the_body(
    cattix: httpx.Client, wrong: dict[str, Any]
) -> None:
    reply = _without_credential(cattix).post(THREADS, **wrong)
    assert reply.status_code == 401


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("cattix", f"{THREADS}?company_id=x"),
        ("sitegpt", "/api/v0/chatbots/%00/threads"),
        ("thena", "/api/v1/chat/null/web-threads"),
        ("thena", f"/api/v1/chat/{ID}/threads/{ID}?limit=0"),
    ],
)
def test_a_missing_credential_is_401_before_what_is_wrong_with_a_parameter(
    clients: Mapping[str, httpx.Client], name: str, target: str
) -> None:
    reply = _without_credential(clients[name]).get(target)
    assert reply.status_code == 401


def test_a_media_type_that_is_not_json_is_415_before_413_and_422(cattix: httpx.Client) -> None:
    reply = cattix.post(THREADS, content=LARGE, headers={"Content-Type": "text/plain"})
    assert (reply.status_code, reply.json()) == (
        415,
        {"detail": "Unsupported media type, expected application/json"},
    )


def test_a_body_too_large_is_413_before_422(cattix: httpx.Client) -> None:
    reply = cattix.post(f"{THREADS}?company_id=x", content=LARGE)
    assert (reply.status_code, reply.json()) == (
        413,
        {"detail": "Request body is larger than 1048576 bytes"},
    )


def test_an_invalid_parameter_is_422_before_an_unknown_id_is_404(thena: httpx.Client) -> None:
    path = f"/api/v1/chat/{ID}/threads/{UNKNOWN}"
    assert [thena.get(f"{path}?limit=0").status_code, thena.get(path).status_code] == [422, 404]


def test_everything_wrong_with_a_request_is_told_at_once(cattix: httpx.Client) -> None:
    reply = cattix.post(f"{THREADS}?company_id=0&customer_id=x", json={"name": 1})
    assert (reply.status_code, [one["loc"] for one in reply.json()["detail"]]) == (
        422,
        [
            ["query", "company_id"],
            ["query", "customer_id"],
            ["body", "assistant_type"],
            ["body", "name"],
        ],
    )


def _without_credential(client: httpx.Client) -> httpx.Client:
    for name in ("authorization", "x-api-key"):
        client.headers.pop(name, None)
    return client
