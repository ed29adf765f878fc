import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from understudy.errors import GenerationError
from understudy.state.store import Changes, FullError, Store
from understudy.types import Json, JsonObject

ADD = """
import sys
from understudy.state.store import Changes, FullError, Store

store = Store(sys.argv[1])
for _ in range(100):
    store.add("cats", "cat", 1, lambda ordinal: {"ordinal": ordinal, "by": sys.argv[2]})
"""


def numbered(name: str) -> Callable[[int], JsonObject]:
    return lambda ordinal: {"name": name, "ordinal": ordinal}


def add(store: Store, name: str, parent: Json = 1, *, contract: str = "cats") -> JsonObject:
    return store.add(contract, "cat", parent, numbered(name))


Open = Callable[[Path], Store]


@pytest.fixture(params=["in memory", "in a file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with closing(Store("" if request.param == "in memory" else str(tmp_path / "log"))) as opened:
        yield opened


@pytest.fixture
def opened() -> Iterator[Open]:
    """Open stores on a file; they are closed when the test ends."""
    with ExitStack() as stack:
        yield lambda path: stack.enter_context(closing(Store(str(path))))


def test_a_new_store_is_empty(store: Store) -> None:
    assert list(store.created("cats", "cat", 1)) == []


def test_what_was_added_is_there_oldest_first(store: Store) -> None:
    added = [add(store, "tom"), add(store, "felix")]

    assert added == [{"name": "tom", "ordinal": 1}, {"name": "felix", "ordinal": 2}]
    assert list(store.created("cats", "cat", 1)) == added


def test_every_parent_counts_for_itself(store: Store) -> None:
    places: list[tuple[str, str, Json]] = [
        ("cats", "cat", 1),
        ("cats", "cat", "1"),
        ("cats", "kitten", 1),
        ("dogs", "cat", 1),
    ]

    for place in places:
        store.add(*place, numbered("a"))

    assert [list(store.created(*place)) for place in places] == [[{"name": "a", "ordinal": 1}]] * 4


def test_a_reset_forgets_everything_and_counts_anew(store: Store) -> None:
    add(store, "tom")
    add(store, "rex", contract="dogs")

    store.reset()

    assert list(store.created("cats", "cat", 1)) == []
    assert list(store.created("dogs", "cat", 1)) == []
    assert add(store, "felix") == {"name": "felix", "ordinal": 1}


@pytest.mark.parametrize(
    "value",
    [{"text": "a\nb\r\u2028\x00é🐈"}, {"big": 10**40}, {"deep": [{"a": [None, True, 1.5]}]}],
)
def test_any_json_is_kept(store: Store, value: JsonObject) -> None:
    store.add("cats", "cat", 1, lambda _ordinal: value)

    assert list(store.created("cats", "cat", 1)) == [value]


def test_what_fails_to_be_made_is_not_remembered(store: Store) -> None:
    def fail(_ordinal: int) -> JsonObject:
        raise GenerationError("no such cat")

    with pytest.raises(GenerationError):
        store.add("cats", "cat", 1, fail)

    assert add(store, "tom") == {"name": "tom", "ordinal": 1}


def test_two_stores_in_memory_know_nothing_of_each_other() -> None:
    one, other = Store(), Store()

    add(one, "tom")

    assert list(other.created("cats", "cat", 1)) == []


def test_two_stores_on_one_file_agree(tmp_path: Path, opened: Open) -> None:
    one, other = opened(tmp_path / "log"), opened(tmp_path / "log")

    added = [add(one, "tom"), add(other, "felix"), add(one, "garfield")]

    assert [cat["ordinal"] for cat in added] == [1, 2, 3]
    assert list(one.created("cats", "cat", 1)) == added
    assert list(other.created("cats", "cat", 1)) == added


def test_a_reset_of_one_is_a_reset_of_all(tmp_path: Path, opened: Open) -> None:
    one, other = opened(tmp_path / "log"), opened(tmp_path / "log")
    add(one, "tom")

    other.reset()

    assert list(one.created("cats", "cat", 1)) == []
    assert add(one, "felix") == {"name": "felix", "ordinal": 1}
    assert list(other.created("cats", "cat", 1)) == [{"name": "felix", "ordinal": 1}]


def test_a_store_that_comes_later_knows_what_was_before(tmp_path: Path, opened: Open) -> None:
    added = add(opened(tmp_path / "log"), "tom")

    assert list(opened(tmp_path / "log").created("cats", "cat", 1)) == [added]


def test_a_line_still_being_written_is_left_for_later(tmp_path: Path, opened: Open) -> None:
    path = tmp_path / "log"
    store = opened(path)
    added = add(store, "tom")
    whole = path.read_bytes()

    path.write_bytes(whole + whole[:9])
    before = list(store.created("cats", "cat", 1))
    path.write_bytes(whole + whole)
    after = list(store.created("cats", "cat", 1))

    assert (before, after) == ([added], [added, added])


def test_creations_of_several_processes_get_distinct_ordinals(tmp_path: Path, opened: Open) -> None:
    path = tmp_path / "log"

    workers = [subprocess.Popen([sys.executable, "-c", ADD, str(path), name]) for name in "abc"]

    assert [worker.wait(timeout=60) for worker in workers] == [0, 0, 0]
    created = opened(path).created("cats", "cat", 1)
    assert [cat["ordinal"] for cat in created] == [*range(1, 301)]
    assert sorted(cat["by"] for cat in created) == sorted("abc" * 100)


# Change -------------------------------------------------------------------------------------


def test_what_is_changed_and_deleted_is_seen_by_all_workers(tmp_path: Path) -> None:
    path = str(tmp_path / "log")
    with closing(Store(path)) as one, closing(Store(path)) as other:
        one.change("api", "pet", "", lambda n, _known: (f"a{n}", {"id": 1}))
        other.change("api", "pet", "", lambda n, _known: (f"a{n}", {"id": 2}))
        one.change("api", "pet", "", lambda _n, _known: ("a1", None))

        assert dict(other.changes("api", "pet", "")) == {"a1": None, "a2": {"id": 2}}
        assert other.created("api", "pet", "") == ()

        other.reset()

        assert dict(one.changes("api", "pet", "")) == {}


def test_a_change_sees_what_was_changed_before_and_may_change_nothing() -> None:
    store = Store()
    store.change("api", "pet", "", lambda _n, _known: ("a", {"id": 1}))

    def nothing(_ordinal: int, known: Changes) -> None:
        assert dict(known) == {"a": {"id": 1}}

    store.change("api", "pet", "", nothing)

    assert dict(store.changes("api", "pet", "")) == {"a": {"id": 1}}


def test_a_collection_has_an_end_but_can_still_be_changed() -> None:
    store = Store(most=2)
    for number in range(2):
        store.change("api", "pet", "", lambda _n, _known, key=str(number): (key, {}))

    with pytest.raises(FullError):
        store.change("api", "pet", "", lambda _n, _known: ("another", {}))
    store.change("api", "pet", "", lambda _n, _known: ("0", None))

    assert dict(store.changes("api", "pet", "")) == {"0": None, "1": {}}


def test_a_store_that_forgets_keeps_nothing() -> None:
    store = Store(forgets=True)

    made = store.add("api", "pet", 1, lambda ordinal: {"id": ordinal})
    store.change("api", "pet", "", lambda _n, _known: ("a", {}))

    assert made == {"id": 1}
    assert (store.created("api", "pet", 1), dict(store.changes("api", "pet", ""))) == ((), {})
