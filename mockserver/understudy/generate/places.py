"""Places whose city, country, currency, time zone, postal code and phone numbers go together.

They are read from `places.txt`, in which a number sign stands for any digit.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from understudy.generate.source import Source
from understudy.types import Json

_POOL: Final = 512
_TABLE: Final = Path(__file__).with_name("places.txt")


@lru_cache(maxsize=64)
def places(locale: str) -> Sequence[Mapping[str, Json]]:
    """Return places, two of three in the country of `locale` where any of it is known."""
    rows = list(csv.DictReader(_TABLE.read_text(encoding="utf-8").splitlines(), delimiter="|"))
    country = locale.partition("_")[2]
    home = [row for row in rows if row["country_code"] == country] or rows
    source = Source.of(f"places {locale}")
    return tuple(
        _place(source.at(i), source.at(i).at("where").pick(home if i % 3 else rows))
        for i in range(_POOL)
    )


def _place(source: Source, row: Mapping[str, str]) -> Mapping[str, Json]:
    """Return the place of a row, with digits for its number signs, near where the row says."""
    found: dict[str, Json] = {name: _filled(text, source.at(name)) for name, text in row.items()}
    for name in ("latitude", "longitude"):
        offset = source.at(name).between(-200, 200) / 10_000
        found[name] = round(float(row[name]) + offset, 4)
    return found


def _filled(text: str, source: Source) -> str:
    digits = (str(source.at(i).below(10)) if char == "#" else char for i, char in enumerate(text))
    return "".join(digits)
