"""Say in plain words what expressions, pointers and relations mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from understudy.contract.expressions import Relative, Runtime
from understudy.contract.nodes import Term
from understudy.contract.relations import Relation


def said(runtime: Runtime) -> str:
    """Return a value of the request as people name it: `query limit`."""
    if runtime.location == "now":
        return "the clock"
    name = place(runtime.tokens) if runtime.location == "body" and runtime.tokens else runtime.name
    return f"{runtime.location} {name}".rstrip()


def place(tokens: Sequence[str]) -> str:
    """Return where tokens lead to: `id in each of messages` for `/messages/*/id`."""
    if "*" not in tokens:
        return "/".join(tokens)
    last = len(tokens) - 1 - list(reversed(tokens)).index("*")
    inner, outer = "/".join(tokens[last + 1 :]), place(tokens[:last])
    each = f"each of {outer}" if outer else "each item"
    return f"{inner} in {each}" if inner else each


def sentence(relation: Relation) -> str:
    """Return a relation in one sentence without a full stop."""
    return _SENTENCES[relation.kind](relation)


def _relative(where: Relative) -> str:
    """Return a relative pointer: `created_at of the one before, 2 levels up`."""
    found = place(where.tokens) or "itself"
    neighbour = {-1: " of the one before", 0: "", 1: " of the one after"}
    beside = neighbour.get(where.shift, f" of the one {where.shift:+d} from it")
    levels = "level" if where.up == 1 else "levels"
    above = f" {where.up} {levels} up" if where.up else ""
    return f"{found}{beside}{',' if beside and above else ''}{above}"


def _one(term: Term) -> str:
    listed = [_relative(where) for where in term]
    if len(listed) == 1:
        return listed[0]
    return f"the first of {', '.join(listed[:-1])} and {listed[-1]} that is not null"


def _listed(term: Term) -> str:
    return " and ".join(_relative(where) for where in term)


def _in_order(relation: Relation) -> str:
    first, *later = (_listed(term) for term in relation.terms)
    return f"{first} is not after {', nor that after '.join(later)}"


def _at_most(relation: Relation) -> str:
    parts, bound = relation.terms
    total = f"the sum of {_listed(parts)}" if len(parts) > 1 else _listed(parts)
    return f"{total} is at most {_listed(bound)}"


def _distinct(relation: Relation) -> str:
    (where,) = relation.terms[0]
    *array, _, inner = where.tokens
    return f"no two of {place(array)} have the same {inner}"


def _sorted(relation: Relation) -> str:
    (where,) = relation.terms[0]
    verb = {"ascending": "ascends", "descending": "descends"}
    how = verb.get(relation.options["direction"], "ascends throughout or descends throughout")
    return f"{place(where.tokens)} {how}"


def _holds(relation: Relation) -> str:
    told = f"satisfies the JSON Schema at {relation.pointer} as well"
    return str(relation.options.get("says", told))


def _between(verb: str) -> Callable[[Relation], str]:
    def said_of(relation: Relation) -> str:
        first, second = relation.terms
        return f"{_listed(first)} {verb} {_one(second)}"

    return said_of


_SENTENCES: Mapping[str, Callable[[Relation], str]] = {
    "at_most": _at_most,
    "clock_id": _between("holds the time of"),
    "counts": _between("is the length of"),
    "different": _between("is never the same as"),
    "distinct": _distinct,
    "equal": _between("is the same as"),
    "holds": _holds,
    "identified_by": lambda r: f"those with the same {_listed(r.terms[0])} are equal",
    "in_order": _in_order,
    "renders": _between("says the words of"),
    "sorted": _sorted,
    "unique": _between("is different for each different"),
}
