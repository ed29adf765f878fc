"""The world of one client: what it created, its seed, its clock and the scenarios that are on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from typing import Protocol, TypeAlias

from understudy.state.clock import Clock, Mode
from understudy.state.store import Changes, Store
from understudy.types import Json, JsonObject

Change: TypeAlias = Callable[[int, Changes], tuple[str, JsonObject | None] | None]
"""Returns id and value of what the n-th change, from 1, makes of what was changed so far."""


class FullError(Exception):
    """As much is there as is kept."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is set for a session: the seed of its world, its clock, and scenarios, in order."""

    seed: int
    clock: Clock
    scenarios: tuple[str, ...] = ()


class Writer(Protocol):
    """What keeps records, and tells sessions of them."""

    most: int
    forgets: bool

    def writing(self) -> AbstractContextManager[None]:
        """Let nobody else write for the time of a block, which begins with the latest state."""

    def write(self, session: str, *record: Json) -> None:
        """Keep a record of a session, and apply it."""


class Session:
    """One client's world. What is done here is seen by every process that shares the records."""

    __slots__ = ("_initial", "_snapshots", "_writer", "name", "plain", "setting", "store", "used")

    def __init__(
        self, name: str, writer: Writer, initial: tuple[Store, Setting], used: float = 0.0
    ) -> None:
        self.name = name
        self.used = used
        """When the last record of it came, in seconds of a clock that only goes forward."""
        self._writer = writer
        self._initial = initial
        self._snapshots: dict[str, tuple[Store, Setting]] = {}
        self._begin(*initial)

    @property
    def seed(self) -> int:
        """Return the seed of the generated world."""
        return self.setting.seed

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Return the names of the scenarios that are on."""
        return self.setting.scenarios

    @property
    def now(self) -> int:
        """Return what the clock shows, in microseconds since 1970."""
        return self.setting.clock.now()

    def seconds(self) -> float:
        """Return seconds that pass, counted from anywhere."""
        return self.setting.clock.passed()

    def created(self, contract: str, resource: str, parent: Json) -> Sequence[JsonObject]:
        """Return what was created for `parent`, oldest first.

        It is the same object while it only grows.
        """
        return self.store.created((contract, resource, parent))

    def add(
        self, contract: str, resource: str, parent: Json, make: Callable[[int], JsonObject]
    ) -> JsonObject:
        """Remember and return what `make` returns for the ordinal, from 1, of this creation.

        Raises FullError for one more member than are kept.
        """
        place = contract, resource, parent
        with self._writer.writing():
            ordinal = len(self.store.created(place)) + 1
            value = make(ordinal)
            if not self._writer.forgets:
                self._hold(ordinal)
                self._write("create", *place, value)
        return value

    def changes(self, contract: str, resource: str, parent: str) -> Changes:
        """Return what was changed of the members that `parent` has."""
        return self.store.changes((contract, resource, parent))

    def change(self, contract: str, resource: str, parent: str, make: Change) -> None:
        """Remember the member that `make` returns, or that it is gone; None changes nothing.

        Raises FullError for one more member than are kept.
        """
        place = contract, resource, parent
        with self._writer.writing():
            known = self.store.changes(place)
            changed = make(self.store.ordinal(place) + 1, known)
            if changed is None or self._writer.forgets:
                return
            if changed[0] not in known:
                self._hold(len(known) + 1)
            self._write("change", *place, *changed)

    def alone(self) -> AbstractContextManager[None]:
        """Let nobody else change anything for the time of a block, which begins with the latest."""
        return self._writer.writing()

    def tally(self, key: str) -> int:
        """Count one more under this key, and return how many there are."""
        with self._writer.writing():
            self._write("tally", key)
            return self.store.tallies[key]

    def state(self, scenario: str) -> str:
        """Return the state that a scenario is in; at first it has none."""
        return self.store.states.get(scenario, "")

    def enter(self, scenario: str, state: str) -> None:
        """Bring a scenario into a state."""
        with self._writer.writing():
            self._write("enter", scenario, state)

    def reset(self) -> None:
        """Become what the session was when it began."""
        with self._writer.writing():
            self._write("reset")

    def snapshot(self, name: str) -> None:
        """Keep everything as it is now under a name."""
        with self._writer.writing():
            self._write("snapshot", name)

    @property
    def snapshots(self) -> tuple[str, ...]:
        """Return the names under which something was kept."""
        return tuple(self._snapshots)

    def rollback(self, name: str) -> None:
        """Become what was kept under a name. Raises KeyError where nothing was."""
        with self._writer.writing():
            if name not in self._snapshots:
                raise KeyError(name)
            self._write("rollback", name)

    def restore(self, document: JsonObject) -> None:
        """Hold what `document`, of the form that a store's document has, tells of."""
        with self._writer.writing():
            self._write("restore", document)

    def reseed(self, seed: int) -> None:
        """Show the generated world of another seed."""
        with self._writer.writing():
            self._set(seed=seed)

    def switch(self, scenarios: Sequence[str]) -> None:
        """Let just these scenarios be on."""
        with self._writer.writing():
            self._set(scenarios=tuple(scenarios))

    def advance(self, seconds: float) -> None:
        """Put the clock forward."""
        with self._writer.writing():
            self._set(clock=self.setting.clock.advanced(seconds))

    def put_clock(self, mode: Mode) -> None:
        """Let the clock stand, run or be frozen."""
        with self._writer.writing():
            self._set(clock=self.setting.clock.put(mode))

    def records(self) -> Iterator[Sequence[Json]]:
        """Yield the records that bring a new session to where this one is."""
        for name, kept in self._snapshots.items():
            yield from self._told(*kept)
            yield "snapshot", name
        yield from self._told(self.store, self.setting)

    def forget(self) -> None:
        """Become a new session: all that happened is told again."""
        self._snapshots = {}
        self._begin(*self._initial)

    def apply(self, kind: str, arguments: Sequence[Json]) -> None:
        """Take in a record, whoever wrote it."""
        match kind, arguments:
            case "create", (contract, resource, parent, value):
                self.store.create((contract, resource, parent), value)
            case "change", (contract, resource, parent, id_, value):
                self.store.change((contract, resource, parent), id_, value)
            case "tally", (key,):
                self.store.tallies[key] += 1
            case "enter", (scenario, state):
                self.store.states[scenario] = state
            case _:
                self._become(kind, arguments)

    def _become(self, kind: str, arguments: Sequence[Json]) -> None:
        """Take in a record of the whole session."""
        match kind, arguments:
            case "snapshot", (name,):
                self._snapshots[name] = self.store.copy(), self.setting
            case "rollback", (name,):
                self._begin(*self._snapshots[name])
            case "reset", ():
                self._begin(*self._initial)
            case "restore", (document,):
                self._begin(Store.of(document), self.setting)
            case "set", (told,):
                setting = Setting(told["seed"], Clock(**told["clock"]), (*told["scenarios"],))
                self._put(setting)

    def _told(self, store: Store, setting: Setting) -> Iterator[Sequence[Json]]:
        yield ("reset",)
        yield "restore", store.document()
        if setting != self._initial[1]:
            yield "set", asdict(setting)

    def _begin(self, store: Store, setting: Setting) -> None:
        self.store = store.copy()
        self._put(setting)

    def _put(self, setting: Setting) -> None:
        self.setting = setting
        self.plain = not setting.scenarios and setting.seed == self._initial[1].seed
        """Whether its world is the server's, with no scenario on."""

    def _set(self, **changed: object) -> None:
        self._write("set", asdict(replace(self.setting, **changed)))  # type: ignore[arg-type]

    def _write(self, *record: Json) -> None:
        self._writer.write(self.name, *record)

    def _hold(self, count: int) -> None:
        if count > self._writer.most:
            raise FullError
