"""Read a whole request to one operation, and say what of it the contract surely does not allow.

A server may read text more kindly than the contract is written (`+5` as an integer, a UUID in
braces) without breaking a promise. What only a kind reading allows is neither valid nor surely
invalid.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote

from understudy.contract.model import Operation
from understudy.contract.wire.bodies import compile_body
from understudy.contract.wire.invalid import Invalid
from understudy.contract.wire.parameters import Parameters, is_plain
from understudy.contract.wire.typed import DECODERS
from understudy.exchange import Request, Sent
from understudy.types import Json

_BOOLEAN_WORDS = {"0", "1", "f", "false", "n", "no", "off", "on", "t", "true", "y", "yes"}
_UNREADABLE = {"encoding", "repeated", "style"}


@dataclass(frozen=True, slots=True)
class Understood:
    """A request as the contract reads it, with everything that is wrong with it."""

    request: Request
    invalid: tuple[Invalid, ...]

    @property
    def surely_invalid(self) -> Invalid | None:
        """Return something wrong that no kind reading makes right, or None."""
        return next((one for one in self.invalid if not kindly_valid(one)), None)


class RequestReader:
    """Reads the requests to one operation, compiled once."""

    def __init__(self, operation: Operation, schemas: Mapping[str, Json]) -> None:
        self._parameters = Parameters(operation.parameters, schemas)
        self._unread = [one for one in operation.parameters if not is_plain(one, schemas)]
        self._body = compile_body(operation.body, schemas)

    def read(
        self,
        sent: Sent,
        texts: Mapping[str, str | None],
        raw: Mapping[str, str] | None = None,
    ) -> Understood:
        """Return what `sent` says; `texts` are the path parameters, `raw` percent-encoded."""
        invalid: list[Invalid] = []
        for name, text in texts.items():
            if text is None:
                invalid.append(Invalid("encoding", ("path", name), "is not UTF-8 text"))
        known = {name: text or "" for name, text in texts.items()}
        fields = [(_latin(name.lower()), _latin(value)) for name, value in sent.headers]
        query = _latin(sent.query)
        invalid.extend(self._not_understood(sent))
        request = self._parameters.read(known, query, fields, invalid, raw)
        if self._body is None:
            return Understood(request, tuple(invalid))
        media_type = sent.header("content-type")
        body = None
        if sent.body and not self._body.understands(media_type):
            invalid.append(Invalid("mediaType", ("body",), f"{media_type} is not documented"))
        else:
            body = self._body.read(sent.body, media_type, invalid)
            if body is not None and not self._body.speaks(media_type):
                invalid.append(Invalid("style", ("body",), "is of a media type of its own"))
        if any(one.keyword == "json" for one in invalid) and _is_json_to_some(sent.body):
            invalid = [replace(one, keyword="encoding") for one in invalid]
        return Understood(replace(request, body=body), tuple(invalid))

    def _not_understood(self, sent: Sent) -> Iterator[Invalid]:
        """Yield the parameters that are said in a way that is not read here."""
        query = unquote(sent.query)
        for one in self._unread:
            if one.required or one.name in query or sent.header(one.name.lower()):
                yield Invalid("style", (one.location, one.name), "is said in a style of its own")


def kindly_valid(one: Invalid) -> bool:
    """Tell whether a server that reads kindly may take what the contract does not allow."""
    if one.keyword in _UNREADABLE:
        return True
    if one.path[0] == "body" and one.keyword not in DECODERS:
        return _KIND_IN_BODY.get(one.keyword, _never)(one)
    return _KIND_IN_TEXT.get(one.keyword, _never)(one)


def _latin(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def _never(_one: Invalid) -> bool:
    return False


def _is_json_to_some(raw: bytes) -> bool:
    """Tell whether a parser that knows other encodings, NaN or more levels takes `raw`."""
    for encoding in ("utf-8", "utf-16", "utf-32", "latin-1"):
        try:
            json.loads(raw.decode(encoding, "surrogatepass"))
        except RecursionError:
            return True
        except ValueError:
            continue
        return True
    return False


def _as_number(one: Invalid) -> bool:
    text = str(one.value).strip()
    try:
        number = float(text.replace("_", ""))
    except ValueError:
        return text == ""
    return one.keyword == "number" or not number % 1


def _as_boolean(one: Invalid) -> bool:
    text = str(one.value).strip().lower()
    return not text or text in _BOOLEAN_WORDS


def _as_uuid(text: str) -> bool:
    bare = re.sub(r"^urn:uuid:|[{}-]", "", text.strip().lower())
    return re.fullmatch("[0-9a-f]{32}", bare) is not None


def _as_time(text: str) -> bool:
    """Tell whether some parser takes `text` for a time: numbers are seconds to many."""
    try:
        float(text)
    except ValueError:
        try:
            datetime.fromisoformat(text.strip().upper())
        except ValueError:
            return False
    return True


def _as_format(one: Invalid) -> bool:
    text = one.value if isinstance(one.value, str) else json.dumps(one.value)
    kind = _KIND_FORMATS.get(str(one.limit))
    return kind is not None and kind(text)


_Kind = Callable[[Invalid], bool]

_KIND_FORMATS: Mapping[str, Callable[[str], bool]] = {
    "uuid": _as_uuid,
    "date-time": _as_time,
    "date": _as_time,
    "time": _as_time,
    "email": lambda text: "@" in text,
    "idn-email": lambda text: "@" in text,
    "uri": lambda text: ":" in text,
    "uri-reference": lambda _text: True,
    "iri": lambda text: ":" in text,
    "hostname": lambda text: " " not in text,
    "regex": lambda _text: True,
}
_KIND_IN_TEXT: Mapping[str, _Kind] = {
    "integer": _as_number,
    "number": _as_number,
    "boolean": _as_boolean,
    "format": _as_format,
}
_KIND_IN_BODY: Mapping[str, _Kind] = {"format": _as_format}
