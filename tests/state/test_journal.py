import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from understudy.state.journal import Entry, MemoryJournal, after, note, pack, size
from understudy.state.spool import SharedJournal

LAW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def add(journal, session="", body=b"", **more):
    journal.number += 1
    entry = Entry(
        journal.worker, journal.number, time.monotonic(), 0.0, 0.0, session, body=body, **more
    )
    journal.add(entry[:-2], entry.body, entry.reply)
    return entry


@LAW
@given(sizes=st.lists(st.integers(0, 3000), max_size=40), most=st.integers(1, 12))
def test_the_ring_keeps_the_last_that_fit_in_order_and_numbered_without_gap(sizes, most):
    journal = MemoryJournal(most, most_bytes := 12_000)

    added = [add(journal, body=bytes(size)) for size in sizes]

    kept = journal.since({})
    assert [entry.number for entry in added] == [*range(1, len(sizes) + 1)]
    assert kept == added[len(added) - len(kept) :]
    assert len(kept) <= most
    assert weight(kept) <= most_bytes
    more = added[len(added) - len(kept) - 1 :]
    assert kept == added or len(more) > most or weight(more) > most_bytes


def weight(entries):
    return sum(size(pack(one[:-2], one.body, one.reply)) for one in entries)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 2), st.sampled_from(["", "a", "b"])),
        st.tuples(st.just("flush"), st.integers(0, 2), st.just("")),
        st.tuples(st.just("clear"), st.integers(0, 2), st.sampled_from([None, "a", "b"])),
    ),
    max_size=60,
)


@LAW
@given(steps=STEPS, most=st.integers(1, 10))
def test_all_workers_read_the_last_entries_in_order_whoever_writes_when(
    tmp_path_factory, steps, most
):
    async def run():
        folder = tmp_path_factory.mktemp("journal")
        with ExitStack() as open_:
            workers = [open_.enter_context(closing(SharedJournal(folder, most))) for _ in range(3)]
            ever, all_ = [], []
            for kind, index, session in steps:
                if kind == "add":
                    added = add(workers[index], session)
                    ever, all_ = [*ever, added], [*all_, added]
                elif kind == "flush":
                    workers[index].flush()
                else:
                    workers[index].clear(session)
                    all_ = without(all_, session)
            least = [one for one in ever[-most:] if one in all_]
            for worker in workers:
                await worker.settled()
                found = worker.since({})
                assert found == all_[len(all_) - len(found) :][:most]
                assert len(least) <= len(found) <= most

    asyncio.run(run())


def without(entries, session):
    return [one for one in entries if session is not None and one.session != session]


def test_what_a_reader_had_does_not_come_again(tmp_path):
    first, second = SharedJournal(tmp_path), SharedJournal(tmp_path)
    had = add(first)
    second.flush()
    seen = after({}, first.since({}))
    new = [add(second), add(first)]
    second.flush()

    assert first.since(seen) == new
    assert (had.worker, had.number) == (1, 1)
    first.close()
    second.close()


def test_what_another_worker_answered_can_be_read_when_it_is_settled(tmp_path):
    async def run():
        one, other = SharedJournal(tmp_path), SharedJournal(tmp_path)
        added = [add(one) for _ in range(5)]
        assert other.since({}) == []  # it waits for more to write
        await other.settled()
        found = other.since({})
        one.close()
        other.close()
        return found == added

    assert asyncio.run(run())


def test_a_long_life_leaves_few_files(tmp_path):
    journal = SharedJournal(tmp_path, most=40)
    added = [add(journal) for _ in range(500)]

    assert len([*tmp_path.glob("*.journal")]) <= 6
    assert journal.since({}) == added[-40:]
    journal.close()


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from understudy.state.journal import Entry
from understudy.state.spool import SharedJournal

async def run():
    journal = SharedJournal(Path(sys.argv[1]))

    def add(entry):
        journal.number += 1
        journal.add(entry[:-2])

    for ended in range(3):
        add(Entry(journal.worker, journal.number + 1, 0.1, 0, 0, method="GET"))
    journal.flush()
    add(Entry(journal.worker, journal.number + 1, 0.2, 0, 0, method="PUT"))
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(run())
"""


def test_the_worker_that_takes_the_place_of_a_killed_one_tells_what_was_lost(tmp_path):
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], env=dict(os.environ))

    successor = SharedJournal(tmp_path)

    found = successor.since({})
    assert killed.returncode == -signal.SIGKILL
    assert [one.method for one in found] == ["GET", "GET", "GET", ""]
    assert found[3].event == (
        "worker 2 has taken the place of worker 1, which ended; 1 of its entries were lost"
    )
    third = SharedJournal(tmp_path)
    assert third.since({}) == found  # it is told once
    successor.close()
    third.close()


@pytest.mark.parametrize("shared", [False, True])
def test_who_waits_is_woken_by_what_comes(tmp_path, shared):
    async def run():
        journal = SharedJournal(tmp_path) if shared else MemoryJournal()
        loop = asyncio.get_running_loop()
        loop.call_later(0.05, add, journal)
        start = time.monotonic()
        for _ in count():
            if journal.since({}):
                break
            await journal.changed(5.0)
        journal.close()
        return time.monotonic() - start

    assert 0.04 < asyncio.run(run()) < 2.0


def test_nobody_is_woken_by_nothing():
    async def run():
        start = time.monotonic()
        await MemoryJournal().changed(0.05)
        return time.monotonic() - start

    assert asyncio.run(run()) >= 0.04


def test_events_are_entries_without_a_request():
    journal = MemoryJournal()
    add(journal)
    note(journal, "worker 2 was restarted")

    assert [(one.number, one.method, one.event) for one in journal.since({})] == [
        (1, "", ""),
        (2, "", "worker 2 was restarted"),
    ]
