"""Text for each format of JSON Schema and OpenAPI: a table from name to maker.

Instants are not here: they depend on each other, see `times`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from understudy.generate.source import Source

_WORDS: Final = (
    "account archive basic brief button center change channel client column contact copper daily "
    "detail direct draft early entry export field filter final folder forest garden global green "
    "harbor header import index inner island item label large level limit linear list local main "
    "market master member meadow message metric minor model modern month native north notice "
    "object office open option orange order outer owner panel paper partner pattern people plain "
    "planet point policy portal primary private product profile project public quarter quick "
    "record region remote report request result river route sample screen search second section "
    "series shared silver simple single source spring stable standard status storage stream "
    "summer summit system table target team template title topic total travel update upper user "
    "valley value vector version view visit water weekly winter yellow"
).split()
HOSTS: Final = ("example.com", "example.net", "example.org")
_EPOCH: Final = date(2024, 1, 1)
_A, _B, _C, _D, _E = map(slice, (14, 22, 27, 31, 34), (22, 26, 30, 34, 46))
_VARIANT: Final = {f"{digit:x}": f"{digit & 3 | 8:x}" for digit in range(16)}


def word(source: Source) -> str:
    """Return an English word."""
    return source.pick(_WORDS)


def words(source: Source, low: int, high: int) -> str:
    """Return `low` to `high` words with a capital at the start."""
    count = source.at("count").between(low, high)
    return " ".join(word(source.at(i)) for i in range(count)).capitalize()


def text(source: Source, low: int, high: int) -> str:
    """Return text of `low` to `high` characters: words where they fit, letters to fill up."""
    phrase = words(source, 1, 4)
    if low <= len(phrase) <= high:
        return phrase
    length = source.at("length").between(low, min(high, low + 16))
    letters = (word(source.at(i)) for i in range(length))
    return " ".join(letters)[: max(length - 1, 0)] + "e" * min(length, 1)


def uuid(source: Source) -> str:
    """Return a version 4 UUID (RFC 9562)."""
    return uuid_of(source.base * source.salt)


def uuid_of(product: int) -> str:
    """Return the version 4 UUID made of the middle bits of the product of base and salt."""
    x = product.to_bytes(30).hex()
    return f"{x[_A]}-{x[_B]}-4{x[_C]}-{_VARIANT[x[30]]}{x[_D]}-{x[_E]}"


def _date(source: Source) -> str:
    return (_EPOCH + timedelta(days=source.below(700))).isoformat()


def _time(source: Source) -> str:
    return f"{source.at(0).below(24):02}:{source.at(1).below(60):02}:{source.at(2).below(60):02}Z"


def _host(source: Source) -> str:
    return f"{word(source.at(0))}.{source.at(1).pick(HOSTS)}"


def _email(source: Source) -> str:
    return f"{word(source.at(0))}.{word(source.at(1))}@{source.at(2).pick(HOSTS)}"


def _uri(source: Source) -> str:
    return f"https://{_host(source)}/{word(source.at(2))}/{source.at(3).between(1, 9999)}"


def _ipv4(source: Source) -> str:
    return f"192.0.2.{source.between(1, 254)}"


def _ipv6(source: Source) -> str:
    return f"2001:db8::{source.between(1, 0xFFFF):x}"


def _pointer(source: Source) -> str:
    return f"/{word(source.at(0))}/{source.at(1).below(9)}"


def _bytes(source: Source) -> str:
    return b64encode(source.key.to_bytes(16, "big")[: source.at(0).between(3, 16)]).decode()


FORMATS: Mapping[str, Callable[[Source], str]] = {
    "binary": word,
    "byte": _bytes,
    "date": _date,
    "duration": lambda source: f"PT{source.between(1, 59)}M",
    "email": _email,
    "hostname": _host,
    "idn-email": _email,
    "idn-hostname": _host,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "iri": _uri,
    "iri-reference": _uri,
    "json-pointer": _pointer,
    "password": lambda source: f"{word(source.at(0))}-{word(source.at(1))}-{source.below(1000)}",
    "regex": lambda source: f"^{word(source)}$",
    "relative-json-pointer": lambda source: f"1{_pointer(source)}",
    "time": _time,
    "uri": _uri,
    "uri-reference": _uri,
    "uri-template": lambda source: f"https://{_host(source)}/{{id}}",
    "uuid": uuid,
}
