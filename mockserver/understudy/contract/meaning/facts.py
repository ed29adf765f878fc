"""Everything that is taken to be true of a contract, in words, for `understudy explain`."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.contract import pointers
from understudy.contract.behaviour import Action, Behaviour
from understudy.contract.meaning.model import Fact, Listing, Meaning, Reading, Tokens, Writing
from understudy.contract.model import Operation
from understudy.contract.relations import Relation

PAGING = ("size", "offset", "page", "cursor", "total", "pages")
"""The parts of paging, as facts name them."""

_NAMES = "the names in the contract"
_WORDS = "the words of the description"
_DECLARED = "behaviour.yaml"


def facts(behaviour: Behaviour, meaning: Meaning) -> tuple[Fact, ...]:
    """Return the facts of a meaning: those of operations first, then those of schemas."""
    return (
        *(fact for one in meaning.lists for fact in _of_list(behaviour, one)),
        *(fact for one in meaning.reads for fact in _of_read(behaviour, one)),
        *(fact for one in meaning.writes for fact in _of_write(behaviour, one)),
        *_of_schemas(behaviour, meaning),
    )


def paging_id(operation: Operation, part: str) -> str:
    """Return the id of one part of how a list is paged."""
    return f"{operation.id} paging {part}"


def pointer_id(operation: Operation, kind: str, tokens: Tokens) -> str:
    """Return the id of a fact about one member."""
    return f"{operation.id} {kind} {pointers.join('', *tokens)}"


def relation_id(relation: Relation) -> str:
    """Return the id of a relation of a schema."""
    terms = " ".join(str(where) for term in relation.terms for where in term)
    return f"{relation.schema} {relation.kind} {terms}".rstrip()


def _of_list(behaviour: Behaviour, one: Listing) -> Iterator[Fact]:
    operation, action = one.operation, behaviour.operations.get(one.operation.id)
    why, declared = (_DECLARED, True) if action else (_NAMES, False)
    place = pointers.join("", *one.items) or "the response"
    yield Fact(f"{operation.id} list", f"lists each {one.resource} at {place}", why, declared)
    yield from _of_paging(one, action)
    for tokens, runtime in one.filters.items():
        stated = action is not None and tokens in action.filters
        says = f"with {runtime}, every item has it at {pointers.join('', *tokens)}"
        yield _fact(pointer_id(operation, "filter", tokens), says, stated)
    for tokens, runtime in one.owners.items():
        says = f"every item has {runtime} at {pointers.join('', *tokens)}"
        yield _fact(pointer_id(operation, "owner", tokens), says, declared)
    for tokens, runtime in one.echoes.items():
        says = f"{pointers.join('', *tokens)} repeats {runtime}"
        yield _fact(pointer_id(operation, "echo", tokens), says)
    for runtime in one.known:
        says = f"what {runtime} names must exist; an unknown one is 404"
        yield Fact(f"{operation.id} known {runtime.name}", says, _WORDS)
    if one.order is not None:
        direction = "latest first" if one.order.descending else "earliest first"
        says = f"items come by {pointers.join('', *one.order.by)}, {direction}"
        yield Fact(f"{operation.id} order", says, why if declared else _WORDS, declared)


def _of_paging(one: Listing, action: Action | None) -> Iterator[Fact]:
    operation = one.operation
    paging = one.paging
    for part, runtime, says in (
        ("size", paging.size, "limits how many come"),
        ("offset", paging.offset, "skips so many"),
        ("page", paging.page, f"counts pages from {paging.first_page}"),
        ("cursor", paging.cursor, f"continues at {pointers.join('', *(paging.next or ()))}"),
    ):
        if runtime is not None:
            stated = action is not None and runtime in (action.limit, action.offset)
            yield _fact(paging_id(operation, part), f"{runtime} {says}", stated)
    for part, tokens, says in (
        ("total", paging.total, "counts the whole"),
        ("pages", paging.pages, "counts the pages"),
    ):
        if tokens is not None:
            yield _fact(paging_id(operation, part), f"{pointers.join('', *tokens)} {says}")


def _of_read(behaviour: Behaviour, one: Reading) -> Iterator[Fact]:
    operation, declared = one.operation, one.operation.id in behaviour.operations
    says = f"reads the {one.resource} that {one.id} names; an unknown one is 404"
    yield _fact(f"{operation.id} read", says, declared)
    for tokens, runtime in one.owners.items():
        says = f"{pointers.join('', *tokens)} repeats {runtime}"
        yield _fact(pointer_id(operation, "owner", tokens), says, declared)
    for tokens, runtime in one.last.items():
        says = f"{pointers.join('', *tokens)} has the last {runtime} entries"
        yield _fact(pointer_id(operation, "last", tokens), says, declared)


def _of_write(behaviour: Behaviour, one: Writing) -> Iterator[Fact]:
    operation, declared = one.operation, one.operation.id in behaviour.operations
    says = {
        "create": f"creates a {one.resource} that can be read and listed afterwards",
        "update": f"changes what it names of the {one.resource}, and nothing else",
        "replace": f"replaces the {one.resource}",
        "delete": f"deletes the {one.resource}, which is 404 afterwards",
    }[one.kind]
    yield _fact(f"{operation.id} {one.kind}", says, declared)
    for tokens, runtime in one.echoes.items():
        says = f"{pointers.join('', *tokens)} repeats {runtime}"
        yield _fact(pointer_id(operation, "echo", tokens), says)


def _of_schemas(behaviour: Behaviour, meaning: Meaning) -> Iterator[Fact]:
    for name, relations in meaning.relations.items():
        for relation in relations:
            terms = " ".join(" or ".join(map(str, term)) for term in relation.terms)
            says = f"{relation.kind.replace('_', ' ')} {terms}".rstrip()
            yield _fact(relation_id(relation), says, name in behaviour.relations)


def _fact(id_: str, says: str, declared: bool = False) -> Fact:  # noqa: FBT001, FBT002
    return Fact(id_, says, _DECLARED if declared else _NAMES, declared)
