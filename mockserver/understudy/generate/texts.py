"""Text within canonical bounds: formats from their table, patterns from their expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from understudy.contract.canonical import StringView
from understudy.errors import GenerationError
from understudy.generate.formats import FORMATS, text
from understudy.generate.patterns.automata import Language, language
from understudy.generate.place import Maker, Place
from understudy.generate.source import Source
from understudy.generate.times import moment_maker
from understudy.types import Json

_MONTH = 30 * 86400
_ROOM = 64

Text: TypeAlias = Callable[[Source], str]


def text_maker(view: StringView) -> Maker:
    """Return a maker of text; what a format and other facets say together is left to a check."""
    if view.formats:
        if view.formats == ["date-time"]:
            return moment_maker(0, _MONTH)
        return _made(FORMATS.get(view.formats[0], _phrase(view)))
    if view.patterns or view.excluded_patterns or view.excluded:
        texts = matching(view)
        return _none(texts) if texts.is_empty() else _made(texts.draw)
    return _made(_phrase(view))


def whole(pattern: str) -> Language:
    """Return the texts that `pattern` matches from end to end. Raises ValueError if it cannot."""
    return language((f"^(?:{pattern})$",))


def matching(view: StringView) -> Language:
    """Return the texts that the patterns and lengths of `view` allow."""
    return language(
        tuple(view.patterns),
        excluded_patterns=tuple(view.excluded_patterns),
        excluded=tuple(view.excluded),
        min_length=view.min_length or 0,
        max_length=view.max_length,
    )


def _made(make: Text) -> Maker:
    return lambda source, _place, _key: make(source)


def _none(texts: Language) -> Maker:
    def make(_source: Source, _place: Place, key: str | int) -> Json:
        raise GenerationError(f"{key}: no text that is allowed matches {texts}")

    return make


def _phrase(view: StringView) -> Text:
    low = view.min_length or 0
    high = view.max_length if view.max_length is not None else low + _ROOM
    return lambda source: text(source, low, high)


def faithful(view: StringView) -> bool:
    """Tell whether the maker of `view` needs no check."""
    facets: tuple[Json, ...] = (
        view.patterns, view.excluded_patterns, view.excluded, view.min_length, view.max_length,
    )  # fmt: skip
    plain = not (view.excluded_formats or view.content_encodings or view.content_media_types)
    known = (*FORMATS, "date-time")
    if not view.formats:
        return plain
    return plain and len(view.formats) == 1 and view.formats[0] in known and not any(facets)
