"""Error replies in the words of each vendor: which body, which headers.

`fastapi` speaks as FastAPI with Pydantic 2 does, `problem` as RFC 9457 says; any other dialect
is a template in behaviour.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from understudy.codec import dumps
from understudy.contract.wire.invalid import Invalid
from understudy.exchange import Reply
from understudy.respond.problems import (
    KINDS,
    MEDIA_TYPE,
    Fault,
    Headers,
    kind_of,
    phrase,
    problem,
)
from understudy.types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one API speaks of errors."""

    media_type: str
    invalid_status: int
    body: Callable[[Fault], Json]

    @property
    def is_own(self) -> bool:
        """Tell whether errors are problem details, which may say more than a vendor would."""
        return self.media_type == MEDIA_TYPE

    def error(self, status: int, detail: str = "", headers: Headers = (), kind: str = "") -> Reply:
        """Return the reply for a refusal; `detail` and `kind` say more than the status alone."""
        known = KINDS[kind] if kind else kind_of(status)
        return self.reply(Fault(status, detail or phrase(status), (), known), headers)

    def invalid(self, found: Sequence[Invalid]) -> Reply:
        """Return the reply to a request that breaks the contract, naming all that is wrong."""
        kind = KINDS["invalid-request"]
        return self.reply(Fault(self.invalid_status, "The request is not valid", found, kind))

    def reply(self, fault: Fault, headers: Headers = ()) -> Reply:
        """Return the reply that tells a fault."""
        return Reply(fault.status, dumps(self.body(fault)), headers, self.media_type)


def dialect(errors: str | JsonObject) -> Dialect:
    """Return the dialect that a behaviour names or describes."""
    if isinstance(errors, dict):
        return Dialect("application/json", int(errors.get("invalid", 400)), _templated(errors))
    if errors == "fastapi":
        return Dialect("application/json", 422, _fastapi)
    return Dialect(MEDIA_TYPE, 422, problem)


def _templated(errors: JsonObject) -> Callable[[Fault], Json]:
    statuses: Mapping[str, JsonObject] = errors.get("statuses", {})

    def body(fault: Fault) -> Json:
        names: JsonObject = {"message": phrase(fault.status), "code": "", "detail": fault.detail}
        names |= statuses.get(str(fault.status), {}) | {"details": _details(fault.found) or None}
        return _filled(errors["body"], names)

    return body


def _details(found: Sequence[Invalid]) -> list[Json]:
    return [{"path": ".".join(map(str, one.path)), "message": one.message} for one in found]


def _filled(template: Json, names: Mapping[str, Json]) -> Json:
    if isinstance(template, dict):
        return {key: _filled(value, names) for key, value in template.items()}
    if isinstance(template, str) and template.startswith("{"):
        return names.get(template[1:-1])
    return template


def _fastapi(fault: Fault) -> Json:
    if fault.found:
        return {"detail": [_entry(one) for one in fault.found]}
    return {"detail": "Not authenticated" if fault.status == 401 else fault.detail}


def _entry(one: Invalid) -> JsonObject:
    """Return one entry of a 422 body, as Pydantic words it."""
    kind, message, context = _WORDINGS.get(one.keyword, _as_value_error)(one)
    entry = {"type": kind, "loc": list(one.path), "msg": message, "input": one.value}
    return {**entry, "ctx": context} if context else entry


_Wording: TypeAlias = tuple[str, str, JsonObject]


def _as_value_error(one: Invalid) -> _Wording:
    return "value_error", f"Value error, {one.message}", {"error": one.message}


def _bound(kind: str, words: str, key: str) -> Callable[[Invalid], _Wording]:
    return lambda one: (kind, f"Input should be {words} {one.limit}", {key: one.limit})


def _length(kind: str, words: str, key: str) -> Callable[[Invalid], _Wording]:
    return lambda one: (
        kind,
        f"String should have at {words} {one.limit} character{'s' * (one.limit != 1)}",
        {key: one.limit},
    )


def _parsing(kind: str, noun: str, failure: str) -> Callable[[Invalid], _Wording]:
    message = f"Input should be a valid {noun}, unable to {failure}"
    return lambda _one: (kind, message, {})


def _enum(one: Invalid) -> _Wording:
    *most, last = [f"'{option}'" for option in one.limit] if one.limit else [""]
    expected = f"{', '.join(most)} or {last}" if most else last
    return "enum", f"Input should be {expected}", {"expected": expected}


_TYPES = {
    "array": ("list_type", "Input should be a valid list"),
    "boolean": ("bool_type", "Input should be a valid boolean"),
    "integer": ("int_type", "Input should be a valid integer"),
    "number": ("float_type", "Input should be a valid number"),
    "object": ("dict_type", "Input should be a valid dictionary"),
    "string": ("string_type", "Input should be a valid string"),
}


def _type(one: Invalid) -> _Wording:
    if one.path == ("body",):
        message = "Input should be a valid dictionary or object to extract fields from"
        return "model_attributes_type", message, {}
    kinds = one.limit if isinstance(one.limit, list) else [one.limit]
    kind = next((k for k in kinds if k in _TYPES), "string")
    return (*_TYPES[kind], {})


def _format(one: Invalid) -> _Wording:
    if one.limit != "uuid":
        return _as_value_error(one)
    error = _uuid_error(str(one.value))
    return "uuid_parsing", f"Input should be a valid UUID, {error}", {"error": error}


def _uuid_error(text: str) -> str:
    odd = re.search(r"[^0-9a-fA-F-]", text)
    if odd:
        expected = "an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-]"
        return f"invalid character: expected {expected}, found `{odd[0]}` at {odd.start() + 1}"
    return f"invalid length: expected length 32 for simple format, found {len(text)}"


def _pattern(one: Invalid) -> _Wording:
    message = f"String should match pattern '{one.limit}'"
    return "string_pattern_mismatch", message, {"pattern": one.limit}


def _json(one: Invalid) -> _Wording:
    return "json_invalid", "JSON decode error", {"error": one.message}


_WORDINGS: Mapping[str, Callable[[Invalid], _Wording]] = {
    "boolean": _parsing("bool_parsing", "boolean", "interpret input"),
    "enum": _enum,
    "exclusiveMaximum": _bound("less_than", "less than", "lt"),
    "exclusiveMinimum": _bound("greater_than", "greater than", "gt"),
    "format": _format,
    "integer": _parsing("int_parsing", "integer", "parse string as an integer"),
    "json": _json,
    "maxLength": _length("string_too_long", "most", "max_length"),
    "maximum": _bound("less_than_equal", "less than or equal to", "le"),
    "minLength": _length("string_too_short", "least", "min_length"),
    "minimum": _bound("greater_than_equal", "greater than or equal to", "ge"),
    "missing": lambda _one: ("missing", "Field required", {}),
    "multipleOf": _bound("multiple_of", "a multiple of", "multiple_of"),
    "number": _parsing("float_parsing", "number", "parse string as a number"),
    "pattern": _pattern,
    "required": lambda _one: ("missing", "Field required", {}),
    "type": _type,
}
