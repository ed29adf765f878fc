import shutil
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from understudy.contract.load import load_contract
from understudy.errors import ContractError
from understudy.generate.domains import Domain
from understudy.generate.ids import Ids
from understudy.generate.source import MASK, Source
from understudy.generate.world import World

SIZES = st.integers(6, 300)
KNOWN = st.lists(st.integers(990, 1310), max_size=5)
SOURCES = st.integers(0, MASK).map(Source)


def ids_from_1000(size: int, known: list[int], source: Source) -> Ids:
    return Ids(Domain(size, (1000).__add__), source, known)


@pytest.fixture
def cattix(tmp_path: Path) -> Path:
    shutil.copytree(Path(__file__).parents[2] / "openapi" / "cattix", tmp_path / "cattix")
    return tmp_path / "cattix"


# Laws ----------------------------------------------------------------------------------------


@example(6, [1000, 1001, 1000], Source(1))
@given(SIZES, KNOWN, SOURCES)
def test_all_that_is_not_known_comes_once(size: int, known: list[int], source: Source) -> None:
    ids = ids_from_1000(size, known, source)

    drawn = {ids(index) for index in range(ids.size)}

    assert len(drawn) == ids.size == size - len({*known})
    assert drawn <= {*range(1000, 1000 + size)} - {*known}


@given(SIZES, KNOWN, SOURCES, st.integers(0, 1 << 64))
def test_an_index_has_one_id_whatever_was_asked_before(
    size: int, known: list[int], source: Source, index: int
) -> None:
    ids, again = ids_from_1000(size, known, source), ids_from_1000(size, known, source)
    for other in range(10):
        again(other)

    assert ids(index) == again(index) == ids(index + ids.size)


def test_members_of_different_parents_have_different_ids() -> None:
    world = World(load_contract("cattix"))

    ids = {world.nth("customer", index)["id"] for index in range(2000)}

    assert len(ids) == 2000


def test_every_parent_is_counted_once(cattix: Path) -> None:
    path = cattix / "behaviour.yaml"
    known = "known: [[7, 5000000001], [7, 5000000002], [9, 5000000003]]"
    path.write_text(path.read_text().replace("count: [2, 4]", f"count: [2, 4]\n    {known}", 1))
    world = World(load_contract(cattix))

    keys = [world.parent("company", index) for index in range(12)]

    assert keys[:2] == [7, 9]
    assert {*keys} == {*range(1, 13)}


def test_resources_of_which_a_parent_may_have_none_are_counted_too(cattix: Path) -> None:
    path = cattix / "behaviour.yaml"
    path.write_text(path.read_text().replace("count: [2, 4]", "count: [0, 4]"))
    world = World(load_contract(cattix))

    assert len({world.nth("customer", index)["id"] for index in range(50)}) == 50


# Too few -------------------------------------------------------------------------------------


def with_customer_ids(folder: Path, low: int, high: int) -> Path:
    path = folder / "behaviour.yaml"
    path.write_text(path.read_text().replace("[5000000000, 9999999999]", f"[{low}, {high}]"))
    return folder


def test_fewer_ids_than_a_parent_can_need_are_refused_with_both_numbers(cattix: Path) -> None:
    contract = load_contract(with_customer_ids(cattix, 1, 3))

    with pytest.raises(ContractError) as told:
        World(contract)

    assert [(one.pointer, one.message) for one in told.value.problems] == [
        ("/resources/customer", "id has 3 values, and a parent has up to 4")
    ]


def test_as_many_ids_as_a_parent_can_need_are_enough(cattix: Path) -> None:
    contract = load_contract(with_customer_ids(cattix, 1, 4))
    world = World(contract)

    collections = [world.collection("customer", company) for company in range(50)]

    assert all(len(one.by_id) == len(one.members) for one in collections)
    assert {number for one in collections for number in one.by_id} == {1, 2, 3, 4}
