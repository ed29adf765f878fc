from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.contract.load import load_contract
from understudy.contract.model import Contract
from understudy.contract.relations import parse_relation
from understudy.generate.bases import Bases
from understudy.generate.samples import Subject, of_response
from understudy.generate.world import World

OPENAPI = Path(__file__).parents[2] / "openapi"
SUBJECTS = ("cattix listThreads", "sitegpt listThreads", "thena getThread")


@cache
def offered(told: str) -> tuple[Contract, Subject, Bases]:
    name, operation = told.split()
    loaded = load_contract(OPENAPI / name / "openapi.yaml")
    subject = of_response(loaded, operation)
    return loaded, subject, Bases(loaded, subject, World(loaded))


@pytest.mark.parametrize("name", SUBJECTS)
@settings(deadline=None, max_examples=40)
@given(index=st.integers(0, 10_000))
def test_a_short_object_is_valid_and_breaks_no_relation(name: str, index: int) -> None:
    _, _, bases = offered(name)

    assert bases.holds(bases.short(index))


def test_a_short_object_has_one_item_where_one_is_enough() -> None:
    _, _, bases = offered("thena getThread")

    assert {len(bases.short(index)["messages"]) for index in range(100)} == {1}


def test_a_relation_that_needs_items_keeps_them() -> None:
    loaded, subject, _ = offered("thena getThread")
    told = {"holds": {"properties": {"messages": {"minItems": 3}}}}
    relations = {
        **loaded.behaviour.relations,
        "ChatThread": (parse_relation("ChatThread", told, ""),),
    }
    demanding = replace(loaded, behaviour=replace(loaded.behaviour, relations=relations))
    threads = [World(loaded).nth("thread", index) for index in range(100)]
    bases = Bases(demanding, subject, World(loaded))

    assert [len(bases.short(index)["messages"]) for index in range(100)] == [
        min(3, len(thread["messages"])) for thread in threads
    ]
