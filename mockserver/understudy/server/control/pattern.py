"""Which exchanges are meant: one notion for the lists, counts, waits and proofs of the journal.

Values of requests are said as in scenarios: a mapping is a JSON Schema, `{"$absent": true}` means
that there is none, anything else is the value itself; keys of a body are JSON pointers into it,
or those of one schema for the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import parse_qsl

from understudy.codec import dumps, identity
from understudy.contract import pointers
from understudy.contract.pointers import MISSING
from understudy.contract.validate import Validator
from understudy.server.control.reading import Seen, body_of, parameters_of
from understudy.state.journal import Entry
from understudy.types import Json, JsonObject

LOCATIONS: Final = ("path", "query", "header", "cookie")
_PLAIN: Final = ("session", "contract", "operation", "method", "target", "status", "rule")
_ABSENT: Final = "$absent"
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Miss:
    """One way in which an exchange is not what was meant."""

    field: str
    expected: str
    got: str

    def as_json(self) -> JsonObject:
        """Return the miss as JSON."""
        return {"field": self.field, "expected": self.expected, "got": self.got}

    def __str__(self) -> str:
        """Return the miss as one line."""
        return f"{self.field}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one value of a request must be; `name` is that of a parameter, or a JSON pointer."""

    location: str
    name: str
    value: Json
    validator: Validator | None = None

    @property
    def is_absent(self) -> bool:
        """Tell whether there must be no such value."""
        return isinstance(self.value, dict) and _ABSENT in self.value

    def met(self, values: list[Json]) -> bool:
        """Tell whether any reading of the value is what is wanted; no reading is no value."""
        if self.is_absent or not values:
            return self.is_absent and not values
        if self.validator is not None:
            return any(map(self.validator.accepts, values))
        return identity(self.value) in map(identity, values)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What exchanges are meant: everything that is said must hold."""

    plain: Mapping[str, str | int] = field(default_factory=dict)
    wanted: tuple[Wanted, ...] = ()

    def concerns(self, entry: Entry) -> bool:
        """Tell quickly whether an entry may be meant: it is of the session, and an exchange."""
        session = self.plain.get("session")
        return not entry.event and (session is None or entry.session == session)

    def matches(self, seen: Seen) -> bool:
        """Tell whether an exchange is meant."""
        return self.concerns(seen.entry) and next(self.misses(seen), None) is None

    def misses(self, seen: Seen) -> Iterator[Miss]:
        """Yield each way in which an exchange is not what is meant; without secrets."""
        for name, value in self.plain.items():
            got = _PLAINLY[name](seen)
            if not _equal(name, value, got):
                yield Miss(name, _text(value), _text(got))
        for wanted in self.wanted:
            if not wanted.met(_readings(seen, wanted, shown=False)):
                yield _missed(seen, wanted)


def pattern(data: Mapping[str, Json]) -> Pattern:
    """Return the pattern that `data` describes. Raises ValueError for a schema that is none."""
    unknown = data.keys() - {*_PLAIN, *LOCATIONS, "body"}
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: a pattern has no such members")
    wanted = [
        _wanted(location, name, value)
        for location in LOCATIONS
        for name, value in data.get(location, {}).items()
    ]
    if "body" in data:
        wanted += _of_body(data["body"])
    plain = {name: data[name] for name in _PLAIN if name in data}
    return Pattern(plain, tuple(wanted))


def _of_body(said: Json) -> list[Wanted]:
    placed = [key.startswith("/") for key in said] if isinstance(said, dict) else [False]
    if all(placed) and placed:
        return [_wanted("body", key, value) for key, value in said.items()]
    if any(placed):
        raise ValueError("body: mixes JSON pointers with the keywords of a schema")
    return [_wanted("body", "", said)]


def _wanted(location: str, name: str, value: Json) -> Wanted:
    if not isinstance(value, dict) or _ABSENT in value:
        return Wanted(location, name, value)
    try:
        return Wanted(location, name, value, Validator(value))
    except ValueError as error:
        place, why = f"{location} {name}".strip(), str(error).partition("\n")[0]
        raise ValueError(f"{place}: a mapping is taken for a JSON Schema: {why}") from error


_PLAINLY: Final[Mapping[str, Callable[[Seen], str | int]]] = {
    "session": lambda seen: seen.entry.session,
    "contract": lambda seen: seen.contract,
    "operation": lambda seen: seen.operation.id if seen.operation else "",
    "method": lambda seen: seen.entry.method,
    "target": lambda seen: seen.shown.exchange.sent.path,
    "status": lambda seen: seen.entry.status,
    "rule": lambda seen: seen.entry.rule,
}


def _equal(name: str, value: str | int, got: str | int) -> bool:
    if name == "target":
        return fnmatchcase(str(got), str(value).replace("[", "[[]"))
    return value.upper() == got if name == "method" and isinstance(value, str) else value == got


def _readings(seen: Seen, wanted: Wanted, *, shown: bool) -> list[Json]:
    """Return a value of a request as its operation reads it, and as it was sent."""
    understood = seen.understood_shown if shown else seen.understood
    record = seen.shown if shown else seen.record
    if wanted.location == "body":
        found = pointers.follow(body_of(record, understood), pointers.split(wanted.name))
        return [] if found is MISSING else [found]
    sent = record.exchange.sent
    readings: list[Json] = []
    for name, value in parameters_of(understood).get(wanted.location, {}).items():
        if _same(name, wanted):
            readings.append(value)
    if wanted.location == "query":
        pairs = parse_qsl(sent.query, keep_blank_values=True)
        readings += [value for name, value in pairs if name == wanted.name]
    elif wanted.location == "header":
        readings += [value for name, value in sent.headers if _same(name, wanted)]
    elif wanted.location == "cookie":
        cookies = (pair.strip().partition("=") for pair in sent.header("cookie").split(";"))
        readings += [value for name, _, value in cookies if name == wanted.name]
    elif not shown:
        readings += [v for k, v in seen.texts.items() if k == wanted.name and v is not None]
    return readings


def _same(name: str, wanted: Wanted) -> bool:
    if wanted.location == "header":
        return name.lower() == wanted.name.lower()
    return name == wanted.name


def _missed(seen: Seen, wanted: Wanted) -> Miss:
    got = _readings(seen, wanted, shown=True)
    place = f"{wanted.location} {wanted.name}".strip()
    expected = "nothing" if wanted.is_absent else _text(wanted.value)
    if wanted.validator is None or not got:
        return Miss(place, expected, _text(got[0]) if got else "nothing")
    violations = wanted.validator.violations(got[0])
    why = "; ".join(
        f"{pointers.join('', *map(str, one.path))} {one.message}".strip() for one in violations[:3]
    )
    return Miss(place, expected, f"{_text(got[0])}: {why}" if why else _text(got[0]))


def _text(value: Json) -> str:
    text = dumps(value).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
