"""An HTTP Archive (HAR 1.2) of what is shown, as a recording that can be replayed.

A replay tells requests apart by method, path, query and body, so refusals that only header fields
make different are left out; documented errors are asked for in the query, by `__code`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from understudy.archive.recording import Record, archive_head, entry
from understudy.exchange import Exchange
from understudy.export.model import Export, Told
from understudy.types import JsonObject


def archive(export: Export, base: str) -> JsonObject:
    """Return the archive; `base` is the address of the API."""
    exchanges = [one for told in export.told for one in _exchanges(told)]
    records = (
        Record(one, base.rstrip("/"), export.now + timedelta(milliseconds=number))
        for number, one in enumerate(exchanges)
    )
    return {"log": {**archive_head(), "pages": [], "entries": [entry(one) for one in records]}}


def _exchanges(told: Told) -> Iterator[Exchange]:
    """Yield what was asked of one operation; steps of scenarios in the order in which they come."""
    for number, shown in enumerate(told.shown):
        steps = told.steps if number == 0 and told.steps else (None,)
        for step in steps:
            yield step or shown.exchange
    if told.missing is not None:
        yield told.missing
    yield from told.errors.values()
