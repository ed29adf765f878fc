"""A value with a note that says what it is there to show."""

from __future__ import annotations

from dataclasses import dataclass

from understudy.types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value and its label, which is JSON as well. The value shares parts with others: only read.

    Boundary objects are labelled `{pointer, boundary, value}`, invalid ones
    `{pointer, keyword, kind, expected}`; `pointer` is a JSON Pointer (RFC 6901) into the value.
    """

    value: Json
    label: JsonObject
