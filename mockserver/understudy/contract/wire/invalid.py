"""What is wrong with a request, as values that every error dialect can put into its own words."""

from __future__ import annotations

from dataclasses import dataclass

from understudy.types import Json


@dataclass(frozen=True, slots=True)
class Invalid:
    """One thing in a request that the contract does not allow.

    `keyword` is the JSON Schema keyword that refused `value`, or one of: missing, integer,
    number, boolean (text that is none), repeated, encoding, json, syntax (of another media
    type), style. `path` begins with where it is (path, query, header, cookie, body); `limit` is
    what the keyword asks for.
    """

    keyword: str
    path: tuple[str | int, ...]
    message: str
    value: Json = None
    limit: Json = None
