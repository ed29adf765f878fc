"""Read parameters off the wire: strictly, so that only what the contract allows gets through.

Covers `style: simple` in paths and headers and `style: form` in queries and cookies, the
defaults of OpenAPI 3.0.3 ("Parameter Object", "Style Values").
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from understudy.contract.model import Parameter
from understudy.contract.schemas import resolve
from understudy.contract.validate import Validator
from understudy.contract.wire.invalid import Invalid
from understudy.exchange import Request
from understudy.types import Json, JsonObject

_INTEGER = re.compile(r"-?[0-9]{1,4000}")
_NUMBER = re.compile(r"-?[0-9]{1,4000}(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
_REMEMBERED = 4096
_SHORT = 512
_BOOLEANS = {"true": True, "false": False}

Texts: TypeAlias = Mapping[str, Sequence[str | None]]
"""Raw values by parameter name; None stands for bytes that are not UTF-8."""

_Decode: TypeAlias = Callable[[str], Json]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one parameter."""

    name: str
    location: str
    required: bool
    default: Json
    many: bool
    kind: str
    decode: _Decode
    validator: Validator

    def read(self, texts: Sequence[str | None], into: JsonObject, invalid: list[Invalid]) -> None:
        """Put the value of `texts` into `into`, or say what is wrong with it."""
        path = (self.location, self.name)
        if not texts:
            if self.required:
                invalid.append(Invalid("missing", path, "is required"))
            elif self.default is not None:
                into[self.name] = self.default
            return
        found = self._decoded(texts, path)
        if isinstance(found, Invalid):
            invalid.append(found)
        elif self.validator.accepts(found):
            into[self.name] = found
        else:
            invalid.extend(self._violations(found, texts, path))

    def _decoded(self, texts: Sequence[str | None], path: tuple[str, str]) -> Json | Invalid:
        known = [text for text in texts if text is not None]
        if len(known) < len(texts):
            return Invalid("encoding", path, "is not UTF-8 text")
        if self.many and self.location != "query":
            known = [part for text in known for part in text.split(",")]
        if len(known) > 1 and not self.many:
            return Invalid("repeated", path, f"is given {len(known)} times", known)
        values: list[Json] = []
        for index, text in enumerate(known):
            try:
                values.append(self.decode(text))
            except ValueError:
                where = (*path, index) if self.many else path
                return Invalid(self.kind, where, f"is not a valid {self.kind}", text)
        return values if self.many else values[0]

    def _violations(
        self, value: Json, texts: Sequence[str | None], path: tuple[str, str]
    ) -> Iterator[Invalid]:
        """Yield what the schema refuses, with the text as it was sent."""
        for violation in self.validator.violations(value):
            raw = violation.value if self.many else texts[0]
            where = (*path, *violation.path)
            yield Invalid(violation.keyword, where, violation.message, raw, violation.limit)


def is_plain(parameter: Parameter, schemas: Mapping[str, Json]) -> bool:
    """Tell whether values of a parameter travel in the way that is read and written here."""
    kind = resolve(parameter.schema, schemas).get("type")
    if parameter.style not in ("", "form", "simple") or kind == "object":
        return False
    exploded = parameter.location == "query" and parameter.explode is not False
    return kind != "array" or exploded or parameter.location in ("path", "header")


class Parameters:
    """The parameters of one operation, compiled once; what was read is remembered for a while.

    Those that do not travel plainly are left alone.
    """

    def __init__(self, parameters: Iterable[Parameter], schemas: Mapping[str, Json]) -> None:
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._read)
        readers = [_reader(one, schemas) for one in parameters if is_plain(one, schemas)]
        self._path = [r for r in readers if r.location == "path"]
        self._query = [r for r in readers if r.location == "query"]
        self._header = [r for r in readers if r.location == "header"]
        self._cookie = [r for r in readers if r.location == "cookie"]

    def read(
        self,
        path: Mapping[str, str],
        query: bytes,
        headers: Iterable[tuple[bytes, bytes]],
        invalid: list[Invalid],
    ) -> Request:
        """Return the decoded parameters; what is wrong with them is added to `invalid`.

        Cookies are validated, and not returned. `query` is the raw query string, `headers` have
        lower-case names (ASGI, "HTTP scope").
        """
        texts = tuple([path[reader.name] for reader in self._path])
        short = len(query) + sum(map(len, texts)) <= _SHORT
        request, wrong = (self._remembered if short else self._read)(texts, query)
        invalid.extend(wrong)
        for reader in self._cookie:
            reader.read(_cookie_texts(reader.name, headers), {}, invalid)
        if not self._header:
            return request
        header_values: JsonObject = {}
        for reader in self._header:
            reader.read(_header_texts(reader.name, headers), header_values, invalid)
        return replace(request, headers=header_values)

    def _read(self, path: tuple[str, ...], query: bytes) -> tuple[Request, tuple[Invalid, ...]]:
        invalid: list[Invalid] = []
        path_values: JsonObject = {}
        query_values: JsonObject = {}
        for reader, text in zip(self._path, path, strict=True):
            reader.read([text], path_values, invalid)
        texts = query_texts(query) if self._query else {}
        for reader in self._query:
            reader.read(texts.get(reader.name, ()), query_values, invalid)
        return Request(path_values, query_values), tuple(invalid)


def query_texts(query: bytes) -> Texts:
    """Return the raw values of a query string by name, decoded (URL Standard, section 5)."""
    texts: dict[str, list[str | None]] = {}
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        if pair:
            texts.setdefault(_decoded(name) or "", []).append(_decoded(value))
    return texts


def _decoded(raw: bytes) -> str | None:
    try:
        return unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        return None


def _header_texts(name: str, headers: Iterable[tuple[bytes, bytes]]) -> list[str | None]:
    wanted = name.lower().encode()
    return [value.decode("latin-1") for key, value in headers if key == wanted]


def _cookie_texts(name: str, headers: Iterable[tuple[bytes, bytes]]) -> list[str | None]:
    fields = "; ".join(text or "" for text in _header_texts("cookie", headers)).split(";")
    pairs = (field.strip().partition("=") for field in fields)
    return [value for key, _, value in pairs if key == name]


def _reader(parameter: Parameter, schemas: Mapping[str, Json]) -> _Reader:
    schema = resolve(parameter.schema, schemas)
    many = schema.get("type") == "array"
    item = resolve(schema.get("items", {}), schemas) if many else schema
    kind = item.get("type", "string")
    kind = next((k for k in kind if k != "null"), "string") if isinstance(kind, list) else kind
    decode = _DECODERS.get(kind, str)
    if item.get("format") == "uuid":
        decode = str.lower
    return _Reader(
        name=parameter.name,
        location=parameter.location,
        required=parameter.required,
        default=schema.get("default"),
        many=many,
        kind=kind,
        decode=decode,
        validator=Validator(parameter.schema, schemas),
    )


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    if math.isinf(number):
        raise ValueError(text)
    return number


def _boolean(text: str) -> bool:
    if text not in _BOOLEANS:
        raise ValueError(text)
    return _BOOLEANS[text]


_DECODERS: Mapping[str, _Decode] = {"boolean": _boolean, "integer": _integer, "number": _number}
