"""Media types and ranges: read, matched, and chosen among (RFC 9110, sections 8.3.1 and 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_NAME = re.compile(rf"\s*({_TOKEN})/({_TOKEN})\s*")
_PARAMETER = re.compile(rf'\s*({_TOKEN})\s*=\s*(?:({_TOKEN})|"((?:[^"\\]|\\.)*)")\s*')
_OF_BYTES = frozenset({"boundary", "charset", "q"})  # say nothing about what the type is
_JSON = re.compile(r"[\w.-]+/(?:[\w.+-]+\+)?json")
_XML = re.compile(r"[\w.-]+/(?:[\w.+-]+\+)?xml")


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type or range; names and parameters are in lower case, values as they are."""

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Return type and subtype, without parameters."""
        return f"{self.type}/{self.subtype}"

    def parameter(self, name: str) -> str:
        """Return the value of a parameter, or an empty text."""
        return dict(self.parameters).get(name, "")

    @property
    def quality(self) -> float:
        """Return the weight that a range has in Accept; what is no number from 0 to 1 is 1."""
        try:
            found = float(self.parameter("q") or 1)
        except ValueError:
            return 1.0
        return found if 0 <= found <= 1 else 1.0

    def fit(self, other: MediaType) -> int:
        """Return how closely two types or ranges fit: 0 for not at all, more for more in common.

        A parameter that only one of them has is no reason not to fit; one that differs is.
        """
        if not (_same(self.type, other.type) and _same(self.subtype, other.subtype)):
            return 0
        here, there = self._telling, other._telling
        if any(there.get(key, value) != value for key, value in here.items()):
            return 0
        open_ends = [self.type, self.subtype, other.type, other.subtype].count("*")
        return 1 + 10 * (4 - open_ends) + len(here.items() & there.items())

    @property
    def _telling(self) -> dict[str, str]:
        return {key: value for key, value in self.parameters if key not in _OF_BYTES}


def parse(text: str) -> MediaType | None:
    """Return the media type or range in `text`, or None where there is none; `*` is `*/*`."""
    name, *rest = [*_split(text, ";"), ""]
    match = _NAME.fullmatch("*/*" if name.strip() == "*" else name)
    if match is None:
        return None
    found = (_PARAMETER.fullmatch(part) for part in rest if part)
    parameters = tuple((one[1].lower(), _value(one)) for one in found if one)
    return MediaType(match[1].lower(), match[2].lower(), parameters)


def negotiate(accept: str, offered: Sequence[str]) -> str | None:
    """Return the offered media type that `accept` prefers, or None where it takes none of them.

    The closest range decides on a type, and its weight on the order; then come closeness, the
    order of the ranges and that of the offers. Without a readable range the first is taken.
    """
    ranges = [one for one in map(parse, _split(accept, ",")) if one]
    if not ranges:
        return next(iter(offered), None)
    ranked = [(_rank(kind, ranges), name) for name in offered if (kind := parse(name))]
    rank, name = max(ranked, key=lambda pair: pair[0], default=((0.0, 0, 0), ""))
    return name if rank[0] and rank[1] else None


def _rank(kind: MediaType, ranges: Sequence[MediaType]) -> tuple[float, int, int]:
    """Return weight, closeness and place of the range that is closest to `kind`."""
    fit, place = max((kind.fit(one), -index) for index, one in enumerate(ranges))
    return (ranges[-place].quality if fit else 0.0, fit, place)


def best(names: Iterable[str], wanted: str) -> str:
    """Return the documented type or range that a body of the type `wanted` is, or an empty text."""
    kind = parse(wanted)
    known = ((name, parse(name)) for name in names)
    fits = [(kind.fit(one), name) for name, one in known if kind and one]
    fit, name = max(fits, key=lambda pair: pair[0], default=(0, ""))
    return name if fit else ""


def bare(content_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def is_json(content_type: str) -> bool:
    """Tell whether bodies of a media type, which may have parameters, are JSON."""
    return _JSON.fullmatch(bare(content_type)) is not None


def is_xml(content_type: str) -> bool:
    """Tell whether bodies of a media type, which may have parameters, are XML."""
    return _XML.fullmatch(bare(content_type)) is not None


def parameter(content_type: str, name: str) -> str:
    """Return the value of a parameter of a media type, or an empty text."""
    kind = parse(content_type)
    return kind.parameter(name) if kind else ""


def _same(one: str, other: str) -> bool:
    return one == other or "*" in (one, other)


def _value(match: re.Match[str]) -> str:
    quoted: str | None = match[3]
    return match[2] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)


def _split(text: str, separator: str) -> Iterator[str]:
    """Yield the parts of `text` between separators that are not within quotes."""
    for match in re.finditer(rf'(?:[^{separator}"]|"(?:[^"\\]|\\.)*"?)+', text):
        yield match[0]
