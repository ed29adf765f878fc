"""Relations: declared truths between fields, checked here on any JSON, generated or real.

Written once in behaviour.yaml under the name of a schema and applied to every instance of it:

    equal: [/thread_id, 2/id]              the first is the same as the second
    equal: [/user_id, [3/user_id, 3/anon]] ... as the first of several that is not null
    different: [0-1/role, /role]           never the same
    in_order: [/created_at, /updated_at]   instants, none before the one listed before it
    at_most: [[/read, /unread], /total]    the sum of the first is not above the second
    holds: {if: {...}, then: {...}}        a JSON Schema beyond the contract's
    renders: [/content_html, /content]     the HTML says the same words as the text
    clock_id: [/id, [/answer/at, /asked_at]], epoch, shift, low
                                           an integer as text whose high bits are a time
    identified_by: /id                     instances with the same id are equal
    unique: [/store_code, /id]             the first differs wherever the second does
    unique: [/id, /id]                     no two instances have the same

Names tell of these as well (see `meaning.truths`); the generator does not know them yet:

    counts: [/message_count, /messages]    a number is the length of an array
    distinct: /messages/*/id               no value comes twice
    sorted: /messages/*/sent_at            instants ascend, descend or do either, by `direction`

A term that leads nowhere, or to null, promises nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import TypeAlias

from understudy.codec import identity
from understudy.contract.expressions import parse_relative
from understudy.contract.nodes import Node, Slot, Term, first_value, instant, slots, values
from understudy.contract.pointers import MISSING
from understudy.contract.validate import Validator
from understudy.types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Relation:
    """One declared truth about the instances of a schema."""

    kind: str
    schema: str
    terms: tuple[Term, ...]
    options: Mapping[str, Json] = field(default_factory=dict)
    pointer: str = ""
    validator: Validator | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """An instance for which a relation does not hold."""

    relation: Relation
    pointer: str
    message: str


def breaches(relation: Relation, nodes: Sequence[Node]) -> Iterator[Breach]:
    """Yield where `relation` fails among `nodes`, the instances of its schema in one document."""
    for node, message in KINDS[relation.kind].check(relation, nodes):
        yield Breach(relation, node.pointer(), message)


def ordered(relation: Relation, node: Node) -> list[list[Slot]]:
    """Return, for each term of an in_order relation that has any, the places that are not null."""
    found = (
        [s for w in term for s in slots(node, w) if s[0][s[1]] is not None]
        for term in relation.terms
    )
    return [places for places in found if places]


def related(kind: str, schema: str, *terms: str, **options: Json) -> Relation:
    """Return a relation between single pointers that names tell of."""
    return Relation(kind, schema, tuple(_term(term) for term in terms), options)


def told_holds(schema: str, data: JsonObject, about: str, says: str) -> Relation:
    """Return that a JSON Schema holds, as names tell; `says` is what it means for `about`."""
    return Relation("holds", schema, (), {"about": about, "says": says}, "", Validator(data))


def parse_relation(schema: str, data: JsonObject, pointer: str) -> Relation:
    """Return the relation that `data` spells. Raises ValueError with what is wrong with it."""
    kind = next(iter(data), "")
    if kind not in KINDS or KINDS[kind].told:
        known = (name for name, one in KINDS.items() if not one.told)
        raise ValueError(f"unknown relation {kind!r}; known are {', '.join(known)}")
    options = {key: value for key, value in data.items() if key != kind}
    _check_options(kind, options)
    if kind == "holds":
        return Relation(kind, schema, (), options, pointer, Validator(data[kind]))
    listed = data[kind] if isinstance(data[kind], list) else [data[kind]]
    terms = tuple(_term(entry) for entry in listed)
    if not KINDS[kind].arity(len(terms)):
        raise ValueError(f"{kind} does not take {len(terms)} terms")
    if any(len(term) > 1 for term in terms[: KINDS[kind].single]):
        raise ValueError(f"{kind} takes one pointer where several are listed")
    return Relation(kind, schema, terms, options, pointer)


def _check_options(kind: str, options: JsonObject) -> None:
    unknown = options.keys() - KINDS[kind].options
    if unknown:
        raise ValueError(f"{kind} does not know {', '.join(sorted(unknown))}")
    for name, fits in KINDS[kind].options.items():
        if not fits(options.get(name)):
            raise ValueError(f"{kind} needs {name}")


def _term(entry: Json) -> Term:
    parsed = [parse_relative(str(part)) for part in (entry if isinstance(entry, list) else [entry])]
    if None in parsed or not parsed:
        raise ValueError(f"{entry!r} is not a relative JSON pointer")
    return tuple(part for part in parsed if part is not None)


_Check: TypeAlias = Callable[[Relation, Sequence[Node]], Iterator[tuple[Node, str]]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How many terms a kind of relation takes, and how it is checked.

    The first `single` terms are one pointer each; `options` stand beside the terms. What is only
    `told` by names cannot be declared: the generator does not obey it.
    """

    arity: Callable[[int], bool]
    check: _Check
    single: int = 0
    options: Mapping[str, Callable[[Json], bool]] = field(default_factory=dict)
    told: bool = False


def _each(check: Callable[[Relation, Node], Iterator[str]]) -> _Check:
    """Return a check of all instances from a check of one."""

    def over(relation: Relation, nodes: Sequence[Node]) -> Iterator[tuple[Node, str]]:
        for node in nodes:
            for message in check(relation, node):
                yield node, message

    return over


def _check_equal(relation: Relation, node: Node) -> Iterator[str]:
    (subject,), others = relation.terms
    wanted = first_value(node, others)
    for found in values(node, subject):
        if wanted is not MISSING and None not in (found, wanted) and found != wanted:
            yield f"{subject} is {found!r}, not {wanted!r} as {others[0]} is"


def _check_different(relation: Relation, node: Node) -> Iterator[str]:
    (first,), (second,) = relation.terms
    for a, b in product(values(node, first), values(node, second)):
        if a is not None and a == b:
            yield f"{first} and {second} are both {a!r}"


def _check_in_order(relation: Relation, node: Node) -> Iterator[str]:
    for earlier, later in pairwise(ordered(relation, node)):
        for (box, key), (other, name) in product(earlier, later):
            start, end = instant(box[key]), instant(other[name])
            if start and end and start > end:
                yield f"{key} is {box[key]}, after {name}, which is {other[name]}"


def _check_at_most(relation: Relation, node: Node) -> Iterator[str]:
    parts, bound = relation.terms
    limit = first_value(node, bound)
    found = (value for where in parts for value in values(node, where))
    numbers = [value for value in found if isinstance(value, int | float)]
    if isinstance(limit, int | float) and sum(numbers) > limit:
        yield f"{' + '.join(map(str, parts))} is {sum(numbers)}, above {bound[0]}, which is {limit}"


def _check_holds(relation: Relation, node: Node) -> Iterator[str]:
    if relation.validator is None:
        return
    for violation in relation.validator.violations(node.value):
        yield violation.message


def words(text: str) -> list[str]:
    """Return the letters and digits of Markdown or HTML, without markup."""
    return re.findall(
        r"[^\W_]+", html.unescape(re.sub(r"<[^>]*>|^\s*\d+\.\s", " ", text, flags=re.M))
    )


def _check_renders(relation: Relation, node: Node) -> Iterator[str]:
    (subject,), source = relation.terms
    text = first_value(node, source)
    for rendered in values(node, subject):
        if isinstance(rendered, str) and isinstance(text, str) and words(rendered) != words(text):
            yield f"{subject} does not say what {source[0]} says"


def _check_clock_id(relation: Relation, node: Node) -> Iterator[str]:
    (subject,), times = relation.terms
    at, epoch = instant(first_value(node, times)), instant(relation.options["epoch"])
    for identifier in values(node, subject):
        if not at or not epoch or not str(identifier).isdecimal():
            continue
        told = int(identifier) >> int(relation.options["shift"])
        if abs(told - (at - epoch).total_seconds() * 1000) > 1000:
            yield f"{subject} {identifier} does not encode the time {at.isoformat()}"


def _check_identified_by(relation: Relation, nodes: Sequence[Node]) -> Iterator[tuple[Node, str]]:
    seen: dict[bytes, Json] = {}
    for node in nodes:
        identifier = first_value(node, relation.terms[0])
        if identifier is None or identifier is MISSING:
            continue
        if seen.setdefault(identity(identifier), node.value) != node.value:
            yield node, f"differs from another instance with the id {identifier!r}"


def _check_unique(relation: Relation, nodes: Sequence[Node]) -> Iterator[tuple[Node, str]]:
    seen: dict[bytes, Json] = {}
    first, second = relation.terms
    for number, node in enumerate(nodes):
        value, identifier = first_value(node, first), first_value(node, second)
        if value is None or value is MISSING:
            continue
        if first == second:  # every instance is another one
            identifier = number
        if seen.setdefault(identity(value), identifier) != identifier:
            yield node, f"{relation.terms[0][0]} {value!r} belongs to another instance as well"


def _check_counts(relation: Relation, node: Node) -> Iterator[str]:
    (number,), (array,) = relation.terms
    for count, items in product(values(node, number), values(node, array)):
        if isinstance(count, int) and isinstance(items, list) and count != len(items):
            yield f"{number} is {count}, but {array} has {len(items)} items"


def _check_distinct(relation: Relation, node: Node) -> Iterator[str]:
    (where,) = relation.terms[0]
    found = [identity(value) for value in values(node, where) if value is not None]
    if len(set(found)) < len(found):
        twice = next(one for one in found if found.count(one) > 1)
        yield f"{where} is {twice.decode()} more than once"


def _check_sorted(relation: Relation, nodes: Sequence[Node]) -> Iterator[tuple[Node, str]]:
    """Yield instances that are not in order; which order may be for the first of them to say."""
    (where,) = relation.terms[0]
    wanted = relation.options["direction"]
    for node in nodes:
        times = [at for text in values(node, where) if (at := instant(text))]
        directions = {"descending" if a > b else "ascending" for a, b in pairwise(times) if a != b}
        if not directions <= ({wanted} if wanted != "either" else directions):
            yield node, f"{where} is not in {wanted} order"
        elif len(directions) > 1:
            yield node, f"{where} goes up and down"
        elif wanted == "either" and directions:
            (wanted,) = directions


_CLOCK: Mapping[str, Callable[[Json], bool]] = {
    "epoch": lambda value: instant(value) is not None,
    "low": lambda value: isinstance(value, int),
    "shift": lambda value: isinstance(value, int),
}

KINDS: Mapping[str, Kind] = {
    "at_most": Kind(lambda n: n == 2, _each(_check_at_most)),
    "counts": Kind(lambda n: n == 2, _each(_check_counts), 2, told=True),
    "clock_id": Kind(lambda n: n == 2, _each(_check_clock_id), 1, _CLOCK),
    "different": Kind(lambda n: n == 2, _each(_check_different), 2),
    "distinct": Kind(lambda n: n == 1, _each(_check_distinct), 1, told=True),
    "equal": Kind(lambda n: n == 2, _each(_check_equal), 1),
    "holds": Kind(lambda n: n == 0, _each(_check_holds)),
    "identified_by": Kind(lambda n: n == 1, _check_identified_by),
    "in_order": Kind(lambda n: n >= 2, _each(_check_in_order)),
    "renders": Kind(lambda n: n == 2, _each(_check_renders), 1),
    "sorted": Kind(lambda n: n == 1, _check_sorted, 1, told=True),
    "unique": Kind(lambda n: n == 2, _check_unique),
}
