"""Text that just misses a format: a table from format to ways of spoiling a text that has it.

Which of them a validator refuses is for the caller to find out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

Spoiled: TypeAlias = Callable[[str], str]


def near_misses(name: str) -> tuple[Spoiled, ...]:
    """Return ways to spoil a text of the format `name`, the nearest to it first."""
    return (*_FORMATS.get(name, ()), *_ANY)


def _month_13(text: str) -> str:
    return f"{text[:4]}-13{text[7:]}"


def _hour_25(text: str) -> str:
    return f"25{text[2:]}"


def _hour_25_of_day(text: str) -> str:
    return f"{text[:11]}25{text[13:]}"


def _no_scheme(text: str) -> str:
    return text.partition(":")[2] or text


_TAIL: Final = (lambda text: f"{text} ", lambda text: text[:-1])
_URI: Final = (_no_scheme, lambda text: f"{text}%zz", lambda text: f"{text}<>")
_REFERENCE: Final = (lambda text: f"{text}%zz", lambda text: f"{text}\\")
_ADDRESS: Final = (lambda text: text.replace("@", " at "), lambda text: f"{text}@")
_HOST: Final = (lambda text: f"-{text}", lambda text: f"{text}..")

_FORMATS: Mapping[str, tuple[Spoiled, ...]] = {
    "date": (_month_13, lambda text: text.replace("-", "/")),
    "date-time": (_month_13, _hour_25_of_day, lambda text: text.replace("T", "_")),
    "duration": (lambda text: text.removeprefix("P"), lambda text: f"{text}P"),
    "email": _ADDRESS,
    "hostname": _HOST,
    "idn-email": _ADDRESS,
    "idn-hostname": _HOST,
    "ipv4": (lambda text: f"{text}.1", lambda text: text.rpartition(".")[0]),
    "ipv6": (lambda text: f"{text}:::", lambda text: f"{text}g"),
    "iri": _URI,
    "iri-reference": _REFERENCE,
    "json-pointer": (lambda text: text.removeprefix("/"), lambda text: f"{text}~"),
    "regex": (lambda text: f"{text}(", lambda text: f"[{text}"),
    "relative-json-pointer": (lambda text: f"-{text}",),
    "time": (_hour_25,),
    "uri": _URI,
    "uri-reference": _REFERENCE,
    "uri-template": (lambda text: f"{text}{{",),
    "uuid": (lambda text: f"{text[:-1]}g",),
}

_ANY: Final[tuple[Spoiled, ...]] = (*_TAIL, lambda _text: "%%", lambda _text: "")
