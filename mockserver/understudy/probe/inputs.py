"""Requests that probe one part of the input at a time: valid edges, every way to be invalid.

What comes of them is for the checks of one exchange to judge, by the bytes that were sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from math import isfinite
from urllib.parse import quote

from understudy.contract.meaning.names import plain
from understudy.contract.model import Contract, Operation, Parameter
from understudy.contract.pointers import MISSING
from understudy.contract.schemas import resolve
from understudy.contract.validate import Validator
from understudy.contract.wire.parameters import is_plain
from understudy.contract.wire.writing import Arguments, request
from understudy.errors import UnderstudyError
from understudy.exchange import Sent
from understudy.generate.boundary.profile import boundaries
from understudy.generate.invalid.profile import invalid
from understudy.generate.labels import Labelled
from understudy.generate.samples import Subject
from understudy.generate.world import World
from understudy.types import Json

_TEXTS = (
    "understudy", "", " ", "0", "-1", "1.5", "1e3", "true", "null", "[]", "'\"<>&;%", "a" * 300,
    "9" * 30, "-" + "9" * 30, "\u0663", "\U0001f600", "not-a-uuid",
    "00000000-0000-0000-0000-00000000000g",
)  # fmt: skip
_RAW = ("%00", "%FF%FE", "%ED%A0%80", "%0A")
_BODIES = (
    b"", b"{", b'{"a":', b"[1,", b"null", b"[]", b'"text"', b"0", b"\xff\xfe{}", b"{'a': 1}",
    b'{"a": NaN}', b'\xef\xbb\xbf{"a": 1}', b"[" * 2000, b"not json",
)  # fmt: skip
_MEDIA_TYPES = ("text/plain", "application/xml", "application/x-www-form-urlencoded", "image/png")
_CHANGING = ("delete", "patch", "put")
_DEPTH = 500
_CHARSETS = ("utf-8", "utf-16", "latin-1", "bogus")


class Inputs:
    """The probes of the input of one operation, around a request that is known to be good."""

    def __init__(self, contract: Contract, world: World, *, each: int) -> None:
        self._contract = contract
        self._world = world
        self._each = each

    def all(self, operation: Operation, good: Arguments, body: Json) -> Iterator[Sent]:
        """Yield every probe; all but the one thing that is probed is as in the good request."""
        for parameter in operation.parameters:
            yield from self._parameter(operation, parameter, good, body)
        yield self._request(operation, {**good, ("query", "understudy_unknown"): "1"}, body)
        if operation.body is not None and body is not MISSING:
            yield from self._bodies(operation, good, body)

    def _parameter(
        self, operation: Operation, parameter: Parameter, good: Arguments, body: Json
    ) -> Iterator[Sent]:
        key = parameter.location, parameter.name
        if parameter.location == "header" and parameter.name.lower() in _NOT_OURS:
            return
        if not is_plain(parameter, self._contract.schemas):
            return
        if parameter.location != "path":
            yield self._request(operation, {k: v for k, v in good.items() if k != key}, body)
        for value in self._values(operation, parameter):
            if _can_travel(parameter.location, value):
                yield self._request(operation, {**good, key: value}, body)
        if parameter.location in ("path", "query"):
            marked = self._request(operation, {**good, key: _MARK}, body)
            for raw in _RAW:
                yield replace(marked, target=marked.target.replace(quote(_MARK), raw))

    def _values(self, operation: Operation, parameter: Parameter) -> Iterator[Json]:
        """Yield what a parameter is to be; what changes or deletes something names nothing else."""
        values = chain(self._invalid(parameter), self._edges(parameter), _TEXTS)
        if parameter.location != "path" or operation.method not in _CHANGING:
            return values
        accepts = Validator(parameter.schema, self._contract.schemas).accepts
        return (one for one in values if not any(map(accepts, _readings(one))))

    def _request(self, operation: Operation, arguments: Arguments, body: Json) -> Sent:
        return request(operation, arguments, body, self._contract.schemas)

    def _invalid(self, parameter: Parameter) -> Iterator[Json]:
        """Yield values that break one keyword each, as far as text can say them."""
        for one in self._invalid_objects(parameter.name, parameter.schema):
            if isinstance(one.value, str | int | float | list | dict) and not isinstance(
                one.value, bool
            ):
                yield one.value

    def _edges(self, parameter: Parameter) -> Iterator[Json]:
        for one in self._edge_objects(parameter.name, parameter.schema):
            if isinstance(one.value, str | int | float | bool | list | dict):
                yield one.value
        schema = resolve(parameter.schema, self._contract.schemas)
        for one in schema.get("enum", ()):
            if one is not None:
                yield one
                yield str(one).swapcase()

    def _bodies(self, operation: Operation, good: Arguments, body: Json) -> Iterator[Sent]:
        assert operation.body is not None  # noqa: S101 - the caller has looked
        schema = next(iter(operation.body.schemas.values()))
        for one in chain(
            self._edge_objects(operation.id, schema), self._invalid_objects(operation.id, schema)
        ):
            yield self._request(operation, good, _anchored(one, body))
        if isinstance(body, dict):
            yield from (self._request(operation, good, changed) for changed in _hostile(body))
        base = self._request(operation, good, body)
        spoiled = (base.body + b" trailing", base.body[:-1] + b",}", base.body[:-1])
        for raw in (*_BODIES, *spoiled):
            yield self._request(operation, good, raw)
        yield replace(base, headers=())
        for media_type in _MEDIA_TYPES:
            if media_type not in operation.body.schemas:
                yield _typed(base, media_type)
        documented = next(iter(operation.body.schemas))
        for charset in _CHARSETS:
            yield _typed(base, f"{documented}; charset={charset}")

    def _invalid_objects(self, name: str, schema: Json) -> Iterator[Labelled]:
        """Yield an object for each way to break one keyword; none where there can be none."""
        try:
            found = invalid(self._contract, Subject(name, schema), self._world)
        except UnderstudyError:
            return
        for index in range(min(len(found.faults), self._each)):
            yield found(index)

    def _edge_objects(self, name: str, schema: Json) -> Iterator[Labelled]:
        """Yield valid objects at the edges of what is valid; none where there can be none."""
        try:
            found = boundaries(self._contract, Subject(name, schema), self._world)
            yield from islice(found, self._each)
        except UnderstudyError:
            return


_MARK = "understudy-mark"
_NOT_OURS = frozenset({"accept", "content-type", "authorization"})


def _anchored(labelled: Labelled, good: Json) -> Json:
    """Return a body that names the same resources as the good one, where it is not about them."""
    value, about = labelled.value, str(labelled.label.get("pointer", "")).split("/")[1:2]
    if not isinstance(value, dict) or not isinstance(good, dict):
        return value
    ids = [key for key in good if plain(key).endswith("id") and key in value and [key] != about]
    return {**value, **{key: good[key] for key in ids}}


def _hostile(body: dict[str, Json]) -> Iterator[Json]:
    """Yield the body with each member made hostile in turn: huge, deep, odd text."""
    deep: Json = []
    for _ in range(_DEPTH):
        deep = [deep]
    odd = ("nul \0 inside", "\u202e\U0001f600", "x" * 100_000, 10**40, -(10**40), 1e308, deep, None)
    for key in body:
        for value in odd:
            yield {**body, key: value}
    yield {**body, "understudy_unknown": {"nested": [1, None, "text"]}}


def _typed(sent: Sent, media_type: str) -> Sent:
    headers = tuple((k, v) for k, v in sent.headers if k.lower() != "content-type")
    return replace(sent, headers=(*headers, ("Content-Type", media_type)))


def _can_travel(location: str, value: Json) -> bool:
    """Tell whether a value arrives as it was sent: in a path, a header field, a cookie."""
    text = str(value)
    if location == "path":
        return text not in ("", ".", "..")
    if location == "cookie" and set(text) & set(' ",;\\'):
        return False
    return location == "query" or (text.isascii() and text.isprintable() and text.strip() == text)


def _readings(value: Json) -> Iterator[Json]:
    """Yield what a server may read a value in a path as: a text may be a number."""
    yield value
    try:
        number = float(str(value))
    except ValueError:
        return
    if isfinite(number):
        yield int(number) if number.is_integer() else number
