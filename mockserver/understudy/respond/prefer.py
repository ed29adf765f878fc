"""What a client prefers of the answer: the Prefer header (RFC 7240), or query parameters.

Known are code, example, dynamic, seed, scenario and delay; all others are ignored, as RFC 7240
asks. The same names after two underscores are query parameters, which count where the header has
none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from understudy.contract.wire.invalid import Invalid
from understudy.contract.wire.parameters import query_texts
from understudy.types import Json

LONGEST_DELAY: Final = 60_000
"""The longest delay that can be asked for, in milliseconds."""

_PART = r'(?:[^{0}"]|"(?:\\.|[^"\\])*"?)+'
_ELEMENT, _PAIR = re.compile(_PART.format(",")), re.compile(_PART.format(";"))
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What is asked of one answer; None asks for nothing. `delay` is in milliseconds.

    `applicable` are the preferences of the header as they were written; `invalid` says which
    values cannot be meant.
    """

    code: int | None = None
    example: str | None = None
    dynamic: bool | None = None
    seed: int | None = None
    scenario: str | None = None
    delay: int | None = None
    accept: str = ""
    applicable: Mapping[str, str] | None = None
    invalid: tuple[Invalid, ...] = ()

    def applied(self, ignored: str = "") -> tuple[tuple[str, str], ...]:
        """Return the Preference-Applied field (RFC 7240, section 3), without one that was not."""
        told = [
            f"{name}={_word(text)}"
            for name, text in (self.applicable or {}).items()
            if name != ignored
        ]
        return (("Preference-Applied", ", ".join(told)),) if told else ()


NONE: Final = Preferences()


def preferences(headers: Iterable[tuple[bytes, bytes]], query: bytes) -> Preferences:
    """Return what a request prefers; the first of several of one name counts."""
    fields = list(headers)
    header = _of_header(_text(b",".join(raw for field, raw in fields if field == b"prefer")))
    accept = b",".join(raw for field, raw in fields if field == b"accept").decode("latin-1")
    known = header or _of_query(query)
    found: dict[str, Json] = {}
    invalid: list[Invalid] = []
    for name, text in known.items():
        read, expected = READERS[name]
        value = read(text)
        if value is None:
            where = ("header", "Prefer") if header else ("query", f"__{name}")
            invalid.append(Invalid("format", where, f"{name} is to be {expected}", text, expected))
        found[name] = value
    return Preferences(**found, accept=accept, applicable=header, invalid=tuple(invalid))


def without_controls(query: bytes, declared: Iterable[str]) -> bytes:
    """Return a query without the parameters that steer the answer and are not the contract's."""
    controls = {f"__{name}" for name in READERS} - set(declared)
    pairs = query.split(b"&")
    return b"&".join(p for p in pairs if p.partition(b"=")[0].decode("latin-1") not in controls)


def _of_header(field: str) -> dict[str, str]:
    told: dict[str, str] = {}
    for element in _ELEMENT.findall(field):
        pair = _PAIR.match(element)
        name, _, word = pair[0].partition("=") if pair else ("", "", "")
        if name.strip().lower() in READERS:
            told.setdefault(name.strip().lower(), _bare(word.strip()))
    return told


def _of_query(query: bytes) -> dict[str, str]:
    given = query_texts(query) if b"__" in query else {}
    return {n: given[f"__{n}"][0] or "" for n in READERS if f"__{n}" in given}


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _bare(word: str) -> str:
    """Return what a quoted string says (RFC 9110, section 5.6.4), or the word as it is."""
    if len(word) < 2 or word[0] != '"' or word[-1] != '"':
        return word
    return re.sub(r"\\(.)", r"\1", word[1:-1])


def _word(text: str) -> str:
    """Return a text as a token or a quoted string of printable ASCII."""
    if _TOKEN.fullmatch(text):
        return text
    plain = re.sub(r"[^ -~]", "?", text)
    return '"{}"'.format(re.sub(r'(["\\])', r"\\\1", plain))


def _code(text: str) -> int | None:
    return int(text) if re.fullmatch("[1-5][0-9][0-9]", text) else None


def _seed(text: str) -> int | None:
    """Return the seed that a text is: a whole number itself, any other text a number of its own."""
    if re.fullmatch("-?[0-9]{1,18}", text):
        return int(text)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) if text else None


def _delay(text: str) -> int | None:
    found = int(text) if re.fullmatch("[0-9]{1,5}", text) else LONGEST_DELAY + 1
    return found if found <= LONGEST_DELAY else None


READERS: Final[Mapping[str, tuple[Callable[[str], Json], str]]] = {
    "code": (_code, "a status from 100 to 599"),
    "example": (lambda text: text or None, "the name of an example"),
    "dynamic": ({"true": True, "false": False}.get, "true or false"),
    "seed": (_seed, "a whole number or a word"),
    "scenario": (lambda text: text or None, "the name of a scenario"),
    "delay": (_delay, f"a number of milliseconds up to {LONGEST_DELAY}"),
}
