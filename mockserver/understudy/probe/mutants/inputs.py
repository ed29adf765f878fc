"""Mutants of what is done with input: validation that is skipped, valid input that is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from urllib.parse import unquote_to_bytes

from understudy.checks.case import Case
from understudy.checks.credentials import Shown
from understudy.contract.expressions import Runtime
from understudy.contract.model import Operation, Parameter
from understudy.contract.pointers import MISSING, follow, join, split
from understudy.contract.schemas import resolve
from understudy.contract.wire.invalid import Invalid
from understudy.contract.wire.writing import text
from understudy.exchange import Reply, Sent
from understudy.generate.invalid.breaks import Tools
from understudy.generate.invalid.faults import ways
from understudy.probe.mutants.lists import value_of
from understudy.probe.mutants.mutant import Alter, Mutant, Original, asked, is_valid, replied
from understudy.probe.mutants.requests import queried, with_argument, with_body, with_query
from understudy.types import Json, JsonObject

_TOLD = ("integer", "number", "boolean")
_KEYWORDS = (
    "enum", "exclusiveMaximum", "exclusiveMinimum", "maxItems", "maxLength", "maximum", "minItems",
    "minLength", "minimum", "multipleOf", "pattern", "uniqueItems",
)  # fmt: skip
_FORMATS = frozenset(
    {"date", "date-time", "duration", "email", "ipv4", "ipv6", "time", "uri", "uuid"}
)


def inputs(original: Original, operation: Operation) -> Iterator[Mutant]:
    """Yield the mutants of how one operation reads its input."""
    good = original.good(operation)
    if good is None:
        return
    for parameter in operation.parameters:
        if parameter.location in ("path", "query"):
            yield from _skipped(original, operation, parameter, good)
            yield from _edges(original, operation, parameter)
    if operation.body is not None:
        yield from _body(original, operation, good)
        yield from _body_edges(original, operation)
    yield from _crashes(operation)


def _skipped(
    original: Original, operation: Operation, parameter: Parameter, good: Case
) -> Iterator[Mutant]:
    """Yield a mutant for each keyword of a parameter that is not looked at."""
    schema = resolve(parameter.schema, original.rules.contract.schemas)
    where = (parameter.location, parameter.name)
    told = schema.get("type")
    keywords = [one for one in _KEYWORDS if one in schema]
    keywords += [one for one in _TOLD if told == one and "enum" not in schema]
    keywords += ["format"] if schema.get("format") in _FORMATS else []
    keywords += ["missing"] if parameter.required and parameter.location != "path" else []
    for keyword in keywords:

        def change(asked: Case, keyword: str = keyword) -> Sent | None:
            if not _all_wrong(asked, lambda one: one.path[:2] == where and one.keyword == keyword):
                return None
            return _mended(asked, parameter, good)

        name = {"missing": "required"}.get(keyword, "type" if keyword in _TOLD else keyword)
        yield Mutant(
            f"{operation.id}/{parameter.location} {parameter.name} {name} unchecked",
            f"What breaks {name} of {parameter.location} {parameter.name} is refused",
            asked(operation, change),
        )


def _all_wrong(asked: Case, about: Callable[[Invalid], bool]) -> bool:
    """Tell whether a request with a good credential is wrong, and in this way only."""
    wrong = asked.understood.invalid if asked.understood else ()
    return asked.shown is Shown.GOOD and bool(wrong) and all(map(about, wrong))


def _mended(asked: Case, parameter: Parameter, good: Case) -> Sent:
    """Return the request with the parameter as in a good one."""
    if parameter.location == "query":
        known = queried(good.exchange.sent, parameter.name)
        return with_query(asked.exchange.sent, parameter.name, known)
    known = (good.route.texts.get(parameter.name) if good.route else None) or ""
    return with_argument(asked, Runtime("path", parameter.name), known)


def _edges(original: Original, operation: Operation, parameter: Parameter) -> Iterator[Mutant]:
    """Yield a mutant for each valid edge of a parameter that is refused."""
    refusal = original.refusal(operation)
    if refusal is None:
        return
    runtime = Runtime(parameter.location, parameter.name)
    for name, value in _edge_values(resolve(parameter.schema, original.rules.contract.schemas)):
        yield Mutant(
            f"{operation.id}/{parameter.location} {parameter.name} {name} refused",
            f"{parameter.location} {parameter.name} may be {text(value)}",
            replied(operation, partial(_refused, refusal, partial(_told, runtime), value)),
        )


def _refused(refusal: Reply, told: Callable[[Case], Json], value: Json, case: Case) -> Reply | None:
    return refusal if case.ok and told(case) == value else None


def _told(runtime: Runtime, case: Case) -> Json:
    """Return what a request says of a parameter itself, without the default."""
    is_told = runtime.location == "path" or queried(case.exchange.sent, runtime.name) is not None
    return value_of(case, runtime) if is_told else MISSING


def _edge_values(schema: JsonObject) -> Iterator[tuple[str, Json]]:
    for keyword in ("minimum", "maximum"):
        if keyword in schema:
            yield keyword, schema[keyword]
    if schema.get("enum"):
        yield "last of enum", schema["enum"][-1]


def _body(original: Original, operation: Operation, good: Case) -> Iterator[Mutant]:
    """Yield a mutant for each keyword of the body that is not looked at."""
    schema = next(iter(operation.body.schemas.values())) if operation.body else {}
    seen = {}
    for way in ways(schema, Tools(original.rules.contract.schemas, lambda _schema: ())):
        fault = way.fault
        if fault.keyword == "type" and "enum" in way.site.schema:
            continue  # what is of another type is none of the options either
        name = join(fault.pointer, fault.expected) if fault.keyword == "required" else fault.pointer
        seen[f"body {name or 'itself'} {fault.keyword}"] = (name, fault.keyword)
    if operation.body is not None and operation.body.required:
        seen["body required"] = ("", "missing")
    seen |= {"body malformed": ("", "json"), "body media type": ("", "mediaType")}
    for name, (pointer, keyword) in seen.items():

        def change(asked: Case, pointer: str = pointer, keyword: str = keyword) -> Sent | None:
            about = _is_about(pointer, keyword)
            return _with_good_body(asked, good) if _all_wrong(asked, about) else None

        yield Mutant(
            f"{operation.id}/{name} unchecked",
            f"A body that is wrong is refused: {name.removeprefix('body ')}",
            asked(operation, change),
        )


def _is_about(pointer: str, keyword: str) -> Callable[[Invalid], bool]:
    """Return what tells whether something wrong is about one keyword at one place of the body."""

    def about(one: Invalid) -> bool:
        location, *rest = one.path
        if location != "body" or one.keyword != keyword:
            return False
        wanted = split(pointer)
        pairs = zip(rest, wanted, strict=False)
        along = all(name in ("*", str(token)) for token, name in pairs)
        return keyword == "json" or (along and len(rest) == len(wanted))

    return about


def _with_good_body(asked: Case, good: Case) -> Sent:
    return with_body(asked.exchange.sent, good.exchange.sent)


def _body_edges(original: Original, operation: Operation) -> Iterator[Mutant]:
    """Yield a mutant for each member of a body that is refused at an edge of what is valid."""
    refusal = original.refusal(operation)
    if refusal is None:
        return
    schemas = original.rules.contract.schemas
    body = next(iter(operation.body.schemas.values())) if operation.body else {}
    for name, schema in resolve(body, schemas).get("properties", {}).items():
        found = resolve(schema, schemas)
        edges = list(_edge_values(found))
        kinds = found.get("type", [])
        edges += [("null", None)] if isinstance(kinds, list) and "null" in kinds else []
        edges += [("empty text", "")] if "string" in kinds and not _says_more(found) else []
        for edge, value in edges:
            yield Mutant(
                f"{operation.id}/body {name} {edge} refused",
                f"{name} may be {text(value)!r}",
                replied(operation, partial(_refused, refusal, partial(_sent, name), value)),
            )


def _says_more(schema: JsonObject) -> bool:
    """Tell whether a schema of text has more to say than that it is text."""
    return any(one in schema for one in ("enum", "const", "minLength", "format"))


def _sent(name: str, case: Case) -> Json:
    body = case.understood.request.body if is_valid(case) and case.understood else None
    return follow(body, (name,))


_LONG_NUMBER = re.compile(rb"[0-9]{20}")
_NEGATIVE = re.compile(rb"(?:^|[:\[,])-[0-9]")
_CRASHES: Mapping[str, tuple[str, Callable[[bytes], bool]]] = {
    "NUL": ("a NUL character", lambda raw: b"\0" in raw or b"\\u0000" in raw),
    "not UTF-8": ("bytes that are not UTF-8", lambda raw: not _is_utf8(raw)),
    "huge number": ("a number of many digits", lambda raw: bool(_LONG_NUMBER.search(raw))),
    "long text": ("a long text", lambda raw: len(raw) > 250),
    "beyond the BMP": (
        "a character beyond the first plane",
        lambda raw: "\U0001f600".encode() in raw,
    ),
    "negative number": ("a negative number", lambda raw: bool(_NEGATIVE.search(raw))),
    "empty": ("an empty text", lambda raw: not raw),
}


def _crashes(operation: Operation) -> Iterator[Mutant]:
    """Yield a mutant for each kind of odd input that makes the server fail."""
    error = Reply(500, b"Internal Server Error", (), "text/plain")
    for name, (says, odd) in _CRASHES.items():
        if operation.body is not None:
            yield Mutant(
                f"{operation.id}/500 for {name} in the body",
                f"The server does not fail for {says} in a body",
                _crashing(operation, partial(_in_body, odd), error),
            )
        told = [one for one in operation.parameters if one.location == "query" or name != "empty"]
        if told:
            yield Mutant(
                f"{operation.id}/500 for {name} in a parameter",
                f"The server does not fail for {says} in a parameter",
                _crashing(operation, partial(_in_parameter, odd), error),
            )
    if operation.body is not None:
        yield Mutant(
            f"{operation.id}/500 for malformed JSON",
            "The server does not fail for what is not JSON",
            _crashing(operation, _is_malformed, error),
        )
        yield Mutant(
            f"{operation.id}/500 for deep JSON",
            "The server does not fail for arrays in arrays",
            _crashing(operation, lambda asked: b"[" * 100 in asked.exchange.sent.body, error),
        )


def _crashing(
    operation: Operation, odd: Callable[[Case], bool], error: Reply
) -> Callable[[], Alter]:
    """Return what answers odd requests with a good credential by an error."""
    return replied(
        operation, lambda case: error if case.shown is Shown.GOOD and odd(case) else None
    )


def _in_body(odd: Callable[[bytes], bool], asked: Case) -> bool:
    return odd(asked.exchange.sent.body)


def _in_parameter(odd: Callable[[bytes], bool], asked: Case) -> bool:
    return any(map(odd, _raw(asked)))


def _is_malformed(asked: Case) -> bool:
    wrong = asked.understood.invalid if asked.understood else ()
    return any(one.keyword == "json" for one in wrong)


def _raw(asked: Case) -> Iterator[bytes]:
    """Yield the decoded values of path and query."""
    sent = asked.exchange.sent
    names = asked.route.template.split("/") if asked.route else []
    for name, part in zip(names, sent.path.split("/"), strict=False):
        if name.startswith("{"):
            yield unquote_to_bytes(part)
    for pair in sent.query.split("&") if sent.query else ():
        yield unquote_to_bytes(pair.partition("=")[2])


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
