"""A story as it is written: sections, some of which are messages of HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.parser import HeaderParser

_EXCHANGE = "( request(( forwarded)? upstream)? reply)"
_ORDER = re.compile(
    f"contract( file)*(( settings)?{_EXCHANGE}+|(( upstream)* command( said| file|{_EXCHANGE})*)+)"
)
_HEX = re.compile(rb"<hex ([0-9a-f ]+)>")


@dataclass(frozen=True)
class Section:
    """What stands under a name."""

    name: str
    text: str


@dataclass(frozen=True)
class Message:
    """A request or a reply: first line, headers, body."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str

    @property
    def content(self) -> bytes:
        """Return the body as it is sent: lines of multipart end as RFC 2046 says."""
        kinds = [value for name, value in self.headers if name.lower() == "content-type"]
        multipart = any(kind.startswith("multipart/") for kind in kinds)
        return octets(self.body.replace("\n", "\r\n") + "\r\n" if multipart else self.body)


def read(text: str) -> list[Section]:
    """Return the sections of a story."""
    before, *parts = re.split(r"^====(\w+)====\n", text, flags=re.MULTILINE)
    sections = [Section(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
    order = " ".join(section.name for section in sections)
    assert not before, f"{before!r} stands before the first section"
    assert _ORDER.fullmatch(order), f"no story goes {order}"
    return sections


def message(text: str) -> Message:
    """Return the message that `text` writes."""
    start, _, rest = text.partition("\n")
    parsed = HeaderParser().parsestr(rest)
    return Message(start, tuple(parsed.items()), parsed.get_payload().strip())


def octets(text: str) -> bytes:
    """Return `text` as bytes, with those that it writes as `<hex 89 50>`."""
    return _HEX.sub(lambda found: bytes.fromhex(found[1].decode()), text.encode())
