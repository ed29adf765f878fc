from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from understudy import MockServer, Settings

ID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
TARGETS = {
    "cattix": "/api/v1/chat/threads?company_id=1",
    "sitegpt": "/api/v0/chatbots/1/threads",
    "thena": f"/api/v1/chat/{ID}/web-threads",
}
REFUSALS: dict[str, tuple[str, dict[str, Any]]] = {
    "cattix": ("Bearer", {"detail": "Not authenticated"}),
    "sitegpt": (
        "Bearer",
        {
            "success": False,
            "message": "Failed to authenticate",
            "data": None,
            "error": {
                "code": "API_KEY_NOT_VALID",
                "message": "Authorization header does not contain valid API key",
                "details": None,
            },
        },
    ),
    "thena": ("APIKey", {"detail": "Not authenticated"}),
}
NOT_A_BEARER = {
    "absent": [],
    "empty": [("Authorization", "")],
    "scheme alone": [("Authorization", "Bearer")],
    "bare token": [("Authorization", "good")],
    "unknown token": [("Authorization", "Bearer bad")],
    "longer token": [("Authorization", "Bearer goodx")],
    "two words": [("Authorization", "Bearer good good")],
    "malformed token": [("Authorization", 'Bearer "good"')],
    "colon": [("Authorization", "Bearer: good")],
    "basic": [("Authorization", "Basic Z29vZDpnb29k")],
    "another scheme": [("Authorization", "Token good")],
    "twice": [("Authorization", "Bearer good"), ("Authorization", "Bearer good")],
    "as api key": [("x-api-key", "good")],
    "as cookie": [("Cookie", "Authorization=Bearer good; access_token=good")],
}
NOT_A_KEY = {
    "absent": [],
    "empty": [("x-api-key", "")],
    "unknown": [("x-api-key", "bad")],
    "longer": [("x-api-key", "goodx")],
    "with a scheme": [("x-api-key", "Bearer good")],
    "twice": [("x-api-key", "good"), ("x-api-key", "good")],
    "as bearer": [("Authorization", "Bearer good")],
    "bare in authorization": [("Authorization", "good")],
    "as cookie": [("Cookie", "x-api-key=good")],
}


def _refused(*names: str, table: Mapping[str, list[tuple[str, str]]]) -> list[Any]:
    return [
        pytest.param(name, headers, id=f"{name}: {what}")
        for name in names
        for what, headers in table.items()
    ]


@pytest.mark.parametrize(
    ("name", "headers"),
    _refused("cattix", "sitegpt", table=NOT_A_BEARER) + _refused("thena", table=NOT_A_KEY),
)
def test_what_is_not_a_good_credential_gets_the_vendors_401(
    clients: Mapping[str, httpx.Client], name: str, headers: list[tuple[str, str]]
) -> None:
    clients[name].headers.clear()
    reply = clients[name].get(TARGETS[name], headers=headers)
    challenge, body = REFUSALS[name]
    assert (reply.status_code, reply.headers["www-authenticate"], reply.json()) == (
        401,
        challenge,
        body,
    )


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("cattix", {"company_id": "1", "access_token": "good"}),
        ("sitegpt", {"access_token": "good"}),
        ("thena", {"x-api-key": "good"}),
    ],
)
def test_a_credential_in_the_query_gets_the_vendors_401(
    clients: Mapping[str, httpx.Client], name: str, query: dict[str, str]
) -> None:
    clients[name].headers.clear()
    reply = clients[name].get(TARGETS[name], params=query)
    assert (reply.status_code, reply.json()) == (401, REFUSALS[name][1])


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("cattix", {"authorization": "bearer good"}),
        ("sitegpt", {"AUTHORIZATION": "BEARER  good"}),
        ("thena", {"X-API-Key": "good"}),
        ("thena", {"x-api-key": "good", "Authorization": "nonsense"}),
    ],
)
def test_names_and_schemes_are_read_in_any_case(
    clients: Mapping[str, httpx.Client], name: str, headers: dict[str, str]
) -> None:
    clients[name].headers.clear()
    assert clients[name].get(TARGETS[name], headers=headers).status_code == 200


def test_any_well_formed_credential_is_good_unless_good_ones_are_listed() -> None:
    with MockServer("sitegpt", "thena") as server, httpx.Client(base_url=server.url) as client:
        bearer = client.get(TARGETS["sitegpt"], headers={"Authorization": "Bearer a.b-c_d~e+f/="})
        key = client.get(TARGETS["thena"], headers={"x-api-key": "any thing"})
        bare = client.get(TARGETS["sitegpt"], headers={"Authorization": "any"})
    assert [bearer.status_code, key.status_code, bare.status_code] == [200, 200, 401]


def test_each_listed_credential_is_good_and_only_for_its_own_kind_of_scheme() -> None:
    settings = Settings(tokens=("one", "two"), api_keys=("three",))
    shown = ("one", "two", "three")
    with (
        MockServer("sitegpt", "thena", settings=settings) as server,
        httpx.Client(base_url=server.url) as client,
    ):
        bearers = [
            client.get(TARGETS["sitegpt"], headers={"Authorization": f"Bearer {one}"})
            for one in shown
        ]
        keys = [client.get(TARGETS["thena"], headers={"x-api-key": one}) for one in shown]
    assert [reply.status_code for reply in bearers] == [200, 200, 401]
    assert [reply.status_code for reply in keys] == [401, 401, 200]
