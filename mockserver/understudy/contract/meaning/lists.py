"""Tell from names what an operation lists, and how it is paged and filtered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from understudy.contract.expressions import Runtime
from understudy.contract.meaning import names
from understudy.contract.meaning.model import Listing, Paging, Tokens
from understudy.contract.meaning.order import order
from understudy.contract.meaning.shape import Shapes
from understudy.contract.model import Operation, Parameter
from understudy.types import Json

_PAGING = names.SIZE | names.OFFSET | names.PAGE | names.CURSOR
_NOT_EQUAL = re.compile(
    r"\b(at least|at most|except|exclud\w*|ignor\w*|max\w*|min\w*|not|up to|without"
    r"|or (?:above|below|better|higher|later|less|lower|more|worse))\b"
)
_NOT_ALONE = re.compile(
    r"\b(after|also|before|comma|contain\w*|from|fuzzy|includ\w*|list of|multiple|near|newer"
    r"|older|partial\w*|prefix|range|separated|several|since|starting|until|within)\b"
)
_NOT_A_COUNT = re.compile(
    r"\b(amount|approximat\w*|cents?|cost|currency|estimat\w*|money|price|sum)"
)
_LINK = re.compile(r"\b(link|ur[il])\b")
_ANYTHING = frozenset({"all", "any", "both", "none"})


def listing(operation: Operation, shapes: Shapes) -> Listing | None:
    """Return what `operation` lists, as far as names tell, or None."""
    schema = answer(operation)
    if operation.method != "get" or schema is None:
        return None
    if names.SEARCH & set(names.last_words(operation.path)):
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
        filters=dict(_filters(operation, item, shapes)),
        owners=dict(owners(operation, item, resource, shapes)),
        known=tuple(_known(operation)),
        order=order(f"{operation.summary}.\n{operation.description}", item, shapes),
        paging=_paging(operation, schema, item, shapes),
        echoes=dict(_echoes(operation, schema, shapes)),
    )


def answer(operation: Operation) -> Json:
    """Return the schema of what `operation` answers when it is done, or None without a body.

    What is only accepted (202) is not done.
    """
    success = operation.success
    if not success.status.startswith("2") or success.status == "202":
        return None
    return next((s for kind, s in success.schemas.items() if "json" in kind or "*" in kind), None)


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
    plural = names.last_words(operation.path)[-1]
    paged = any(names.plain(p.name) in _PAGING - names.CURSOR for p in operation.parameters)
    if not paged and names.singular(plural) == plural:
        return None
    known = names.COLLECTIONS | {plural}
    preferred = [entry for entry in arrays if names.words(entry[0][-1])[-1] in known]
    chosen = preferred or (arrays if paged and len(arrays) == 1 else [])
    return chosen[0] if chosen else None


def _paging(operation: Operation, schema: Json, item: Json, shapes: Shapes) -> Paging:
    members = {names.plain(name) for name in shapes.properties(item)}

    def asked(wanted: frozenset[str]) -> Parameter | None:
        found = (p for p in _query(operation, wanted) if names.plain(p.name) not in members)
        return next((p for p in found if shapes.is_number(p.schema)), None)

    size, offset, page = asked(names.SIZE), asked(names.OFFSET), asked(names.PAGE)
    if offset is not None and 1 in (_starts(offset, shapes)):
        offset = None
    next_ = _next(schema, shapes)
    cursors = (p for p in _query(operation, names.CURSOR) if _is_cursor(p, shapes))
    cursor = next(cursors, None) if next_ else None
    paged = size or offset or page or cursor
    total = shapes.counts(schema, names.TOTAL) if paged else None
    if total and _NOT_A_COUNT.search(_said_at(schema, total, shapes)):
        total = None
    return Paging(
        size=_runtime(size),
        offset=_runtime(offset),
        page=_runtime(page),
        first_page=_first_page(page, shapes) if page else 1,
        cursor=_runtime(cursor),
        next=next_ if cursor else None,
        total=total,
        total_header=_total_header(operation) if paged else "",
        pages=shapes.counts(schema, names.PAGES) if page else None,
    )


def _query(operation: Operation, wanted: frozenset[str]) -> Iterator[Parameter]:
    for parameter in operation.parameters:
        if parameter.location == "query" and names.plain(parameter.name) in wanted:
            yield parameter


def _runtime(parameter: Parameter | None) -> Runtime | None:
    return Runtime(parameter.location, parameter.name) if parameter else None


def _starts(parameter: Parameter, shapes: Shapes) -> tuple[Json, Json]:
    """Return the default and the minimum of a parameter: what it counts from."""
    schema = parameter.schema
    return shapes.keyword(schema, "default"), shapes.keyword(schema, "minimum")


def _first_page(page: Parameter, shapes: Shapes) -> int:
    told = [one for one in _starts(page, shapes) if one in (0, 1)]
    said = f"{page.description} {shapes.said(page.schema)}".lower()
    if not told and re.search(
        r"\b(zero|0)[- ](based|indexed)|\b(starts?|starting) (at|from) 0\b", said
    ):
        return 0
    fallback = 0 if names.plain(page.name) == "pageindex" else 1
    return int(next(iter(told), fallback))


def _next(schema: Json, shapes: Shapes) -> Tokens | None:
    """Return where a response says how to go on, if that is no link."""
    found = [
        tokens
        for tokens, member in shapes.near(schema)
        if names.plain(tokens[-1]) in names.NEXT
        and "string" in shapes.types(member)
        and "uri" not in str(shapes.keyword(member, "format"))
        and not _LINK.search(shapes.said(member))
    ]
    named = (tokens for tokens in found if {"next", "end"} & set(names.words(tokens[-1])))
    return next(named, next(iter(found), None))


def _is_cursor(parameter: Parameter, shapes: Shapes) -> bool:
    """Tell whether a parameter takes what the page before gave: it is no date."""
    return "date" not in str(shapes.keyword(parameter.schema, "format")) and bool(
        shapes.types(parameter.schema) & {"string", "integer"}
    )


def _said_at(schema: Json, tokens: Tokens, shapes: Shapes) -> str:
    return next((shapes.said(m) for found, m in shapes.near(schema) if found == tokens), "")


def _total_header(operation: Operation) -> str:
    """Return the header that has the number of items on all pages, or an empty text."""
    found = (header.name for header in operation.success.headers)
    return next((one for one in found if names.plain(one).removeprefix("x") in names.TOTAL), "")


def _echoes(operation: Operation, schema: Json, shapes: Shapes) -> Iterator[tuple[Tokens, Runtime]]:
    """Yield the members of a response that repeat how the page was asked for.

    A size without a maximum may be cut by the server.
    """
    asked = {
        names.plain(p.name): p
        for p in _query(operation, names.ECHOED | names.OFFSET | names.PAGE)
        if names.plain(p.name) not in names.ECHOED or shapes.keyword(p.schema, "maximum")
    }
    for tokens, member in shapes.near(schema):
        parameter = asked.get(names.plain(tokens[-1]))
        if parameter is not None and shapes.is_number(member):
            yield tokens, Runtime("query", parameter.name)


def _filters(operation: Operation, item: Json, shapes: Shapes) -> Iterator[tuple[Tokens, Runtime]]:
    """Yield the members of items that optional parameters keep to one value."""
    members: Mapping[str, tuple[str, Json]] = {
        names.plain(name): (name, schema) for name, schema in shapes.properties(item).items()
    }
    for parameter in operation.parameters:
        name = names.plain(parameter.name)
        if parameter.location != "query" or name not in members or name in _PAGING:
            continue
        member, schema = members[name]
        if _is_filter(parameter, schema, shapes):
            yield (member,), Runtime("query", parameter.name)


def _is_filter(parameter: Parameter, member: Json, shapes: Shapes) -> bool:
    """Tell whether a parameter keeps what is equal to it: an enum, an id or a truth value."""
    schema, name = parameter.schema, names.plain(parameter.name)
    said = f"{parameter.description} {shapes.said(schema)}".lower()
    if name in names.UNCOMPARED or _NOT_EQUAL.search(said):
        return False
    types = shapes.types(schema)
    if len(types) != 1 or types != shapes.types(member):
        return False
    allowed, known = shapes.enum(schema), shapes.enum(member)
    if allowed:
        fits = all(one in (known or allowed) for one in allowed)
        return fits and not _ANYTHING & {str(one).lower() for one in allowed}
    if shapes.keyword(schema, "default") is not None or _NOT_ALONE.search(said):
        return False
    return is_identifying(parameter, shapes) or "boolean" in types or name == "year"


def _known(operation: Operation) -> Iterator[Runtime]:
    """Yield the parameters of which the description of the 404 says that they may not exist."""
    missing = operation.responses.get("404")
    said = names.words(missing.description) if missing else ()
    for parameter in operation.parameters:
        *noun, last = names.words(parameter.name)
        if parameter.required and last in ("id", "key", "slug") and set(noun[-1:]) & set(said):
            yield Runtime(parameter.location, parameter.name)


def is_identifying(parameter: Parameter, shapes: Shapes) -> bool:
    """Tell whether a parameter is an id by its name or its format."""
    if not shapes.types(parameter.schema) <= {"string", "integer"}:
        return False
    last = names.words(parameter.name)[-1]
    return last in ("id", "uuid", "guid") or shapes.keyword(parameter.schema, "format") == "uuid"


def owners(
    operation: Operation, item: Json, resource: str, shapes: Shapes, own: str = ""
) -> Iterator[tuple[Tokens, Runtime]]:
    """Yield the members that name what the request names: whose a resource is.

    `own` is the parameter that names the resource itself. Without an id of its own, or under a
    word such as `followers`, a resource may bear the id of somebody else.
    """
    id_ = shapes.identifier(item, resource, own)
    component = shapes.nouns(shapes.name(item)) if shapes.name(item) else ()
    about = names.words(resource)
    spoken = {*names.last_words(operation.path), *about}
    if id_ is None or spoken & names.OTHERS or (component and not {*about} & {*component}):
        return
    members = {names.plain(name): name for name in shapes.properties(item)}
    for parameter in operation.parameters:
        if not parameter.required or parameter.location not in ("path", "query"):
            continue
        name = names.plain(parameter.name)
        if parameter.location == "path":
            name = names.of_parameter(operation.path, parameter.name)
        if parameter.name == own or name not in members or (members[name],) == id_:
            continue
        same = shapes.types(shapes.properties(item)[members[name]]) == shapes.types(
            parameter.schema
        )
        if same and is_identifying(parameter, shapes):
            yield (members[name],), Runtime(parameter.location, parameter.name)
