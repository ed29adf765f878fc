"""Instants that are settled later, when everything they depend on is there; see `obey`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from understudy.generate.place import Maker, Moment, Place
from understudy.generate.source import Source
from understudy.types import Json

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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


def format_instant(at: datetime, fraction: int) -> str:
    """Return `at`, in UTC, as an RFC 3339 date-time with `fraction` digits of a second."""
    return stamp(microseconds(at), fraction)


def microseconds(at: datetime) -> int:
    """Return an instant as microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def stamp(at: int, fraction: int) -> str:
    """Return microseconds since 1970 as an RFC 3339 date-time in UTC."""
    minute, second = divmod(at // 1_000_000, 60)
    if not fraction:
        return _minute(minute) + _SECONDS[second]
    digits = f"{at % 1_000_000:06d}"[:fraction]
    return f"{_minute(minute)}{_SECONDS[second][:2]}.{digits}Z"


@lru_cache(maxsize=65536)
def _minute(number: int) -> str:
    """Return a minute, counted from 1970, up to where its seconds follow."""
    return (_EPOCH + timedelta(minutes=number)).isoformat()[:17]
