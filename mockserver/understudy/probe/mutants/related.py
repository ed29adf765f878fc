"""Mutants of the relations between the fields of a schema."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeAlias

from understudy.checks.case import Case
from understudy.codec import dumps, identity
from understudy.contract.instances import instances
from understudy.contract.meaning.facts import relation_id
from understudy.contract.model import Operation
from understudy.contract.nodes import Node, Slot, Term, first_value, instant, slots
from understudy.contract.pointers import MISSING, children
from understudy.contract.relations import Relation
from understudy.exchange import Reply
from understudy.probe.mutants.mutant import Mutant, Original, is_success, replied, with_value
from understudy.probe.mutants.values import other, told
from understudy.types import Json

Break: TypeAlias = Callable[[Relation, Sequence[Node]], bool]
"""Changes one instance in place so that a relation does not hold; tells whether it could."""

_HOUR = timedelta(hours=1)


def related(original: Original, operation: Operation) -> Iterator[Mutant]:
    """Yield a mutant for each relation of which the operation has shown an instance."""
    cases = [case for case in original.of(operation) if is_success(case)]
    names: Counter[str] = Counter()
    for relations in original.rules.meaning.relations.values():
        for relation in relations:
            names[relation_id(relation)] += 1
            nth = names[relation_id(relation)]
            number = f" {nth}" if nth > 1 else ""
            for variant, break_ in _breaks(relation, cases):
                if any(_broken(case, relation, break_) is not None for case in cases):
                    yield Mutant(
                        f"{operation.id}/{relation_id(relation)}{number}{variant}",
                        f"What is declared holds: {relation_id(relation)}{number}",
                        replied(operation, partial(_broken, relation=relation, break_=break_)),
                    )


def _broken(case: Case, relation: Relation, break_: Break) -> Reply | None:
    """Return the reply with the relation broken once, or None where there is no way."""
    if case.response is None or not case.media_type or not is_success(case):
        return None
    value = copy.deepcopy(case.value)
    schema = case.response.schemas[case.media_type]
    nodes = instances(value, schema, case.rules.contract.schemas).get(relation.schema, [])
    if not nodes or not break_(relation, nodes) or identity(value) == identity(case.value):
        return None
    return with_value(case, value)


def _breaks(relation: Relation, cases: Sequence[Case]) -> Iterator[tuple[str, Break]]:
    """Yield the ways to break a relation, each with what tells it from the others."""
    if relation.kind == "in_order":
        for index in range(len(relation.terms) - 1):
            variant = f" at {relation.terms[index + 1][0]}" if len(relation.terms) > 2 else ""
            yield variant, partial(_disorder, index=index)
    elif relation.kind == "holds":
        known = _known(relation, cases)
        yield "", partial(_contradict, known=known)
    else:
        yield "", _BREAKS[relation.kind]


def _places(node: Node, term: Term) -> list[Slot]:
    """Return the places of a term that hold something."""
    return [slot for where in term for slot in slots(node, where) if slot[0][slot[1]] is not None]


def _last(nodes: Sequence[Node], term: Term, new: Callable[[Node, Json], Json]) -> bool:
    """Put a new value into the last place of a term for which there is one."""
    for node in reversed(nodes):
        for box, key in reversed(_places(node, term)):
            value = new(node, box[key])
            if value is not MISSING:
                box[key] = value
                return True
    return False


def _unequal(relation: Relation, nodes: Sequence[Node]) -> bool:
    subject, others = relation.terms

    def new(node: Node, value: Json) -> Json:
        return other(value) if first_value(node, others) not in (None, MISSING) else MISSING

    return _last(nodes, subject, new)


def _same(relation: Relation, nodes: Sequence[Node]) -> bool:
    (first,), second = relation.terms
    for node in reversed(nodes):
        wanted = first_value(node, second)
        for box, key in slots(node, first) if wanted not in (None, MISSING) else ():
            box[key] = wanted
            return True
    return False


def _disorder(relation: Relation, nodes: Sequence[Node], index: int) -> bool:
    """Move the last instant of one term to an hour after the first of the next that has any."""
    for node in reversed(nodes):
        earlier = _places(node, relation.terms[index])
        later = next(
            (found for t in relation.terms[index + 1 :] if (found := _places(node, t))), []
        )
        at = instant(later[0][0][later[0][1]]) if later else None
        if not earlier or at is None:
            continue
        box, key = earlier[-1]
        box[key] = told(at + _HOUR, box[key])
        return True
    return False


def _exceed(relation: Relation, nodes: Sequence[Node]) -> bool:
    parts, bound = relation.terms

    def new(node: Node, _value: Json) -> Json:
        limit = first_value(node, bound)
        return limit + 1 if isinstance(limit, int | float) else MISSING

    return _last(nodes, parts, new)


def _render_more(relation: Relation, nodes: Sequence[Node]) -> bool:
    return _last(nodes, relation.terms[0], lambda _node, value: f"{value} understudy")


def _other_time(relation: Relation, nodes: Sequence[Node]) -> bool:
    def new(node: Node, value: Json) -> Json:
        if not str(value).isdecimal() or not instant(first_value(node, relation.terms[1])):
            return MISSING
        return type(value)(int(value) + (10_000 << int(relation.options["shift"])))

    return _last(nodes, relation.terms[0], new)


def _contradictory_twin(relation: Relation, nodes: Sequence[Node]) -> bool:
    """Make two instances with one id differ: where there are two, else by taking over an id."""
    (term,) = relation.terms
    seen: dict[bytes, Node] = {}
    for node in nodes:
        id_ = first_value(node, term)
        if id_ in (None, MISSING):
            continue
        twin = seen.setdefault(identity(id_), node)
        if twin is not node and _borrow(node, id_, nodes):
            return True
    return _take_over(term, nodes)


def _borrow(node: Node, id_: Json, nodes: Sequence[Node]) -> bool:
    """Give an instance one member of another, which is as valid; not the id."""
    for key, value in node.value.items() if isinstance(node.value, dict) else ():
        theirs = (one.value.get(key, value) for one in nodes if isinstance(one.value, dict))
        new = next((one for one in theirs if one != value), value)
        if value != id_ and new != value:
            node.value[key] = new
            return True
    return False


def _take_over(term: Term, nodes: Sequence[Node]) -> bool:
    """Give the last instance the value of the first that has another."""
    places = [(box, key) for node in nodes for box, key in _places(node, term)]
    if len(places) < 2:
        return False
    (first, name), (box, key) = places[0], places[-1]
    box[key] = first[name]
    return True


def _not_unique(relation: Relation, nodes: Sequence[Node]) -> bool:
    return _take_over(relation.terms[0], nodes)


def _miscount(relation: Relation, nodes: Sequence[Node]) -> bool:
    return _last(nodes, relation.terms[0], lambda _node, value: value + 1)


def _twice(relation: Relation, nodes: Sequence[Node]) -> bool:
    return any(_take_over(relation.terms[0], [node]) for node in reversed(nodes))


def _unsort(relation: Relation, nodes: Sequence[Node]) -> bool:
    (term,) = relation.terms
    for node in reversed(nodes):
        found = _places(node, term)
        times = [box[key] for box, key in found]
        if len(found) > 2 and len(set(times)) == len(times):
            (box, key), (last, name) = found[-2:]
            box[key], last[name] = last[name], box[key]
            return True
    return False


_BREAKS: Mapping[str, Break] = {
    "at_most": _exceed,
    "clock_id": _other_time,
    "counts": _miscount,
    "different": _same,
    "distinct": _twice,
    "equal": _unequal,
    "identified_by": _contradictory_twin,
    "renders": _render_more,
    "sorted": _unsort,
    "unique": _not_unique,
}


def _known(relation: Relation, cases: Sequence[Case]) -> Mapping[str, list[Json]]:
    """Return the values that the members of a schema's instances had, and other plain ones."""
    found: dict[str, dict[bytes, Json]] = {}
    for case in cases:
        if case.response is None or not case.media_type:
            continue
        schema = case.response.schemas[case.media_type]
        nodes = instances(case.value, schema, case.rules.contract.schemas)
        for node in nodes.get(relation.schema, ()):
            for key, value in children(node.value):
                found.setdefault(str(key), {})[dumps(value)] = value
    return {key: list(seen.values())[:50] for key, seen in found.items()}


def _contradict(relation: Relation, nodes: Sequence[Node], known: Mapping[str, list[Json]]) -> bool:
    """Give one member a value that it has elsewhere, or null, so that the schema refuses it."""
    if relation.validator is None:
        return False
    for node in reversed(nodes):
        for key, value in list(children(node.value)):
            for new in (*known.get(str(key), ()), None):
                node.value[key] = new
                if identity(new) != identity(value) and not relation.validator.accepts(node.value):
                    return True
            node.value[key] = value
    return False
