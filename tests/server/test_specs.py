"""Contracts of other versions, and with properties of one direction, as servers."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from understudy import MockServer, load_contract
from understudy.contract.validate import Validator

SPECS = Path(__file__).parents[1] / "specs"
MODERN = load_contract(SPECS / "modern.yaml")
ZOO = load_contract(SPECS / "zoo.yaml")
NOTE = Validator({"$ref": "#/components/schemas/Note"}, MODERN.schemas)


@pytest.fixture(scope="module")
def modern() -> Iterator[httpx.Client]:
    with MockServer(MODERN) as server, httpx.Client(base_url=server.url) as client:
        yield client


@pytest.fixture(scope="module")
def zoo() -> Iterator[httpx.Client]:
    with MockServer(ZOO) as server, httpx.Client(base_url=server.url) as client:
        yield client


def test_a_contract_of_openapi_3_1_is_served(modern: httpx.Client) -> None:
    reply = modern.get("/notes/7")

    assert reply.status_code == 200
    assert NOTE.violations(reply.json()) == []
    assert modern.get("/notes/0").status_code == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "note", "text": None}, 200),
        ({"kind": "note", "text": "a", "short": "brief"}, 200),
        ({"kind": "note", "text": "a", "short": "too long"}, 422),
        ({"kind": "memo", "text": "a"}, 422),
        ({"kind": "note", "text": "a", "id": 7}, 200),
    ],
)
def test_requests_are_held_to_schemas_of_openapi_3_1(
    modern: httpx.Client, body: object, status: int
) -> None:
    assert modern.put("/notes/7", json=body).status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "brown", "weight": 3}, 201),
        ({"kind": "Crow"}, 201),
        ({"kind": "Bear", "weight": 3}, 422),
        ({"kind": "brown"}, 422),
    ],
)
def test_requests_are_held_to_the_tags_of_a_union(
    zoo: httpx.Client, body: object, status: int
) -> None:
    assert zoo.post("/animals", json=body).status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "Ann", "password": "a secret"}, 201),
        ({"name": "Ann"}, 422),
        ({"password": "a secret"}, 422),
    ],
)
def test_read_only_properties_are_not_required_of_requests(
    zoo: httpx.Client, body: object, status: int
) -> None:
    reply = zoo.post("/keepers", json=body)

    assert reply.status_code == status
    assert "password" not in reply.json()
