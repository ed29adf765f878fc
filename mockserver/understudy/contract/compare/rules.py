"""What a difference between schemas means to clients, by direction, in a level and a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from understudy.contract.compare.changes import Difference, Level
from understudy.contract.pointers import join

Direction: TypeAlias = Literal["request", "response"]

_FIXED: Final[Mapping[str, Level]] = {
    "default-changed": "risky",
    "deprecated": "safe",
    "format-changed": "risky",
    "request-property-added": "safe",
    "response-property-removed": "breaking",
}
"""The levels that do not follow from what is gained or lost.

Clients do not send what they do not know, and read what they were promised.
"""

SENTENCES: Final[Mapping[str, str | tuple[str, str]]] = {
    "property-added": "{what} may now hold {at}",
    "property-removed": (
        "{what} no longer knows {at}: what clients send there is ignored or refused",
        "{what} no longer promises {at}, which clients may read",
    ),
    "required-property-added": (
        "{what} must now hold {at}, which clients do not send yet",
        "{what} now always holds {at}",
    ),
    "property-required": (
        "{what} must now hold {at}, which clients may leave out",
        "{what} now always holds {at}",
    ),
    "property-optional": (
        "{what} need no longer hold {at}",
        "{what} may now lack {at}, which was always there",
    ),
    "other-properties-allowed": "{what} may now hold properties that are not declared{in_}",
    "other-properties-forbidden": "{what} may no longer hold properties that are not declared{in_}",
    "null-added": "{at} of {what} may now be null",
    "null-removed": "{at} of {what} may no longer be null",
    "type-added": "{at} of {what} may now also be {now}",
    "type-removed": "{at} of {what} may no longer be {before}",
    "type-changed": "{at} of {what} was {before} and is now {now}",
    "variant-added": "{at} of {what} may now also be {now}",
    "variant-removed": "{at} of {what} may no longer be {before}",
    "enum-value-added": "{at} of {what} may now also be {now}",
    "enum-value-removed": "{at} of {what} may no longer be {before}",
    "widened": (
        "{at} of {what} may be more than before: was {before}, is now {now}",
        "{at} of {what} may be what it never was: was {before}, is now {now}",
    ),
    "narrowed": (
        "{at} of {what} may no longer be all that it could: was {before}, is now {now}",
        "{at} of {what} is less than before: was {before}, is now {now}",
    ),
    "changed": "{at} of {what} may be other than before: was {before}, is now {now}",
    "default-changed": "{at} of {what} had the default {before} and now has {now}",
    "format-changed": "{at} of {what} had the format {before} and now has {now}",
    "deprecated": "{at} of {what} is deprecated",
}

_UNDECIDED = "; whether this breaks clients cannot be decided from the schemas"


def level_of(one: Difference, direction: Direction) -> Level:
    """Return what a difference means to clients that send or receive such values."""
    gained, lost = one.gained, one.lost
    fixed = _FIXED.get(one.rule) or _FIXED.get(f"{direction}-{one.rule}")
    if fixed:
        return fixed
    harm = lost if direction == "request" else gained
    if one.rule == "property-removed" and not harm:
        return "risky"
    if one.rule == "property-added" and harm:
        return "risky"
    return "risky" if harm is None else "breaking" if harm else "safe"


def sentence_of(one: Difference, direction: Direction, what: str) -> str:
    """Return what a difference means, said of `what`, such as `the request body`."""
    sentence = SENTENCES[one.rule]
    if isinstance(sentence, tuple):
        sentence = sentence[direction == "response"]
    place = join("", *one.path)
    text = sentence.format(
        what=what,
        at=place or "the value",
        in_=f" at {place}" if place else "",
        before=one.before or "nothing",
        now=one.now or "nothing",
    )
    harm = one.lost if direction == "request" else one.gained
    return text + _UNDECIDED if harm is None else text
