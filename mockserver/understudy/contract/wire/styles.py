"""The styles in which parameters and form fields travel, read into trees of text and written.

Sources: OpenAPI 3.1.1, "Style Values", and RFC 6570. What a style cannot say is not guessed: an
empty array or object is left out, and comes back as nothing; in `spaceDelimited` and
`pipeDelimited` an item holds no delimiter, in exploded `label` no dot, in `deepObject` a name
holds no bracket; `simple` values in header fields hold no comma.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from understudy.codec import dumps
from understudy.contract.wire import deep
from understudy.contract.wire.typed import Pairs, Tree
from understudy.types import Json

DEFAULTS: Final[Mapping[str, str]] = {
    "path": "simple",
    "header": "simple",
    "query": "form",
    "cookie": "form",
}
_OF_LOCATION: Mapping[str, frozenset[str]] = {
    "path": frozenset({"simple", "label", "matrix"}),
    "header": frozenset({"simple"}),
    "query": frozenset({"form", "spaceDelimited", "pipeDelimited", "deepObject"}),
    "cookie": frozenset({"form", "cookie"}),
}
_DELIMITERS = {
    "spaceDelimited": re.compile(r"%20|\+| "),
    "pipeDelimited": re.compile(r"%7[Cc]|\|"),
}
_COMMA = re.compile(",")
_ANY_COMMA = re.compile(",|%2[Cc]")
_DOT = re.compile(r"\.")
_RESERVED = ":/?[]@!$'()*,;"  # without those that end a pair of a query


class RepeatedError(ValueError):
    """A value that is given once is given several times."""

    def __init__(self, name: str, values: Sequence[str]) -> None:
        super().__init__(f"{name} is given {len(values)} times")
        self.values = list(values)


@dataclass(frozen=True, slots=True)
class Style:
    """How one value travels."""

    name: str
    location: str
    style: str
    explode: bool
    allow_reserved: bool = False

    def decoded(self, raw: str) -> str:
        """Return text as it was before it was sent; raises ValueError where it is not UTF-8."""
        if self.location == "header":
            return raw.strip(" \t")
        if self.style == "cookie" or ("%" not in raw and "+" not in raw and raw.isascii()):
            return raw
        plain = raw.replace("+", " ") if self.location == "query" else raw
        return unquote_to_bytes(plain.encode("latin-1", "replace")).decode()

    def encoded(self, value: Json) -> str:
        """Return a value as it is sent; what is nested deeper than a style can say is JSON."""
        plain = text(value)
        if self.location == "header" or self.style == "cookie":
            return plain
        return quote(plain, safe=_RESERVED if self.allow_reserved else "")


@lru_cache(maxsize=1024)
def style_of(
    name: str, location: str, style: str, *, explode: bool | None, allow_reserved: bool = False
) -> Style | None:
    """Return how a value travels, with the defaults of its location; None for no known style."""
    chosen = DEFAULTS.get(location, "") if style in ("", "form", "simple") else style
    if chosen not in _OF_LOCATION.get(location, ()):
        return None
    exploded = chosen in ("form", "cookie") if explode is None else explode
    return Style(name, location, chosen, exploded, allow_reserved)


def text(value: Json) -> str:
    """Return a value as text: JSON where it is none, the items of an array joined by commas."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return ",".join(map(text, value))
    return dumps(value).decode()


# Values that are one text: in paths, header fields, and pairs that are not exploded.


def read_text(style: Style, raw: str, kind: str) -> Iterator[Tree]:
    """Yield what `raw` says of a value of type `kind`: strictly first, then as others write it.

    Raises ValueError where it is not written in this style, or not in UTF-8.
    """
    if style.style == "matrix":
        yield from _read_matrix(style, raw, kind)
        return
    if style.style == "label":
        if not raw.startswith("."):
            raise ValueError("does not begin with a dot")
        raw = raw[1:]
    if kind not in ("array", "object"):
        yield style.decoded(raw)
        return
    delimiters = [_DELIMITERS.get(style.style, _COMMA)]
    if style.style == "label":
        delimiters = [_DOT] if style.explode else [_COMMA, _DOT]
    if style.location == "query" and style.style == "form":
        delimiters = [_COMMA, _ANY_COMMA]
    yield from _readings(style, raw, kind, delimiters)


def write_text(style: Style, value: Json) -> str:
    """Return a value as one text."""
    delimiter = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(style.style, ",")
    if style.style == "label":
        delimiter = "." if style.explode else ","
    start = "." if style.style == "label" else ""
    if style.style == "matrix":
        return _write_matrix(style, value)
    if isinstance(value, list):
        return start + delimiter.join(map(style.encoded, value))
    if isinstance(value, dict):
        told = [(style.encoded(k), style.encoded(v)) for k, v in value.items() if v is not None]
        middle = "=" if style.explode and style.style not in _DELIMITERS else delimiter
        return start + delimiter.join(f"{k}{middle}{v}" for k, v in told)
    return start + style.encoded(value)


def _readings(
    style: Style, raw: str, kind: str, delimiters: Iterable[re.Pattern[str]]
) -> Iterator[Tree]:
    """Yield what `raw` says with each delimiter, as far as it can be read with one of them."""
    if not raw and kind == "object":
        yield {}
        return
    error, found = ValueError(), False
    for delimiter in delimiters:
        try:
            tree = _delimited(style, raw, kind, delimiter)
        except ValueError as wrong:
            error = wrong
            continue
        found = True
        yield tree
    if not found:
        raise error
    if not raw:
        yield []


def _delimited(style: Style, raw: str, kind: str, delimiter: re.Pattern[str]) -> Tree:
    parts = delimiter.split(raw)
    if kind == "array":
        return [style.decoded(part) for part in parts]
    if style.explode and style.style not in _DELIMITERS:
        pairs = [part.partition("=") for part in parts]
        if not all(middle for _, middle, _ in pairs):
            raise ValueError("is not name=value pairs")
        return {style.decoded(name): style.decoded(value) for name, _, value in pairs}
    if len(parts) % 2:
        raise ValueError("is not names and values in turn")
    told = map(style.decoded, parts)
    return dict(zip(told, told, strict=True))


def _read_matrix(style: Style, raw: str, kind: str) -> Iterator[Tree]:
    if not raw.startswith(";"):
        raise ValueError("does not begin with a semicolon")
    pairs = [part.partition("=")[::2] for part in raw[1:].split(";")]
    if kind == "object" and style.explode:
        yield {style.decoded(name): style.decoded(value) for name, value in pairs}
        return
    if any(style.decoded(name) != style.name for name, _ in pairs):
        raise ValueError(f"is not named {style.name}")
    values = [value for _, value in pairs]
    if kind == "array" and style.explode:
        yield [style.decoded(value) for value in values]
    elif len(values) > 1:
        raise RepeatedError(style.name, [style.decoded(value) for value in values])
    elif kind in ("array", "object"):
        yield from _readings(style, values[0], kind, [_COMMA])
    else:
        yield style.decoded(values[0])


def _write_matrix(style: Style, value: Json) -> str:
    name = style.encoded(style.name)
    if isinstance(value, list) and style.explode:
        return "".join(f";{name}={style.encoded(one)}" for one in value)
    if not isinstance(value, dict):
        said = value if isinstance(value, list) else [value]
        return f";{name}={','.join(map(style.encoded, said))}"
    told = [(style.encoded(k), style.encoded(v)) for k, v in value.items() if v is not None]
    if style.explode:
        return "".join(f";{k}={v}" for k, v in told)
    return f";{name}=" + ",".join(f"{k},{v}" for k, v in told)


# Values that are pairs: in queries, forms and cookies.


def read_pairs(
    style: Style, pairs: Pairs, kind: str, mine: Callable[[str], bool]
) -> Iterator[Tree] | None:
    """Return what `pairs` say of a value of type `kind`, or None where they say nothing.

    `mine` tells which names are properties of an exploded object. Raises ValueError as
    `read_text` does.
    """
    if style.style == "deepObject" and kind in ("array", "object"):
        tree = deep.read(style.name, pairs, style.decoded)
        return None if tree is None else _only(tree)
    if kind == "object" and style.explode and style.style in ("form", "cookie"):
        grouped: dict[str, list[Tree]] = {}
        for name, value in pairs:
            if mine(name):
                grouped.setdefault(name, []).append(style.decoded(value))
        found: Tree = {k: v if len(v) > 1 else v[0] for k, v in grouped.items()}
        return _only(found) if found else None
    values = [value for name, value in pairs if name == style.name]
    if not values:
        return None
    if kind == "array" and style.explode:
        return _only([style.decoded(value) for value in values])
    if len(values) > 1:
        raise RepeatedError(style.name, [style.decoded(value) for value in values])
    return read_text(style, values[0], kind)


def write_pairs(style: Style, value: Json) -> Iterator[str]:
    """Yield the `name=value` of a value, percent-encoded as its place asks for."""
    name = _name(style, style.name)
    is_container = isinstance(value, list | dict)
    if is_container and style.style == "deepObject":
        yield from deep.write(name, value, style.encoded)
    elif isinstance(value, dict) and style.explode and style.style in ("form", "cookie"):
        for key, member in value.items():
            for one in member if isinstance(member, list) else [member]:
                if one is not None:
                    yield f"{_name(style, key)}={style.encoded(one)}"
    elif isinstance(value, list) and style.explode:
        yield from (f"{name}={style.encoded(one)}" for one in value)
    elif value or not is_container:
        yield f"{name}={write_text(style, value)}"


def _name(style: Style, name: str) -> str:
    return name if style.location == "cookie" else quote(name, safe="")


def _only(tree: Tree) -> Iterator[Tree]:
    yield tree


def split_pairs(raw: Iterable[str]) -> list[tuple[str, str]]:
    """Return the names, decoded, and the values as they are, of what is `name=value` each."""
    found = (pair.partition("=") for pair in raw if pair)
    return [(_decoded_name(name), value) for name, _, value in found]


def _decoded_name(name: str) -> str:
    return unquote_to_bytes(name.replace("+", " ").encode("latin-1", "replace")).decode(
        "utf-8", "replace"
    )
