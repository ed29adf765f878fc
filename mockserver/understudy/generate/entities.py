"""Objects of which some members are given: made, and held to their schema and its relations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from understudy.codec import dumps
from understudy.contract.discriminator import exact
from understudy.contract.instances import broken
from understudy.contract.model import Contract
from understudy.contract.nodes import Node, slots, values
from understudy.contract.relations import Relation
from understudy.contract.schemas import named, reachable
from understudy.contract.validate import Validator
from understudy.errors import GenerationError
from understudy.generate.compile import Compiler
from understudy.generate.obey import obey
from understudy.generate.objects import ObjectMaker
from understudy.generate.place import ABSENT, Draft, Maker, Place
from understudy.generate.program.build import Clock
from understudy.generate.recipes import Context
from understudy.generate.source import Source
from understudy.generate.times import ended, stamp
from understudy.types import Json, JsonObject

_TRIES = 12
_INVALID = 3
"""How many values that break their schema are made: what is given then does not fit it.

Where the given itself is wrong, one is enough.
"""


class Entities:
    """Makes the objects of one contract so that `relations` hold in them."""

    def __init__(
        self,
        contract: Contract,
        relations: Mapping[str, tuple[Relation, ...]],
        context: Context,
        source: Source,
        clock: Clock,
        locale: str,
    ) -> None:
        behaviour = replace(contract.behaviour, relations=relations)
        self._relations = relations
        self._schemas = contract.schemas
        self._compiler = Compiler(contract.schemas, behaviour, context, locale)
        self._source = source
        self._clock = clock
        self._makers: dict[bytes, Maker] = {}
        self._validators: dict[bytes, Validator] = {}
        self._related: dict[bytes, bool] = {}

    def stamp(self, now: int) -> str:
        """Return an instant, in microseconds since 1970, as an RFC 3339 date-time."""
        return stamp(now, self._clock.fraction)

    def value(self, schema: Json, *labels: str | int) -> Json:
        """Return the value of `schema` that `labels` name, null excepted."""
        return self._tried(schema, {}, labels, self._clock.now)

    def make(
        self, schema: Json, given: Mapping[str, Json], *labels: str | int, now: int | None = None
    ) -> JsonObject:
        """Return the object of `schema` that `labels` name, of which some members are given.

        Nothing in it is later than `now`, in microseconds since 1970, or else the clock.
        Raises GenerationError where nothing with these members was found to be valid.
        """
        now = self._clock.now if now is None else now
        made = self._tried(schema, given, labels, now)
        if not isinstance(made, dict):  # a union, of which not all branches are objects
            made = self._tried({"allOf": [schema, {"type": "object"}]}, given, labels, now)
        if not isinstance(made, dict):
            raise GenerationError(f"{named(schema) or 'a resource'} is no object")
        return made

    def accepts(self, schema: Json, value: Json) -> bool:
        """Tell whether a value satisfies a schema, and whether its relations hold."""
        return self.validator(schema).accepts(value) and self._holds(schema, value)

    def wrong(self, schema: Json, value: JsonObject) -> set[str | int]:
        """Return the members of a value in which its schema finds something wrong."""
        return _wrong(self.validator(schema), value)

    def _holds(self, schema: Json, value: Json) -> bool:
        """Tell whether the relations of a value, which satisfies its schema, hold."""
        key = dumps(schema)
        if key not in self._related:
            known = reachable(schema, self._schemas)
            self._related[key] = any(name in self._relations for name in known)
        return not self._related[key] or not any(
            broken(self._relations, value, schema, self._schemas)
        )

    def validator(self, schema: Json) -> Validator:
        """Return the validator of a schema, built when it is asked for first."""
        key = dumps(schema)
        if key not in self._validators:
            self._validators[key] = Validator(*exact(schema, self._schemas))
        return self._validators[key]

    def counted(self, schema: Json, value: JsonObject) -> JsonObject:
        """Return `value` in which counts are the lengths of what they count."""
        counts = [r for r in self._relations.get(named(schema), ()) if r.kind == "counts"]
        found = dict(value) if counts else value
        for relation in counts:
            (number,), (array,) = relation.terms
            for items in values(Node(found), array):
                for container, key in slots(Node(found), number):
                    container[key] = len(items) if isinstance(items, list) else container[key]
        return found

    def _tried(
        self, schema: Json, given: Mapping[str, Json], labels: tuple[str | int, ...], now: int
    ) -> Json:
        source = self._source
        for label in labels:
            source = source.at(label)
        maker = self._maker(schema)
        validator, invalid, valid = self.validator(schema), 0, None
        for attempt in range(_TRIES):
            made = self._drawn(maker, given, source.at(attempt), now)
            if not validator.accepts(made):
                hopeless = not given.keys().isdisjoint(_wrong(validator, made))
                invalid = _INVALID if hopeless else invalid + 1
            elif self._holds(schema, made):
                return made
            else:
                valid = made
            if invalid == _INVALID:
                break
        if valid is not None and not given:  # names have told what nothing keeps: see `veto`
            return valid
        raise GenerationError(f"{named(schema) or 'a schema'}: nothing valid was found")

    def _maker(self, schema: Json) -> Maker:
        key = dumps(schema)
        if key not in self._makers:
            self._makers[key] = self._compiler.present(schema)
        return self._makers[key]

    def _drawn(self, maker: Maker, given: Mapping[str, Json], source: Source, now: int) -> Json:
        draft = Draft(latest=now, given=bool(given))
        if isinstance(maker, ObjectMaker):
            value: Json = maker.fill(source, Place({}, draft=draft), given)
        else:
            root: dict[str, Json] = {"": None}
            value = root[""] = maker(source, Place(root, draft=draft), "")
        if value is ABSENT:
            return None
        if isinstance(value, dict):
            value.update(given)
        age = source.at("age")
        latest = ended(age.base * age.salt, now)
        obey(draft, self._relations, latest, self._clock.fraction)
        return value


def _wrong(validator: Validator, value: Json) -> set[str | int]:
    """Return the members of a value in which something is wrong."""
    return {violation.path[0] for violation in validator.violations(value) if violation.path}
