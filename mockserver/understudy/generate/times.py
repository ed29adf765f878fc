"""Instants that are settled later, when everything they depend on is there; see `obey`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from understudy.generate.place import Maker, Moment, Place
from understudy.generate.source import Source, below
from understudy.types import Json

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86400
_OLDEST = 45 * _DAY * 1_000_000
_MINUTES = tuple(f"{hour:02}:{minute:02}:" for hour in range(24) for minute in range(60))
_SECONDS = tuple(f"{second:02}Z" for second in range(60))


def moment_maker(low: int, high: int) -> Maker:
    """Return a maker of instants, `low` to `high` seconds after whatever must come before."""

    def make(source: Source, place: Place, key: str | int) -> Json:
        gap = source.between(low * 1_000_000, high * 1_000_000)
        if place.draft.checking:
            return stamp(place.draft.latest - (high + 1) * 1_000_000 + gap, 0)
        moment = Moment(place.value, key, gap)
        place.draft.moments.append(moment)
        return moment

    return make


def microseconds(at: datetime) -> int:
    """Return an instant as microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def stamp(at: int, fraction: int) -> str:
    """Return microseconds since 1970 as an RFC 3339 date-time in UTC."""
    day, seconds = divmod(at // 1_000_000, _DAY)
    minute, second = divmod(seconds, 60)
    whole = _day(day) + _MINUTES[minute] + _SECONDS[second]
    if not fraction:
        return whole
    digits = f"{at % 1_000_000:06d}"[:fraction]
    return f"{whole[:-1]}.{digits}Z"


def ended(product: int, now: int) -> int:
    """Return the instant before `now` at which something ended: more likely lately than long ago.

    `product` is that of base and salt of a source.
    """
    share = below(product, 1 << 20) / (1 << 20)
    return now - int(share * share * _OLDEST) - 1_000_000


def settle(
    objects: Mapping[str, Sequence[Any]], last: int | None, latest: int, fraction: int
) -> None:
    """Write microseconds as text in objects by member, moved so that the last are `latest`."""
    if last is None:
        tops = [max([one[key] for one in some]) for key, some in objects.items() if some]
        last = max(tops, default=0)
    shift = latest - last
    if fraction:
        for key, some in objects.items():
            for one in some:
                one[key] = stamp(one[key] + shift, fraction)
        return
    minutes, seconds = _MINUTES, _SECONDS
    day, start = "", 1 << 62  # of the day before; the first is another one
    for key, some in objects.items():
        for one in some:
            at = (one[key] + shift) // 1_000_000 - start
            if not 0 <= at < _DAY:
                number, at = divmod(at + start, _DAY)
                day, start = _day(number), number * _DAY
            minute = at // 60
            one[key] = f"{day}{minutes[minute]}{seconds[at - minute * 60]}"


@lru_cache(maxsize=4096)
def _day(number: int) -> str:
    """Return a day, counted from 1970, up to where its time follows."""
    return f"{(_EPOCH + timedelta(days=number)).date().isoformat()}T"
