"""Tell from names what an operation lists, and how it is paged, filtered and ordered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.model import Listing, Order, Paging, Tokens
from understudy.contract.meaning.shape import Shapes
from understudy.contract.model import Operation, Parameter
from understudy.types import Json

_EXACT_FORMATS = {"uuid", "date", "int32", "int64"}
_NEWEST = re.compile(
    r"\b(newest|latest|most recent(?:ly \w+)?|recent(?:ly \w+)?)\b[^.;]{0,30}\bfirst\b"
)
_OLDEST = re.compile(r"\b(oldest|earliest)\b[^.;]{0,30}\bfirst\b|\bchronological(?:ly| order)")
_REVERSE = re.compile(r"\breverse[- ]chronological")
_SORTED = re.compile(
    r"\b(?:sorted|ordered|order|sort) by (?:the )?[`'\"]?([\w. ]+?)[`'\"]?"
    r"(?:,? \(?(?:in )?(desc|asc)(?:ending)?|[.,;]|$)"
)


def listing(operation: Operation, shapes: Shapes) -> Listing | None:
    """Return what `operation` lists, as far as names tell, or None."""
    schema = next(iter(operation.success.schemas.values()), None)
    if operation.method != "get" or schema is None:
        return None
    items = items_of(operation, schema, shapes)
    if items is None:
        return None
    tokens, item = items
    resource = names.resource(operation.path)
    return Listing(
        operation=operation,
        resource=resource,
        items=tokens,
        schema=item,
        id=shapes.identifier(item, resource),
        filters=dict(_filters(operation, item, shapes, required=False)),
        owners=dict(_filters(operation, item, shapes, required=True)),
        known=tuple(_known(operation)),
        order=order(f"{operation.summary}. {operation.description}", item, shapes),
        paging=_paging(operation, schema, shapes),
        echoes=dict(_echoes(operation, schema, shapes)),
    )


def items_of(operation: Operation, schema: Json, shapes: Shapes) -> tuple[Tokens, Json] | None:
    """Return where in a response the listed items stand, and their schema."""
    item = shapes.items(schema)
    if item is not None:
        return (), item
    if names.ends_in_parameter(operation.path):
        return None
    arrays = [
        (tokens, found)
        for tokens, member in shapes.near(schema)
        if (found := shapes.items(member)) is not None
    ]
    plural = names.words(operation.path.rstrip("/").rpartition("/")[2])[-1:]
    known = names.COLLECTIONS | set(plural)
    preferred = [entry for entry in arrays if names.words(entry[0][-1])[-1] in known]
    paged = any(names.plain(p.name) in names.SIZE | names.PAGE for p in operation.parameters)
    chosen = preferred or (arrays if paged and len(arrays) == 1 else [])
    return chosen[0] if chosen else None


def order(text: str, item: Json, shapes: Shapes) -> Order | None:
    """Return the order that the words of a description promise, or None."""
    said = " ".join(text.lower().split())
    named = _SORTED.search(said)
    if named:
        by = names.first_of([names.plain(named[1])], shapes.properties(item))
        if by:
            return Order((by,), (named[2] or "") == "desc" or bool(_NEWEST.search(said)))
    newest, oldest = _NEWEST.search(said) or _REVERSE.search(said), _OLDEST.search(said)
    if not newest and not oldest:
        return None
    changed = newest is not None and re.search("updat|modif|activ|chang", newest[0])
    wanted = names.LATEST + names.EARLIEST if changed else names.EARLIEST + names.LATEST
    by = shapes.named(item, wanted)
    return Order((by,), newest is not None) if by else None


def named_query(operation: Operation, wanted: frozenset[str]) -> Iterator[Parameter]:
    """Yield the query parameters with one of the plain names."""
    for parameter in operation.parameters:
        if parameter.location == "query" and names.plain(parameter.name) in wanted:
            yield parameter


def _paging(operation: Operation, schema: Json, shapes: Shapes) -> Paging:
    def integer(wanted: frozenset[str]) -> Runtime | None:
        return next(
            (
                Runtime("query", p.name)
                for p in named_query(operation, wanted)
                if shapes.types(p.schema) == {"integer"}
            ),
            None,
        )

    cursor = next(named_query(operation, names.CURSOR), None)
    page = integer(names.PAGE)
    first = 1
    if page is not None:
        pages = next(p for p in operation.parameters if p.name == page.name)
        first = shapes.keyword(pages.schema, "minimum")
        first = shapes.keyword(pages.schema, "default") if first is None else first
    next_ = next(
        (
            t
            for t, member in shapes.near(schema)
            if names.plain(t[-1]) in names.NEXT and "string" in shapes.types(member)
        ),
        None,
    )
    return Paging(
        size=integer(names.SIZE),
        offset=integer(names.OFFSET),
        page=page,
        first_page=first if isinstance(first, int) else 1,
        cursor=Runtime("query", cursor.name) if cursor else None,
        next=next_ if cursor else None,
        total=shapes.counts(schema, names.TOTAL),
        pages=shapes.counts(schema, names.PAGES),
    )


def _echoes(operation: Operation, schema: Json, shapes: Shapes) -> Iterator[tuple[Tokens, Runtime]]:
    """Yield the members of a response that repeat how the page was asked for."""
    paging = names.SIZE | names.OFFSET | names.PAGE
    asked = {names.plain(p.name): p for p in named_query(operation, paging)}
    for tokens, member in shapes.near(schema):
        parameter = asked.get(names.plain(tokens[-1]))
        if parameter is not None and shapes.types(member) == {"integer"}:
            yield tokens, Runtime("query", parameter.name)


def _filters(
    operation: Operation, item: Json, shapes: Shapes, *, required: bool
) -> Iterator[tuple[Tokens, Runtime]]:
    """Yield the members of items that parameters keep to one value."""
    members = {
        names.plain(name): (name, schema) for name, schema in shapes.properties(item).items()
    }
    paging = names.SIZE | names.OFFSET | names.PAGE | names.CURSOR
    for parameter in operation.parameters:
        name = names.plain(parameter.name)
        if parameter.location not in ("path", "query") or parameter.required != required:
            continue
        if name not in members or name in paging:
            continue
        member, schema = members[name]
        if is_exact(parameter.schema, name, shapes) and shapes.types(schema) == shapes.types(
            parameter.schema
        ):
            yield (member,), Runtime(parameter.location, parameter.name)


def _known(operation: Operation) -> Iterator[Runtime]:
    """Yield the parameters of which the description of the 404 says that they may not exist."""
    said = (
        names.words(operation.responses["404"].description) if "404" in operation.responses else ()
    )
    for parameter in operation.parameters:
        *noun, last = names.words(parameter.name) or ("",)
        if parameter.required and last in ("id", "key", "slug") and set(noun[-1:]) & set(said):
            yield Runtime(parameter.location, parameter.name)


def is_exact(schema: Json, plain_name: str, shapes: Shapes) -> bool:
    """Tell whether a parameter is compared as a whole: an enum, id, number or truth value."""
    if shapes.types(schema) & {"boolean", "integer"} or plain_name.endswith("id"):
        return True
    exact = shapes.keyword(schema, "format") in _EXACT_FORMATS
    return exact or shapes.keyword(schema, "enum") is not None
