"""Threads by `understudy.generate_objects`; the variant is PROFILE, or PROFILE-unverified."""

from collections.abc import Iterator
from pathlib import Path

import orjson
from race import race

from understudy import generate_objects, load_contract

ENDLESS = 10**12


def lines(folder: Path, variant: str) -> Iterator[bytes]:
    profile, _, unverified = variant.partition("-")
    objects = generate_objects(
        load_contract(folder),
        schema="ChatThread",
        profile=profile,
        count=ENDLESS,
        verify=not unverified,
    )
    return map(orjson.dumps, objects)


race(lines)
