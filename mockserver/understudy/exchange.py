"""Requests and replies as values: decoded, as the pipeline maps them, and as they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from understudy.types import Json


@dataclass(frozen=True, slots=True)
class Request:
    """A valid request to one operation: decoded values, not wire text.

    `path`, `query`, `headers` and `cookies` map parameter names to decoded values; absent
    optional parameters without a default are missing. `body` is decoded JSON, or None without
    one.
    """

    path: Mapping[str, Json] = field(default_factory=dict)
    query: Mapping[str, Json] = field(default_factory=dict)
    headers: Mapping[str, Json] = field(default_factory=dict)
    body: Json = None
    cookies: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, header fields and body bytes of one HTTP response.

    `media_type` is the value of Content-Type, which is not repeated among `headers`.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"

    def header(self, name: str) -> str | None:
        """Return the value of a header field by its lower-case name, or None."""
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclass(frozen=True, slots=True)
class Sent:
    """One HTTP request as it goes over the wire.

    `target` is path and query below the address of the API, percent-encoded.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        """Return the path of the target, percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """Return the query of the target, percent-encoded, without the question mark."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str:
        """Return the value of a header field by its lower-case name; empty without one."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its reply, with the seconds it took."""

    sent: Sent
    reply: Reply
    seconds: float = 0.0
