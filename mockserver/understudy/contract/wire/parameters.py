"""Read parameters off the wire: strictly, so that only what the contract allows gets through.

Every style of OpenAPI 3.0, 3.1 and 3.2 is read, by the schema of the parameter. Names such as
`ids[]` and `filter[a][b]` mean something in the style deepObject only, where nested properties
and indexes are read as far as the schema has objects and arrays there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import quote, unquote_to_bytes

from understudy.contract.model import Parameter
from understudy.contract.wire.invalid import Invalid
from understudy.contract.wire.readers import Compiler, Content, Plain, Styled, is_plain
from understudy.contract.wire.styles import split_pairs
from understudy.contract.wire.typed import Pairs
from understudy.exchange import Request
from understudy.types import Json, JsonObject

_REMEMBERED = 4096
_SHORT = 512
_DELIMITERS_OF_PATHS = ".;,="

Texts: TypeAlias = Mapping[str, Sequence[str | None]]
"""Raw values by parameter name; None stands for bytes that are not UTF-8."""

__all__ = ["Parameters", "Texts", "is_plain", "query_texts"]


class Parameters:
    """The parameters of one operation, compiled once; what was read is remembered for a while.

    Those that travel in a way that OpenAPI does not know are left alone.
    """

    def __init__(self, parameters: Iterable[Parameter], schemas: Mapping[str, Json]) -> None:
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._read)
        compiled = Compiler(tuple(parameters), schemas)
        readers = [compiled.reader(p) for p in compiled.parameters if is_plain(p, schemas)]
        self._path = [r for r in readers if r.location == "path"]
        self._encoded = [r.name for r in self._path if not isinstance(r, Plain)]
        self._query = [r for r in readers if r.location in ("query", "querystring")]
        self._may_be_empty = {one.name for one in compiled.parameters if one.allow_empty}
        self._raw_query = not all(isinstance(r, Plain) for r in self._query)
        self._header = [r for r in readers if r.location == "header"]
        self._cookie = [r for r in readers if r.location == "cookie"]

    def read(
        self,
        path: Mapping[str, str],
        query: bytes,
        headers: Iterable[tuple[bytes, bytes]],
        invalid: list[Invalid],
        raw: Mapping[str, str] | None = None,
    ) -> Request:
        """Return the decoded parameters; what is wrong with them is added to `invalid`.

        `query` is the raw query string, `headers` have lower-case names (ASGI, "HTTP scope").
        `raw` are the texts of `path` percent-encoded, without which a delimiter that was encoded
        delimits as well.
        """
        if self._encoded:
            path = {**path, **{name: _raw(name, path, raw) for name in self._encoded}}
        texts = tuple([path[reader.name] for reader in self._path])
        try:
            short = len(query) + sum(map(len, texts)) <= _SHORT
        except TypeError:  # bytes in the path that are not UTF-8
            short = False
        request, wrong = (self._remembered if short else self._read)(texts, query)
        invalid.extend(wrong)
        if self._cookie:
            request = replace(request, cookies=self._cookies(headers, invalid))
        if not self._header:
            return request
        return replace(request, headers=self._headers(headers, invalid))

    def _read(self, path: tuple[str, ...], query: bytes) -> tuple[Request, tuple[Invalid, ...]]:
        invalid: list[Invalid] = []
        path_values: JsonObject = {}
        query_values: JsonObject = {}
        for reader, text in zip(self._path, path, strict=True):
            if isinstance(reader, Plain):
                reader.read([text], path_values, invalid)
            elif isinstance(reader, Styled):
                reader.read_text(text, path_values, invalid)
            else:
                reader.read([unquote_to_bytes(text)], path_values, invalid)
        texts = query_texts(query) if self._query else {}
        pairs = split_pairs(query.decode("latin-1").split("&")) if self._raw_query else []
        empty = {name for name in self._may_be_empty if {*texts.get(name, ())} == {""}}
        for reader in self._query:
            wrong = [] if reader.name in empty else invalid
            if isinstance(reader, Plain):
                reader.read(texts.get(reader.name, ()), query_values, wrong)
            elif isinstance(reader, Styled):
                reader.read_pairs(pairs, query_values, wrong)
            else:
                reader.read(_contents(reader, pairs, query), query_values, wrong)
        return Request(path_values, query_values), tuple(invalid)

    def _headers(
        self, headers: Iterable[tuple[bytes, bytes]], invalid: list[Invalid]
    ) -> JsonObject:
        values: JsonObject = {}
        for reader in self._header:
            texts = _header_texts(reader.name, headers)
            if isinstance(reader, Plain):
                reader.read(texts, values, invalid)
            elif isinstance(reader, Styled):
                reader.read_text(",".join(texts) if texts else None, values, invalid)
            else:
                reader.read([text.encode("latin-1") for text in texts], values, invalid)
        return values

    def _cookies(
        self, headers: Iterable[tuple[bytes, bytes]], invalid: list[Invalid]
    ) -> JsonObject:
        values: JsonObject = {}
        fields = [one.strip() for t in _header_texts("cookie", headers) for one in t.split(";")]
        pairs = [one.partition("=")[::2] for one in fields if one]
        for reader in self._cookie:
            if isinstance(reader, Content):
                found = [v.encode("latin-1") for k, v in pairs if k == reader.name]
                reader.read([unquote_to_bytes(one) for one in found], values, invalid)
            elif isinstance(reader, Styled):
                reader.read_pairs(pairs, values, invalid)
            else:
                reader.read(_cookie_texts(reader.name, pairs), values, invalid)
        return values


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


def _raw(name: str, path: Mapping[str, str], raw: Mapping[str, str] | None) -> str:
    if raw is not None:
        return raw[name]
    return quote(path[name], safe=_DELIMITERS_OF_PATHS, errors="replace")


def _contents(reader: Content, pairs: Pairs, query: bytes) -> list[bytes]:
    """Return the texts of a parameter that has a media type; a querystring is all of the query."""
    if reader.location == "query":
        values = [value.replace("+", " ") for name, value in pairs if name == reader.name]
        return [unquote_to_bytes(value.encode("latin-1")) for value in values]
    if not query:
        return []
    return [query if "urlencoded" in reader.media_type else unquote_to_bytes(query)]


def _header_texts(name: str, headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    wanted = name.lower().encode()
    return [value.decode("latin-1") for key, value in headers if key == wanted]


def _cookie_texts(name: str, pairs: Pairs) -> list[str | None]:
    found = [value.encode("latin-1") for key, value in pairs if key == name]
    return [_unquoted(value) if b"%" in value else value.decode("latin-1") for value in found]


def _unquoted(raw: bytes) -> str | None:
    try:
        return unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return None
