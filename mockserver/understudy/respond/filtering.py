"""Keep the members of a list that have what a request says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from understudy.contract.expressions import Runtime
from understudy.contract.meaning.kinds import Kind, name_of
from understudy.contract.meaning.model import Listing, Tokens
from understudy.contract.pointers import MISSING, follow
from understudy.exchange import Request
from understudy.respond.ids import spelled
from understudy.respond.sorting import Entry


def wanted(part: Listing, kind: Kind) -> dict[Tokens, Runtime]:
    """Return what a request may say of the members that are listed, besides their collection."""
    return {
        tokens: runtime
        for tokens, runtime in {**part.filters, **part.owners}.items()
        if tokens[0] in kind.properties and name_of(part, runtime) not in kind.scope
    }


def kept(found: Sequence[Entry], by: Mapping[Tokens, Runtime], request: Request) -> list[Entry]:
    """Return the members that have what a request says of them."""
    said = [(t, value) for t, r in by.items() if (value := r.of(request)) is not MISSING]
    return [one for one in found if all(spelled(follow(one[1], t)) == spelled(v) for t, v in said)]
