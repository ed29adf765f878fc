"""Decide what the scenarios that are on do with one request to one operation.

Rules act in two places. Early ones come before credentials and validity are looked at, late ones
answer valid requests. In each the first rule that answers or breaks the connection decides, and
the delays of those before it add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from understudy.contract import pointers
from understudy.contract.pointers import MISSING
from understudy.contract.validate import Validator
from understudy.exchange import Reply, Request
from understudy.respond.problems import Headers
from understudy.respond.refusals import Refusals
from understudy.scenario.delays import drawn, seconds_of
from understudy.scenario.limits import counted, fields_of, retry_after
from understudy.scenario.making import Ask, Making, with_fields
from understudy.scenario.model import Rule, Scenario, Uniform, Wanted
from understudy.state.session import Session
from understudy.types import Json


@dataclass(frozen=True, slots=True)
class Direction:
    """What is to happen to one request.

    With a reply that is sent; without one the request goes on as ever, and `headers` are added
    to what answers it, each in place of those of the same name. `delay` is in seconds, `drip` in
    bytes per second, both nothing if 0; `fault` is one of FAULTS, or empty. `acted` names the
    rules. If it is `over`, no late rule has a say; `calls` and `states` are for those: the number
    of the call, and what state it found, by scenario.
    """

    reply: Reply | None = None
    headers: Headers = ()
    delay: float = 0.0
    fault: str = ""
    drip: int = 0
    acted: tuple[str, ...] = ()
    over: bool = False
    calls: tuple[int, ...] = ()
    states: tuple[str, ...] = ()


class Asked:
    """One request as rules see it: whose it is, its raw header fields, and its decoded values.

    `read` decodes the request; it is called once, and only if a rule wants to know.
    """

    def __init__(
        self,
        session: Session,
        headers: Iterable[tuple[bytes, bytes]],
        read: Callable[[], Request],
    ) -> None:
        self.session = session
        self.headers = headers
        self._read = read

    @cached_property
    def request(self) -> Request:
        """Return the decoded request."""
        return self._read()

    def field(self, name: str) -> Json:
        """Return the text of a header field by its lower-case name, or MISSING."""
        wanted = name.encode()
        found = [value for key, value in self.headers if key == wanted]
        return b", ".join(found).decode("latin-1") if found else MISSING


class Acting:
    """The rules of the scenarios that are on, compiled for one operation."""

    def __init__(self, contract: str, scenarios: Sequence[Scenario], refusals: Refusals) -> None:
        id_ = refusals.operation.id
        cues = [
            _Cue(rule, f"{contract}/{scenario.name}", index, refusals)
            for index, scenario in enumerate(scenarios)
            for rule in scenario.rules
            if id_ in rule.operations
        ]
        self._early = [cue for cue in cues if cue.rule.is_early]
        self._late = [cue for cue in cues if not cue.rule.is_early]
        counted_ones = {cue.index for cue in cues if cue.counts}
        self._places = [(f"{contract}/{scenario.name}", scenario.initial) for scenario in scenarios]
        self._tallies = [
            f"{place} calls {id_}" if index in counted_ones else ""
            for index, (place, _) in enumerate(self._places)
        ]

    def __bool__(self) -> bool:
        """Tell whether any rule is about the operation."""
        return bool(self._early or self._late)

    def early(self, asked: Asked) -> Direction:
        """Return what happens before credentials and validity of a request are looked at."""
        session = asked.session
        calls = tuple(session.tally(key) if key else 0 for key in self._tallies)
        states = tuple(session.state(place) or initial for place, initial in self._places)
        return _directed(self._early, asked, Direction(calls=calls, states=states), _nothing)

    def late(self, asked: Asked, before: Direction, ask: Ask) -> Direction:
        """Return what happens to a valid request beyond what was said `before`.

        `ask` returns what would answer it, for a status or of its own accord.
        """
        start = Direction(calls=before.calls, states=before.states)
        return start if before.over else _directed(self._late, asked, start, ask)


def _directed(cues: Sequence[_Cue], asked: Asked, said: Direction, ask: Ask) -> Direction:
    for cue in cues:
        if cue.fits(asked, said):
            said = cue.act(asked, said, ask)
            if said.over:
                break
    return said


def _nothing(_status: int | None) -> Reply:
    raise LookupError("an early rule answers with an error, and asks for nothing")


class _Cue:
    """One rule of one scenario, compiled for one operation."""

    def __init__(self, rule: Rule, place: str, index: int, refusals: Refusals) -> None:
        self.rule = rule
        self.index = index
        self._place = place
        self._key = f"{place} {rule.pointer}"
        self._name = f"{place.rpartition('/')[2]}{rule.pointer}"
        self._chance = f"{self._key} {refusals.operation.id}"
        self._making = (
            Making(rule.answer, refusals, breaks=rule.breaks) if rule.answer is not None else None
        )
        self._wanted = [_compiled(one, refusals) for one in rule.when.wanted]

    @property
    def counts(self) -> bool:
        """Tell whether the number of a call has a say."""
        when, delay = self.rule.when, self.rule.delay
        draws = delay is not None and not (isinstance(delay, Uniform) and delay.low == delay.high)
        return when.calls is not None or when.probability is not None or draws

    def fits(self, asked: Asked, said: Direction) -> bool:
        """Tell whether the rule is about a request, by the call and the state it found."""
        when, call = self.rule.when, said.calls[self.index]
        if when.states and said.states[self.index] not in when.states:
            return False
        if when.calls is not None:
            first, last = when.calls
            if call < first or (last is not None and call > last):
                return False
        likely = when.probability
        if likely is not None and drawn(asked.session, self._chance, call, "comes true") >= likely:
            return False
        return all(fits(asked) for fits in self._wanted)

    def act(self, asked: Asked, said: Direction, ask: Ask) -> Direction:
        """Return what was said, and what this rule says."""
        rule, session = self.rule, asked.session
        fields: Headers = ()
        if rule.limit is not None:
            window = counted(rule.limit, f"{self._key} window", session)
            fields = fields_of(rule.limit, window)
            if window.used <= rule.limit.requests:
                return replace(said, headers=(*said.headers, *fields))
            fields = (*retry_after(window), *fields)
        if rule.times is not None and session.tally(f"{self._key} times") > rule.times:
            return said
        reply = self._reply(ask, (*said.headers, *fields))
        if rule.then is not None:
            session.enter(self._place, rule.then)
        return replace(
            said,
            reply=reply,
            delay=said.delay + self._delay(session, said.calls[self.index]),
            fault=rule.fault,
            drip=min(filter(None, (said.drip, rule.drip)), default=0),
            acted=(*said.acted, self._name),
            over=rule.ends,
        )

    def _reply(self, ask: Ask, fields: Headers) -> Reply | None:
        return with_fields(self._making.reply(ask), fields) if self._making else None

    def _delay(self, session: Session, call: int) -> float:
        if self.rule.delay is None:
            return 0.0
        chance = drawn(session, self._chance, call, "delay") if self.counts else 0.5
        return seconds_of(self.rule.delay, chance)


def _compiled(wanted: Wanted, refusals: Refusals) -> Callable[[Asked], bool]:
    """Return what tells whether a request has what is wanted of it."""
    value = _value(wanted, refusals)
    if wanted.absent:
        return lambda asked: value(asked) is MISSING
    accepts = Validator(wanted.schema, refusals.schemas).accepts

    def fits(asked: Asked) -> bool:
        found = value(asked)
        return found is not MISSING and accepts(found)

    return fits


def _value(wanted: Wanted, refusals: Refusals) -> Callable[[Asked], Json]:
    """Return what finds a value in a request; a header field that is not declared is a text."""
    name, place = wanted.name, wanted.location
    if place == "body":
        tokens = pointers.split(name)
        return lambda asked: pointers.follow(asked.request.body, tokens)
    if place != "header":
        return lambda asked: getattr(asked.request, _MAPPINGS[place]).get(name, MISSING)
    declared = [
        one.name
        for one in refusals.operation.parameters
        if one.location == "header" and one.name.lower() == name.lower()
    ]
    if not declared:
        return lambda asked: asked.field(name.lower())
    return lambda asked: asked.request.headers.get(declared[0], MISSING)


_MAPPINGS = {"path": "path", "query": "query", "cookie": "cookies"}
