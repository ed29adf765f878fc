import re
from pathlib import Path

import pytest

from understudy.config import Settings
from understudy.contract.instances import instances
from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.contract.relations import breaches
from understudy.exchange import Request
from understudy.generate.world import World
from understudy.respond.service import Service
from understudy.state.sessions import open_sessions

ROOT = Path(__file__).parents[2]
README = (ROOT / "openapi/README.md").read_text("utf-8")
BOOK = {"$ref": "#/components/schemas/Book"}


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    block = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert block is not None
    (tmp_path / "behaviour.yaml").write_text(block[1], "utf-8")
    (tmp_path / "openapi.yaml").write_bytes((ROOT / "tests/specs/books.yaml").read_bytes())
    return load_contract(tmp_path)


@pytest.mark.parametrize("seed", range(20))
def test_the_documented_behaviour_is_coherent(contract: Contract, seed: int) -> None:
    books = list(World(contract, seed=seed).collection("book", "").members)

    found = instances(books, {"type": "array", "items": BOOK}, contract.schemas)
    relations = contract.behaviour.relations["Book"]
    assert [b for relation in relations for b in breaches(relation, found["Book"])] == []
    assert 20 <= len(books) <= 40


def test_what_is_created_keeps_its_relations_with_what_the_request_fixed(
    contract: Contract,
) -> None:
    service = Service(contract, Settings())

    reply = service.handler("addBook").answer(
        Request(body={"title": "Mine"}), open_sessions(Settings()).default
    )

    assert b'"title":"Mine"' in reply.body
    assert b'"updated_at":"2026-01-15T12:00:00Z"' in reply.body
