"""The rules of scenarios as answers, call by call: what a counter is enough for.

Rules that ask for chance, time, states or values of the request are not such, and are told of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from understudy.contract.pointers import MISSING
from understudy.exchange import Exchange
from understudy.export.asking import Asker
from understudy.export.model import Told
from understudy.scenario.model import Answer, Rule, Scenario

_MOST_CALLS: Final = 100


def with_steps(asker: Asker, told: Iterable[Told], scenarios: Sequence[Scenario]) -> Iterator[Told]:
    """Yield what is told of operations with the steps of `scenarios`, which `asker` acts out."""
    rules = {f"{one.name}{rule.pointer}": rule for one in scenarios for rule in one.rules}
    for one in told:
        about = {name: rule for name, rule in rules.items() if one.operation.id in rule.operations}
        hard = {name: reason for name, rule in about.items() if (reason := _reason(rule))}
        if hard:
            said = "; ".join(f"{name} {reason}" for name, reason in hard.items())
            note = f"{one.operation.id} is as without the scenario: {said}"
            yield replace(one, notes=(*one.notes, note))
        elif about and one.shown:
            yield replace(one, steps=_steps(asker, one, about))
        else:
            yield one


def _steps(asker: Asker, told: Told, rules: Mapping[str, Rule]) -> tuple[Exchange | None, ...]:
    """Return what comes of one call after the other, without the repetition at the end."""
    shown = told.shown[0]
    body = asker.supply.body(told.operation, 0)
    calls = min(2 + sum(map(_calls, rules.values())), _MOST_CALLS)
    found: list[Exchange | None] = []
    for number in range(calls):
        ask = asker.ask_again if number else asker.ask
        exchange = ask(told.operation, shown.arguments, body)
        is_usual = exchange.reply == shown.exchange.reply
        found.append(None if is_usual else exchange)
    while len(found) > 1 and _alike(found[-1], found[-2]):
        found.pop()
    return () if found == [None] else tuple(found)


def _alike(one: Exchange | None, other: Exchange | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.reply == other.reply


def _calls(rule: Rule) -> int:
    """Return after how many calls a rule does the same for all that follow."""
    first, last = rule.when.calls or (0, 0)
    return (rule.times or 0) + max(first, last or 0)


def _reason(rule: Rule) -> str:
    """Return why a counter is not enough for a rule; empty where it is."""
    when = rule.when
    reasons = {
        "depends on the request": when.wanted,
        "is a matter of chance": when.probability is not None,
        "is about states": when.states or rule.then is not None,
        "delays": rule.delay is not None,
        "breaks the connection": rule.fault,
        "drips": rule.drip,
        "limits requests in a time": rule.limit is not None,
        "counts the calls of several operations": rule.times is not None
        and len(rule.operations) > 1,
        "patches the usual answer": rule.answer is not None and not _is_fixed(rule.answer),
    }
    return next((reason for reason, is_so in reasons.items() if is_so), "")


def _is_fixed(answer: Answer) -> bool:
    """Tell whether an answer is the same for all requests."""
    if answer.body is not MISSING or answer.example is not None:
        return True
    return answer.status is not None and answer.status >= 400
