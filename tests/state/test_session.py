from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.state.worlds import SETTING, add, names, sessions

from understudy.errors import GenerationError
from understudy.state.log import FileLog, Log, MemoryLog, open_log
from understudy.state.session import FullError, Session
from understudy.state.sessions import Sessions
from understudy.state.store import Changes, Store
from understudy.types import Json, JsonObject


@pytest.fixture(params=["in memory", "in a file"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    log: Log = MemoryLog() if request.param == "in memory" else FileLog(str(tmp_path / "log"))
    opened = sessions(log)
    yield opened.default
    opened.close()


# What clients create, change and delete -----------------------------------------------------


def test_a_new_session_is_empty(session: Session) -> None:
    assert list(session.created("cats", "cat", 1)) == []


def test_what_was_added_is_there_oldest_first(session: Session) -> None:
    added = [add(session, "tom"), add(session, "felix")]

    assert added == [{"name": "tom", "ordinal": 1}, {"name": "felix", "ordinal": 2}]
    assert list(session.created("cats", "cat", 1)) == added


def test_what_was_created_is_the_same_object_while_it_grows(session: Session) -> None:
    add(session, "tom")
    created = session.created("cats", "cat", 1)

    add(session, "felix")

    assert session.created("cats", "cat", 1) is created
    assert len(created) == 2


def test_every_parent_counts_for_itself(session: Session) -> None:
    places: list[tuple[str, str, Json]] = [
        ("cats", "cat", 1),
        ("cats", "cat", "1"),
        ("cats", "kitten", 1),
        ("dogs", "cat", 1),
    ]

    for place in places:
        session.add(*place, lambda ordinal: {"ordinal": ordinal})

    assert [list(session.created(*place)) for place in places] == [[{"ordinal": 1}]] * 4


@pytest.mark.parametrize(
    "value",
    [{"text": "a\nb\r\u2028\x00é🐈"}, {"big": 10**40}, {"deep": [{"a": [None, True, 1.5]}]}],
)
def test_any_json_is_kept(session: Session, value: JsonObject) -> None:
    session.add("cats", "cat", 1, lambda _ordinal: value)

    assert list(session.created("cats", "cat", 1)) == [value]


def test_what_fails_to_be_made_is_not_remembered(session: Session) -> None:
    def fail(_ordinal: int) -> JsonObject:
        raise GenerationError("no such cat")

    with pytest.raises(GenerationError):
        session.add("cats", "cat", 1, fail)

    assert add(session, "tom") == {"name": "tom", "ordinal": 1}


def test_a_change_sees_what_was_changed_before_and_may_change_nothing(session: Session) -> None:
    session.change("api", "pet", "", lambda n, _known: (f"a{n}", {"id": 1}))

    def nothing(ordinal: int, known: Changes) -> None:
        assert (ordinal, dict(known)) == (2, {"a1": {"id": 1}})

    session.change("api", "pet", "", nothing)

    assert dict(session.changes("api", "pet", "")) == {"a1": {"id": 1}}


def test_a_collection_has_an_end_but_can_still_be_changed() -> None:
    session = sessions(most=2).default
    for number in range(2):
        add(session, "tom")
        session.change("api", "pet", "", lambda _n, _known, key=str(number): (key, {}))

    with pytest.raises(FullError):
        add(session, "felix")
    with pytest.raises(FullError):
        session.change("api", "pet", "", lambda _n, _known: ("another", {}))
    session.change("api", "pet", "", lambda _n, _known: ("0", None))

    assert dict(session.changes("api", "pet", "")) == {"0": None, "1": {}}


def test_a_session_that_forgets_keeps_nothing() -> None:
    session = sessions(forgets=True).default

    made = add(session, "tom")
    session.change("api", "pet", "", lambda _n, _known: ("a", {}))

    assert made == {"name": "tom", "ordinal": 1}
    assert (names(session), dict(session.changes("api", "pet", ""))) == ([], {})


# Reset, snapshots, documents ----------------------------------------------------------------


def test_a_reset_forgets_everything_and_counts_anew(session: Session) -> None:
    add(session, "tom")
    add(session, "rex", contract="dogs")
    session.change("api", "pet", "", lambda _n, _known: ("a", {}))
    session.tally("calls")
    session.enter("story", "begun")
    session.reseed(7)
    session.switch(["slow"])

    session.reset()

    assert (names(session), names(session, contract="dogs")) == ([], [])
    assert dict(session.changes("api", "pet", "")) == {}
    assert (session.state("story"), session.setting) == ("", SETTING)
    assert add(session, "felix") == {"name": "felix", "ordinal": 1}
    assert session.tally("calls") == 1


def test_a_rollback_brings_back_what_was_kept_as_often_as_wanted(session: Session) -> None:
    add(session, "tom")
    session.reseed(5)
    session.snapshot("before")
    for name in ("felix", "garfield"):
        add(session, name)
        session.reseed(6)

        session.rollback("before")

        assert (names(session), session.seed) == (["tom"], 5)


def test_there_is_no_way_back_to_what_was_never_kept(session: Session) -> None:
    with pytest.raises(KeyError, match="never"):
        session.rollback("never")


def test_a_document_tells_everything_and_brings_it_back(session: Session) -> None:
    add(session, "tom")
    add(session, "felix", "1")
    session.change("api", "pet", "", lambda _n, _known: ("a", {"id": 1}))
    session.change("api", "pet", "", lambda _n, _known: ("b", None))
    session.tally("calls")
    session.enter("story", "begun")
    document = session.store.document()

    session.reset()
    session.restore(document)

    assert session.store.document() == document
    assert names(session) == ["tom"]
    assert dict(session.changes("api", "pet", "")) == {"a": {"id": 1}, "b": None}
    assert session.tally("calls") == 2


# Sessions -----------------------------------------------------------------------------------


def test_a_session_begins_when_it_is_named_first_and_ends_when_it_is_removed() -> None:
    opened = sessions()
    add(opened.find("one"), "tom")

    assert opened.names() == ("one",)
    assert opened.known("other") is None

    opened.remove("one")

    assert opened.names() == ()
    assert names(opened.find("one")) == []


@pytest.mark.parametrize("name", ["a/b", "ä", "-a", "a" * 65, " ", "a\n"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no name of a session"):
        sessions().find(name)


def test_there_are_only_so_many_sessions() -> None:
    opened = sessions(most=2)
    opened.find("one")
    opened.find("two")

    with pytest.raises(FullError):
        opened.find("three")

    assert opened.find("two").name == "two"


def test_an_idle_session_makes_room() -> None:
    opened = Sessions(SETTING, most=1, idle=0.0)
    opened.find("one")

    opened.find("two")

    assert opened.names() == ("two",)


def test_a_session_that_one_server_only_reads_is_in_use_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr("understudy.state.sessions.time.monotonic", lambda: now)
    records: list[bytes] = []
    reading, other = (Sessions(SETTING, Shared(records), idle=80.0) for _ in range(2))
    other.find("kept")
    other.find("idle")

    for _ in range(20):
        now += 9.0
        reading.find("kept")
    told = len(records)
    other.find("new")

    assert sorted(other.names()) == ["kept", "new"]
    assert told <= 2 + 10  # not at every request


def test_a_session_starts_as_a_copy_of_the_initial_world() -> None:
    initial = Store()
    initial.create(("cats", "cat", 1), {"name": "tom"})
    opened = Sessions(SETTING, initial=initial)

    add(opened.find("one"), "felix")
    add(opened.default, "garfield")

    assert names(opened.find("one")) == ["tom", "felix"]
    assert names(opened.find("two")) == ["tom"]
    assert names(opened.default) == ["tom", "garfield"]
    opened.find("one").reset()
    assert names(opened.find("one")) == ["tom"]


class Shared(MemoryLog):
    """A log that two servers in one process read, each at its own pace."""

    def __init__(self, records: list[bytes]) -> None:
        super().__init__()
        self._records = records
        self._seen = 0

    def unread(self) -> list[bytes]:
        found = self._records[self._seen :]
        self._seen = len(self._records)
        return found

    def append(self, record: bytes) -> None:
        self._records.append(record)


class Interleaved(RuleBasedStateMachine):
    """Sessions of two servers that share one log are what each alone would be."""

    def __init__(self) -> None:
        super().__init__()
        self.servers = tuple(map(sessions, self.logs()))
        self.expected: dict[str, list[str]] = {"": [], "a": [], "b": []}
        self.kept: dict[str, tuple[list[str], int, int]] = {}
        self.tallies = dict.fromkeys(self.expected, 0)
        self.seeds = dict.fromkeys(self.expected, SETTING.seed)
        self.counter = 0

    def logs(self) -> tuple[Log, Log]:
        records: list[bytes] = []
        return Shared(records), Shared(records)

    def teardown(self) -> None:
        for server in self.servers:
            server.close()

    whose = st.sampled_from(["", "a", "b"])
    which = st.sampled_from([0, 1])

    @rule(whose=whose, which=which)
    def create(self, whose: str, which: int) -> None:
        self.counter += 1
        add(self.servers[which].find(whose), str(self.counter))
        self.expected[whose] = [*self.expected[whose], str(self.counter)]

    @rule(whose=whose, which=which)
    def count(self, whose: str, which: int) -> None:
        self.tallies[whose] += 1
        assert self.servers[which].find(whose).tally("calls") == self.tallies[whose]

    @rule(whose=whose, which=which)
    def reset(self, whose: str, which: int) -> None:
        self.servers[which].find(whose).reset()
        self.forget(whose)

    @rule(whose=whose, which=which)
    def snapshot(self, whose: str, which: int) -> None:
        self.servers[which].find(whose).snapshot("kept")
        self.kept[whose] = self.expected[whose], self.tallies[whose], self.seeds[whose]

    @rule(whose=whose, which=which)
    def rollback(self, whose: str, which: int) -> None:
        session = self.servers[which].find(whose)
        if whose not in self.kept:
            with pytest.raises(KeyError):
                session.rollback("kept")
            return
        session.rollback("kept")
        self.expected[whose], self.tallies[whose], self.seeds[whose] = self.kept[whose]

    @rule(whose=whose, which=which, seed=st.sampled_from([SETTING.seed, SETTING.seed + 1]))
    def reseed(self, whose: str, which: int, seed: int) -> None:
        self.servers[which].find(whose).reseed(seed)
        self.seeds[whose] = seed

    @rule(whose=st.sampled_from(["a", "b"]), which=which)
    def remove(self, whose: str, which: int) -> None:
        self.servers[which].remove(whose)
        self.forget(whose)
        self.kept.pop(whose, None)

    @invariant()
    def everybody_agrees(self) -> None:
        for server in self.servers:
            for whose, expected in self.expected.items():
                assert names(server.find(whose)) == expected
                assert server.find(whose).seed == self.seeds[whose]

    def forget(self, whose: str) -> None:
        self.expected[whose], self.tallies[whose], self.seeds[whose] = [], 0, SETTING.seed


def test_a_shorter_log_says_the_setting_of_each_snapshot(tmp_path: Path) -> None:
    opened = sessions(open_log(f"sqlite:///{tmp_path}/state.db"))
    session = opened.find("a")
    session.reseed(SETTING.seed + 1)
    session.snapshot("other seed")
    session.reset()
    session.snapshot("own seed")

    opened.compact()

    assert session.seed == SETTING.seed
    session.rollback("other seed")
    assert session.seed == SETTING.seed + 1
    session.rollback("own seed")
    assert session.seed == SETTING.seed
    opened.close()


class InterleavedInADatabase(Interleaved):
    """The same in a database, which may be made shorter at any time."""

    def logs(self) -> tuple[Log, Log]:
        self.folder = TemporaryDirectory(prefix="understudy-")
        url = f"sqlite:///{self.folder.name}/state.db"
        return open_log(url), open_log(url)

    def teardown(self) -> None:
        super().teardown()
        self.folder.cleanup()

    @rule(which=Interleaved.which)
    def compact(self, which: int) -> None:
        self.servers[which].compact()

    @rule(which=Interleaved.which)
    def restart(self, which: int) -> None:
        self.servers[which].close()
        servers = [*self.servers]
        servers[which] = sessions(open_log(f"sqlite:///{self.folder.name}/state.db"))
        self.servers = tuple(servers)

    @invariant()
    def everybody_knows_the_same(self) -> None:
        documents = [
            {name: server.find(name).store.document() for name in ("", *sorted(server.names()))}
            for server in self.servers
        ]
        assert documents[0] == documents[1]


TestInterleaved = Interleaved.TestCase
TestInterleavedInADatabase = InterleavedInADatabase.TestCase
TestInterleavedInADatabase.settings = settings(max_examples=25, deadline=None)


# The clock ----------------------------------------------------------------------------------


def test_a_standing_clock_moves_only_when_it_is_put_forward(session: Session) -> None:
    before = session.now

    session.advance(3600)

    assert session.now - before == 3_600_000_000
    assert session.now == session.now


@given(seconds=st.floats(min_value=0, max_value=1e6))
def test_what_passes_passes_for_the_seconds_too(seconds: float) -> None:
    session = sessions().default
    session.put_clock("frozen")
    before = session.seconds()

    session.advance(seconds)

    assert session.seconds() == before + seconds


def test_while_a_clock_is_frozen_nothing_passes(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = iter(range(1_000_000))
    monkeypatch.setattr("understudy.state.clock.time.time", lambda: float(next(day)))
    session.put_clock("frozen")
    frozen = [(session.now, session.seconds()) for _ in range(3)]

    session.put_clock("running")
    running = [session.now for _ in range(3)]

    assert len({*frozen}) == 1
    assert [later - earlier for earlier, later in pairwise(running)] == [
        1_000_000,
        1_000_000,
    ]
