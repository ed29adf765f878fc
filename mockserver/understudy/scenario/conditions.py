"""Read `when`: which requests a rule is about.

A value that is a mapping is a JSON Schema, `{$absent: true}` means that there is none, and
anything else is the value itself. What no valid request can hold is a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from understudy.contract import canonical as c
from understudy.contract import pointers
from understudy.contract.model import Operation, Parameter
from understudy.contract.schemas import leads_somewhere, members
from understudy.contract.validate import Validator
from understudy.scenario.model import Wanted, When
from understudy.scenario.notes import Notes, hint
from understudy.types import Json

LOCATIONS: Final = ("path", "query", "header", "cookie")
KEYS: Final = (*LOCATIONS, "body", "call", "probability", "state")
_MOST = 1_000_000_000


class Conditions:
    """Reads what is wanted of requests to some operations of one contract."""

    def __init__(
        self, operations: Sequence[Operation], schemas: Mapping[str, Json], notes: Notes
    ) -> None:
        self._operations = operations
        self._schemas = schemas
        self._notes = notes

    def read(self, data: Json, at: str) -> When:
        """Return what `data` says."""
        said = self._notes.mapping(data, at, KEYS)
        wanted = [one for place in LOCATIONS for one in self._parameters(said, place, at)]
        wanted += self._body(said["body"], f"{at}/body") if "body" in said else []
        probability = None
        if "probability" in said:
            probability = self._notes.number(said["probability"], f"{at}/probability", 0, 1)
        if probability == 0:
            self._notes.error(f"{at}/probability", "never comes true")
        return When(
            tuple(wanted),
            self._calls(said["call"], f"{at}/call") if "call" in said else None,
            probability,
            self._states(said["state"], f"{at}/state") if "state" in said else (),
        )

    def _parameters(self, said: Mapping[str, Json], place: str, at: str) -> Iterator[Wanted]:
        at = pointers.join(at, place)
        for name, data in self._notes.mapping(said.get(place), at).items():
            where = pointers.join(at, name)
            declared = [p for o in self._operations for p in o.parameters if _is(p, place, name)]
            if not declared and place != "header":
                self._unknown(place, name, where)
                continue
            wanted = self._wanted(place, name, data, where)
            if wanted and declared:
                self._possible(wanted, [one.schema for one in declared], where)
                if wanted.absent and all(one.required for one in declared):
                    self._notes.error(where, f"{name} is required, so it is never absent")
            if wanted:
                yield wanted

    def _unknown(self, place: str, name: str, at: str) -> None:
        known = {p.name for o in self._operations for p in o.parameters if p.location == place}
        message = f"no operation of this rule has a parameter {name!r} in its {place}"
        self._notes.error(at, message, hint(name, known) if known else "")

    def _body(self, data: Json, at: str) -> list[Wanted]:
        """Return what is wanted of a body: by pointers, or of the whole by a schema."""
        bodies = [s for o in self._operations if o.body for s in o.body.schemas.values()]
        said = self._notes.mapping(data, at)
        if not bodies:
            self._notes.error(at, "no operation of this rule takes a body")
            return []
        placed = [key.startswith("/") for key in said]
        if not any(placed):
            whole = self._wanted("body", "", said, at)
            return self._possible(whole, bodies, at) if whole else []
        if not all(placed):
            known = "keys are JSON pointers such as /name, or those of one JSON Schema"
            self._notes.error(at, "mixes pointers and keywords", known)
            return []
        return [one for key, value in said.items() for one in self._member(bodies, key, value, at)]

    def _member(self, bodies: Sequence[Json], key: str, data: Json, at: str) -> list[Wanted]:
        where, tokens = pointers.join(at, key), pointers.split(key)
        wanted = self._wanted("body", key, data, where)
        if not any(leads_somewhere(body, tokens, self._schemas) for body in bodies):
            self._notes.error(where, f"{key} matches nothing in the body")
            return []
        found = list(bodies)
        for token in tokens:
            found = [m for one in found for m in members(one, token, self._schemas)]
        return self._possible(wanted, found, where) if wanted else []

    def _wanted(self, place: str, name: str, data: Json, at: str) -> Wanted | None:
        if isinstance(data, dict) and "$absent" in data:
            if data["$absent"] is not True or len(data) > 1:
                self._notes.error(at, "$absent is written {$absent: true}")
            return Wanted(place, name, absent=True)
        if not isinstance(data, dict):
            return Wanted(place, name, {"const": data})
        try:
            Validator(data, self._schemas)
        except ValueError as error:
            self._notes.error(at, f"is no JSON Schema: {error}", "a mapping is taken for one")
            return None
        return Wanted(place, name, data)

    def _possible(self, wanted: Wanted, schemas: Sequence[Json], at: str) -> list[Wanted]:
        """Return what is wanted, alone in a list; it is a mistake if no schema allows it."""
        if not wanted.absent and not any(self._meet(wanted.schema, one) for one in schemas):
            self._notes.error(at, "no valid request has such a value", "see its schema")
        return [wanted]

    def _meet(self, one: Json, other: Json) -> bool:
        """Tell whether some value may satisfy two schemas; of what cannot be told, it may."""
        if isinstance(one, dict) and one.keys() == {"const"}:
            return Validator(other, self._schemas).accepts(one["const"])
        try:
            return not c.impossible(c.canonical({"allOf": [one, other]}, self._schemas))
        except ValueError:
            return True

    def _calls(self, data: Json, at: str) -> tuple[int, int | None] | None:
        if not isinstance(data, list):
            first = self._notes.whole(data, at, 1, _MOST)
            return (first, first) if first else None
        if len(data) == 2:
            first = self._notes.whole(data[0], f"{at}/0", 1, _MOST)
            if first and data[1] is None:
                return first, None
            last = self._notes.whole(data[1], f"{at}/1", first or 1, _MOST)
            return (first, last) if first and last else None
        self._notes.error(at, "is not the first and the last call", "write 3, [1, 3] or [3, null]")
        return None

    def _states(self, data: Json, at: str) -> tuple[str, ...]:
        listed = data if isinstance(data, list) else [data]
        found = tuple(self._notes.text(one, at) for one in listed)
        if not all(found) or not found:
            self._notes.error(at, "names no state")
        return found


def _is(parameter: Parameter, place: str, name: str) -> bool:
    if parameter.location != place:
        return False
    return parameter.name.lower() == name.lower() if place == "header" else parameter.name == name
