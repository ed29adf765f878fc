import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.state.worlds import add, names, sessions

from understudy.errors import StartError, StateError
from understudy.state.database import DatabaseLog
from understudy.state.log import ANEW
from understudy.state.session import FullError

WRITE = """
import sys
from understudy.state.database import DatabaseLog

log = DatabaseLog(sys.argv[1])
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    log.append(f"{sys.argv[2]} {number}".encode())
    print(number, flush=True)
"""

COUNT = """
import sys
from understudy.state.database import DatabaseLog

log, known = DatabaseLog(sys.argv[1]), 0
for _ in range(100):
    with log.locked():
        known += len(log.unread())
        log.append(f"{known}".encode())
"""

Open = Callable[[], DatabaseLog]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where no log was ever."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.db"
    made: str = request.getfixturevalue("new_database")()
    return made


@pytest.fixture
def opened(url: str) -> Iterator[Open]:
    """Open logs at one place; they are closed when the test ends."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(DatabaseLog(url)))


@pytest.fixture
def started(url: str) -> Iterator[Start]:
    """Start processes that are told of the place; none is left when the test ends."""
    with ExitStack() as stack:

        def start(script: str, *arguments: str) -> "subprocess.Popen[str]":
            command = [sys.executable, "-c", script, url, *arguments]
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


def go(*processes: "subprocess.Popen[str]") -> None:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()


def standing(records: Sequence[bytes]) -> list[bytes]:
    """Return what is to be known of records: those behind the last word to begin anew."""
    starts = [at for at, record in enumerate(records) if record == ANEW]
    return list(records[starts[-1] + 1 :] if starts else records)


# Read and write ------------------------------------------------------------------------------


def test_a_log_is_empty_where_none_was(opened: Open) -> None:
    assert list(opened().unread()) == []


@pytest.mark.parametrize("record", [b"", b"[1]", '{"é": "🐈\\u0000"}'.encode(), bytes(range(256))])
def test_a_record_is_read_as_it_was_written(opened: Open, record: bytes) -> None:
    log = opened()

    log.append(record)

    assert list(log.unread()) == [record]
    assert list(opened().unread()) == [record]


def test_every_log_reads_every_record_once_and_in_order(opened: Open) -> None:
    one, other = opened(), opened()

    one.append(b"1")
    other.append(b"2")
    first = list(one.unread())
    one.append(b"3")

    assert (first, list(one.unread()), list(one.unread())) == ([b"1", b"2"], [b"3"], [])
    assert (list(other.unread()), list(other.unread())) == ([b"1", b"2", b"3"], [])


def test_what_is_written_under_a_lock_is_read_there_and_by_others_behind_it(opened: Open) -> None:
    one, other = opened(), opened()

    with one.locked():
        one.append(b"1")
        within, meanwhile = list(one.unread()), list(other.unread())

    assert (within, meanwhile, list(other.unread())) == ([b"1"], [], [b"1"])


def test_what_was_written_before_an_error_stays(opened: Open) -> None:
    def write(log: DatabaseLog) -> None:
        with log.locked():
            log.append(b"1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(opened())

    assert list(opened().unread()) == [b"1"]


def test_what_replaces_all_records_is_told_to_those_who_know_them(opened: Open) -> None:
    one, other = opened(), opened()
    for record in (b"1", b"2", b"3"):
        one.append(record)
    known = list(other.unread())

    with one.locked():
        one.compact(lambda: [b"1+2+3"])
    one.append(b"4")

    assert known == [b"1", b"2", b"3"]
    for log in (one, other, opened()):
        assert standing(log.unread()) == [b"1+2+3", b"4"]


def test_threads_share_a_log(opened: Open) -> None:
    log, known = opened(), []

    def write() -> None:
        for _ in range(50):
            with log.locked():
                known.extend(log.unread())
                log.append(str(len(known)).encode())

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert list(opened().unread()) == [str(number).encode() for number in range(200)]


# Other processes -----------------------------------------------------------------------------


def test_a_lock_keeps_other_processes_out(opened: Open, started: Start) -> None:
    workers = [started(COUNT) for _ in range(4)]

    assert [worker.wait(60) for worker in workers] == [0] * 4
    assert list(opened().unread()) == [str(number).encode() for number in range(400)]


def test_nobody_misses_what_others_write_at_the_same_time(opened: Open, started: Start) -> None:
    reader, found = opened(), list[bytes]()
    writers = [started(WRITE, name, "100") for name in "abc"]

    go(*writers)
    while any(writer.poll() is None for writer in writers):
        found += reader.unread()
    found += reader.unread()

    assert found == list(opened().unread())
    assert sorted(found) == sorted(f"{name} {n}".encode() for name in "abc" for n in range(100))


def test_a_killed_process_loses_nothing_that_it_told_of(opened: Open, started: Start) -> None:
    """Each writer says so when a record is kept, and is killed in the middle of the next ones."""
    writers = {name: started(WRITE, name, "1000000") for name in "abc"}

    go(*writers.values())
    told = {}
    for at, (name, writer) in enumerate(writers.items()):
        assert writer.stdout is not None
        heard = [writer.stdout.readline() for _ in range(40 * (at + 1))]
        writer.send_signal(signal.SIGKILL)
        told[name] = [*heard, *(line for line in writer.stdout if line.endswith("\n"))]

    found = [record.decode() for record in opened().unread()]
    for name, lines in told.items():
        kept = [int(record.split()[1]) for record in found if record.startswith(name)]
        assert kept == list(range(len(kept)))
        assert len(kept) - len(lines) in (0, 1)  # the last one may not have been told of
    opened().append(b"the lock is free")


# Mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("state.db", "this is no URL of a database; known are sqlite:///FILE, postgresql"),
        ("postgresql://user:se:cr@et@:port/x", "this is no URL of a database"),
        ("mysql://user:secret@host/x", "mysql is no database for state; known are sqlite:///FILE"),
        ("postgresql+asyncpg://host/x", "postgresql\\+asyncpg is no database for state"),
        ("sqlite://", "sqlite:// names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:////nowhere/at/all/state.db", "no state can be kept at sqlite:////nowhere"),
        ("sqlite:////", "unable to open database file"),
        ("postgresql://me:secret@localhost:1/x", r"at postgresql://me:\*\*\*@localhost:1/x: .*ref"),
        ("postgresql://localhost:1/x?password=secret", "at postgresql://localhost:1/x: "),
        ("postgresql://localhost:1/x?secret=secret", "invalid .*option"),
    ],
)
def test_a_place_that_is_none_is_told_without_the_password(url: str, told: str) -> None:
    with pytest.raises(StartError, match=told) as raised:
        DatabaseLog(url)

    assert "secret" not in str(raised.value) or "?secret=" in url


def test_a_wrong_password_is_told_but_not_shown(
    new_database: Callable[[], str], psql: Callable[[str], str]
) -> None:
    psql("DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'right'")
    url = new_database().replace("tester@", "guarded:wrong@")

    with pytest.raises(StartError, match=r"password authentication failed.*guarded") as raised:
        DatabaseLog(url)

    assert "wrong" not in str(raised.value)


def test_a_missing_driver_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(StartError, match=r'needs psycopg: pip install "understudy\[postgresql\]"'):
        DatabaseLog("postgresql+psycopg://localhost/x")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_text("no database at all" * 100)

    with pytest.raises(StartError, match=r"state\.db: file is not a database"):
        DatabaseLog(f"sqlite:///{tmp_path}/state.db")


def test_a_log_of_another_version_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/state.db"
    DatabaseLog(url).close()
    with closing(sqlite3.connect(tmp_path / "state.db")) as database:
        database.execute("UPDATE understudy_log SET body = 'understudy 2' WHERE id = 0")
        database.commit()

    with pytest.raises(StartError, match="is of another version; name another place"):
        DatabaseLog(url)


# Lost connections ----------------------------------------------------------------------------


def test_a_lost_connection_is_made_again(
    new_database: Callable[[], str], psql: Callable[[str], str]
) -> None:
    with closing(DatabaseLog(new_database())) as log:
        log.append(b"1")
        seen = [list(log.unread())]
        cut(psql)
        seen.append(list(log.unread()))
        cut(psql)
        log.append(b"2")
        seen.append(list(log.unread()))

    assert seen == [[b"1"], [], [b"2"]]


def test_what_was_read_but_never_kept_is_taken_back(
    new_database: Callable[[], str], psql: Callable[[str], str]
) -> None:
    seen = list[list[bytes]]()

    def write(log: DatabaseLog) -> None:
        with log.locked():
            log.append(b"2")
            seen.append([*log.unread()])
            cut(psql)

    with closing(DatabaseLog(new_database())) as log:
        log.append(b"1")
        with pytest.raises(StateError, match="terminating connection"):
            write(log)
        seen.append([*log.unread()])

    assert seen == [[b"1", b"2"], [ANEW, b"1"]]


def test_an_error_within_a_lock_is_one_of_the_whole_block(
    new_database: Callable[[], str], psql: Callable[[str], str]
) -> None:
    def write(log: DatabaseLog) -> None:
        with log.locked():
            cut(psql)
            for record in (b"1", b"2"):
                with pytest.raises(StateError):
                    log.append(record)

    with closing(DatabaseLog(new_database())) as log:
        with pytest.raises(StateError, match="was lost while"):
            write(log)
        log.append(b"3")

        assert standing(log.unread()) == [b"3"]


def cut(psql: Callable[[str], str]) -> None:
    """End the connections of all logs."""
    others = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
    psql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


# Sessions ------------------------------------------------------------------------------------


def test_sessions_are_there_after_a_restart(opened: Open) -> None:
    first = sessions(opened())
    add(first.default, "tom")
    add(first.find("mine"), "felix")
    first.find("mine").snapshot("kept")
    first.find("mine").switch(["slow"])
    first.find("mine").tally("calls")
    first.close()

    second = sessions(opened())

    mine = second.find("mine")
    assert (names(second.default), names(mine)) == (["tom"], ["felix"])
    assert (mine.scenarios, mine.snapshots, mine.tally("calls")) == (("slow",), ("kept",), 2)


def test_a_log_that_grows_long_is_made_shorter(opened: Open) -> None:
    one, other = (sessions(opened(), long=100) for _ in range(2))
    add(one.default, "tom")
    for _ in range(110):
        one.default.tally("calls")
    add(other.default, "felix")

    for server in (one, other, sessions(opened())):
        assert names(server.find()) == ["tom", "felix"]
        assert server.find().store.tallies["calls"] == 110
    assert len(opened().unread()) < 20


def test_a_collection_in_a_database_has_an_end_for_all_servers(opened: Open) -> None:
    servers = sessions(opened(), most=2), sessions(opened(), most=2)
    for server in servers:
        add(server.default, "tom")

    for server in servers:
        with pytest.raises(FullError):
            add(server.default, "felix")
        assert names(server.find()) == ["tom", "tom"]


def test_there_are_only_so_many_sessions_for_all_servers(opened: Open) -> None:
    servers = sessions(opened(), most=2), sessions(opened(), most=2)
    for name, server in zip(("a", "b"), servers, strict=True):
        server.find(name)

    for server in servers:
        with pytest.raises(FullError):
            server.find("c")
        assert server.names() == ("a", "b")
