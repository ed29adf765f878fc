"""Turn one entry of a HAR file into an exchange, or say why it shows too little of one."""

from __future__ import annotations

import binascii
import math
import re
from base64 import b64decode
from collections.abc import Sequence
from typing import Any, TypeVar, cast, get_origin
from urllib.parse import urlencode

from understudy.checks.unshown import CACHED, unshown
from understudy.codec import loads
from understudy.contract import pointers
from understudy.exchange import Exchange, Reply, Sent
from understudy.types import Json, JsonObject

T = TypeVar("T")

ABORTED = "without a response"
UPGRADED = "no longer HTTP after 101"
NO_REQUEST_BODY = "recorded without the body of the request"
NO_BODY = "recorded without the body of the response"
CUT = "recorded with a body that is cut short or still compressed"

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_GZIP = b"\x1f\x8b"
_FORM = "application/x-www-form-urlencoded"
_NO_TYPE = ("", "x-unknown")


class EntryError(Exception):
    """Something in an entry that is not written as HAR says, and where in the entry."""

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.message = message


def exchange_of(entry: JsonObject, target: str, *, any_answer: bool = False) -> Exchange | str:
    """Return the exchange of an entry, or why it shows too little.

    With `any_answer`, what HTTP answers for the API is shown as well: redirections and the
    preflights of browsers.
    """
    request, response = entry["request"], _mapping(entry, "response")
    method = _text(request, "method", "/request").upper()
    if not _TOKEN.fullmatch(method):
        raise EntryError("/request/method", "is no method")
    headers = _headers(request, "/request")
    status = response.get("status")
    if status is not None and type(status) is not int:
        raise EntryError("/response/status", "is no whole number")
    reason = _unseen(entry, status or 0) or (not any_answer and unshown(method, headers, status))
    if reason:
        return reason
    sent = _sent(method, _with_query(target, request), headers, request)
    if sent is None:
        return NO_REQUEST_BODY
    reply = _reply(method, int(status or 0), response)
    if not isinstance(reply, Reply):
        return reply
    return Exchange(sent, reply, _seconds(entry.get("time")))


def _unseen(entry: JsonObject, status: int) -> str:
    """Return why an entry does not show what was answered, or an empty text."""
    if not 100 <= status <= 599:
        return ABORTED
    if status < 200:
        return UPGRADED
    return CACHED if status == 304 or _is_cached(entry) else ""


def _is_cached(entry: JsonObject) -> bool:
    """Tell whether the browser answered itself, in the words of Chrome, Firefox or Safari."""
    cache = _mapping(entry, "cache")
    fields = ("_fromCache", "fromCache", "_fetchedViaServiceWorker")
    return (
        bool(cache.get("beforeRequest") or cache.get("afterRequest"))
        or any(entry.get(name) for name in fields)
        or _mapping(entry, "response").get("_fetchedViaServiceWorker") is True
        or entry.get("_fetchType", "Network Load") != "Network Load"
    )


def _sent(
    method: str, target: str, headers: tuple[tuple[str, str], ...], request: JsonObject
) -> Sent | None:
    """Return the request, or None where its body was not recorded."""
    post = _mapping(request, "postData", "/request")
    kind = _text(post, "mimeType", "/request/postData")
    body = _body(post, "/request/postData")
    params = _list(post, "params", "/request/postData")
    if not body and params:
        body = _form(params) if kind.startswith(_FORM) else None
    elif not body and (_size(request, "bodySize") > 0 or _length(headers) > 0):
        body = None
    elif body is None:
        body = b""
    if kind and not any(name.lower() == "content-type" for name, _ in headers):
        headers = (*headers, ("content-type", wire(kind)))
    return None if body is None else Sent(method, target, headers, body)


def _reply(method: str, status: int, response: JsonObject) -> Reply | str:
    """Return the reply, or why its body is not what was sent."""
    content = _mapping(response, "content", "/response")
    headers = _headers(response, "/response")
    names = [name.lower() for name, _ in headers]
    mime_type = _text(content, "mimeType", "/response/content")
    kind = "" if headers or mime_type in _NO_TYPE else mime_type
    if "content-type" in names:
        kind = headers[names.index("content-type")][1]
    body, size = _body(content, "/response/content"), _size(content, "size")
    if body is None:
        known = {size, _size(response, "bodySize"), _length(headers)} - {-1}
        if method != "HEAD" and status not in (204, 205) and known != {0}:
            return NO_BODY
        body = b""
    if "content-encoding" in names and body.startswith(_GZIP):
        return CUT
    if "json" in kind and len(body) + 3 < size and not _is_json(body):
        return CUT
    kept = (one for one in headers if one[0].lower() not in ("content-type", "content-encoding"))
    return Reply(status, body, tuple(kept), wire(kind))


def _is_json(body: bytes) -> bool:
    try:
        loads(body)
    except ValueError:
        return False
    return True


def _body(holder: JsonObject, pointer: str) -> bytes | None:
    """Return the bytes of a body, or None where there is no text."""
    text = holder.get("text")
    if text is None:
        return None
    encoding = _text(holder, "encoding", pointer)
    text = _text(holder, "text", pointer)
    if encoding.lower() != "base64":
        return text.encode("utf-8", "replace")
    try:
        return b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise EntryError(f"{pointer}/text", "is not base64") from error


def _form(params: Sequence[Json]) -> bytes | None:
    """Return a form as a body, or None where it has files or is not written as HAR says."""
    pairs = []
    for one in params:
        name, value = (one.get("name"), one.get("value")) if isinstance(one, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(value, str):
            return None
        pairs.append((name, value))
    return urlencode(pairs, errors="replace").encode()


def _with_query(target: str, request: JsonObject) -> str:
    """Return the target with the parameters that stand beside the URL only."""
    pairs = _list(request, "queryString", "/request")
    query = b"" if "?" in target or not pairs else _form(pairs)
    return f"{target}?{query.decode()}" if query else target


def _headers(message: JsonObject, pointer: str) -> tuple[tuple[str, str], ...]:
    """Return the header fields; pseudo-fields (`:path`) and what else is no field are dropped."""
    found = []
    for index, entry in enumerate(_list(message, "headers", pointer)):
        place = pointers.join(pointer, "headers", index)
        if not isinstance(entry, dict):
            raise EntryError(place, "is not a mapping")
        name, value = _text(entry, "name", place), _text(entry, "value", place)
        if _TOKEN.fullmatch(name):
            found += [(name, wire(line)) for line in value.split("\n")]
    return tuple(found)


def wire(value: str) -> str:
    """Return a header value as bytes are written in text: one character for each."""
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode("latin-1")
    return value


def _length(headers: Sequence[tuple[str, str]]) -> int:
    text = next((value for name, value in headers if name.lower() == "content-length"), "")
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else -1


def _size(holder: JsonObject, key: str) -> int:
    """Return a number of bytes; -1 is how HAR says that it is unknown."""
    value = holder.get(key)
    return value if type(value) is int else -1


def _seconds(milliseconds: Any) -> float:
    is_number = type(milliseconds) in (int, float) and math.isfinite(milliseconds)
    return milliseconds / 1000 if is_number and milliseconds > 0 else 0.0


def _mapping(holder: JsonObject, key: str, pointer: str = "") -> JsonObject:
    return _of_type(holder, key, pointer, JsonObject, "a mapping")


def _list(holder: JsonObject, key: str, pointer: str) -> list[Json]:
    return _of_type(holder, key, pointer, list[Json], "a list")


def _text(holder: JsonObject, key: str, pointer: str) -> str:
    return _of_type(holder, key, pointer, str, "text")


def _of_type(holder: JsonObject, key: str, pointer: str, kind: type[T], name: str) -> T:
    """Return a member; null is as good as absent, which is empty."""
    value = holder.get(key)
    if value is None:
        return kind()
    if not isinstance(value, get_origin(kind) or kind):
        raise EntryError(pointers.join(pointer, key), f"is not {name}")
    return cast(T, value)
