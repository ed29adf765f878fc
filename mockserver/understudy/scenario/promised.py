"""Hold what a scenario answers to its contract, by the checks that any implementation is held to.

What depends on the request is tried on generated bodies of several seeds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from understudy.checks import response as checks
from understudy.checks.case import Case, Rules
from understudy.checks.credentials import Credentials
from understudy.checks.promise import Finding
from understudy.contract.meaning.model import Meaning
from understudy.contract.model import Contract, Operation
from understudy.contract.pointers import MISSING
from understudy.contract.wire.route import Route
from understudy.errors import Problem
from understudy.exchange import Exchange, Reply, Sent
from understudy.generate.world import World
from understudy.respond import choice as choose
from understudy.respond.choice import Choice
from understudy.respond.content import UNMAKABLE, Content
from understudy.respond.dialects import dialect
from understudy.respond.refusals import Refusals
from understudy.scenario.limits import fields_of, retry_after, window
from understudy.scenario.making import AnswerError, Making, with_fields
from understudy.scenario.members import populated
from understudy.scenario.model import Answer, Rule, Scenario

SEEDS: Final = (1, 2, 3, 5)
BODIES: Final = 4
"""How many bodies of each seed a patch is tried on."""

_PARENTS: Final = 3
_MANY: Final = 20
"""How many members are tried of a resource that has many."""

_CHECKS: Final = (checks.media_type, checks.body, checks.problem, checks.headers, checks.no_body)
_BREAKS: Final = "change it, or say `breaks-contract: true`"


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What is wrong with an answer: which part of it, why, and how bad it is.

    What is `excused` by saying that the contract is broken can be sent.
    """

    part: str
    message: str
    hint: str = _BREAKS
    severity: str = "error"
    excused: bool = True


class Promised:
    """One contract, to which scenarios are held."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._dialect = dialect(contract.behaviour.errors)
        self._contents: dict[int, Content] = {}

    def problems(self, scenario: Scenario, known: Iterable[Problem] = ()) -> Iterator[Problem]:
        """Yield what is wrong with the answers of a scenario, and with the world that it makes.

        Rules of which something `known` is wrong already are left out.
        """
        if scenario.collections:
            yield from self._of_collections(scenario)
        wrong = {"/".join(one.pointer.split("/")[:3]) for one in known}
        for rule in scenario.rules:
            for part, message, hint, severity in (
                self._of_rule(rule) if rule.pointer not in wrong else ()
            ):
                at = f"{rule.pointer}{part}"
                yield scenario.document.problem(
                    at, message, hint, rule="scenario", severity=severity
                )

    def _of_collections(self, scenario: Scenario) -> Iterator[Problem]:
        """Yield a problem where some resource cannot be made any more."""
        contract = populated(self._contract, [scenario])
        try:
            world = World(contract, tolerant=True)
            for name, kind in contract.behaviour.resources.items():
                for index in range(_PARENTS):
                    if kind.count[1] > _MANY:
                        deque(world.run(name, index * kind.least, index * kind.least + _MANY), 0)
                    else:
                        world.collection(name, world.parent(kind.parent, index))
        except UNMAKABLE as error:
            message = f"with so many members, not everything can be made: {error}"
            yield scenario.document.problem("/collections", message, rule="scenario")

    @cached_property
    def _rules(self) -> Rules:
        return Rules(self._contract, Meaning(), Credentials())

    def _content(self, seed: int) -> Content:
        """Return what makes bodies of a seed, compiled when it is asked for first."""
        if seed not in self._contents:
            world = World(self._contract, seed=seed, tolerant=True)
            self._contents[seed] = Content(self._contract.schemas, world)
        return self._contents[seed]

    def _of_rule(self, rule: Rule) -> Iterator[tuple[str, str, str, str]]:
        """Yield pointer, message, hint and severity of what is wrong with one rule."""
        found: dict[tuple[str, str], tuple[_Wrong, list[str]]] = {}
        for id_ in rule.operations if rule.answer else ():
            for wrong in self._of_operation(rule, self._contract.operations[id_]):
                found.setdefault((wrong.part, wrong.message), (wrong, []))[1].append(id_)
        excused = [wrong for wrong, _ in found.values() if wrong.excused]
        for wrong, ids in found.values():
            if rule.breaks and wrong.excused:
                continue
            more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
            message = f"{ids[0]}{more}: {wrong.message}"
            yield f"/answer{wrong.part}", message, wrong.hint, wrong.severity
        if rule.breaks and not [one for one in excused if one.severity == "error"]:
            yield "/breaks-contract", "the rule keeps the contract", "leave it out", "warning"

    def _of_operation(self, rule: Rule, operation: Operation) -> Iterator[_Wrong]:
        """Yield what is wrong with the answer of a rule to one operation, each once."""
        answer = rule.answer or Answer()
        seen: set[_Wrong] = set()
        for seed in SEEDS:
            content = self._content(seed)
            making = Making(
                answer, Refusals(operation, self._dialect, content, self._contract.schemas)
            )
            try:
                for reply in self._replies(making, rule, content):
                    seen |= {*self._of_reply(reply, answer, operation)}
                if answer.patch is None or making.fixed is not None:
                    break  # the same whatever the body is
            except AnswerError as error:
                part = f"/{error.part}"
                seen.add(_Wrong(part, error.message, error.hint, excused=False))
                break
        yield from sorted(seen, key=lambda one: (one.part, one.message))

    def _replies(self, making: Making, rule: Rule, content: Content) -> Iterator[Reply]:
        """Yield what may be answered; a limit counts down in it."""
        answer, limit = rule.answer or Answer(), rule.limit
        if making.fixed is None:
            for base in self._usual(making, content):
                yield making.changed(base)
                if answer.patch is None:
                    return
        elif limit is None:
            yield making.fixed
        else:
            for now in (0.0, limit.seconds):
                said = window(limit, limit.requests + 1, now, limit.seconds)
                yield with_fields(making.fixed, (*retry_after(said), *fields_of(limit, said)))

    def _usual(self, making: Making, content: Content) -> Iterator[Reply]:
        """Yield some of what the operation may answer with a status of success."""
        choice = Choice(making.status, making.response) if making.response else None
        names = choose.in_order(choice.response.content) if choice else []
        if choice is None or not names:
            yield Reply(making.status, b"", (), "")
            return
        media, named = choice.response.content[names[0]], (names[0], choose.sent(names[0]))
        for turn in range(BODIES):
            label = f"scenario {making.label} {turn}"
            try:
                value = content.value(names[0], media, label)
            except UNMAKABLE:  # which is told of the contract itself
                return
            yield content.reply(choice, named, value, content.headers(choice.response, label))

    def _of_reply(self, reply: Reply, answer: Answer, operation: Operation) -> Iterator[_Wrong]:
        method = operation.method.upper()
        route = Route(operation.path, {method: operation}, {})
        case = Case(Exchange(Sent(method, operation.path), reply), self._rules, route)
        if case.response is None:
            known = ", ".join(operation.responses)
            message, told = f"{reply.status} is not documented", f"documented are {known}"
            yield _Wrong("/status", message, f"{told}; or say `breaks-contract: true`")
            return
        if reply.status >= 500 and case.response.content and not case.media_type:
            yield _Wrong("/headers", f"{reply.media_type or 'no body'} is not documented")
        for check in _CHECKS:
            for outcome in check(case):
                if outcome.finding:
                    yield _told(outcome.finding, answer)
        for outcome in checks.undeclared(case) if _says_body(answer) else ():
            if outcome.finding:
                message = f"the contract knows no {outcome.finding.got}"
                yield _Wrong(_body_of(answer), message, "is it a slip?", "warning")


def _told(finding: Finding, answer: Answer) -> _Wrong:
    """Return a finding as what is wrong with a part of the answer."""
    part = {
        checks.HEADERS: "/headers",
        checks.MEDIA_TYPE: "/headers",
        checks.NO_BODY: _body_of(answer),
        checks.BODY: _body_of(answer),
        checks.PROBLEM: _body_of(answer),
    }[finding.promise]
    subject = finding.subject.partition(" ")[2]
    got = f"{subject}: {finding.got}" if subject.startswith("header") else finding.got
    return _Wrong(part, f"breaks the contract: {got}, expected {finding.expected}")


def _body_of(answer: Answer) -> str:
    """Return the part of an answer that decides about the body."""
    if answer.patch is not None:
        return "/patch"
    return "/example" if answer.example is not None else "/body"


def _says_body(answer: Answer) -> bool:
    """Tell whether an answer has words of its own in its body."""
    return answer.patch is not None or answer.body is not MISSING
