"""Strict reading of requests: nothing gets through that the rules of an operation do not allow.

Rules are JSON Schemas written by hand, one for the parameters and one for the body of each
operation. A defect takes one keyword out of them, or is a hook in the code.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator
from starlette.requests import Request

Json: TypeAlias = Any
Object: TypeAlias = dict[str, Json]

UUID_TEXT = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z"
WITHOUT_NUL = r"^[^\x00]*\Z"
LARGEST_BODY = 1 << 20
LARGEST_INT64 = (1 << 63) - 1
_INTEGER = re.compile(r"-?[0-9]{1,4000}")

READING_DEFECTS: Mapping[str, str] = {
    "any_media_type": "A body of another media type is answered 415.",
    "unknown_charset_crash": "A body in an unknown charset is the client's fault.",
    "malformed_json_crash": "Malformed JSON is the client's fault.",
    "not_utf8_crash": "A body that is not UTF-8 is the client's fault.",
    "nul_crash": "A NUL in a text is the client's fault.",
    "huge_integer_crash": "A number beyond 64 bits does not break the server.",
    "not_object_crash": "A body that is no object is the client's fault.",
    "empty_body_accepted": "A required body is required.",
}
"""Defects of any API that reads parameters and JSON: name -> the broken promise."""


class RefusalError(Exception):
    """A request that is answered with an error of the contract."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


class CrashError(Exception):
    """Stands for an exception that nobody handled."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was read and found valid."""

    parameters: Object
    body: Object = field(default_factory=dict)

    def number(self, name: str, default: int) -> int:
        """Return a parameter that is an integer, or `default` where there is none."""
        value = self.parameters.get(name, default)
        return value if isinstance(value, int) else default


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operations of an API take: name -> parameters and body."""

    parameters: Mapping[str, Object]
    bodies: Mapping[str, Object]
    instead_of_empty: Object = field(default_factory=dict)

    def without(self, pointer: str) -> Rules:
        """Return the rules without the keyword, or the item of a list, that `pointer` names."""
        changed = Rules(**asdict(self))
        place, *parents, last = pointer.split("/")
        node: Json = getattr(changed, place)
        for token in parents:
            node = node[token]
        if isinstance(node, list):
            node.remove(last)
        else:
            del node[last]
        return changed


class Reader:
    """Reads requests by the rules of one API, except for one defect."""

    def __init__(self, rules: Rules, defect: str, invalid: int) -> None:
        self._rules, self._defect, self._invalid = rules, defect, invalid
        self._parameters = _validators(rules.parameters)
        self._bodies = _validators(rules.bodies)

    def read(self, operation: str, request: Request, raw: bytes) -> Call:
        """Return what `request` says to `operation`, or refuse it."""
        declared = self._rules.parameters[operation]["properties"]
        parameters = {**self._query(request, declared), **request.path_params}
        self._hold(self._parameters[operation], parameters)
        if operation not in self._bodies:
            return Call(parameters)
        body = self._body(request, raw)
        self._hold(self._bodies[operation], body)
        return Call(parameters, body)

    def invalid(self, detail: str) -> RefusalError:
        return RefusalError(self._invalid, detail)

    def _hold(self, validator: Draft202012Validator, value: Json) -> None:
        try:
            error = next(validator.iter_errors(value), None)
        except RecursionError:
            raise self.invalid("The body is nested too deeply") from None
        if error:
            raise self.invalid(f"{error.json_path}: {error.message[:200]}")

    def _query(self, request: Request, declared: Object) -> Object:
        """Return the declared parameters of the query; those with a default are integers."""
        found: Object = {}
        raw = request.scope["query_string"].decode("latin-1")
        try:
            pairs = parse_qsl(raw, keep_blank_values=True, errors="strict")
        except UnicodeDecodeError:
            raise self.invalid("The query is not UTF-8") from None
        for name, text in pairs:
            if name in found:
                raise self.invalid(f"{name} is given more than once")
            if name in declared:
                found[name] = self._integer(text) if "default" in declared[name] else text
        return found

    def _integer(self, text: str) -> int | str:
        """Return the integer that `text` says; other text is left for the rules to refuse."""
        if not _INTEGER.fullmatch(text):
            return text
        if self._defect == "huge_integer_crash" and abs(int(text)) > LARGEST_INT64:
            raise CrashError
        return int(text)

    def _body(self, request: Request, raw: bytes) -> Json:
        if len(raw) > LARGEST_BODY:
            raise RefusalError(413, "The body is too large")
        if not raw and self._defect == "empty_body_accepted":
            return self._rules.instead_of_empty
        if not raw:
            raise self.invalid("A body is required")
        self._check_media_type(request.headers.get("content-type", ""))
        value = self._json(raw)
        if self._defect == "not_object_crash" and not isinstance(value, dict):
            raise CrashError
        if self._defect == "nul_crash" and b"\\u0000" in raw:
            raise CrashError
        return value

    def _check_media_type(self, content_type: str) -> None:
        media_type, _, rest = content_type.lower().partition(";")
        if media_type.strip() != "application/json" and self._defect != "any_media_type":
            raise RefusalError(415, "Only application/json is read")
        charset = re.search(r'charset\s*=\s*"?([^\s;"]*)', rest)
        if charset and charset[1] not in ("utf-8", "utf8"):
            if self._defect == "unknown_charset_crash":
                raise CrashError
            raise RefusalError(415, "Only UTF-8 is read")

    def _json(self, raw: bytes) -> Json:
        try:
            value = json.loads(raw.decode(), parse_constant=_refused, parse_float=_finite)
            json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair cannot
        except UnicodeError:
            raise self._unread("not_utf8_crash", "The body is not UTF-8") from None
        except (ValueError, RecursionError):
            raise self._unread("malformed_json_crash", "The body is not JSON") from None
        return value

    def _unread(self, defect: str, detail: str) -> Exception:
        return CrashError() if self._defect == defect else self.invalid(detail)


def _validators(rules: Mapping[str, Object]) -> dict[str, Draft202012Validator]:
    return {name: Draft202012Validator(schema) for name, schema in rules.items()}


def _refused(constant: str) -> Json:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(text)
    return number
