"""Send requests on to the one service that a proxy stands before, and stream what it answers.

The second gate to httpx. Its transport is used and not its client: no cookies are kept, no
redirect is followed, no variable of the environment names another address.
"""

from __future__ import annotations

import enum
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from understudy.errors import StartError

RawFields = Sequence[tuple[bytes, bytes]]

_CONNECTIONS = 1000
_IDLE_SECONDS = 2.0  # less than servers keep a connection open, so that none is used as it closes
_UNSPEAKABLE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class Failure(enum.Enum):
    """Why there is no answer."""

    REFUSED = "refused"
    LATE = "late"
    BROKEN = "broken"
    UNSENDABLE = "unsendable"


class UpstreamError(Exception):
    """The service did not answer, or not in HTTP."""

    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(message)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Place:
    """The address of a service: scheme, host with port as Host says it, and path without `/`."""

    scheme: str
    authority: str
    path: str

    @property
    def origin(self) -> str:
        """Return scheme and authority as a URL begins."""
        return f"{self.scheme}://{self.authority}"


def place(url: str) -> Place:
    """Return the place that `url` names. Raises StartError for what names none."""
    text = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(text)
        port = parts.port
        httpx.URL(text)
    except (ValueError, httpx.InvalidURL) as error:
        raise StartError(f"{url} is no address: {error}") from error
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise StartError(f"{url} is no address of HTTP, such as https://api.example.com/v1")
    if parts.username is not None or parts.query or parts.fragment:
        raise StartError(f"{parts.hostname}: an address has no user, query or fragment here")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    authority = host if port is None else f"{host}:{port}"
    return Place(parts.scheme.lower(), authority, parts.path.rstrip("/"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service answers: the head, and the body as it comes."""

    status: int
    fields: RawFields
    stream: Any
    timeouts: dict[str, float | None]
    connection: Any

    def wait_forever(self) -> None:
        """Wait for the next bytes however long it takes, as for events."""
        self.timeouts["read"] = None

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes of the body as they are on the wire. Raises UpstreamError."""
        try:
            async for chunk in self.stream:
                yield chunk
        except httpx.TransportError as error:
            raise _failed(error) from error
        if _has_more(self.stream) and self.connection is not None:
            await self.connection.aclose()

    async def close(self) -> None:
        """Let go of the connection; it is used again where the body was read to its end."""
        await self.stream.aclose()


class Upstream:
    """The one service at `place`; connections to it are kept and shared."""

    def __init__(self, at: Place, *, timeout: float = 30.0, verify: bool | str = True) -> None:
        self.place = at
        self._timeout = timeout
        self._url = httpx.URL(f"{at.origin}/")
        self._transport = httpx.AsyncHTTPTransport(
            verify=verify,
            trust_env=False,
            limits=httpx.Limits(
                max_connections=_CONNECTIONS,
                max_keepalive_connections=_CONNECTIONS,
                keepalive_expiry=_IDLE_SECONDS,
            ),
        )

    async def send(
        self, method: str, target: bytes, fields: RawFields, body: AsyncIterator[bytes]
    ) -> Answer:
        """Send a request and return the answer once its head is there. Raises UpstreamError.

        `target` goes out as it is, and always to the one address.
        """
        names = ("connect", "read", "write", "pool")
        timeouts: dict[str, float | None] = dict.fromkeys(names, self._timeout)
        request = httpx.Request(
            method,
            self._url,
            headers=list(fields),
            stream=_Body(body),
            extensions={"target": target, "timeout": timeouts},
        )
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.TransportError as error:
            raise _failed(error) from error
        answer = Answer(
            response.status_code,
            response.headers.raw,
            response.stream,
            timeouts,
            response.extensions.get("network_stream"),
        )
        wrong = _unspeakable(answer)
        if wrong:
            await answer.close()
            raise UpstreamError(Failure.BROKEN, wrong)
        return answer

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.aclose()


class _Body(httpx.AsyncByteStream):
    """A body that is read from the client as it is written to the service."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async with aclosing(self._chunks) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                if chunk:
                    yield chunk


def _has_more(stream: Any) -> bool:
    """Tell whether bytes came behind the end of an answer.

    They would be taken for the next answer on the connection. Only the parser within httpcore
    knows, and there is no public way to it.
    """
    for name in ("_httpcore_stream", "_stream", "_connection", "_h11_state"):
        stream = getattr(stream, name, None)
    data, _ = getattr(stream, "trailing_data", (b"", False))
    return bool(data)


def _unspeakable(answer: Answer) -> str:
    """Return what of the head cannot be passed on, or an empty text."""
    if not 200 <= answer.status <= 599:
        return f"the status {answer.status} is none"
    if any(_UNSPEAKABLE.search(value) for _, value in answer.fields):
        return "a header field holds control characters"
    return ""


def _failed(error: httpx.TransportError) -> UpstreamError:
    told = f"{type(error).__name__}: {error}".rstrip(": ")
    kind = next((kind for known, kind in _FAILURES if isinstance(error, known)), Failure.BROKEN)
    return UpstreamError(kind, told)


_FAILURES = (
    (httpx.TimeoutException, Failure.LATE),
    (httpx.ConnectError, Failure.REFUSED),
    (httpx.LocalProtocolError, Failure.UNSENDABLE),
)
