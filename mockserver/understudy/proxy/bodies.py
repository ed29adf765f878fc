"""Bodies on their way through: copied up to a limit, and decoded within it for checking."""

from __future__ import annotations

import zlib

_STREAMS = ("text/event-stream", "application/x-ndjson", "application/jsonl",
            "application/json-seq", "multipart/x-mixed-replace")  # fmt: skip
_AUTO = zlib.MAX_WBITS | 32


class Copy:
    """The beginning of a body, up to `limit` bytes; `size` counts all that passed."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._chunks: list[bytes] = []
        self.size = 0
        self.complete = False

    def add(self, chunk: bytes) -> None:
        """Take down what passes by, unless it is too much."""
        self.size += len(chunk)
        if self.size <= self._limit:
            self._chunks.append(chunk)
        else:
            self._chunks.clear()

    @property
    def fits(self) -> bool:
        """Tell whether all that passed so far is kept."""
        return self.size <= self._limit

    @property
    def data(self) -> bytes | None:
        """Return the whole body, or None if it was too long or did not end."""
        return b"".join(self._chunks) if self.fits and self.complete else None


def is_stream(content_type: bytes) -> bool:
    """Tell whether bodies of a media type are read as they come, event by event."""
    return content_type.decode("latin-1").partition(";")[0].strip().lower() in _STREAMS


def decoded(body: bytes | None, coding: bytes, limit: int) -> bytes | None:
    """Return a body without its content codings, or None where it cannot be told within `limit`.

    Source: RFC 9110, section 8.4.1.
    """
    codings = [one.strip().lower() for one in coding.split(b",") if one.strip()]
    for one in reversed(codings):
        if body is None or one == b"identity":
            continue
        if one in (b"gzip", b"x-gzip"):
            body = _inflated(body, _AUTO, limit)
        elif one == b"deflate":
            body = _inflated(body, zlib.MAX_WBITS, limit) or _inflated(body, -zlib.MAX_WBITS, limit)
        else:
            return None
    return body


def _inflated(body: bytes, bits: int, limit: int) -> bytes | None:
    """Return the decompressed bytes, of one member or several; None where they are too many."""
    found = bytearray()
    while body:
        inflater = zlib.decompressobj(bits)
        try:
            found += inflater.decompress(body, limit + 1 - len(found))
        except zlib.error:
            return None
        if len(found) > limit or not inflater.eof:
            return None
        body = inflater.unused_data
    return bytes(found)
