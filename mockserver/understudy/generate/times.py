"""Instants that are settled later, when everything they depend on is there; see `obey`."""

from __future__ import annotations

from datetime import datetime, timedelta

from understudy.generate.place import Maker, Moment, Place
from understudy.generate.source import Source
from understudy.types import Json


def moment_maker(low: int, high: int) -> Maker:
    """Return a maker of instants, `low` to `high` seconds after whatever must come before."""

    def make(source: Source, place: Place, key: str | int) -> Json:
        gap = source.between(low * 1_000_000, high * 1_000_000)
        if place.draft.checking:
            before = timedelta(seconds=high + 1) - timedelta(microseconds=gap)
            return format_instant(place.draft.latest - before, 0)
        moment = Moment(place.value, key, gap)
        place.draft.moments.append(moment)
        return moment

    return make


def format_instant(at: datetime, fraction: int) -> str:
    """Return `at`, in UTC, as an RFC 3339 date-time with `fraction` digits of a second."""
    text = at.strftime("%Y-%m-%dT%H:%M:%S")
    digits = f".{at.microsecond:06d}"[: fraction + 1] if fraction else ""
    return f"{text}{digits}Z"
