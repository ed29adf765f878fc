"""Read a scenario file against its contract and report every mistake in it at once.

Whether what it answers keeps the contract is looked at in `promised`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from understudy.contract import pointers
from understudy.contract.document import Document, read_document
from understudy.contract.model import Contract, Operation
from understudy.errors import Problem
from understudy.scenario.answers import read_answer
from understudy.scenario.conditions import Conditions
from understudy.scenario.members import read_collections
from understudy.scenario.model import (
    FAULTS,
    START,
    Answer,
    Delay,
    Limit,
    LogNormal,
    Rule,
    Scenario,
    Uniform,
    When,
    speaks_early,
)
from understudy.scenario.notes import Notes, hint
from understudy.types import Json, JsonObject

KEYS: Final = ("description", "initial state", "collections", "rules")
RULE_KEYS: Final = (
    "on", "when", "answer", "delay", "fault", "drip", "limit", "times", "then", "breaks-contract",
)  # fmt: skip
_DOES: Final = ("answer", "delay", "fault", "drip", "limit", "then")
_FIELDS: Final = ("limit", "remaining", "reset")
_LONGEST: Final = 600_000
_MOST: Final = 1_000_000_000
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]*")


def read_scenario(contract: Contract, path: Path) -> tuple[Scenario, list[Problem]]:
    """Return the scenario in the file at `path`, as far as it can be understood, and its mistakes.

    It is named like the file. Raises ContractError for what is no YAML.
    """
    document = read_document(path)
    notes = Notes(document)
    return _Reader(contract, notes).scenario(document), notes.problems


class _Reader:
    """Reads one file; a mistake is noted and reading goes on."""

    def __init__(self, contract: Contract, notes: Notes) -> None:
        self._contract = contract
        self._notes = notes
        self._names = _names(contract)

    def scenario(self, document: Document) -> Scenario:
        said = self._notes.mapping(document.data, "", KEYS)
        listed = said.get("rules", [])
        if not isinstance(listed, list):
            self._notes.error("/rules", "is not a list of rules")
            listed = []
        collections = read_collections(said.get("collections"), self._contract, self._notes)
        if not listed and "collections" not in said:
            self._notes.error("", "does nothing", "say `rules`, or `collections`")
        rules = tuple(self._rule(one, f"/rules/{i}") for i, one in enumerate(listed))
        initial = self._notes.text(said.get("initial state"), "/initial state") or START
        self._states(rules, initial)
        self._hidden(rules)
        return Scenario(
            document.path.stem,
            self._notes.text(said.get("description"), "/description"),
            rules,
            document,
            initial,
            collections,
        )

    def _rule(self, data: Json, at: str) -> Rule:
        said = self._notes.mapping(data, at, RULE_KEYS)
        if not any(key in said for key in _DOES):
            self._notes.error(at, "does nothing", f"a rule says one of {', '.join(_DOES)}")
        operations = self._operations(said.get("on"), f"{at}/on")
        conditions = Conditions(operations, self._contract.schemas, self._notes)
        return Rule(
            pointer=at,
            operations=tuple(one.id for one in operations),
            when=conditions.read(said["when"], f"{at}/when") if "when" in said else When(),
            answer=self._answer(said, at),
            delay=self._delay(said["delay"], f"{at}/delay") if "delay" in said else None,
            fault=self._one_of(said["fault"], FAULTS, f"{at}/fault") if "fault" in said else "",
            drip=self._whole(said, "drip", at) or 0,
            limit=self._limit(said["limit"], f"{at}/limit") if "limit" in said else None,
            times=self._whole(said, "times", at),
            then=self._state(said["then"], f"{at}/then") if "then" in said else None,
            breaks=self._breaks(said, at),
        )

    def _operations(self, data: Json, at: str) -> list[Operation]:
        """Return the operations that `on` names, in the order of the contract."""
        if data is None:
            self._notes.error(at.removesuffix("/on"), "says not what it is on", 'on: "*" is on all')
            return []
        found: set[str] = set()
        for name in data if isinstance(data, list) else [data]:
            if not isinstance(name, str) or name not in self._names:
                self._notes.error(at, f"nothing is called {name!r}", hint(str(name), self._names))
            else:
                found |= self._names[name]
        return [one for id_, one in self._contract.operations.items() if id_ in found]

    def _answer(self, said: JsonObject, at: str) -> Answer | None:
        answer = None
        if "answer" in said:
            answer = read_answer(said["answer"], f"{at}/answer", self._notes)
        if "limit" not in said:
            return answer
        answer = answer or Answer(429)
        if answer.status is None or not speaks_early(answer.status):
            self._notes.error(f"{at}/answer", "is no refusal", "a limit answers 429, or a 5xx")
        return answer

    def _delay(self, data: Json, at: str) -> Delay | None:
        """Return a delay: a number of milliseconds, two bounds, or a distribution."""
        if isinstance(data, dict):
            return self._log_normal(data, at)
        bounds = data if isinstance(data, list) else [data, data]
        if len(bounds) != 2:
            self._notes.error(at, "is not two bounds", "write 250, or [100, 900]")
            return None
        found = [self._notes.number(one, at, 0, _LONGEST) for one in bounds]
        if None in found:
            return None
        low, high = (one or 0 for one in found)
        if low > high:
            self._notes.error(at, "has its bounds the wrong way round")
        return Uniform(low, high)

    def _log_normal(self, data: JsonObject, at: str) -> Delay | None:
        said = self._notes.mapping(data, at, ("median", "sigma", "max"))
        median = self._notes.number(said.get("median"), f"{at}/median", 0.001, _LONGEST)
        sigma = self._notes.number(said.get("sigma"), f"{at}/sigma", 0, 10)
        most = self._notes.number(said.get("max", _LONGEST), f"{at}/max", 0, _LONGEST)
        if median is None or sigma is None or most is None:
            return None
        return LogNormal(median, sigma, most)

    def _limit(self, data: Json, at: str) -> Limit | None:
        known = ("requests", "seconds", "headers", "reset")
        said = self._notes.mapping(data, at, known)
        requests = self._notes.whole(said.get("requests"), f"{at}/requests", 0, _MOST)
        seconds = self._notes.number(said.get("seconds"), f"{at}/seconds", 0.001, _MOST)
        unit = self._one_of(said.get("reset", "epoch"), ("epoch", "seconds"), f"{at}/reset")
        if requests is None or seconds is None:
            return None
        limit = Limit(requests, seconds, epoch=unit == "epoch")
        if "headers" not in said:
            return limit
        names = self._notes.mapping(said["headers"], f"{at}/headers", _FIELDS)
        told = [self._field(names.get(key), f"{at}/headers/{key}") for key in _FIELDS]
        return replace(limit, limit=told[0], remaining=told[1], reset=told[2])

    def _field(self, data: Json, at: str) -> str:
        name = self._notes.text(data, at)
        if not _TOKEN.fullmatch(name):
            self._notes.error(at, f"{name!r} is no name of a header field")
        return name

    def _one_of(self, data: Json, known: Collection[str], at: str) -> str:
        if data in known:
            return str(data)
        self._notes.error(at, f"unknown {at.rpartition('/')[2]} {data!r}", hint(str(data), known))
        return ""

    def _whole(self, said: JsonObject, key: str, at: str) -> int | None:
        return self._notes.whole(said[key], f"{at}/{key}", 1, _MOST) if key in said else None

    def _state(self, data: Json, at: str) -> str:
        state = self._notes.text(data, at)
        if not state:
            self._notes.error(at, "names no state")
        return state

    def _breaks(self, said: JsonObject, at: str) -> bool:
        told = said.get("breaks-contract", False)
        if not isinstance(told, bool):
            self._notes.error(f"{at}/breaks-contract", "is not true or false")
        return told is True

    def _states(self, rules: Sequence[Rule], initial: str) -> None:
        """Note the states that rules wait for and nothing leads to."""
        known = {initial, *(rule.then for rule in rules if rule.then is not None)}
        for rule in rules:
            for state in rule.when.states:
                if state not in known:
                    at = f"{rule.pointer}/when/state"
                    self._notes.error(at, f"no rule leads to {state!r}", hint(state, known))

    def _hidden(self, rules: Sequence[Rule]) -> None:
        """Note the rules that are never asked, since one before them decides on everything."""
        for number, later in enumerate(rules):
            for earlier in rules[:number]:
                if _hides(earlier, later):
                    message = f"never acts: {earlier.pointer} decides on all that it is about"
                    self._notes.error(later.pointer, message, "move it up")
                    break


def _hides(earlier: Rule, later: Rule) -> bool:
    """Tell whether nothing is left of what `later` is about behind `earlier`."""
    if not earlier.ends or earlier.when != When() or earlier.times or earlier.limit:
        return False
    if later.is_early and not earlier.is_early:
        return False
    return bool(later.operations) and {*later.operations} <= {*earlier.operations}


def _names(contract: Contract) -> Mapping[str, frozenset[str]]:
    """Return the ids of operations by what they can be called: id, label, tag or `*`."""
    found: dict[str, frozenset[str]] = {"*": frozenset(contract.operations)}
    for id_, operation in contract.operations.items():
        for tag in _tags(contract, operation):
            found[tag] = found.get(tag, frozenset()) | {id_}
    for id_, operation in contract.operations.items():
        found |= {operation.label: frozenset({id_}), id_: frozenset({id_})}
    return found


def _tags(contract: Contract, operation: Operation) -> Iterator[str]:
    written = pointers.follow(contract.document.data, pointers.split(operation.pointer))
    tags = written.get("tags") if isinstance(written, dict) else None
    yield from (tag for tag in tags or () if isinstance(tag, str))
