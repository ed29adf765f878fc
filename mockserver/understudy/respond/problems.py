"""The kinds of errors, each with a stable type, and problem details for them (RFC 9457).

docs/reference/errors.md is held to this table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from understudy.codec import dumps
from understudy.contract import pointers
from understudy.contract.wire.invalid import Invalid
from understudy.exchange import Reply
from understudy.types import Json, JsonObject

MEDIA_TYPE: Final = "application/problem+json"
_TYPE = "urn:understudy:error:"
_LONGEST = 200
_MOST = 100

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of error: when it comes, and with which status.

    `others` are statuses that say the same where a contract documents those and not the first.
    A kind of our `own` is never put into the shape of a documented response.
    """

    name: str
    status: int
    meaning: str
    others: tuple[int, ...] = ()
    own: bool = False

    @property
    def type(self) -> str:
        """Return the URI of this kind (RFC 9457, section 3.1.1)."""
        return _TYPE + self.name

    @property
    def title(self) -> str:
        """Return the name in words, the same for each error of this kind."""
        return self.name.replace("-", " ").capitalize()


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("not-found", 404, "The path is right, and what it names is not there."),
        Kind("no-route", 404, "No path of the contract is like the one of the request."),
        Kind("method-not-allowed", 405, "The path has no such method; `Allow` lists those it has."),
        Kind(
            "unauthorized",
            401,
            "No good credential came; `WWW-Authenticate` and the detail say what is wanted.",
            (403,),
        ),
        Kind(
            "unsupported-media-type",
            415,
            "The body is of a media type that the operation does not document.",
            (422, 400),
        ),
        Kind("content-too-large", 413, "The body is larger than what is read.", (422, 400)),
        Kind(
            "invalid-request",
            422,
            "The request breaks the contract; `errors` lists everything that is wrong.",
            (400,),
        ),
        Kind(
            "not-acceptable",
            406,
            "No documented media type of the response is one that `Accept` allows.",
            own=True,
        ),
        Kind("invalid-session", 400, "The name of a session is no name.", own=True),
        Kind(
            "too-many-sessions",
            503,
            "As many sessions are in use as are kept; remove some, or wait until they are idle.",
            own=True,
        ),
        Kind("no-state", 503, "The database with the state does not answer.", own=True),
        Kind("invalid-preference", 422, "A value of `Prefer` cannot be meant.", own=True),
        Kind(
            "undocumented-status",
            404,
            "The status that was asked for is not documented, nor its range, nor a default.",
            own=True,
        ),
        Kind(
            "unknown-example",
            404,
            "The example that was asked for is not one of the response.",
            own=True,
        ),
        Kind(
            "not-recorded",
            404,
            "`understudy replay`: nothing like the request is recorded.",
            own=True,
        ),
        Kind("unsendable", 400, "`understudy proxy`: the request cannot be forwarded.", own=True),
        Kind("no-answer", 502, "`understudy proxy`: the service gave no whole answer.", own=True),
        Kind(
            "broken-promise",
            502,
            "`understudy proxy --errors`: the service broke its contract; `errors` says how.",
            own=True,
        ),
        Kind("no-tunnel", 501, "`understudy proxy`: connections are not handed over.", own=True),
        Kind("loop", 508, "`understudy proxy`: the request came back to where it was.", own=True),
        Kind("late-answer", 504, "`understudy proxy`: the service took too long.", own=True),
        Kind("unknown-scenario", 404, "The scenario that was asked for is not there.", own=True),
        Kind(
            "unanswerable",
            501,
            "The documented response cannot be made: nothing satisfies its schema.",
            own=True,
        ),
        Kind(
            "defect", 500, "Understudy itself failed; its log says how. Please report it.", own=True
        ),
    )
}

_BY_STATUS: Final = {
    kind.status: kind
    for kind in reversed(list(KINDS.values()))
    if not kind.own or kind.name == "defect"
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong with one request, before it is put into words."""

    status: int
    detail: str
    found: Sequence[Invalid] = ()
    kind: Kind | None = None


def kind_of(status: int) -> Kind | None:
    """Return the kind that a status alone stands for, if any."""
    return _BY_STATUS.get(status)


def phrase(status: int) -> str:
    """Return the reason phrase of a status (RFC 9110, section 15)."""
    known = status in {one.value for one in HTTPStatus}
    return HTTPStatus(status).phrase if known else f"Status {status}"


def problem(fault: Fault) -> JsonObject:
    """Return the problem details of a fault."""
    kind = fault.kind or kind_of(fault.status)
    type_, title = (kind.type, kind.title) if kind else ("about:blank", phrase(fault.status))
    body = {"type": type_, "title": title, "status": fault.status}
    if fault.detail != phrase(fault.status):
        body["detail"] = fault.detail
    return {**body, "errors": details(fault.found)} if fault.found else body


def refusal(name: str, detail: str, found: Sequence[Invalid] = (), headers: Headers = ()) -> Reply:
    """Return the reply for a kind of error, as problem details."""
    kind = KINDS[name]
    body = problem(Fault(kind.status, detail, found, kind))
    return Reply(kind.status, dumps(body), headers, MEDIA_TYPE)


def details(found: Sequence[Invalid]) -> list[Json]:
    """Return each finding with its place, what was expected there and what came."""
    return [detail(one) for one in found[:_MOST]]


def detail(one: Invalid) -> JsonObject:
    """Return one finding as JSON; of a long value only the beginning is shown."""
    place, message = one.path[1:], one.message
    if one.keyword == "json":  # of which the path says where in the text
        place, message = (), f"{message} (at {one.path[1]})"
    told = {
        "location": str(one.path[0]),
        "pointer": pointers.join("", *place),
        "message": message,
        "expected": expected(one),
    }
    if one.keyword in ("missing", "required", "json"):
        return told
    return {**told, "got": _short(one.value)}


def expected(one: Invalid) -> str:
    """Return what the contract asks for: the keyword and its argument."""
    if one.keyword in ("missing", "required"):
        return "a value"
    if one.limit is None:
        return one.keyword
    several = one.limit if isinstance(one.limit, list) else [one.limit]
    try:
        limit = ", ".join(map(_text, several))
    except TypeError:  # the errors of the branches of a union
        return one.keyword
    return str(_short(f"{one.keyword} {limit}"))


def _text(value: Json) -> str:
    return value if isinstance(value, str) else dumps(value).decode()


def _short(value: Json) -> Json:
    text = _text(value)
    return value if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
