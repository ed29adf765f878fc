"""Request and reply as values: what the pipeline maps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from understudy.types import Json


@dataclass(frozen=True, slots=True)
class Request:
    """A valid request to one operation: decoded values, not wire text.

    `path`, `query` and `headers` map parameter names to decoded values; absent optional
    parameters without a default are missing. `body` is decoded JSON, or None without a body.
    """

    path: Mapping[str, Json] = field(default_factory=dict)
    query: Mapping[str, Json] = field(default_factory=dict)
    headers: Mapping[str, Json] = field(default_factory=dict)
    body: Json = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, header fields and body bytes of one HTTP response."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"
