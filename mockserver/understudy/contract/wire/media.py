"""Bodies as bytes: written in the media type that is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from understudy.codec import dumps
from understudy.contract.model import MediaType
from understudy.types import Json


def encode(
    value: Json, name: str, _media: MediaType, _schemas: Mapping[str, Json]
) -> tuple[bytes, str]:
    """Return `value` as a body of the media type `name`, and the value of Content-Type for it."""
    if isinstance(value, str) and "json" not in name:
        return value.encode(), name
    return dumps(value), name
