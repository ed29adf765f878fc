"""What every reply owes: a documented status, media type, headers and body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from understudy.checks.case import Case
from understudy.checks.promise import Outcome, Severity, promise
from understudy.contract import pointers
from understudy.contract.locate import locate
from understudy.contract.model import Header
from understudy.contract.pointers import MISSING
from understudy.contract.schemas import general, resolve
from understudy.contract.validate import Violation
from understudy.contract.wire.bodies import DEPTH_LIMIT
from understudy.types import Json

SERVER_ERROR = promise(
    "response/server-error",
    "No request makes the server fail",
    "RFC 9110, section 15.6",
)
STATUS = promise(
    "response/status",
    "Every status that comes is documented for its operation",
    "OpenAPI 3.0.3, Responses Object",
)
PROTOCOL_STATUS = promise(
    "response/protocol-status",
    "Statuses of the protocol itself (405, 413, 415, 429 ...) are documented as well",
    "OpenAPI 3.0.3, Responses Object",
    Severity.WARNING,
)
MEDIA_TYPE = promise(
    "response/media-type",
    "Every body comes with a media type that is documented for its status",
    "OpenAPI 3.0.3, Response Object",
)
BODY = promise(
    "response/body",
    "Every body satisfies the schema that is documented for its status",
    "OpenAPI 3.0.3, Media Type Object",
)
PROBLEM = promise(
    "response/problem",
    "The status that a problem document tells is the status of its response",
    "RFC 9457, section 3.1.2",
)
HEADERS = promise(
    "response/headers",
    "Required headers come, and every documented header satisfies its schema",
    "OpenAPI 3.0.3, Header Object",
)
NO_BODY = promise(
    "response/no-body",
    "Replies to HEAD and replies with 204, 205 or 304 have no body",
    "RFC 9110, sections 9.3.2, 15.3.5, 15.3.6 and 15.4.5",
)
ANSWER = promise("response/answer", "Every request gets an answer", "RFC 9110, section 3.4")
TIME = promise("time/response", "Every answer comes within the time that was given")
UNDECLARED = promise(
    "response/undeclared-property",
    "Bodies have no properties that the contract does not know",
    "OpenAPI 3.0.3, Schema Object",
    Severity.WARNING,
)

_PROTOCOL = frozenset({405, 406, 408, 411, 412, 413, 414, 415, 417, 421, 426, 428, 429, 431, 501})
_BODILESS = frozenset({204, 205, 304})
_OPENERS = ("allOf", "anyOf", "oneOf", "additionalProperties", "patternProperties")
_READABLE = f"JSON of at most {DEPTH_LIMIT} levels"
_SHOWN = 80


def server_error(case: Case) -> Iterator[Outcome]:
    """Check that the server did not fail; 501 is an answer."""
    if case.status >= 500 and case.status != 501:
        yield case.broken(
            SERVER_ERROR, "a status below 500", f"{case.status}", subject=_input_at_fault(case)
        )
    else:
        yield case.held(SERVER_ERROR)


def answered(case: Case) -> Iterator[Outcome]:
    """Check that there was an answer, and in time where a time is given."""
    if case.status == 0:
        reason = case.exchange.reply.body.decode("utf-8", "replace")
        yield case.broken(ANSWER, "an answer", reason, subject=_input_at_fault(case))
        return
    yield case.held(ANSWER)
    limit, seconds = case.rules.max_seconds, case.exchange.seconds
    if limit is None:
        return
    if seconds > limit:
        yield case.broken(TIME, f"at most {limit:g} s", f"{seconds:.3f} s")
    else:
        yield case.held(TIME)


def status(case: Case) -> Iterator[Outcome]:
    """Check that the status is documented."""
    if case.operation is None or (case.status >= 500 and case.status != 501):
        return
    if case.response is not None:
        yield case.held(STATUS)
        return
    known = ", ".join(case.operation.responses)
    spoken = case.status in _PROTOCOL or (case.is_odd and 400 <= case.status < 500)
    kind = PROTOCOL_STATUS if spoken else STATUS
    yield case.broken(kind, f"one of {known}", f"{case.status}", keyword=f"{case.status}")


def media_type(case: Case) -> Iterator[Outcome]:
    """Check the media type of a documented reply with a body."""
    response, reply = case.response, case.exchange.reply
    if response is None or case.status >= 500 or case.exchange.sent.method == "HEAD":
        return
    if not response.schemas or case.status in _BODILESS:
        return
    if case.media_type:
        yield case.held(MEDIA_TYPE)
        return
    expected = " or ".join(response.schemas)
    got = reply.media_type or ("no Content-Type" if reply.body else "no body")
    yield case.broken(MEDIA_TYPE, expected, got, keyword=f"{case.status}", pointer=response.pointer)


def body(case: Case) -> Iterator[Outcome]:
    """Check the body against its schema."""
    if not case.media_type or case.response is None or case.exchange.sent.method == "HEAD":
        return
    subject = f"{case.status}"
    place = pointers.join(case.response.pointer, "content", case.media_type, "schema")
    if case.value is MISSING:
        if "json" in case.media_type:
            got = f"{case.exchange.reply.body[:_SHOWN]!r}"
            yield case.broken(BODY, _READABLE, got, subject=subject, keyword="json", pointer=place)
        return
    violations = case.rules.validator(case.response, case.media_type).violations(case.value)
    if not violations:
        yield case.held(BODY, subject)
        return
    document = case.rules.contract.document.data
    schema, schemas = case.response.schemas[case.media_type], case.rules.contract.schemas
    for (where, keyword), violation in _distinct(violations, schema, schemas).items():
        yield case.broken(
            BODY,
            f"{keyword} {_limit(violation)}".strip(),
            f"{violation.message} (at {pointers.join('', *violation.path) or 'the body itself'})",
            subject=f"{case.status} {where}".strip(),
            keyword=keyword,
            pointer=locate(document, place, violation.path),
        )


def problem(case: Case) -> Iterator[Outcome]:
    """Check the status within a problem document."""
    if not case.exchange.reply.media_type.lower().startswith("application/problem+json"):
        return
    told = case.value.get("status") if isinstance(case.value, dict) else None
    if not isinstance(told, int):
        return
    if told == case.status:
        yield case.held(PROBLEM)
    else:
        yield case.broken(PROBLEM, f"{case.status}", f"{told}", subject=f"{case.status} /status")


def headers(case: Case) -> Iterator[Outcome]:
    """Check the documented headers."""
    if case.response is None:
        return
    for header in case.response.headers:
        text = case.exchange.reply.header(header.name.lower())
        subject = f"{case.status} header {header.name}"
        pointer = pointers.join(case.response.pointer, "headers", header.name)
        if text is None:
            if header.required:
                yield case.broken(
                    HEADERS, f"a header {header.name}", "none",
                    subject=subject, keyword="required", pointer=pointer,
                )  # fmt: skip
            continue
        validator = case.rules.header_validator(case.response, header.name, header.schema)
        if any(validator.accepts(value) for value in _readings(text, header, case)):
            yield case.held(HEADERS, subject)
        else:
            violation = validator.violations(text)[0]
            yield case.broken(
                HEADERS, f"a valid {header.name}", violation.message,
                subject=subject, keyword=violation.keyword, pointer=pointer,
            )  # fmt: skip


def no_body(case: Case) -> Iterator[Outcome]:
    """Check that there is no body where HTTP allows none."""
    if case.status not in _BODILESS and case.exchange.sent.method != "HEAD":
        return
    size = len(case.exchange.reply.body)
    if size:
        yield case.broken(NO_BODY, "no body", f"{size} bytes", keyword=f"{case.status}")
    else:
        yield case.held(NO_BODY)


def undeclared(case: Case) -> Iterator[Outcome]:
    """Check that there are no properties that the contract does not know."""
    if not case.media_type or case.response is None or case.value is MISSING:
        return
    schema = case.response.schemas[case.media_type]
    found = {_starred(path) for path in _unknown(case.value, schema, case.rules.contract.schemas)}
    if not found:
        yield case.held(UNDECLARED)
    for where in sorted(found):
        yield case.broken(
            UNDECLARED, "only documented properties", where, subject=f"{case.status} {where}"
        )


def _input_at_fault(case: Case) -> str:
    """Return what is special about a request that made the server fail."""
    wrong = case.understood.surely_invalid if case.understood else None
    if wrong is None and case.understood and case.understood.invalid:
        wrong = case.understood.invalid[0]
    return f"{wrong.path[0]} {wrong.keyword}" if wrong else ""


def _distinct(
    violations: list[Violation], schema: Json, schemas: Mapping[str, Json]
) -> Mapping[tuple[str, str], Violation]:
    """Return the first violation for each place, regardless of the data, and keyword."""
    found: dict[tuple[str, str], Violation] = {}
    for violation in violations:
        where = pointers.join("", *general(schema, violation.path, schemas))
        if violation.keyword == "required" and isinstance(violation.limit, str):
            where = f"{where}/{violation.limit}"
        found.setdefault((where, violation.keyword), violation)
    return found


def _starred(path: tuple[str | int, ...]) -> str:
    return pointers.join("", *("*" if isinstance(token, int) else token for token in path))


def _limit(violation: Violation) -> str:
    text = "" if violation.limit is None else f"{violation.limit}"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _readings(text: str, header: Header, case: Case) -> Iterator[Json]:
    """Yield the values that a header can stand for (style: simple)."""
    schema = resolve(header.schema, case.rules.contract.schemas)
    yield text
    with suppress(ValueError):
        yield int(text)
    yield {"true": True, "false": False}.get(text, text)
    if schema.get("type") == "array":
        yield [part.strip() for part in text.split(",")]


def _unknown(
    value: Json, schema: Json, schemas: Mapping[str, Json], path: tuple[str | int, ...] = ()
) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of members that no schema speaks of; combined schemas are not looked into."""
    found = resolve(schema, schemas)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown(item, found.get("items", True), schemas, (*path, index))
    known = found.get("properties")
    if not isinstance(value, dict) or known is None:
        return
    closed = not (
        {"allOf", "anyOf", "oneOf", "additionalProperties", "patternProperties"} & found.keys()
    )
    for name, member in value.items():
        if name in known:
            yield from _unknown(member, known[name], schemas, (*path, name))
        elif closed:
            yield (*path, name)
