"""Everything that is taken to be true of a contract, in words, for `understudy explain`."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.contract import pointers
from understudy.contract.behaviour import Behaviour
from understudy.contract.meaning.model import Fact, Listing, Meaning, Reading, Tokens, Writing
from understudy.contract.meaning.words import place, said, sentence
from understudy.contract.model import Operation
from understudy.contract.relations import Relation

PAGING = ("size", "offset", "page", "cursor", "total", "pages")
"""The parts of paging, as facts name them."""

_NAMES = "told from names"
_DESCRIPTION = "told from the description"
_KINDS = {
    "create": "creates {}, which can be read and listed afterwards",
    "update": "changes what the request names of {}, and nothing else",
    "replace": "replaces {}",
    "delete": "deletes {}, which is gone afterwards",
}


def facts(behaviour: Behaviour, meaning: Meaning) -> tuple[Fact, ...]:
    """Return the facts of a meaning: those of operations first, then those of schemas."""
    teller = _Facts(behaviour)
    return (
        *(fact for one in meaning.lists for fact in teller.of_list(one)),
        *(fact for one in meaning.reads for fact in teller.of_read(one)),
        *(fact for one in meaning.writes for fact in teller.of_write(one)),
        *teller.of_schemas(meaning),
    )


def paging_id(operation: Operation, part: str) -> str:
    """Return the id of one part of how a list is paged."""
    return f"{operation.id} paging {part}"


def pointer_id(operation: Operation, kind: str, tokens: Tokens) -> str:
    """Return the id of a fact about one member."""
    return f"{operation.id} {kind} {pointers.join('', *tokens)}"


def relation_id(relation: Relation) -> str:
    """Return the id of a relation of a schema."""
    terms = [str(where) for term in relation.terms for where in term]
    about = " ".join(terms) or relation.options.get("about", "")
    return f"{relation.schema} {relation.kind} {about}".rstrip()


class _Facts:
    """Puts facts into words; what behaviour.yaml declares is said with its line."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    def of_list(self, one: Listing) -> Iterator[Fact]:
        operation = one.operation
        action = self._behaviour.operations.get(operation.id)
        where = f"the array at {place(one.items)}" if one.items else "the response is the array"
        yield self._fact(
            operation, "list", f"lists each {one.resource}: {where}", stated=bool(action)
        )
        yield from self._of_paging(one)
        for tokens, runtime in one.filters.items():
            stated = action is not None and tokens in action.filters
            says = f"with {said(runtime)}, only items come whose {place(tokens)} is equal to it"
            yield self._member(operation, "filter", tokens, says, stated=stated)
        for tokens, runtime in one.owners.items():
            stated = action is not None and runtime == action.parent
            says = f"{place(tokens)} in each item is {said(runtime)}"
            yield self._member(operation, "owner", tokens, says, stated=stated)
        for tokens, runtime in one.echoes.items():
            says = f"{place(tokens)} repeats {said(runtime)}"
            yield self._member(operation, "echo", tokens, says)
        for runtime in one.known:
            says = f"what {said(runtime)} names must exist, or else it is 404"
            yield Fact(
                f"{operation.id} known {runtime.name}", says, _DESCRIPTION, about=operation.id
            )
        if one.order is not None:
            direction = "descending" if one.order.descending else "ascending"
            says = f"items come in {direction} order of {place(one.order.by)}"
            why = self._declared(f"/operations/{operation.id}") if action else _DESCRIPTION
            yield Fact(f"{operation.id} order", says, why, bool(action), operation.id)

    def _of_paging(self, one: Listing) -> Iterator[Fact]:
        operation, paging = one.operation, one.paging
        action = self._behaviour.operations.get(operation.id)
        for part, runtime, says in (
            ("size", paging.size, "is the most items that come at once"),
            ("offset", paging.offset, "is how many items are passed over"),
            ("page", paging.page, f"is the number of the page, from {paging.first_page}"),
            ("cursor", paging.cursor, f"takes {place(paging.next or ())} of the page before"),
        ):
            if runtime is not None:
                stated = action is not None and runtime in (action.limit, action.offset)
                yield self._fact(
                    operation, f"paging {part}", f"{said(runtime)} {says}", stated=stated
                )
        for part, tokens, says in (
            ("total", paging.total, "is the number of items on all pages"),
            ("pages", paging.pages, "is the number of pages"),
        ):
            if tokens is not None:
                yield self._fact(operation, f"paging {part}", f"{place(tokens)} {says}")

    def of_read(self, one: Reading) -> Iterator[Fact]:
        operation = one.operation
        action = self._behaviour.operations.get(operation.id)
        says = f"reads the {one.resource} that {said(one.id)} names, or else is 404"
        yield self._fact(operation, "read", says, stated=bool(action))
        for tokens, runtime in one.owners.items():
            stated = action is not None and runtime == action.parent
            says = f"{place(tokens)} is {said(runtime)}"
            yield self._member(operation, "owner", tokens, says, stated=stated)
        for tokens, runtime in one.last.items():
            says = f"{place(tokens)} has as many of the last entries as {said(runtime)} says"
            yield self._member(operation, "last", tokens, says, stated=bool(action))

    def of_write(self, one: Writing) -> Iterator[Fact]:
        operation = one.operation
        action = self._behaviour.operations.get(operation.id)
        says = _KINDS[one.kind].format(_a(one.resource))
        yield self._fact(operation, one.kind, says, stated=action is not None)
        for tokens, runtime in one.echoes.items():
            says = f"{place(tokens)} repeats {said(runtime)}"
            stated = action is not None and tokens[0] in action.assign
            yield self._member(operation, "echo", tokens, says, stated=stated)
        for tokens, default in one.defaults.items():
            says = f"{place(tokens)} is {default!r} where the request does not say"
            yield self._member(operation, "default", tokens, says)

    def of_schemas(self, meaning: Meaning) -> Iterator[Fact]:
        for name, relations in meaning.relations.items():
            for one in relations:
                why = self._declared(one.pointer) if one.pointer else _NAMES
                yield Fact(relation_id(one), sentence(one), why, bool(one.pointer), name)

    def _member(
        self, operation: Operation, kind: str, tokens: Tokens, says: str, *, stated: bool = False
    ) -> Fact:
        about = pointer_id(operation, kind, tokens).removeprefix(f"{operation.id} ")
        return self._fact(operation, about, says, stated=stated)

    def _fact(self, operation: Operation, what: str, says: str, *, stated: bool = False) -> Fact:
        pointer = pointers.join("/operations", operation.id)
        why = self._declared(pointer) if stated else _NAMES
        return Fact(f"{operation.id} {what}", says, why, stated, operation.id)

    def _declared(self, pointer: str) -> str:
        """Return the place in behaviour.yaml that declares something."""
        document = self._behaviour.document
        if document is None:
            return "declared"
        found = document.problem(pointer, "")
        return f"declared in {found.file}:{found.line}"


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in tuple('aeiou') else 'a'} {noun}"
