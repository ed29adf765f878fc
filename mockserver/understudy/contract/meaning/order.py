"""Tell from the words of a description in which order a list comes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from understudy.contract.meaning import names
from understudy.contract.meaning.model import Order
from understudy.contract.meaning.shape import Shapes
from understudy.types import Json

NEWEST = re.compile(
    r"\b(newest|latest|most recent(?:ly \w+)?|recent(?:ly \w+)?)\b[^,;]{0,30}\bfirst\b"
    r"|\breverse[- ]chronological"
)
OLDEST = re.compile(r"\b(oldest|earliest)\b[^,;]{0,30}\bfirst\b|(?<!reverse[- ])\bchronological")
_SORTED = re.compile(
    r"\b(?:sorted|ordered) by (?:the )?[`'\"]?([\w. ]+?)[`'\"]?"
    r"(?:,? \(?(?:in )?(desc|asc)(?:ending)?|[,;]|$)"
)
_CHOICE = re.compile(r"\b(can|could|either|if|may|optional\w*|or|set|unless|use|when)\b")


def order(text: str, item: Json, shapes: Shapes) -> Order | None:
    """Return the order that a description promises in so many words, or None.

    A sentence that offers a choice, or speaks of a list within the items, promises nothing.
    """
    inner = {
        names.words(name)[-1]
        for name, schema in shapes.properties(item).items()
        if "array" in shapes.types(schema)
    }
    for said in sentences(text):
        if _CHOICE.search(said) or inner & set(re.findall(r"\w+", said)):
            continue
        found = _named(said, item, shapes) or _timed(said, item, shapes)
        if found is not None:
            return found
    return None


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text in lower case."""
    for said in re.split(r"[.!?](?:\s|$)|\n\s*\n", text):
        yield " ".join(said.lower().split())


def _named(said: str, item: Json, shapes: Shapes) -> Order | None:
    match = _SORTED.search(said)
    by = shapes.first_named(item, (names.plain(match[1]),)) if match else ""
    if match is None or not by or not _has_one_order(by, item, shapes):
        return None
    return Order((by,), match[2] == "desc" or bool(NEWEST.search(said)))


def _timed(said: str, item: Json, shapes: Shapes) -> Order | None:
    newest = NEWEST.search(said)
    if newest is None and not OLDEST.search(said):
        return None
    changed = re.search("updat|modif|activ|chang", newest[0]) if newest else None
    times = [name for name in shapes.properties(item) if _has_one_order(name, item, shapes)]
    by = names.first_of(names.LATEST if changed else names.CREATED, times)
    if not by and not changed:
        told = [name for name in times if names.plain(name) in names.EARLIEST + names.LATEST]
        by = told[0] if len(told) == 1 else ""
    return Order((by,), newest is not None) if by else None


def _has_one_order(name: str, item: Json, shapes: Shapes) -> bool:
    """Tell whether all sort a member alike: instants and numbers, but not text."""
    member = shapes.properties(item)[name]
    return shapes.is_instant(member) or shapes.is_number(member)
