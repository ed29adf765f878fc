import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.state.worlds import add, names, sessions

from understudy.errors import StateError
from understudy.state.log import FileLog
from understudy.state.sessions import Sessions

ADD = """
import sys
from tests.state.worlds import add, sessions
from understudy.state.log import FileLog

session = sessions(FileLog(sys.argv[1]), most=1000).default
for _ in range(100):
    add(session, sys.argv[2])
"""
ROOT = Path(__file__).parents[2]

Open = Callable[[], Sessions]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open sessions on one file; they are closed when the test ends."""
    path = str(tmp_path / "log")
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(sessions(FileLog(path), most=1000)))


def test_two_logs_on_one_file_agree(opened: Open) -> None:
    one, other = opened(), opened()

    added = [add(one.find(), "tom"), add(other.find(), "felix"), add(one.find(), "garfield")]

    assert [cat["ordinal"] for cat in added] == [1, 2, 3]
    assert names(one.find()) == names(other.find()) == ["tom", "felix", "garfield"]

    other.find().reset()

    assert names(one.find()) == []
    assert add(one.find(), "felix") == {"name": "felix", "ordinal": 1}


def test_who_comes_later_knows_what_was_before(opened: Open) -> None:
    first = opened()
    add(first.default, "tom")
    add(first.find("one"), "felix")

    later = opened()

    assert (names(later.default), names(later.find("one"))) == (["tom"], ["felix"])


def test_a_record_still_being_written_is_left_for_later(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with closing(FileLog(str(path))) as log:
        path.write_bytes(b"[1]\n[2")
        before = log.unread()

        path.write_bytes(b"[1]\n[2]\n")

        assert (before, log.unread()) == ([b"[1]"], [b"[2]"])


def test_creations_of_several_processes_get_distinct_ordinals(tmp_path: Path, opened: Open) -> None:
    command = [sys.executable, "-c", ADD, str(tmp_path / "log")]

    workers = [subprocess.Popen([*command, name], cwd=ROOT) for name in "abc"]

    assert [worker.wait(timeout=60) for worker in workers] == [0, 0, 0]
    created = opened().default.created("cats", "cat", 1)
    assert [cat["ordinal"] for cat in created] == [*range(1, 301)]
    assert sorted(cat["name"] for cat in created) == sorted("abc" * 100)


@pytest.mark.parametrize("left", [0, 1, 20])
def test_where_no_space_is_left_a_record_is_refused_whole(
    opened: Open, tmp_path: Path, left: int
) -> None:
    one, other = opened(), opened()
    add(one.default, "tom")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "log").stat().st_size + left, hard))
    try:
        with pytest.raises(StateError):
            add(one.default, "felix")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    add(other.default, "garfield")

    assert names(one.find()) == names(other.find()) == ["tom", "garfield"]
